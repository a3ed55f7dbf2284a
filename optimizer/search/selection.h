// Who survives and who becomes a parent.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Place of a candidate in its population.
struct Standing {
  int rank = 0;         ///< 0 is best
  double crowding = 0;  ///< larger is lonelier, hence better, within a rank
};

/// Standing of every candidate by the feasibility rules (Deb 2000,
/// doi:10.1016/S0045-7825(99)00389-8): feasible ones by Pareto rank, then solved
/// ones by violation, then unsolved ones; last of all those whose genes repeat
/// those of a candidate before them.
std::vector<Standing> Stand(std::span<const Candidate> candidates, int objectives);

/// Indices, ascending, of the `keep` candidates that survive: whole ranks from the
/// best on, and of the rank that does not fit the ones that spread best over it.
std::vector<std::size_t> Survivors(std::span<const Candidate> candidates, int objectives,
                                   std::size_t keep);

}  // namespace raffinate::optimizer
