#include "optimizer/plant/stream_slopes.h"

#include <map>
#include <utility>

namespace raffinate::optimizer {

StreamLayout::StreamLayout(const Plant& plant) {
  for (const Link& link : plant.links) {
    const Built &from = plant.circuits[link.from], &to = plant.circuits[link.to];
    for (int phase = 0; phase < 2; ++phase) {
      offsets_.push_back(size_);
      size_ += static_cast<int>(from.components.size());
    }
    auto& map = component_of_.emplace_back();
    for (const Element* element : from.components) map.push_back(to.Component(element->symbol));
  }
}

StreamSlopes::StreamSlopes(const Plant& plant, const StreamLayout& layout,
                           std::span<const kernels::Solution> solutions,
                           std::span<const int> circuits, std::span<const StreamNumber> numbers)
    : plant_(plant), layout_(layout), numbers_(numbers) {
  for (const int c : circuits) {
    Leaving& leaving = circuits_.emplace_back();
    leaving.circuit = c;
    leaving.row_of.assign(numbers.size(), kNone);
    const kernels::Circuit& circuit = plant.circuits[c].circuit;
    const std::size_t size = circuit.components.size();
    // Parts of one stream share their derivatives.
    std::map<std::pair<int, std::pair<int, int>>, std::size_t> known;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const StreamNumber& number = numbers[k];
      const Link& link = plant.links[number.link];
      if (link.from != c) continue;
      const auto [at, fresh] =
          known.try_emplace({link.row, {number.phase, number.component}}, leaving.seeds.size());
      leaving.row_of[k] = at->second;
      if (!fresh) continue;
      std::vector<kernels::OutflowSeed> rows(circuit.draws.size() + 2);
      kernels::OutflowSeed& row = rows[link.row];
      row.aqueous_metals.assign(size, 0.0);
      row.aqueous_metals[number.component] = number.phase == 0 ? 1 : -1;
      if (number.phase == 1) {
        row.metals.assign(size, 0.0);
        row.metals[number.component] = 1;
      }
      kernels::OutflowPath path =
          kernels::SeedOutflows(circuit, plant.cascades[c], solutions[c], rows);
      leaving.seeds.push_back(std::move(path.seed));
      leaving.direct.push_back(std::move(path.direct));
    }
  }
}

std::vector<double> StreamSlopes::Matrix(Gradients gradients) const {
  const std::size_t n = numbers_.size();
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t row = 0; row < n; ++row) matrix[row * n + row] = 1;
  for (std::size_t k = 0; k < circuits_.size(); ++k) {
    const Leaving& leaving = circuits_[k];
    const int size = plant_.cascades[leaving.circuit].size();
    for (std::size_t row = 0; row < n; ++row) {
      if (leaving.row_of[row] == kNone) continue;
      const kernels::CascadeGradient& gradient = gradients[k][leaving.row_of[row]];
      const kernels::CascadeGradient& direct = leaving.direct[leaving.row_of[row]];
      const double share = plant_.links[numbers_[row].link].share;
      for (std::size_t column = 0; column < n; ++column) {
        const StreamNumber& number = numbers_[column];
        const Link& link = plant_.links[number.link];
        if (link.to != leaving.circuit) continue;
        const std::size_t at = static_cast<std::size_t>(link.stage) * size +
                               layout_.ComponentsOf(number.link)[number.component];
        const std::vector<double>& by = number.phase == 0 ? gradient.feed_down : gradient.feed_up;
        const std::vector<double>& beside = number.phase == 0 ? direct.feed_down : direct.feed_up;
        const double slope = by[at] + (beside.empty() ? 0 : beside[at]);
        matrix[row * n + column] -= share * slope * number.scale / numbers_[row].scale;
      }
    }
  }
  return matrix;
}

void StreamSlopes::AddRow(double weight, std::size_t row, std::size_t k, Gradients gradients,
                          kernels::CascadeGradient* sum) const {
  const Leaving& leaving = circuits_[k];
  const std::size_t seed = leaving.row_of[row];
  if (seed == kNone || weight == 0) return;
  const double scale = weight * plant_.links[numbers_[row].link].share;
  kernels::AddScaled(scale, gradients[k][seed], sum);
  kernels::AddScaled(scale, leaving.direct[seed], sum);
}

}  // namespace raffinate::optimizer
