#include "optimizer/search/spread.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <queue>
#include <utility>

#include "optimizer/search/volume_selection.h"

namespace raffinate::optimizer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
// Fronts of three objectives up to this size are thinned by volume.
constexpr std::size_t kMostByVolume = 2000;
// Reference of volumes, in objectives scaled to [0, 1] over the front.
constexpr double kReference = 1.1;

// Rows of a front, their lexicographic order and the scale of each objective.
class Front {
 public:
  Front(std::span<const double> values, int objectives)
      : values_(values), m_(static_cast<std::size_t>(objectives)), size_(values.size() / m_) {
    for (std::size_t j = 0; j < m_; ++j) {
      double low = kInfinite;
      double high = -kInfinite;
      for (std::size_t i = 0; i < size_; ++i) {
        low = std::min(low, at(i, j));
        high = std::max(high, at(i, j));
      }
      low_.push_back(low);
      scale_.push_back(high > low ? 1 / (high - low) : 0);
    }
  }

  std::size_t size() const { return size_; }
  std::size_t objectives() const { return m_; }
  double at(std::size_t i, std::size_t j) const { return values_[i * m_ + j]; }
  double low(std::size_t j) const { return low_[j]; }
  double scale(std::size_t j) const { return scale_[j]; }
  bool Equal(std::size_t a, std::size_t b) const {
    return std::equal(Row(a).begin(), Row(a).end(), Row(b).begin());
  }

  // By objective j, then by the whole row, then by index.
  bool Before(std::size_t a, std::size_t b, std::size_t j) const {
    if (at(a, j) != at(b, j)) return at(a, j) < at(b, j);
    for (std::size_t k = 0; k < m_; ++k) {
      if (at(a, k) != at(b, k)) return at(a, k) < at(b, k);
    }
    return a < b;
  }
  // First rows of each run of equal ones, by the first objective.
  std::vector<std::size_t> Distinct() const {
    std::vector<std::size_t> order(size_);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return Before(a, b, 0); });
    order.erase(std::unique(order.begin(), order.end(),
                            [&](std::size_t a, std::size_t b) { return Equal(a, b); }),
                order.end());
    return order;
  }
  double DistanceSquared(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (std::size_t j = 0; j < m_; ++j) {
      const double gap = (at(a, j) - at(b, j)) * scale_[j];
      sum += gap * gap;
    }
    return sum;
  }

 private:
  std::span<const double> Row(std::size_t i) const { return values_.subspan(i * m_, m_); }

  std::span<const double> values_;
  std::size_t m_;
  std::size_t size_;
  std::vector<double> low_, scale_;
};

// `chain` runs along the front by the first objective.
std::vector<std::size_t> DropLeastVolume(const Front& front, const std::vector<std::size_t>& chain,
                                         std::size_t keep) {
  const std::size_t n = chain.size();
  std::vector<std::size_t> before(n), after(n);
  std::vector<int> version(n, 0);
  std::vector<bool> dropped(n, false);
  struct Cost {
    double volume;
    std::size_t position;
    int version;
    // The largest is on top of a heap: order by falling cost.
    bool operator<(const Cost& o) const {
      return volume != o.volume ? volume > o.volume : position > o.position;
    }
  };
  std::priority_queue<Cost> heap;
  const auto push = [&](std::size_t p) {
    if (p == 0 || p + 1 == n) return;  // the ends stay
    const std::size_t i = chain[p];
    const double width = (front.at(chain[after[p]], 0) - front.at(i, 0)) * front.scale(0);
    const double height = (front.at(chain[before[p]], 1) - front.at(i, 1)) * front.scale(1);
    heap.push({width * height, p, ++version[p]});
  };
  for (std::size_t p = 0; p < n; ++p) {
    before[p] = p == 0 ? 0 : p - 1;
    after[p] = p + 1;
  }
  for (std::size_t p = 0; p < n; ++p) push(p);
  for (std::size_t left = n; left > std::max<std::size_t>(keep, 2);) {
    const Cost cost = heap.top();
    heap.pop();
    if (dropped[cost.position] || cost.version != version[cost.position]) continue;
    dropped[cost.position] = true;
    --left;
    const std::size_t a = before[cost.position];
    const std::size_t b = after[cost.position];
    after[a] = b;
    before[b] = a;
    push(a);
    push(b);
  }
  if (keep == 1 && n > 1) dropped[n - 1] = true;
  std::vector<std::size_t> kept;
  for (std::size_t p = 0; p < n; ++p) {
    if (!dropped[p]) kept.push_back(chain[p]);
  }
  return kept;
}

// The best row of each objective, none twice.
std::vector<std::size_t> Best(const Front& front, const std::vector<std::size_t>& rows) {
  std::vector<std::size_t> best;
  for (std::size_t j = 0; j < front.objectives(); ++j) {
    std::size_t first = 0;
    for (std::size_t p = 1; p < rows.size(); ++p) {
      if (front.Before(rows[p], rows[first], j)) first = p;
    }
    if (std::find(best.begin(), best.end(), first) == best.end()) best.push_back(first);
  }
  return best;
}

std::vector<std::size_t> DropLeastOfThree(const Front& front, const std::vector<std::size_t>& rows,
                                          std::size_t keep) {
  std::vector<Point3> points(rows.size());
  for (std::size_t p = 0; p < rows.size(); ++p) {
    for (std::size_t j = 0; j < 3; ++j) {
      points[p][j] = (front.at(rows[p], j) - front.low(j)) * front.scale(j);
    }
  }
  std::vector<bool> fixed(rows.size(), false);
  std::size_t free = keep;
  for (const std::size_t p : Best(front, rows)) {
    if (free == 0) break;
    fixed[p] = true;
    --free;
  }
  std::vector<std::size_t> kept;
  for (const std::size_t p :
       DropLeastVolume3(points, {kReference, kReference, kReference}, fixed, keep)) {
    kept.push_back(rows[p]);
  }
  return kept;
}

std::vector<std::size_t> AddFarthest(const Front& front, const std::vector<std::size_t>& rows,
                                     std::size_t keep) {
  std::vector<double> distance(rows.size(), kInfinite);
  std::vector<std::size_t> kept;
  const auto add = [&](std::size_t position) {
    if (kept.size() == keep || distance[position] == 0) return;
    kept.push_back(rows[position]);
    for (std::size_t p = 0; p < rows.size(); ++p) {
      distance[p] = std::min(distance[p], front.DistanceSquared(rows[p], rows[position]));
    }
    distance[position] = 0;
  };
  // Not the worst of each objective as well: such points are often far from the
  // front and dominated by nothing only for being a trifle better elsewhere.
  for (const std::size_t p : Best(front, rows)) add(p);
  while (kept.size() < keep) {
    const auto farthest = std::max_element(distance.begin(), distance.end());
    // Rows that round to no distance at all are taken in their order.
    if (*farthest == 0) break;
    add(static_cast<std::size_t>(farthest - distance.begin()));
  }
  return kept;
}

}  // namespace

std::vector<std::size_t> SelectSpread(std::span<const double> values, int objectives,
                                      std::size_t keep) {
  const Front front(values, objectives);
  std::vector<std::size_t> kept;
  if (front.size() <= keep) {
    kept.resize(front.size());
    std::iota(kept.begin(), kept.end(), 0);
    return kept;
  }
  if (keep == 0) return kept;
  const std::vector<std::size_t> distinct = front.Distinct();
  if (distinct.size() <= keep) {
    kept = distinct;
  } else if (objectives == 1) {
    kept.assign(distinct.begin(), distinct.begin() + static_cast<std::ptrdiff_t>(keep));
  } else if (objectives == 2) {
    kept = DropLeastVolume(front, distinct, keep);
  } else if (objectives == 3 && distinct.size() <= kMostByVolume) {
    kept = DropLeastOfThree(front, distinct, keep);
  } else {
    kept = AddFarthest(front, distinct, keep);
  }
  std::vector<bool> taken(front.size(), false);
  for (std::size_t i : kept) taken[i] = true;
  for (std::size_t i = 0; i < front.size() && kept.size() < keep; ++i) {
    if (!taken[i]) kept.push_back(i);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace raffinate::optimizer
