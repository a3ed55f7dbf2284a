#include "optimizer/plant/linear.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace raffinate::optimizer {

bool SolveLinear(int n, std::vector<double> a, int columns, std::vector<double>* b) {
  constexpr double kLeastPivot = 1e-12;
  const auto at = [&](int i, int j) -> double& { return a[static_cast<std::size_t>(i) * n + j]; };
  const auto right = [&](int i, int j) -> double& {
    return (*b)[static_cast<std::size_t>(i) * columns + j];
  };
  std::vector<double> scale(n, 0.0);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) scale[i] = std::max(scale[i], std::abs(at(i, j)));
  }
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k + 1; i < n; ++i) {
      if (std::abs(at(i, k)) * scale[pivot] > std::abs(at(pivot, k)) * scale[i]) pivot = i;
    }
    if (!(std::abs(at(pivot, k)) > kLeastPivot * scale[pivot])) return false;
    if (pivot != k) {
      for (int j = 0; j < n; ++j) std::swap(at(k, j), at(pivot, j));
      for (int j = 0; j < columns; ++j) std::swap(right(k, j), right(pivot, j));
      std::swap(scale[k], scale[pivot]);
    }
    for (int i = k + 1; i < n; ++i) {
      const double factor = at(i, k) / at(k, k);
      if (factor == 0) continue;
      for (int j = k + 1; j < n; ++j) at(i, j) -= factor * at(k, j);
      for (int j = 0; j < columns; ++j) right(i, j) -= factor * right(k, j);
    }
  }
  for (int k = n - 1; k >= 0; --k) {
    for (int c = 0; c < columns; ++c) {
      double sum = right(k, c);
      for (int j = k + 1; j < n; ++j) sum -= at(k, j) * right(j, c);
      right(k, c) = sum / at(k, k);
    }
  }
  return true;
}

}  // namespace raffinate::optimizer
