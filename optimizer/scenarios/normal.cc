#include "optimizer/scenarios/normal.h"

#include <algorithm>
#include <cmath>

namespace raffinate::optimizer {

double NormalProbability(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double NormalQuantile(double p) {
  // Bisection: a few thousand of these per search, and nothing to tune.
  double low = -38, high = 38;
  if (p > 0.5) return -NormalQuantile(1 - p);
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (NormalProbability(middle) < p ? low : high) = middle;
  }
  return high;
}

double CutNormalQuantile(double p, double mean, double sd, double low, double high) {
  const double from = NormalProbability((low - mean) / sd);
  const double to = NormalProbability((high - mean) / sd);
  const double at = from + p * (to - from);
  if (!(at > 0)) return low;
  if (!(at < 1)) return high;
  return std::clamp(mean + sd * NormalQuantile(at), low, high);
}

}  // namespace raffinate::optimizer
