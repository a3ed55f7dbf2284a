#include "optimizer/model/levers.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "optimizer/model/leaves.h"

namespace raffinate::optimizer {
namespace {

bool SameShape(const kernels::Circuit& a, const kernels::Circuit& b) {
  return a.components.size() == b.components.size() && a.inlets.size() == b.inlets.size() &&
         a.draws.size() == b.draws.size() && a.stages == b.stages;
}

void Append(const std::vector<double>& values, std::size_t size, double usual,
            std::vector<double>* all) {
  for (std::size_t k = 0; k < size; ++k) all->push_back(k < values.size() ? values[k] : usual);
}

}  // namespace

Levers::Levers(const Flowsheet& flowsheet, const Chemistry& chemistry, const Built& built,
               const WantedLeaves& wanted, const BroughtNumbers& brought)
    : built_(built),
      totals_(built.circuit.law == kernels::Law::kTable
                  ? static_cast<std::size_t>(std::max(built.circuit.table->masters - 2, 0))
                  : 0) {
  const Supplies supplies = SuppliesOf(built);
  const std::vector<double> numbers = Flatten(built.circuit);
  std::vector<double> brings;
  if (brought) brings = brought(flowsheet, built);
  Flowsheet changed = flowsheet;
  std::size_t index = 0;
  VisitLeaves(changed, [&](auto& leaf, const Bounds& bounds, auto path) {
    using Leaf = std::decay_t<decltype(leaf)>;
    const std::size_t at = index++;
    if constexpr (std::is_same_v<Leaf, Number>) {
      if (wanted && !wanted(at)) return;
      const double value = Value(leaf);
      const double step = 1e-3 * std::max(std::abs(value), 1e-3);
      // Upwards, or downwards from where there is no more.
      for (const double change : {step, -step}) {
        if (!bounds.Contain(value + change)) continue;
        leaf = value + change;
        Built then;
        bool possible =
            Build(changed, chemistry, &then).empty() && SameShape(built.circuit, then.circuit);
        std::vector<double> then_brings;
        if (possible && brought) {
          then_brings = brought(changed, then);
          possible = then_brings.size() == brings.size();
        }
        leaf = value;
        if (!possible) continue;
        const Supplies then_supplies = SuppliesOf(then);
        levers_.push_back({path(), value, *bounds.unit == 0 ? "1" : bounds.unit});
        leaves_.push_back(at);
        Slopes& slopes = slopes_.emplace_back();
        slopes.acid_kg = (then_supplies.acid_kg_per_h - supplies.acid_kg_per_h) / change;
        slopes.base_kmol = (then_supplies.base_kmol_per_h - supplies.base_kmol_per_h) / change;
        slopes.organic_flow = (then.organic_flow - built.organic_flow) / change;
        for (std::size_t i = 0; i < supplies.fed.size(); ++i) {
          slopes.fed.push_back((then_supplies.fed[i] - supplies.fed[i]) / change);
        }
        for (std::size_t i = 0; i < brings.size(); ++i) {
          slopes.brought.push_back((then_brings[i] - brings[i]) / change);
        }
        const std::vector<double> then_numbers = Flatten(then.circuit);
        for (std::size_t k = 0; k < numbers.size(); ++k) {
          if (then_numbers[k] != numbers[k]) {
            slopes.numbers.emplace_back(k, (then_numbers[k] - numbers[k]) / change);
          }
        }
        return;
      }
    }
  });
}

std::vector<double> Levers::Flatten(const kernels::Circuit& circuit) const {
  const std::size_t m = circuit.components.size(), n = static_cast<std::size_t>(circuit.stages);
  std::vector<double> all;
  for (const kernels::Inlet& inlet : circuit.inlets) {
    all.push_back(inlet.flow);
    all.push_back(inlet.anions);
    all.push_back(inlet.extractant_dimer_mol_per_l);
    Append(inlet.totals, totals_, 0, &all);
    Append(inlet.molarity, m, 0, &all);
  }
  for (std::size_t d = 0; d < circuit.draws.size(); ++d) {
    // By what the draw was given as in the flowsheet that is differentiated.
    const bool flow = built_.circuit.draws[d].flow > 0;
    all.push_back(flow ? circuit.draws[d].flow : circuit.draws[d].share);
  }
  Append(circuit.efficiency, n, 1, &all);
  Append(circuit.aqueous_entrainment, n, 0, &all);
  Append(circuit.organic_entrainment, n, 0, &all);
  return all;
}

std::vector<double> Levers::Flatten(const kernels::CircuitGradient& gradient) const {
  const std::size_t m = built_.circuit.components.size();
  const std::size_t n = static_cast<std::size_t>(built_.circuit.stages);
  std::vector<double> all;
  for (const kernels::InletGradient& inlet : gradient.inlets) {
    all.push_back(inlet.flow);
    all.push_back(inlet.anions);
    all.push_back(inlet.extractant_dimer_mol_per_l);
    Append(inlet.totals, totals_, 0, &all);
    Append(inlet.molarity, m, 0, &all);
  }
  Append(gradient.draws, built_.circuit.draws.size(), 0, &all);
  Append(gradient.efficiency, n, 0, &all);
  Append(gradient.aqueous_entrainment, n, 0, &all);
  Append(gradient.organic_entrainment, n, 0, &all);
  return all;
}

std::vector<double> Levers::Derivatives(const kernels::CircuitGradient& by_circuit,
                                        const SupplyGradient& by_supplies,
                                        const std::vector<double>& by_brought) const {
  const std::vector<double> gradient = Flatten(by_circuit);
  std::vector<double> derivatives;
  derivatives.reserve(slopes_.size());
  for (const Slopes& slopes : slopes_) {
    double sum = by_supplies.by_acid_kg * slopes.acid_kg +
                 by_supplies.by_base_kmol * slopes.base_kmol +
                 (by_supplies.by_organic_flow + by_supplies.by_organic_fed) * slopes.organic_flow;
    for (std::size_t i = 0; i < by_supplies.by_fed.size(); ++i) {
      sum += by_supplies.by_fed[i] * slopes.fed[i];
    }
    for (std::size_t i = 0; i < by_brought.size(); ++i) sum += by_brought[i] * slopes.brought[i];
    for (const auto& [k, slope] : slopes.numbers) sum += slope * gradient[k];
    derivatives.push_back(sum);
  }
  return derivatives;
}

}  // namespace raffinate::optimizer
