// Who survives and who becomes a parent.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Place of a candidate in its population.
struct Standing {
  int rank = 0;         ///< 0 is best
  double crowding = 0;  ///< larger is lonelier, hence better, within a rank
};

struct Selected {
  std::vector<std::size_t> survivors;  ///< indices, ascending
  std::vector<Standing> standings;     ///< of each survivor among the survivors
};

/// The `keep` candidates (all, where there are fewer) that survive by the feasibility rules
/// (Deb 2000, doi:10.1016/S0045-7825(99)00389-8): feasible ones by Pareto rank, then solved
/// ones by violation, then unsolved ones; last of all those whose genes repeat those of a
/// candidate before them. Whole ranks from the best on, and of the rank that does not fit the
/// ones that spread best over it. Ranks and crowding are computed on `device`, which changes
/// nothing in the result.
Selected SelectSurvivors(const kernels::Device& device, std::span<const Candidate> candidates,
                         int objectives, std::size_t keep);

}  // namespace raffinate::optimizer
