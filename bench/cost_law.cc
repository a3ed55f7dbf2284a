#include "bench/cost_law.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace raffinate::bench {

CostLaw FitCostLaw(const std::vector<Cost>& costs) {
  const auto size = static_cast<Eigen::Index>(costs.size());
  Eigen::MatrixXd logs(size, 3);
  Eigen::VectorXd seconds(size);
  for (Eigen::Index k = 0; k < size; ++k) {
    const Cost& cost = costs[k];
    logs.row(k) << 1, std::log(cost.stages), std::log(cost.components);
    seconds(k) = std::log(cost.seconds);
  }
  if (size < 3) return {};
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(logs);
  if (qr.rank() < 3) return {};
  const Eigen::Vector3d fit = qr.solve(seconds);
  CostLaw law{std::exp(fit(0)), fit(1), fit(2), 0};
  for (const Cost& cost : costs) {
    const double t =
        law.seconds * std::pow(cost.stages, law.stages) * std::pow(cost.components, law.components);
    law.largest_error = std::max(law.largest_error, std::abs(t / cost.seconds - 1));
  }
  return law;
}

}  // namespace raffinate::bench
