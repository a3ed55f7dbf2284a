#include "optimizer/search/hypervolume.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <vector>

namespace raffinate::optimizer {
namespace {

using Rows = std::vector<std::vector<double>>;

double Volume1(const Rows& points, std::span<const double> reference) {
  double best = reference[0];
  for (const auto& p : points) best = std::min(best, p[0]);
  return reference[0] - best;
}

double Volume2(Rows points, std::span<const double> reference) {
  std::sort(points.begin(), points.end());
  double volume = 0;
  double ceiling = reference[1];
  for (const auto& p : points) {
    if (p[1] >= ceiling) continue;
    volume += (reference[0] - p[0]) * (ceiling - p[1]);
    ceiling = p[1];
  }
  return volume;
}

// Sweeps the third objective upwards and keeps the area dominated in the first two
// as a staircase x -> y that falls from left to right.
double Volume3(Rows points, std::span<const double> reference) {
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a[2] != b[2] ? a[2] < b[2] : a < b; });
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::map<double, double> stairs{{-kFar, reference[1]}, {reference[0], -kFar}};
  double area = 0;
  double volume = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = points[i][0];
    const double y = points[i][1];
    auto next = stairs.upper_bound(x);
    const double ceiling = std::prev(next)->second;
    if (ceiling > y) {
      double left = x;
      double top = ceiling;
      while (next->second >= y) {
        area += (next->first - left) * (top - y);
        left = next->first;
        top = next->second;
        next = stairs.erase(next);
      }
      area += (next->first - left) * (top - y);
      stairs.insert_or_assign(x, y);
    }
    const double upper = i + 1 < points.size() ? points[i + 1][2] : reference[2];
    volume += area * (upper - points[i][2]);
  }
  return volume;
}

bool NotLarger(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t j = 0; j < a.size(); ++j) {
    if (a[j] > b[j]) return false;
  }
  return true;
}

void KeepNonDominated(Rows& rows) {
  Rows kept;
  std::sort(rows.begin(), rows.end());
  for (auto& row : rows) {
    const auto covers = [&](const auto& other) { return NotLarger(other, row); };
    if (std::none_of(kept.begin(), kept.end(), covers)) kept.push_back(std::move(row));
  }
  rows = std::move(kept);
}

double Volume(Rows points, std::span<const double> reference) {
  const std::size_t m = reference.size();
  if (points.empty()) return 0;
  if (m == 1) return Volume1(points, reference);
  if (m == 2) return Volume2(std::move(points), reference);
  if (m == 3) return Volume3(std::move(points), reference);
  KeepNonDominated(points);
  // From the worst last objective to the best: what a point shares with those
  // after it then has that point's own last objective everywhere.
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.back() != b.back() ? a.back() > b.back() : a < b;
  });
  const auto lower_reference = reference.first(m - 1);
  double volume = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    double own = 1;
    for (std::size_t j = 0; j + 1 < m; ++j) own *= reference[j] - points[i][j];
    Rows limited;
    limited.reserve(points.size() - i - 1);
    for (std::size_t n = i + 1; n < points.size(); ++n) {
      std::vector<double> row(m - 1);
      for (std::size_t j = 0; j + 1 < m; ++j) row[j] = std::max(points[i][j], points[n][j]);
      limited.push_back(std::move(row));
    }
    volume +=
        (reference[m - 1] - points[i][m - 1]) * (own - Volume(std::move(limited), lower_reference));
  }
  return volume;
}

}  // namespace

double Hypervolume(std::span<const double> points, std::span<const double> reference) {
  const std::size_t m = reference.size();
  Rows inside;
  for (std::size_t i = 0; i + m <= points.size(); i += m) {
    std::vector<double> row(points.begin() + static_cast<std::ptrdiff_t>(i),
                            points.begin() + static_cast<std::ptrdiff_t>(i + m));
    bool better = true;
    for (std::size_t j = 0; j < m; ++j) better = better && row[j] < reference[j];
    if (better) inside.push_back(std::move(row));
  }
  return Volume(std::move(inside), reference);
}

}  // namespace raffinate::optimizer
