// The volume that a set of points dominates.
#pragma once

#include <span>

namespace raffinate::optimizer {

/// Lebesgue measure of the region dominated by the rows of `points` (row-major,
/// `reference.size()` >= 1 values per row, minimized) and bounded by `reference`.
/// Points not better than the reference in every objective add nothing. Exact.
///
/// O(N log N) for up to three objectives (dimension sweep; Beume et al. 2009,
/// doi:10.1109/TEVC.2009.2015575). More objectives: sum of exclusive volumes over
/// limited sets one objective lower (While, Bradstreet and Barone 2012,
/// doi:10.1109/TEVC.2010.2077298), O(N^2 log N) for four.
double Hypervolume(std::span<const double> points, std::span<const double> reference);

}  // namespace raffinate::optimizer
