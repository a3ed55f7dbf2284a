#include "optimizer/train/task.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/build.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/train/pattern.h"

namespace raffinate::optimizer {
namespace {

constexpr int kMostLinked = 8;
constexpr int kMostStructures = 50;
constexpr std::size_t kMostPatterns = 100;
constexpr std::size_t kMostSystems = 8;

/// An element of the feed.
struct Fed {
  std::string symbol;
  double kmol_per_h = 0;
  std::vector<double> log10_beta;  // by system
};

/// A system of the train and the field that names it.
struct Named {
  const ExtractantSystem* system;
  std::string field;
};

AcidRange RangeOf(const Number& acid) {
  if (const auto* range = std::get_if<Range>(&acid)) {
    // Strengths differ by factors: the middle is that of their logarithms.
    return {range->min, range->max, range->start.value_or(std::sqrt(range->min * range->max))};
  }
  return {Value(acid), Value(acid), Value(acid)};
}

class Maker {
 public:
  Maker(const Flowsheet& flowsheet, const Chemistry& chemistry)
      : flowsheet_(flowsheet), train_(*flowsheet.train), chemistry_(chemistry) {}

  Violations Make(TrainTask* task) {
    CheckSettings();
    FindSystems();
    if (!systems_.empty()) CheckReagents(systems_.front().system->law == Law::kConstantBeta);
    const std::vector<Fed> fed = systems_.empty() ? std::vector<Fed>() : FedElements();
    if (violations_.empty()) Assign(fed, task);
    return std::move(violations_);
  }

 private:
  void Add(const std::string& field, std::string description) {
    violations_.push_back({field, std::move(description)});
  }

  void CheckCount(int value, int least, int most, const char* field) {
    if (value == 0 || (value >= least && value <= most)) return;
    Add(field, absl::StrCat("found ", value, "; it must be ", least, " to ", most,
                            ", or 0 for what is usual"));
  }

  void CheckSettings() {
    if (!flowsheet_.circuits.empty()) {
      Add("circuits",
          "found beside a train; a train makes its own circuits, leave one of them out");
    }
    if (!flowsheet_.splits.empty()) {
      Add("splits", "found beside a train, which makes its own; leave them out");
    }
    CheckCount(train_.max_linked_products, 2, kMostLinked, "train.max_linked_products");
    CheckCount(train_.max_structures, 1, kMostStructures, "train.max_structures");
    CheckCount(train_.max_stages_per_section, 2, kMaxStages, "train.max_stages_per_section");
    const auto stream = std::find_if(flowsheet_.streams.begin(), flowsheet_.streams.end(),
                                     [&](const Stream& s) { return s.name == train_.feed; });
    if (stream == flowsheet_.streams.end()) {
      std::vector<std::string> names;
      for (const Stream& s : flowsheet_.streams) names.push_back(s.name);
      Add("train.feed", train_.feed.empty() ? "missing; name the stream that is to be separated"
                                            : Unknown("stream", train_.feed, names));
    }
    for (std::size_t i = 0; i < flowsheet_.streams.size(); ++i) {
      if (flowsheet_.streams[i].name == train_.feed) continue;
      Add(absl::StrCat("streams[", i, "]"),
          absl::StrCat("'", flowsheet_.streams[i].name,
                       "' enters nowhere: a train has its feed alone and makes its reagents from "
                       "train.naoh, scrub_hcl and strip_hcl"));
    }
    for (std::size_t k = 0; k < flowsheet_.products.size(); ++k) {
      if (flowsheet_.products[k].stream.empty()) continue;
      Add(absl::StrCat("products[", k, "].stream"),
          absl::StrCat("found '", flowsheet_.products[k].stream,
                       "'; the train finds the stream of each product, leave it out"));
    }
    if (flowsheet_.products.size() < 2) {
      Add("products", absl::StrCat("found ", flowsheet_.products.size(),
                                   "; a train separates at least two products"));
    }
  }

  // Fills systems_, which is empty where one of them is wrong.
  void FindSystems() {
    const std::size_t before = violations_.size();
    if (train_.systems.empty()) {
      FindSystem(train_.system, "train.system");
    } else if (!train_.system.empty()) {
      Add("train.systems", "found beside train.system; one of the two names the extractants");
    } else if (train_.systems.size() > kMostSystems) {
      Add("train.systems",
          absl::StrCat("found ", train_.systems.size(), "; it must be at most ", kMostSystems));
    } else {
      for (std::size_t k = 0; k < train_.systems.size(); ++k) {
        const std::string field = absl::StrCat("train.systems[", k, "]");
        const auto begin = train_.systems.begin(), here = begin + static_cast<std::ptrdiff_t>(k);
        if (std::find(begin, here, *here) != here) {
          Add(field, absl::StrCat("found '", *here, "' again; each system is named once"));
        } else {
          FindSystem(*here, field);
        }
      }
    }
    if (violations_.size() != before) systems_.clear();
  }

  void FindSystem(const std::string& name, const std::string& field) {
    const ExtractantSystem* found = optimizer::FindSystem(flowsheet_, chemistry_, name);
    if (found != nullptr) {
      if (Suits(*found, field)) systems_.push_back({found, field});
      return;
    }
    std::vector<std::string> names;
    for (const auto& [known, system] : chemistry_.systems) names.push_back(known);
    for (const auto& own : flowsheet_.extractant_systems) names.push_back(own.name);
    Add(field, name.empty() ? "missing; name an extractant system"
                            : Unknown("extractant system", name, names));
  }

  bool Suits(const ExtractantSystem& system, const std::string& field) {
    const bool acidic = system.law == Law::kMassActionDimer && system.medium == Medium::kChloride &&
                        system.second_extractant.empty();
    if (acidic) return true;
    if (system.law == Law::kConstantBeta) {
      if (train_.systems.size() < 2) return true;
      // Their loaded organic goes from block to block, where it would meet the other extractant.
      Add(field,
          absl::StrCat("'", system.name,
                       "' is a constant beta; a choice of several systems is for mass action"));
      return false;
    }
    Add(field, absl::StrCat("'", system.name,
                            "' is no mass action of one acidic extractant in chloride and no "
                            "constant beta; trains are designed for these two"));
    return false;
  }

  void CheckPositive(double value, const char* field, const char* what) {
    if (value > 0 && value <= kConcentrationBounds.upper) return;
    Add(field, absl::StrCat("found ", value, " mol/L; ", what, " must be above 0 and at most ",
                            kConcentrationBounds.upper, " mol/L"));
  }

  // Values and ends of ranges are checked with all leaves.
  void CheckAcid(const std::optional<Number>& acid, const char* field) {
    if (!acid) return;
    const auto* range = std::get_if<Range>(&*acid);
    if (range != nullptr ? !range->step : std::holds_alternative<double>(*acid)) return;
    Add(field, "must be a number, or a range from min to max without steps");
  }

  void CheckAbsent(double value, const char* field) {
    if (value == 0) return;
    Add(field, absl::StrCat("found ", value,
                            " mol/L; a constant-beta system knows neither base nor strip, leave "
                            "it out"));
  }

  void CheckReagents(bool constant_beta) {
    if (!(train_.concentration > 0 && train_.concentration <= kExtractantBounds.upper)) {
      Add("train.concentration_mol_per_l",
          absl::StrCat("found ", train_.concentration, " mol/L; it must be above 0 and at most ",
                       kExtractantBounds.upper, " mol/L"));
    }
    CheckAcid(train_.scrub_hcl, "train.scrub_hcl_mol_per_l");
    CheckAcid(train_.strip_hcl, "train.strip_hcl_mol_per_l");
    if (constant_beta) {
      CheckAbsent(train_.naoh, "train.naoh_mol_per_l");
      CheckAbsent(train_.nh4oh, "train.nh4oh_mol_per_l");
      if (train_.strip_hcl) {
        Add("train.strip_hcl_mol_per_l",
            "found with a constant-beta system, which knows neither base nor strip; leave it out");
      }
      if (!train_.scrub_hcl) {
        Add("train.scrub_hcl_mol_per_l",
            "missing; with constant beta it is the metal that a litre of scrub strips, in mol");
      } else if (std::holds_alternative<Range>(*train_.scrub_hcl)) {
        Add("train.scrub_hcl_mol_per_l",
            "found a range; with constant beta it changes nothing but water, write a number");
      }
      return;
    }
    if (!train_.strip_hcl) Add("train.strip_hcl_mol_per_l", "missing; metals need a strip acid");
    if ((train_.naoh > 0) == (train_.nh4oh > 0)) {
      Add("train.naoh_mol_per_l", "one base is needed to saponify with: naoh or nh4oh, not both");
    } else {
      train_.naoh > 0 ? CheckPositive(train_.naoh, "train.naoh_mol_per_l", "the base")
                      : CheckPositive(train_.nh4oh, "train.nh4oh_mol_per_l", "the base");
    }
  }

  // By falling extractability with the first system.
  std::vector<Fed> FedElements() {
    std::vector<Fed> fed;
    const auto stream = std::find_if(flowsheet_.streams.begin(), flowsheet_.streams.end(),
                                     [&](const Stream& s) { return s.name == train_.feed; });
    if (stream == flowsheet_.streams.end()) return fed;
    bool open = IsOpen(stream->flow);
    for (const MetalConcentration& metal : MetalsOf(*stream, chemistry_)) {
      open = open || IsOpen(metal.mol_per_l);
      if (open || IsBaseCation(metal.element)) continue;
      const double molarity = Value(metal.mol_per_l) * ShareLeft(*stream, metal.element);
      if (!(molarity > 0)) continue;
      fed.push_back({metal.element, Value(stream->flow) * molarity, {}});
    }
    if (open) {
      Add("train.feed", absl::StrCat("'", train_.feed,
                                     "' leaves its flow or a concentration open; a train is "
                                     "designed for one feed, write numbers"));
    } else if (fed.size() < 2 && violations_.empty()) {
      Add("train.feed", absl::StrCat("'", train_.feed, "' has ", fed.size(),
                                     " metals; there is nothing to separate"));
    }
    for (const Named& named : systems_) ReadConstants(named, &fed);
    if (!violations_.empty()) return fed;
    std::stable_sort(fed.begin(), fed.end(), [](const Fed& a, const Fed& b) {
      return a.log10_beta.front() > b.log10_beta.front();
    });
    CheckOrder(fed);
    return fed;
  }

  void ReadConstants(const Named& named, std::vector<Fed>* fed) {
    const ExtractantSystem& system = *named.system;
    std::optional<double> dimers;
    for (Fed& entry : *fed) {
      const EquilibriumConstant* constant = system.Find(entry.symbol);
      const auto element = chemistry_.elements.find(entry.symbol);
      if (constant == nullptr || element == chemistry_.elements.end()) {
        Add(named.field, absl::StrCat("'", system.name, "' has no constant for ", entry.symbol,
                                      ", which is fed"));
        continue;
      }
      if (system.law == Law::kConstantBeta) {
        entry.log10_beta.push_back(std::log10(constant->beta.value_or(1)));
        continue;
      }
      entry.log10_beta.push_back(constant->log10_k.value_or(0));
      const double z = element->second.charge, m = constant->dimers.value_or(z);
      if (z != charge_.value_or(z) || m != dimers.value_or(m)) {
        Add(named.field,
            absl::StrCat("in '", system.name, "' ", entry.symbol, " has charge ", z, " and ", m,
                         " dimers, others ", charge_.value_or(z), " and ", dimers.value_or(m),
                         "; a train needs separation factors that are the same "
                         "everywhere"));
      }
      charge_ = charge_.value_or(z);
      dimers = dimers.value_or(m);
    }
    dimers_.push_back(dimers.value_or(0));
  }

  // Products are runs of neighbours in every system only where all have one order.
  void CheckOrder(const std::vector<Fed>& fed) {
    for (std::size_t k = 1; k < systems_.size(); ++k) {
      for (std::size_t e = 1; e < fed.size(); ++e) {
        if (fed[e].log10_beta[k] <= fed[e - 1].log10_beta[k]) continue;
        Add(systems_[k].field,
            absl::StrCat("'", systems_[k].system->name, "' extracts ", fed[e].symbol, " before ",
                         fed[e - 1].symbol, ", '", systems_[0].system->name,
                         "' after it; the systems of a train extract in one order"));
      }
    }
  }

  // Which product every element belongs to, and whether they are neighbours.
  void Assign(const std::vector<Fed>& fed, TrainTask* task) {
    std::vector<std::size_t> product_of(fed.size(), flowsheet_.products.size());
    for (std::size_t k = 0; k < flowsheet_.products.size(); ++k) {
      for (std::size_t e = 0; e < fed.size(); ++e) {
        const auto& elements = flowsheet_.products[k].elements;
        if (std::find(elements.begin(), elements.end(), fed[e].symbol) == elements.end()) continue;
        if (product_of[e] < flowsheet_.products.size()) {
          Add(absl::StrCat("products[", k, "].elements"),
              absl::StrCat(fed[e].symbol, " is already in product '",
                           flowsheet_.products[product_of[e]].name,
                           "'; in a train each element belongs to one product"));
        }
        product_of[e] = k;
      }
    }
    std::vector<std::string> order;
    for (const Fed& element : fed) order.push_back(element.symbol);
    const std::string listed = absl::StrJoin(order, ", ");
    std::vector<std::size_t> sequence;  // products by falling beta
    TrainMixture mixture;
    for (std::size_t e = 0; e < fed.size(); ++e) {
      const std::size_t product = product_of[e];
      if (product == flowsheet_.products.size()) {
        Add("products", absl::StrCat(fed[e].symbol,
                                     " is fed and in no product; in a train every element has a "
                                     "product, be it a by-product without demands"));
        continue;
      }
      if (sequence.empty() || sequence.back() != product) {
        if (std::find(sequence.begin(), sequence.end(), product) != sequence.end()) {
          Add(absl::StrCat("products[", product, "].elements"),
              absl::StrCat("are no neighbours: between ", fed[e].symbol,
                           " and the others lies another product; elements by falling "
                           "extractability: ",
                           listed));
        } else if (!sequence.empty()) {
          CheckCut(product, fed[e - 1], fed[e]);
          mixture.cuts.push_back(e);
        }
        sequence.push_back(product);
      }
      mixture.elements.push_back(fed[e].symbol);
      for (std::size_t k = 0; k < systems_.size(); ++k) {
        if (k > 0 && e == 0) mixture.other_beta.emplace_back();
        (k == 0 ? mixture.feed.beta : mixture.other_beta[k - 1])
            .push_back(std::pow(10, fed[e].log10_beta[k] - fed.back().log10_beta[k]));
      }
      mixture.feed.moles.push_back(fed[e].kmol_per_h);
    }
    for (std::size_t k = 0; k < flowsheet_.products.size(); ++k) {
      if (std::find(sequence.begin(), sequence.end(), k) == sequence.end() && violations_.empty()) {
        Add(absl::StrCat("products[", k, "].elements"), "none of them is fed");
      }
    }
    if (violations_.empty()) CheckPatterns(sequence);
    if (!violations_.empty() || task == nullptr) return;
    task->frame = flowsheet_;
    task->frame.train.reset();
    task->frame.products.clear();
    for (const std::size_t k : sequence) task->frame.products.push_back(flowsheet_.products[k]);
    task->feed = train_.feed;
    task->mixture = std::move(mixture);
    task->reagents.extractant = train_.concentration;
    task->reagents.charge = charge_.value_or(0);
    for (std::size_t k = 0; k < systems_.size(); ++k) {
      task->reagents.systems.push_back(systems_[k].system->name);
      if (!charge_) continue;
      task->reagents.dimers.push_back(dimers_[k]);
      auto& log10_k = task->reagents.log10_k.emplace_back();
      for (const Fed& element : fed) log10_k.push_back(element.log10_beta[k]);
    }
    task->reagents.naoh = train_.naoh;
    task->reagents.nh4oh = train_.nh4oh;
    if (train_.scrub_hcl) task->reagents.scrub_hcl = RangeOf(*train_.scrub_hcl);
    if (train_.strip_hcl) task->reagents.strip_hcl = RangeOf(*train_.strip_hcl);
  }

  // Whether one of the systems can make the cut between `up` and `down`, before `product`.
  void CheckCut(std::size_t product, const Fed& up, const Fed& down) {
    double factor = 0;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < systems_.size(); ++k) {
      names.push_back(absl::StrCat("'", systems_[k].system->name, "'"));
      factor = std::max(factor, std::pow(10, up.log10_beta[k] - down.log10_beta[k]));
    }
    if (factor >= kLeastFactor) return;
    Add(absl::StrCat("products[", product, "].elements"),
        absl::StrCat(names.size() > 1 ? "none of " : "", absl::StrJoin(names, ", "), " tells ",
                     up.symbol, " from ", down.symbol, " by a factor of ",
                     names.size() > 1 ? "more than " : "", factor, names.size() > 1 ? "" : " only",
                     "; it must be at least ", kLeastFactor, " where a train cuts"));
  }

  // Parts of the structure that are required or forbidden; `sequence`: products by falling beta.
  void CheckPatterns(const std::vector<std::size_t>& sequence) {
    std::vector<std::string> names;
    for (const std::size_t k : sequence) names.push_back(flowsheet_.products[k].name);
    const auto check = [&](const std::vector<std::string>& texts, const char* field, bool nested) {
      if (texts.size() > kMostPatterns) {
        Add(field, absl::StrCat("found ", texts.size(), "; it must be at most ", kMostPatterns));
        return;
      }
      for (std::size_t k = 0; k < texts.size(); ++k) {
        std::string error;
        const std::size_t sets = ParsePattern(texts[k], names, &error).size();
        if (error.empty() && sets > 1 && !nested) {
          error = "it has sets within sets; forbid each by itself";
        }
        if (!error.empty()) {
          Add(absl::StrCat(field, "[", k, "]"), absl::StrCat("found '", texts[k], "'; ", error));
        }
      }
    };
    check(train_.required, "train.required", true);
    check(train_.forbidden, "train.forbidden", false);
  }

  const Flowsheet& flowsheet_;
  const Train& train_;
  const Chemistry& chemistry_;
  Violations violations_;
  std::vector<Named> systems_;
  std::optional<double> charge_;  // of all metals, with mass action
  std::vector<double> dimers_;    // by system
};

}  // namespace

Violations MakeTrainTask(const Flowsheet& flowsheet, const Chemistry& chemistry, TrainTask* task) {
  return Maker(flowsheet, chemistry).Make(task);
}

StructureLimits LimitsOf(const Train& train, const TrainTask& task) {
  const auto or_usual = [](int value, int usual) {
    return static_cast<std::size_t>(value > 0 ? value : usual);
  };
  StructureLimits limits;
  limits.linkage = train.linkage;
  limits.organic_handover = !(task.reagents.charge > 0);
  limits.most_linked = or_usual(train.max_linked_products, kUsualLinked);
  limits.most_structures = or_usual(train.max_structures, kUsualStructures);
  std::vector<std::string> names;
  for (const Product& product : task.frame.products) names.push_back(product.name);
  const auto parse = [&](const std::vector<std::string>& texts, std::vector<BlockPattern>* out) {
    for (const std::string& text : texts) {
      std::string error;  // a task has none
      for (BlockPattern& pattern : ParsePattern(text, names, &error)) {
        out->push_back(std::move(pattern));
      }
    }
  };
  parse(train.required, &limits.required);
  parse(train.forbidden, &limits.forbidden);
  return limits;
}

}  // namespace raffinate::optimizer
