// How the streams between circuits follow what enters the circuits.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/circuit_gradient.h"
#include "kernels/gradient.h"
#include "optimizer/plant/plant.h"

namespace raffinate::optimizer {

/// Where the moles of every stream are: per link, both phases with the components of `from` each,
/// aqueous, then organic.
class StreamLayout {
 public:
  explicit StreamLayout(const Plant& plant);

  int size() const { return size_; }
  /// Index of the first component of a phase of a link.
  int Offset(int link, int phase) const { return offsets_[2 * link + phase]; }
  /// Of every component of link.from, that of link.to.
  const std::vector<int>& ComponentsOf(int link) const { return component_of_[link]; }

 private:
  std::vector<int> offsets_;
  std::vector<std::vector<int>> component_of_;
  int size_ = 0;
};

/// A component of a phase of a stream that enters a circuit.
struct StreamNumber {
  int link = 0;
  int phase = 0;
  int component = 0;     ///< of link.from
  std::size_t mole = 0;  ///< index in moles
  double scale = 1;      ///< unit [kmol/h]: what is fed of it
};
/// Those of all links between the circuits that `within` names.
template <class Within>
std::vector<StreamNumber> NumbersOf(const Plant& plant, const StreamLayout& layout, Within within) {
  std::vector<StreamNumber> numbers;
  for (int l = 0; l < static_cast<int>(plant.links.size()); ++l) {
    const Link& link = plant.links[l];
    if (!within(link.from) || !within(link.to)) continue;
    const auto& components = plant.circuits[link.from].components;
    for (int phase = 0; phase < 2; ++phase) {
      if (link.inlet[phase] < 0) continue;
      for (int i = 0; i < static_cast<int>(components.size()); ++i) {
        const double fed = plant.Fed(components[i]->symbol);
        numbers.push_back({l, phase, i, static_cast<std::size_t>(layout.Offset(l, phase) + i),
                           fed > 0 ? fed : 1.0});
      }
    }
  }
  return numbers;
}

/// The derivatives of what circuits send into streams. Give the seeds of each circuit to
/// kernels::Differentiate; the first gradients of a circuit are those of its seeds.
class StreamSlopes {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  /// Of `circuits` and `numbers`, which are those of streams between them. Keeps references to
  /// `plant`, `layout` and `numbers`.
  StreamSlopes(const Plant& plant, const StreamLayout& layout,
               std::span<const kernels::Solution> solutions, std::span<const int> circuits,
               std::span<const StreamNumber> numbers);

  /// Of the k-th of `circuits`.
  const std::vector<kernels::SolutionSeed>& seeds(std::size_t k) const {
    return circuits_[k].seeds;
  }

  using Gradients = std::span<const std::vector<kernels::CascadeGradient>>;

  /// I less the derivatives of what leaves [row] by what enters [column], in the numbers' units.
  /// `gradients` has one entry per circuit.
  std::vector<double> Matrix(Gradients gradients) const;

  /// Adds `weight` times the derivatives of what leaves as the number `row` by the cascade that it
  /// leaves, which is the k-th of `circuits`; nothing where it leaves another.
  void AddRow(double weight, std::size_t row, std::size_t k, Gradients gradients,
              kernels::CascadeGradient* sum) const;

 private:
  struct Leaving {
    int circuit = 0;
    std::vector<kernels::SolutionSeed> seeds;
    std::vector<kernels::CascadeGradient> direct;  ///< by the cascade at a fixed solution
    std::vector<std::size_t> row_of;               ///< per number: index of its seed, or kNone
  };

  const Plant& plant_;
  const StreamLayout& layout_;
  std::span<const StreamNumber> numbers_;
  std::vector<Leaving> circuits_;
};

}  // namespace raffinate::optimizer
