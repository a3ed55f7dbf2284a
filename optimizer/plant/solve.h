// Steady states of batches of plants.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/plant/plant.h"

namespace raffinate::optimizer {

/// A neighbour's solution to start from.
struct PlantState {
  std::vector<kernels::State> circuits;
  /// Per link, both phases with the components of `from` each [kmol/h]: aqueous, then organic.
  std::vector<double> moles;
};

struct PlantSolution {
  kernels::SolveStatus status = kernels::SolveStatus::kInvalid;
  std::vector<kernels::Solution> circuits;
  std::vector<double> moles;  ///< as in PlantState
  int passes = 0;             ///< solutions of circuits that a stream goes round between
  double residual = 0;        ///< largest difference in such a stream, relative to what is fed
  int circuit = -1;           ///< where it stopped
  std::string stream;         ///< the worst, when a recycle did not close
};

struct PlantOptions {
  /// Closer than for a circuit by itself: what is left in one is added up over the plant.
  kernels::SolveOptions solve{.tolerance = 1e-11, .step_tolerance = 1e-9};
  /// Of recycles: the components' difference between what leaves one circuit and what enters
  /// the next, relative to what is fed of them.
  double tolerance = 1e-11;
  int max_passes = 1000;
  /// Newton's method on all streams of a recycle; false: what left is what enters next.
  bool newton = true;
};

/// One plant to solve. Not owned; `warm` may be null. The numbers of the links are left in the
/// inlets and feeds of `plant`.
struct PlantTask {
  Plant* plant = nullptr;
  const PlantState* warm = nullptr;
};

/// Solves every plant. Groups of circuits without a recycle need one pass. In a recycle the
/// unknowns are the moles of every component in every stream between its circuits; all circuits
/// are solved at once, and Newton's step takes the exact derivatives of what leaves by what
/// enters (kernels/gradient.h), slowed down to a step of the streams' transient where it does not
/// help, and kept positive. Every pass
/// solves the circuits of all plants as one batch; the result of a plant depends on the plant
/// alone.
void SolvePlants(const kernels::Device& device, std::span<const PlantTask> tasks,
                 const PlantOptions& options, std::span<PlantSolution> solutions);

/// Largest relative error of any balance: of each circuit, and of components, strong anions and
/// acid over the whole plant.
double PlantBalanceError(const Plant& plant, const PlantSolution& solution);

}  // namespace raffinate::optimizer
