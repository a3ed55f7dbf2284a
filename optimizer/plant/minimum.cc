#include "optimizer/plant/minimum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/circuit.h"
#include "optimizer/model/battery.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/cut.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

class PlantMinimum {
 public:
  PlantMinimum(const Flowsheet& flowsheet, const Plant& plant, const PlantSolution& solution)
      : flowsheet_(flowsheet), plant_(plant), solution_(solution) {
    for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
      rows_.push_back(
          kernels::Outflows(plant.circuits[c].circuit, plant.cascades[c], solution.circuits[c]));
    }
  }

  std::string Compute(Figures* figures) {
    if (flowsheet_.products.empty()) return "no product is named";
    if (auto why = CheckSystems(); !why.empty()) return why;
    if (auto why = AddFeed(); !why.empty()) return why;
    if (auto why = AddFactors(); !why.empty()) return why;
    CountFeedAcid();
    if (auto why = AddExits(); !why.empty()) return why;
    const std::optional<Cut> hardest = HardestCut(battery_);
    if (!hardest) return "the products are so little apart that no battery is needed";
    if (!(hardest->least.organic > 0)) return "the organic that brings the feed is enough";
    Fill(*hardest, figures);
    return "";
  }

 private:
  Solved CircuitOf(std::size_t c) const {
    return {plant_.circuits[c], plant_.cascades[c], solution_.circuits[c]};
  }
  const Built& first() const { return plant_.circuits[0]; }

  std::string CheckSystems() const {
    for (const Built& built : plant_.circuits) {
      if (built.system->name != first().system->name) {
        return absl::StrCat("circuits have extractant systems of their own, ", first().system->name,
                            " and ", built.system->name,
                            "; the theory knows one separation factor for each pair");
      }
      if (built.circuit.law == kernels::Law::kConstantD) {
        return "with constant D no base or acid belongs to a flow of organic";
      }
      if (built.circuit.law == kernels::Law::kTable && !ExchangesProtons(built)) {
        return "separation factors of this law depend on more than pH and free extractant";
      }
    }
    return "";
  }

  // The one stream that brings metals, where it enters, and what it brings.
  std::string AddFeed() {
    for (std::size_t c = 0; c < plant_.circuits.size(); ++c) {
      const Built& built = plant_.circuits[c];
      for (const auto& [element, mol_per_l] : built.organic_metals) {
        if (mol_per_l > 0 && !IsBaseCation(element)) {
          return absl::StrCat(element, " enters with the organic of '", plant_.names[c],
                              "'; the theory knows one feed");
        }
      }
      for (std::size_t i = 0; i < flowsheet_.streams.size(); ++i) {
        const Composition& stream = built.streams[i];
        if (!(stream.flow > 0) || !stream.feed) continue;
        if (feed_ != nullptr) {
          return i == feed_stream_
                     ? absl::StrCat("'", flowsheet_.streams[i].name,
                                    "' enters at several places; the theory knows one feed stage")
                     : absl::StrCat("metals enter with '", flowsheet_.streams[feed_stream_].name,
                                    "' and '", flowsheet_.streams[i].name,
                                    "'; the theory knows one feed");
        }
        feed_ = &stream;
        feed_stream_ = i;
        feed_circuit_ = c;
      }
    }
    if (feed_ == nullptr) return "no metals are fed";
    const Built& built = plant_.circuits[feed_circuit_];
    int places = 0;
    for (std::size_t k = 0; k < built.circuit.inlets.size(); ++k) {
      if (k >= built.stream_of_inlet.size() || built.stream_of_inlet[k] != feed_stream_) continue;
      if (built.circuit.inlets[k].phase != kernels::Phase::kAqueous) continue;
      battery_.feed_stage = built.circuit.inlets[k].stage;
      ++places;
    }
    if (places != 1) {
      return absl::StrCat("'", flowsheet_.streams[feed_stream_].name, "' enters at ", places,
                          " places; the theory knows one feed stage");
    }
    for (const auto& [element, mol_per_l] : feed_->cations) {
      if (!IsBaseCation(element)) elements_.push_back(element);
    }
    if (elements_.size() < 2) return absl::StrCat("only ", elements_[0], " is fed");
    return "";
  }

  const kernels::Component& Component(const std::string& element) const {
    const Built& built = plant_.circuits[feed_circuit_];
    return built.circuit.components[static_cast<std::size_t>(built.Component(element))];
  }

  std::string AddFactors() {
    const kernels::Component& one = Component(elements_[0]);
    for (const std::string& element : elements_) {
      const kernels::Component& other = Component(element);
      if (other.charge != one.charge || other.dimers != one.dimers) {
        return absl::StrCat(elements_[0], " and ", element, " differ in charge or dimers; their ",
                            "separation factor is not the same in all circuits");
      }
    }
    std::stable_sort(elements_.begin(), elements_.end(),
                     [&](const std::string& a, const std::string& b) {
                       return Component(a).log10_k < Component(b).log10_k;
                     });
    battery_.charge = ExchangesProtons(first()) ? one.charge : 1;
    for (std::size_t k = 0; k < elements_.size(); ++k) {
      battery_.metals.push_back(static_cast<int>(k));
      battery_.beta.push_back(
          std::pow(10, Component(elements_[k]).log10_k - Component(elements_[0]).log10_k));
      battery_.fed.push_back(feed_->flow * feed_->Of(elements_[k]));
    }
    battery_.total = std::accumulate(battery_.fed.begin(), battery_.fed.end(), 0.0);
    return "";
  }

  // As in a battery: what of the feed's acid is not free any more has stripped metal there.
  void CountFeedAcid() {
    if (!ExchangesProtons(first())) return;
    double charges = 0;
    for (const auto& [element, mol_per_l] : feed_->cations) {
      charges += Component(element).charge * mol_per_l;
    }
    const double fed = feed_->flow * (feed_->anions - charges);
    const double left = feed_->flow * FreeAcid(CircuitOf(feed_circuit_), battery_.feed_stage);
    battery_.acid = (fed - left) / (battery_.charge * battery_.total);
  }

  // Moles of the battery's metals in `row` of circuit `c`.
  std::vector<double> MetalsOf(std::size_t c, const kernels::Outflow& row, double share) const {
    std::vector<double> metals;
    for (const std::string& element : elements_) {
      const int i = plant_.circuits[c].Component(element);
      metals.push_back(i < 0 ? 0 : share * row.metals[static_cast<std::size_t>(i)]);
    }
    return metals;
  }

  std::string AddExits() {
    std::vector<std::pair<double, Exit>> exits;  // by the mean of ln beta
    int counting = 0;
    for (const Rest& rest : plant_.rests) {
      const auto c = static_cast<std::size_t>(rest.circuit);
      const Leaving& leaving = plant_.circuits[c].leaving[static_cast<std::size_t>(rest.leaving)];
      Exit exit;
      exit.metals = MetalsOf(c, rows_[c][static_cast<std::size_t>(leaving.row)], rest.share);
      double sum = 0, weighted = 0;
      for (std::size_t k = 0; k < exit.metals.size(); ++k) {
        sum += exit.metals[k];
        weighted += exit.metals[k] * std::log(battery_.beta[k]);
      }
      if (leaving.phase == kernels::Phase::kOrganic) by_organic_ += sum;
      exit.counts =
          sum > kLeastCutShare * battery_.total ||
          std::any_of(flowsheet_.products.begin(), flowsheet_.products.end(),
                      [&](const Product& product) { return product.stream == rest.name; });
      counting += exit.counts ? 1 : 0;
      exits.emplace_back(sum > 0 ? weighted / sum : 0, std::move(exit));
    }
    if (counting < 2) return "all metals leave in one stream: there is no cut";
    std::stable_sort(exits.begin(), exits.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [mean, exit] : exits) battery_.exits.push_back(std::move(exit));
    return "";
  }

  // Metal that the organics which come from no circuit can take up [kmol/h], at constant loading.
  double FreshOrganic() const {
    double kmol = 0;
    for (std::size_t c = 0; c < plant_.circuits.size(); ++c) {
      const Built& built = plant_.circuits[c];
      const Organic& organic = flowsheet_.circuits[c].organic;
      if (!organic.from.empty()) {
        if (organic.make_up) kmol += Value(*organic.make_up) * built.extractant_monomer / 2;
        continue;
      }
      kmol += built.organic_flow * built.extractant_monomer / 2;
      for (const std::string& element : elements_) {
        const int i = built.Component(element);
        if (i < 0) continue;
        const auto& recycled = solution_.circuits[c].recycled;
        if (static_cast<std::size_t>(i) < recycled.size()) {
          kmol -= recycled[static_cast<std::size_t>(i)];
        }
      }
    }
    return kmol;
  }

  // Free acid that leaves the plant with aqueous up to where the organic of its circuit carries
  // most: protons of the extractant, and what of the scrub acid came down to there [kmol/h].
  double ReleasedAcid() const {
    std::vector<int> fullest(plant_.circuits.size(), 0);
    for (std::size_t c = 0; c < plant_.circuits.size(); ++c) {
      const Built& built = plant_.circuits[c];
      double most = 0;
      for (int j = 0; j < plant_.cascades[c].stages(); ++j) {
        double flux = 0;
        for (const std::string& element : elements_) {
          const int i = built.Component(element);
          if (i < 0) continue;
          flux += solution_.circuits[c].y[static_cast<std::size_t>(j) * built.components.size() +
                                          static_cast<std::size_t>(i)];
        }
        flux *= plant_.cascades[c].flows[static_cast<std::size_t>(j)].org_up;
        if (flux > most) {
          most = flux;
          fullest[c] = j;
        }
      }
    }
    double released = 0;
    for (const Rest& rest : plant_.rests) {
      const auto c = static_cast<std::size_t>(rest.circuit);
      const Leaving& leaving = plant_.circuits[c].leaving[static_cast<std::size_t>(rest.leaving)];
      if (leaving.phase != kernels::Phase::kAqueous || leaving.stage > fullest[c]) continue;
      const double acid = rows_[c][static_cast<std::size_t>(leaving.row)].free_acid;
      released += rest.share * std::max(0.0, acid);
    }
    return released;
  }

  // Base fed, without what residues took [kmol/h].
  double BaseFed() const {
    double base = 0;
    for (const Built& built : plant_.circuits) {
      base += SuppliesOf(built).base_kmol_per_h;
      for (const Composition& stream : built.streams) {
        for (const ComposedResidue& residue : stream.residues) {
          base -= stream.flow * (residue.naoh + residue.nh4oh);
        }
      }
    }
    return base;
  }

  void Fill(const Cut& hardest, Figures* figures) const {
    TheoreticalMinimum& minimum = figures->minimum;
    const std::size_t a = hardest.least.organic_key, b = hardest.least.aqueous_key;
    minimum.cut = NameOf(hardest, battery_, elements_);
    minimum.separation_factor = battery_.beta[a] / battery_.beta[b];
    minimum.min_organic_mol_per_mol = hardest.least.organic;
    minimum.min_scrub_mol_per_mol = hardest.least.scrub;
    minimum.min_stages = hardest.min_stages;
    minimum.stages = figures->stages;
    minimum.xu_reason = "several circuits; it knows one battery of two products";

    double reo = 0;
    for (const ProductFigures& product : figures->products) reo += product.reo_kg_per_h;
    const double kmol_per_t = 1000 / std::max(reo, kLeastReo);
    const double equivalents = battery_.charge * battery_.total;
    double organic = 0;  // metal that fresh organic carries [kmol/h]
    if (ExchangesProtons(first())) {
      const double base = BaseFed(), released = ReleasedAcid();
      organic = (base + released) / battery_.charge;
      minimum.released_acid_kg_per_t_reo = released * kmol_per_t * kMassNaOH;
      if (base > 0) {
        minimum.min_base_mol_per_mol = battery_.charge * hardest.least.organic;
        minimum.min_base_kg_per_t_reo =
            *minimum.min_base_mol_per_mol * battery_.total * kmol_per_t * kMassNaOH;
        figures->base_over_minimum = (base + released) / (hardest.least.organic * equivalents);
      } else {
        minimum.base_reason = "no base is used";
      }
    } else {
      organic = FreshOrganic();
      minimum.base_reason = "this law counts metal, not protons, and knows no base";
    }
    minimum.organic_mol_per_mol = organic / battery_.total;
    figures->organic_over_minimum = minimum.organic_mol_per_mol / hardest.least.organic;
    AddAcid(hardest, kmol_per_t, figures);
  }

  void AddAcid(const Cut& hardest, double kmol_per_t, Figures* figures) const {
    TheoreticalMinimum& minimum = figures->minimum;
    if (!(figures->acid_kg_per_t_reo > 0)) {
      minimum.acid_reason = "no acid is used but the feed's";
      return;
    }
    const double flux = hardest.least.organic + battery_.organic_step();
    const double least = battery_.charge * (flux * battery_.total - by_organic_);
    if (!(least > 0)) {
      minimum.acid_reason = "all metal leaves with the organic: nothing needs acid";
      return;
    }
    minimum.min_acid_mol_per_mol = least / battery_.total;
    minimum.min_acid_kg_per_t_reo = least * kmol_per_t * AcidMass(first().system->medium);
    figures->acid_over_minimum = figures->acid_kg_per_t_reo / *minimum.min_acid_kg_per_t_reo;
  }

  const Flowsheet& flowsheet_;
  const Plant& plant_;
  const PlantSolution& solution_;
  std::vector<std::vector<kernels::Outflow>> rows_;
  const Composition* feed_ = nullptr;
  std::size_t feed_stream_ = 0, feed_circuit_ = 0;
  std::vector<std::string> elements_;  ///< fed and no base, by rising beta
  /// The plant as one battery: `metals` are indices of `elements_`, exits are by extractability.
  Battery battery_;
  double by_organic_ = 0;  ///< metal that leaves with organic [kmol/h]
};

}  // namespace

void AddPlantMinimum(const Flowsheet& flowsheet, const Plant& plant, const PlantSolution& solution,
                     Figures* figures) {
  figures->minimum = TheoreticalMinimum();
  figures->organic_over_minimum.reset();
  figures->base_over_minimum.reset();
  figures->acid_over_minimum.reset();
  figures->minimum.reason = PlantMinimum(flowsheet, plant, solution).Compute(figures);
}

}  // namespace raffinate::optimizer
