// How evenly points of a Pareto front are spread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace raffinate::optimizer {

/// The `keep` rows of a front of mutually non-dominated rows that stand for it
/// best, ascending. The best row of every objective is always kept when `keep` is
/// at least the number of objectives. Equal rows go first, later ones before
/// earlier ones.
///
/// Two objectives: drops one by one the row that costs the least hypervolume,
/// O(N log N). Three objectives and at most 2,000 rows: the same, O(N^2), with the
/// reference one tenth of the range of the front beyond it. Else: adds one by one the
/// row farthest from all kept, in objectives scaled to the range of the front,
/// O(N * keep).
std::vector<std::size_t> SelectSpread(std::span<const double> front, int objectives,
                                      std::size_t keep);

}  // namespace raffinate::optimizer
