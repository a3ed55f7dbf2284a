// Which points of a front of three objectives the dominated volume can spare.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace raffinate::optimizer {

using Point3 = std::array<double, 3>;

/// Volume that only point `index` of `points`, distinct and none dominating another,
/// dominates below `reference`, which no point exceeds. O(N log N).
double ExclusiveVolume(std::span<const Point3> points, std::size_t index, const Point3& reference);

/// Indices, ascending, of the points that are left when those of least exclusive
/// volume are dropped one by one until `keep` remain (the selection of Beume, Naujoks
/// and Emmerich 2007, doi:10.1016/j.ejor.2006.08.008). Those marked in `fixed`, at most
/// `keep`, stay. Of equal volumes the first goes. About O(N^2).
std::vector<std::size_t> DropLeastVolume3(std::span<const Point3> points, const Point3& reference,
                                          const std::vector<bool>& fixed, std::size_t keep);

}  // namespace raffinate::optimizer
