// Sorting by Pareto dominance, one point after the other, for tests only.
#pragma once

#include <span>
#include <vector>

namespace raffinate::oracle {

/// Rank of every row of `values` (row-major, `objectives` >= 1 per row, finite,
/// all minimized): 0 for those that no other dominates, 1 for those that only rank
/// 0 dominates, and so on. Equal rows have equal rank, and the rank of a row does
/// not depend on the order of the rows.
///
/// Divide and conquer over the objectives (Jensen 2003, doi:10.1109/TEVC.2003.817234;
/// in the form for equal values of Fortin, Grenier and Parizeau 2013,
/// doi:10.1145/2463372.2463454, and Buzdalov and Shalyto 2014,
/// doi:10.1007/978-3-319-10762-2_52): O(N log^(M-1) N) time for M >= 2 objectives,
/// O(M N) memory.
std::vector<int> NonDominatedRanks(std::span<const double> values, int objectives);

}  // namespace raffinate::oracle
