#include "optimizer/train/task.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/build.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/train/pattern.h"

namespace raffinate::optimizer {
namespace {

/// Separation factors below this take hundreds of stages for nothing.
constexpr double kLeastFactor = 1.01;
constexpr int kMostLinked = 8;
constexpr int kMostStructures = 50;
constexpr std::size_t kMostPatterns = 100;

/// An element of the feed.
struct Fed {
  std::string symbol;
  double kmol_per_h = 0;
  double log10_beta = 0;
};

class Maker {
 public:
  Maker(const Flowsheet& flowsheet, const Chemistry& chemistry)
      : flowsheet_(flowsheet), train_(*flowsheet.train), chemistry_(chemistry) {}

  Violations Make(TrainTask* task) {
    CheckSettings();
    const ExtractantSystem* system = FindSystem();
    if (system != nullptr) CheckReagents(system->law == Law::kConstantBeta);
    const std::vector<Fed> fed = system != nullptr ? FedElements(*system) : std::vector<Fed>();
    if (violations_.empty()) Assign(fed, *system, task);
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

  const ExtractantSystem* FindSystem() {
    const ExtractantSystem* found = optimizer::FindSystem(flowsheet_, chemistry_, train_.system);
    if (found != nullptr) return Suits(*found) ? found : nullptr;
    std::vector<std::string> names;
    for (const auto& [name, system] : chemistry_.systems) names.push_back(name);
    for (const auto& own : flowsheet_.extractant_systems) names.push_back(own.name);
    Add("train.system", train_.system.empty() ? "missing; name an extractant system"
                                              : Unknown("extractant system", train_.system, names));
    return nullptr;
  }

  bool Suits(const ExtractantSystem& system) {
    const bool acidic = system.law == Law::kMassActionDimer && system.medium == Medium::kChloride &&
                        system.second_extractant.empty();
    if (acidic || system.law == Law::kConstantBeta) return true;
    Add("train.system",
        absl::StrCat("'", system.name,
                     "' is no mass action of one acidic extractant in chloride and no constant "
                     "beta; trains are designed for these two"));
    return false;
  }

  void CheckPositive(double value, const char* field, const char* what) {
    if (value > 0 && value <= kConcentrationBounds.upper) return;
    Add(field, absl::StrCat("found ", value, " mol/L; ", what, " must be above 0 and at most ",
                            kConcentrationBounds.upper, " mol/L"));
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
    if (constant_beta || train_.scrub_hcl != 0) {
      CheckPositive(train_.scrub_hcl, "train.scrub_hcl_mol_per_l", "the scrub acid");
    }
    if (constant_beta) {
      CheckAbsent(train_.naoh, "train.naoh_mol_per_l");
      CheckAbsent(train_.nh4oh, "train.nh4oh_mol_per_l");
      CheckAbsent(train_.strip_hcl, "train.strip_hcl_mol_per_l");
      return;
    }
    CheckPositive(train_.strip_hcl, "train.strip_hcl_mol_per_l", "the strip acid");
    if ((train_.naoh > 0) == (train_.nh4oh > 0)) {
      Add("train.naoh_mol_per_l", "one base is needed to saponify with: naoh or nh4oh, not both");
    } else {
      train_.naoh > 0 ? CheckPositive(train_.naoh, "train.naoh_mol_per_l", "the base")
                      : CheckPositive(train_.nh4oh, "train.nh4oh_mol_per_l", "the base");
    }
  }

  std::vector<Fed> FedElements(const ExtractantSystem& system) {
    std::vector<Fed> fed;
    const auto stream = std::find_if(flowsheet_.streams.begin(), flowsheet_.streams.end(),
                                     [&](const Stream& s) { return s.name == train_.feed; });
    if (stream == flowsheet_.streams.end()) return fed;
    bool open = IsOpen(stream->flow);
    std::optional<double> charge, dimers;
    for (const MetalConcentration& metal : MetalsOf(*stream, chemistry_)) {
      open = open || IsOpen(metal.mol_per_l);
      if (open || IsBaseCation(metal.element)) continue;
      const double molarity = Value(metal.mol_per_l) * ShareLeft(*stream, metal.element);
      if (!(molarity > 0)) continue;
      const EquilibriumConstant* constant = system.Find(metal.element);
      const auto element = chemistry_.elements.find(metal.element);
      if (constant == nullptr || element == chemistry_.elements.end()) {
        Add("train.system", absl::StrCat("'", system.name, "' has no constant for ", metal.element,
                                         ", which is fed"));
        continue;
      }
      Fed& entry = fed.emplace_back();
      entry.symbol = metal.element;
      entry.kmol_per_h = Value(stream->flow) * molarity;
      if (system.law == Law::kConstantBeta) {
        entry.log10_beta = std::log10(constant->beta.value_or(1));
        continue;
      }
      entry.log10_beta = constant->log10_k.value_or(0);
      const double z = element->second.charge, m = constant->dimers.value_or(z);
      if ((charge && *charge != z) || (dimers && *dimers != m)) {
        Add("train.system",
            absl::StrCat("in '", system.name, "' ", metal.element, " has charge ", z, " and ", m,
                         " dimers, others ", *charge, " and ", *dimers,
                         "; a train needs separation factors that are the same everywhere"));
      }
      charge = charge.value_or(z);
      dimers = dimers.value_or(m);
    }
    if (open) {
      Add("train.feed", absl::StrCat("'", train_.feed,
                                     "' leaves its flow or a concentration open; a train is "
                                     "designed for one feed, write numbers"));
    } else if (fed.size() < 2 && violations_.empty()) {
      Add("train.feed", absl::StrCat("'", train_.feed, "' has ", fed.size(),
                                     " metals; there is nothing to separate"));
    }
    charge_ = charge.value_or(0);
    dimers_ = dimers.value_or(0);
    std::stable_sort(fed.begin(), fed.end(),
                     [](const Fed& a, const Fed& b) { return a.log10_beta > b.log10_beta; });
    return fed;
  }

  // Which product every element belongs to, and whether they are neighbours.
  void Assign(const std::vector<Fed>& fed, const ExtractantSystem& system, TrainTask* task) {
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
          const double factor = std::pow(10, fed[e - 1].log10_beta - fed[e].log10_beta);
          if (factor < kLeastFactor) {
            Add(absl::StrCat("products[", product, "].elements"),
                absl::StrCat("'", system.name, "' tells ", fed[e - 1].symbol, " from ",
                             fed[e].symbol, " by a factor of ", factor,
                             " only; it must be at least ", kLeastFactor, " where a train cuts"));
          }
          mixture.cuts.push_back(e);
        }
        sequence.push_back(product);
      }
      mixture.elements.push_back(fed[e].symbol);
      mixture.feed.beta.push_back(std::pow(10, fed[e].log10_beta - fed.back().log10_beta));
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
    task->reagents.system = train_.system;
    task->reagents.extractant = train_.concentration;
    task->reagents.charge = charge_;
    task->reagents.dimers = dimers_;
    if (charge_ > 0) {
      for (const Fed& element : fed) task->reagents.log10_k.push_back(element.log10_beta);
    }
    task->reagents.naoh = train_.naoh;
    task->reagents.nh4oh = train_.nh4oh;
    task->reagents.scrub_hcl = train_.scrub_hcl;
    task->reagents.strip_hcl = train_.strip_hcl;
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
  double charge_ = 0, dimers_ = 0;
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
