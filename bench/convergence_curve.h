// What several runs had after how many evaluations.
#pragma once

#include <cstdint>
#include <vector>

namespace raffinate::bench {

/// What a run had from so many evaluations on.
struct Milestone {
  std::int64_t evaluations = 0;
  double quality = 0;  ///< infinite: nothing yet
};

struct CurvePoint {
  std::int64_t evaluations = 0;
  double median = 0, p25 = 0, p75 = 0;  ///< of the runs' quality, as Quantile takes them
};

/// `runs`, each in rising order of evaluations, after 1/points, 2/points, ... of `evaluations`;
/// points >= 1. A run that has not come to its first milestone has `nothing`; one that has ended
/// keeps what it had.
std::vector<CurvePoint> ConvergenceCurve(const std::vector<std::vector<Milestone>>& runs,
                                         std::int64_t evaluations, int points, double nothing);

}  // namespace raffinate::bench
