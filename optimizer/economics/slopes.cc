#include "optimizer/economics/slopes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "optimizer/economics/equipment.h"
#include "optimizer/economics/evaluate.h"

namespace raffinate::optimizer {
namespace {

/// Calls f(amount) for what the flowsheet brings. `Balance`: of any number, perhaps const.
template <class Balance, class F>
void VisitBrought(Balance& balance, F&& f) {
  for (auto& inlet : balance.inlets) {
    for (auto* amount : {&inlet.flow, &inlet.acid, &inlet.naoh, &inlet.nh4oh, &inlet.heating}) {
      f(*amount);
    }
    for (auto& metal : inlet.metals) f(metal);
    for (auto& residue : inlet.residues) {
      f(residue.naoh), f(residue.nh4oh);
      for (auto& metal : residue.metals) f(metal);
    }
  }
  for (auto& circuit : balance.circuits) {
    for (auto* amount : {&circuit.extractant_mol_per_l, &circuit.organic_flow,
                         &circuit.metered_naoh, &circuit.metered_nh4oh}) {
      f(*amount);
    }
    for (auto& metal : circuit.organic_metals) f(metal);
  }
}

/// The same for all amounts but those of stages.
template <class Balance, class F>
void VisitAmounts(Balance& balance, F&& f) {
  VisitBrought(balance, f);
  for (auto& outlet : balance.outlets) {
    for (auto* amount : {&outlet.flow, &outlet.organic, &outlet.free_acid, &outlet.anions}) {
      f(*amount);
    }
    for (auto& metal : outlet.metals) f(metal);
    for (auto& metal : outlet.aqueous_metals) f(metal);
  }
}

/// The balance with all amounts zero and no compositions of stages.
PlantBalanceOf<Sloped> Shape(const PlantBalance& balance) {
  PlantBalanceOf<Sloped> shape;
  shape.elements = balance.elements;
  shape.media = balance.media;
  shape.products = balance.products;
  for (const PlantInlet& inlet : balance.inlets) {
    PlantInletOf<Sloped>& to = shape.inlets.emplace_back();
    to.name = inlet.name;
    to.feed = inlet.feed;
    to.medium = inlet.medium;
    to.metals.resize(inlet.metals.size(), 0.0);
    for (const PlantResidue& residue : inlet.residues) {
      PlantResidueOf<Sloped>& left = to.residues.emplace_back();
      left.name = residue.name;
      left.metals.resize(residue.metals.size(), 0.0);
    }
  }
  for (const PlantOutlet& outlet : balance.outlets) {
    PlantOutletOf<Sloped>& to = shape.outlets.emplace_back();
    to.name = outlet.name;
    to.products = outlet.products;
    to.aqueous = outlet.aqueous;
    to.circuit = outlet.circuit;
    to.carried = outlet.carried;
    to.metals.resize(outlet.metals.size(), 0.0);
    to.aqueous_metals.resize(outlet.aqueous_metals.size(), 0.0);
  }
  for (const PlantCircuit& circuit : balance.circuits) {
    PlantCircuitOf<Sloped>& to = shape.circuits.emplace_back();
    to.name = circuit.name;
    to.system = circuit.system;
    to.medium = circuit.medium;
    to.organic_metals.resize(circuit.organic_metals.size(), 0.0);
    for (const PlantSection& section : circuit.sections) {
      PlantSectionOf<Sloped>& stages = to.sections.emplace_back();
      stages.name = section.name;
      stages.stages.resize(section.stages.size());
    }
  }
  return shape;
}

/// Numbers that take turns at having a slope, kSlopes at once.
class Turns {
 public:
  void Add(Sloped* number, double value) {
    *number = value;
    numbers_.push_back(number);
  }
  std::size_t size() const { return numbers_.size(); }

  /// Calls f(first), once for every turn: the slopes are then those by the numbers from `first` on.
  template <class F>
  void ForEach(F&& f) {
    for (std::size_t first = 0; first < size(); first += kSlopes) {
      const std::size_t end = std::min(size(), first + kSlopes);
      for (std::size_t k = first; k < end; ++k) numbers_[k]->derivatives()[k - first] = 1;
      f(first);
      for (std::size_t k = first; k < end; ++k) numbers_[k]->derivatives()[k - first] = 0;
    }
  }

 private:
  std::vector<Sloped*> numbers_;
};

/// Adds what a stage is worth to figures that know the sizes of its section: `by_size` holds their
/// derivatives by the numbers of SectionSizeOf, one after another, `by` is where those by the
/// stage go.
void AddStage(const StageSizes& sizes, const std::vector<PlantElement>& elements,
              const PlantStage& stage, const std::vector<std::vector<double>>& by_size,
              const std::vector<PlantStage*>& by) {
  PlantStageOf<Sloped> sloped;
  sloped.x.assign(stage.x.size(), 0.0);
  sloped.y.assign(stage.y.size(), 0.0);
  Turns turns;
  std::vector<double PlantStage::*> flows = {&PlantStage::aqueous, &PlantStage::organic};
  turns.Add(&sloped.aqueous, stage.aqueous);
  turns.Add(&sloped.organic, stage.organic);
  std::vector<std::size_t> held;  // others are not counted
  for (std::size_t e = 0; e < stage.x.size(); ++e) {
    if (!elements[e].rare_earth) continue;
    held.push_back(e);
    turns.Add(&sloped.x[e], stage.x[e]);
    turns.Add(&sloped.y[e], stage.y[e]);
  }
  const auto number = [&](PlantStage* of, std::size_t k) -> double& {
    if (k < flows.size()) return of->*flows[k];
    const std::size_t e = held[(k - flows.size()) / 2];
    return (k - flows.size()) % 2 == 0 ? of->x[e] : of->y[e];
  };
  turns.ForEach([&](std::size_t first) {
    SectionSizeOf<Sloped> size;
    sizes.Add(sloped, &size);
    for (std::size_t k = first; k < std::min(turns.size(), first + kSlopes); ++k) {
      for (std::size_t f = 0; f < by.size(); ++f) {
        double sum = 0;
        std::size_t s = 0;
        size.ForEach(
            [&](const Sloped& part) { sum += by_size[f][s++] * part.derivatives()[k - first]; });
        number(by[f], k) = sum;
      }
    }
  });
}

/// Zeros.
PlantBalance Nothing(const PlantBalance& balance) {
  PlantBalance none = balance;
  VisitAmounts(none, [](double& amount) { amount = 0; });
  for (PlantCircuit& circuit : none.circuits) {
    for (PlantSection& section : circuit.sections) {
      for (PlantStage& stage : section.stages) {
        stage.aqueous = stage.organic = 0;
        std::fill(stage.x.begin(), stage.x.end(), 0.0);
        std::fill(stage.y.begin(), stage.y.end(), 0.0);
      }
    }
  }
  return none;
}

}  // namespace

std::vector<FigureSlopes> DifferentiatePlant(
    const PlantBalance& balance, const EconomicsData& data, const EconomicsSettings& settings,
    const std::function<bool(const std::string&)>& wanted) {
  bool any = !wanted;
  PlantFigures().ForEach([&](const char* name, const auto&) { any = any || wanted(name); });
  if (!any) return {};
  Lookup lookup(data, settings);
  PlantBalanceOf<Sloped> sloped = Shape(balance);
  Turns turns;
  {
    std::vector<double> values;
    VisitAmounts(balance, [&](const double& amount) { values.push_back(amount); });
    VisitAmounts(sloped, [&](Sloped& amount) { turns.Add(&amount, values[turns.size()]); });
  }
  const std::size_t amounts = turns.size();
  std::vector<SectionSizeOf<Sloped>> sizes;
  {
    std::vector<SectionSizeOf<double>> plain = SizeSections(balance, &lookup);
    sizes.resize(plain.size());
    for (std::size_t s = 0; s < plain.size(); ++s) {
      std::vector<double> values;
      plain[s].ForEach([&](double value) { values.push_back(value); });
      std::size_t k = 0;
      sizes[s].ForEach([&](Sloped& number) { turns.Add(&number, values[k++]); });
    }
  }

  std::vector<FigureSlopes> figures;
  std::vector<std::vector<double>> by;  // of each figure: amounts, then sizes
  turns.ForEach([&](std::size_t first) {
    PlantReportOf<Sloped> report;
    std::size_t next = 0;
    EvaluateBalance(sloped, sizes, settings, &lookup, &report)
        .ForEach([&](const char* name, const std::optional<Sloped>& figure) {
          if (!figure || (wanted && !wanted(name))) return;
          if (first == 0) {
            figures.push_back({name, figure->value(), Nothing(balance)});
            by.emplace_back();
          }
          const std::size_t count = std::min<std::size_t>(kSlopes, turns.size() - first);
          const auto& slopes = figure->derivatives();
          by[next].insert(by[next].end(), slopes.data(), slopes.data() + count);
          ++next;
        });
  });

  for (std::size_t f = 0; f < figures.size(); ++f) {
    std::size_t k = 0;
    VisitAmounts(figures[f].by, [&](double& amount) { amount = by[f][k++]; });
  }
  const StageSizes stage_sizes(balance.elements, &lookup);
  const std::size_t numbers = sizes.empty() ? 0 : (turns.size() - amounts) / sizes.size();
  std::size_t at = amounts;
  for (std::size_t c = 0; c < balance.circuits.size(); ++c) {
    for (std::size_t s = 0; s < balance.circuits[c].sections.size(); ++s, at += numbers) {
      std::vector<std::vector<double>> by_size;
      for (const std::vector<double>& of : by) {
        by_size.emplace_back(of.begin() + at, of.begin() + at + numbers);
      }
      const std::vector<PlantStage>& stages = balance.circuits[c].sections[s].stages;
      for (std::size_t j = 0; j < stages.size(); ++j) {
        std::vector<PlantStage*> to;
        for (FigureSlopes& figure : figures) {
          to.push_back(&figure.by.circuits[c].sections[s].stages[j]);
        }
        AddStage(stage_sizes, balance.elements, stages[j], by_size, to);
      }
    }
  }
  return figures;
}

std::vector<double> Brought(const PlantBalance& balance) {
  std::vector<double> all;
  VisitBrought(balance, [&](double amount) { all.push_back(amount); });
  return all;
}

}  // namespace raffinate::optimizer
