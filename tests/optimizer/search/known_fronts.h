// Pareto fronts known by formula, and the distance of a set from them.
#pragma once

#include <span>
#include <vector>

namespace raffinate::optimizer::testing {

/// About `points` points of the front of Zdt(number), row-major.
std::vector<double> ZdtFront(int number, int points);

/// The same of Dtlz(number).
std::vector<double> DtlzFront(int number, int points);

/// The same of Wfg(number, objectives), of 2 or 3 objectives. Empty for WFG3 of 3: its front is
/// more than the line that was meant (Ishibuchi, Masuyama and Nojima 2016,
/// doi:10.1109/CEC.2016.7744327).
std::vector<double> WfgFront(int number, int objectives, int points);

/// IGD+ of Ishibuchi, Masuda, Tanigaki and Nojima 2015, doi:10.1007/978-3-319-15892-1_8: the mean
/// over the rows of `front` of how far the nearest row of `points` is worse (Euclidean, in the
/// units of the objectives; what is better does not count). Infinite without points.
double IgdPlus(std::span<const double> points, std::span<const double> front, int objectives);

}  // namespace raffinate::optimizer::testing
