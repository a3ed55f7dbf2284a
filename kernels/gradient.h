// Derivatives of numbers computed from a steady state by everything its cascade
// consists of.
#pragma once

#include <span>
#include <vector>

#include "kernels/cascade.h"
#include "kernels/solve.h"

namespace raffinate::kernels {

/// A number's own derivatives by a solution, at a fixed cascade. Arrays are
/// stage-major as in Cascade; an empty one stands for zeros.
struct SolutionSeed {
  std::vector<double> x;           ///< N*M by aqueous molarity [per mol/L]
  std::vector<double> y;           ///< N*M by organic molarity [per mol/L]
  std::vector<double> rising;      ///< N*M by what enters a stage from below, its feed_up
                                   ///< included [per kmol/h]
  std::vector<double> ln_masters;  ///< N*masters by ln of the master species
};

/// The total derivatives of one number by the cascade's numbers, in the number's
/// unit per that of the cascade's field, as the steady state follows the change.
/// Flows of a stage count as independent of each other and of its neighbours'.
struct CascadeGradient {
  std::vector<StageFlows> flows;   ///< N
  std::vector<double> feed_up;     ///< N*M
  std::vector<double> feed_down;   ///< N*M
  std::vector<double> anions;      ///< N
  std::vector<double> extractant;  ///< N
  std::vector<double> log10_k;     ///< M
  double recycle = 0;
  std::vector<double> totals;  ///< N*(masters - 2)
  std::vector<double> shift;   ///< N*M by ln D of each stage; tables only
};

/// A solved cascade and the numbers to differentiate. Not owned. The solution
/// must be a converged one of the cascade.
struct GradientTask {
  const Cascade* cascade = nullptr;
  const Solution* solution = nullptr;
  std::span<const SolutionSeed> seeds;
};

/// Differentiates every number of every task: `gradients[t]` gets one entry per
/// seed of tasks[t], and stays empty where the solution is not one. Exact up to
/// rounding: each is a solve with the transposed Newton equations, one
/// elimination serves all numbers of a task. Runs on the CPU for every kind of
/// device.
void Differentiate(const Device& device, std::span<const GradientTask> tasks,
                   std::span<std::vector<CascadeGradient>> gradients);

}  // namespace raffinate::kernels
