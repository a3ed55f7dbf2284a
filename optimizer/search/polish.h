// Candidates refined in their real variables by their derivatives.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Where to start, and what to make better.
struct PolishTask {
  Candidate start;  ///< need not have been evaluated
  int objective = 0;
  /// The most that each objective may become; infinite for any. That of `objective` is
  /// not looked at.
  std::vector<double> caps;
  /// Caps to go on to, one after another, each from where those before have led.
  std::vector<std::vector<double>> next_caps;
};

struct Polished {
  std::vector<Candidate> candidates;  ///< what each task that was begun ended with
  std::vector<Candidate> passed;      ///< others on the way that meet the demands, not too close
  std::int64_t evaluations = 0;       ///< a differentiation counts as one, or as its differences
  std::int64_t solved = 0;            ///< of the evaluations
};

/// Lessens one objective of each task under the demands and its caps by sequential
/// quadratic programming: exact derivatives, damped updates of the curvature (Powell
/// 1978, doi:10.1007/BFb0067703), a trust region, demands and caps that may be missed
/// at a price until they can be met. Variables on a lattice stay. An objective that the
/// real variables do not move is replaced by the next one that they do; where there is none
/// only the demands are met. A task that goes on to other caps keeps its slopes and its
/// curvature, so that it follows a front in few evaluations a point. `scale`: of each
/// objective, > 0. All tasks advance together, so that batches stay large. At most
/// `most_evaluations` (0: no limit). When `cancel` becomes true the result is to be
/// discarded. Needs a problem that is smooth() and has no equalities; where it
/// is not differentiable() differences take the place of derivatives, one evaluation for each
/// real variable. `race`: tasks are rivals for a first design that meets the demands, of which
/// the worse half stops every few rounds.
Polished Polish(Problem& problem, const GeneSpace& space, std::vector<PolishTask> tasks,
                const std::vector<double>& scale, bool race, std::int64_t most_evaluations,
                const std::atomic<bool>& cancel);

}  // namespace raffinate::optimizer
