#include "bench/convergence_curve.h"

#include "bench/machine.h"

namespace raffinate::bench {

std::vector<CurvePoint> ConvergenceCurve(const std::vector<std::vector<Milestone>>& runs,
                                         std::int64_t evaluations, int points, double nothing) {
  std::vector<CurvePoint> curve;
  for (int k = 1; k <= points; ++k) {
    const std::int64_t at = evaluations * k / points;
    std::vector<double> quality;
    for (const std::vector<Milestone>& run : runs) {
      double had = nothing;
      for (const Milestone& milestone : run) {
        if (milestone.evaluations <= at) had = milestone.quality;
      }
      quality.push_back(had);
    }
    curve.push_back({at, Quantile(quality, 0.5), Quantile(quality, 0.25), Quantile(quality, 0.75)});
  }
  return curve;
}

}  // namespace raffinate::bench
