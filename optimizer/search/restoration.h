// Gauss-Newton steps to where demands are met.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Linearized demands over the unlocked coordinates of one point.
struct LinearDemands {
  std::vector<Requirement> kinds;  ///< one per row
  std::vector<double> residuals;   ///< one per row
  std::vector<double> slopes;      ///< row-major, by search coordinate
  std::vector<double> point;       ///< search coordinates in [0, 1]
};

/// The shortest step within [0, 1] that meets the linearized demands, those of least
/// squares where they contradict each other. Inequalities that are met stay out unless
/// the step would break them; those that are missed are met with a tenth to spare.
/// Coordinates whose slopes are all zero do not move.
std::vector<double> ShortestStep(const LinearDemands& demands);

struct Restored {
  std::vector<Candidate> candidates;  ///< the least violated found from each start
  std::int64_t evaluations = 0;
  std::int64_t solved = 0;  ///< of the evaluations
};

/// Moves each start, which need not have been evaluated, until it is feasible or no
/// step helps: forward differences in the variables that are no lattice, ShortestStep,
/// trial steps of several lengths (a repair by the gradients of constraints as of
/// Chootinan and Chen 2006, doi:10.1016/j.cor.2005.02.002). All starts advance
/// together, so that batches stay large. At most `most_evaluations` (0: no limit); with
/// fewer than the starts need, only the first ones are evaluated and returned. When
/// `cancel` becomes true the result is to be discarded. Needs a problem with
/// requirements.
Restored RestoreFeasibility(Problem& problem, const GeneSpace& space, std::vector<Candidate> starts,
                            std::int64_t most_evaluations, const std::atomic<bool>& cancel);

}  // namespace raffinate::optimizer
