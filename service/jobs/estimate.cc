#include "service/jobs/estimate.h"

#include <algorithm>
#include <cstdint>

namespace raffinate::service {

double EstimateRemaining(const v1::Search& search, const v1::Progress& progress, double elapsed_s) {
  std::int64_t evaluations = search.max_evaluations();
  if (evaluations <= 0 && search.max_wall_time_s() <= 0 && search.stagnation_generations() <= 0) {
    evaluations = kDefaultEvaluations;
  }
  double out = -1;
  if (evaluations > 0 && progress.evaluations_per_s() > 0) {
    const auto left = static_cast<double>(evaluations - progress.evaluations());
    out = std::max(0.0, left / progress.evaluations_per_s());
  }
  if (search.max_wall_time_s() > 0) {
    const double left = std::max(0.0, search.max_wall_time_s() - elapsed_s);
    out = out < 0 ? left : std::min(out, left);
  }
  return std::max(0.0, out);
}

}  // namespace raffinate::service
