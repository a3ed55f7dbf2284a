#include "optimizer/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace raffinate::optimizer::fit {

Agreement Agree(std::span<const Comparison> comparisons) {
  Agreement out;
  out.values = static_cast<int>(comparisons.size());
  if (comparisons.empty()) return out;
  double mean = 0;
  for (const Comparison& c : comparisons) mean += c.measured / out.values;
  double squares = 0, errors = 0, deviations = 0;
  for (const Comparison& c : comparisons) {
    const double residual = c.Residual();
    squares += residual * residual;
    out.bias += residual / out.values;
    out.largest = std::max(out.largest, std::fabs(residual));
    errors += std::pow(c.predicted - c.measured, 2);
    deviations += std::pow(c.measured - mean, 2);
  }
  out.rms = std::sqrt(squares / out.values);
  if (deviations > 0) out.r_squared = 1 - errors / deviations;
  return out;
}

Grouping GroupResiduals(std::span<const Comparison> comparisons) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> groups;
  double mean = 0;
  const double n = static_cast<double>(comparisons.size());
  for (const Comparison& c : comparisons) {
    groups[{c.source, c.element}].push_back(c.Residual());
    mean += c.Residual() / n;
  }
  const double k = static_cast<double>(groups.size());
  Grouping out;
  if (k < 2 || n <= k) return out;
  double between = 0, within = 0, sizes = 0;
  for (const auto& [name, residuals] : groups) {
    const double size = static_cast<double>(residuals.size());
    double own = 0;
    for (const double r : residuals) own += r / size;
    for (const double r : residuals) within += (r - own) * (r - own);
    between += size * (own - mean) * (own - mean);
    sizes += size * size;
  }
  between /= k - 1;
  within /= n - k;
  const double typical = (n - sizes / n) / (k - 1);
  const double total = between + (typical - 1) * within;
  if (total > 0) out.correlation = std::clamp((between - within) / total, 0.0, 1.0);
  out.design_effect = 1 + (sizes / n - 1) * out.correlation;
  return out;
}

std::optional<double> StudentQuantile(double degrees) {
  if (!(degrees >= 3)) return std::nullopt;
  constexpr double z = 1.959963984540054, z2 = z * z;
  const double g1 = z * (z2 + 1) / 4;
  const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  const double v = degrees;
  return z + (g1 + (g2 + (g3 + g4 / v) / v) / v) / v;
}

}  // namespace raffinate::optimizer::fit
