#include "optimizer/search/volume_selection.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <queue>
#include <utility>

namespace raffinate::optimizer {
namespace {

// What is left of a rectangle [x, right] x [y, top] when the quadrants above entered
// corners are taken away: a staircase of corners, x rising and y falling.
class Remainder {
 public:
  void Reset(double x, double y, double right, double top) {
    x_ = x;
    y_ = y;
    right_ = right;
    top_ = top;
    area_ = (right - x) * (top - y);
    stairs_.clear();
  }

  double area() const { return area_; }

  void Take(double x, double y) {
    if (x >= right_ || y >= top_) return;
    if (x <= x_ && y <= y_) {
      area_ = 0;
      return;
    }
    x = std::max(x, x_);
    y = std::max(y, y_);
    auto first =
        std::lower_bound(stairs_.begin(), stairs_.end(), x,
                         [](const auto& step, double value) { return step.first < value; });
    // The step before, or one at the same x, may be as low already.
    if (first != stairs_.begin() && std::prev(first)->second <= y) return;
    if (first != stairs_.end() && first->first == x && first->second <= y) return;
    double left = x;
    double ceiling = first == stairs_.begin() ? top_ : std::prev(first)->second;
    auto last = first;
    for (; last != stairs_.end() && last->second >= y; ++last) {
      area_ -= (last->first - left) * (ceiling - y);
      left = last->first;
      ceiling = last->second;
    }
    area_ -= ((last == stairs_.end() ? right_ : last->first) - left) * (ceiling - y);
    if (first == last) {
      stairs_.insert(first, {x, y});
    } else {
      *first = {x, y};
      stairs_.erase(first + 1, last);
    }
    area_ = std::max(area_, 0.0);  // round-off
  }

 private:
  double x_ = 0, y_ = 0, right_ = 0, top_ = 0, area_ = 0;
  std::vector<std::pair<double, double>> stairs_;
};

// Points by rising third objective, some of them dropped.
class Sweep {
 public:
  Sweep(std::span<const Point3> points, const Point3& reference)
      : points_(points), reference_(reference), order_(points.size()), place_(points.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return points[a][2] != points[b][2] ? points[a][2] < points[b][2] : a < b;
    });
    RefreshPlaces();
  }

  // Sweeps the third objective upwards. What is dominated from below is taken away
  // first, from the nearest down because that takes most at once.
  double ExclusiveVolume(std::size_t index) {
    const Point3& p = points_[index];
    remainder_.Reset(p[0], p[1], reference_[0], reference_[1]);
    for (std::size_t n = place_[index]; n-- > 0;) Take(order_[n]);
    double volume = 0;
    double height = p[2];
    for (std::size_t n = place_[index] + 1; n < order_.size() && remainder_.area() > 0; ++n) {
      const double next = points_[order_[n]][2];
      volume += remainder_.area() * (next - height);
      height = next;
      Take(order_[n]);
    }
    return volume + remainder_.area() * (reference_[2] - height);
  }

  void Drop(std::size_t index) {
    order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(place_[index]));
    for (std::size_t n = place_[index]; n < order_.size(); ++n) place_[order_[n]] = n;
  }

  std::vector<std::size_t> Left() const {
    std::vector<std::size_t> left = order_;
    std::sort(left.begin(), left.end());
    return left;
  }

 private:
  void RefreshPlaces() {
    for (std::size_t n = 0; n < order_.size(); ++n) place_[order_[n]] = n;
  }
  void Take(std::size_t index) { remainder_.Take(points_[index][0], points_[index][1]); }

  std::span<const Point3> points_;
  Point3 reference_;
  std::vector<std::size_t> order_, place_;
  Remainder remainder_;
};

}  // namespace

double ExclusiveVolume(std::span<const Point3> points, std::size_t index, const Point3& reference) {
  return Sweep(points, reference).ExclusiveVolume(index);
}

std::vector<std::size_t> DropLeastVolume3(std::span<const Point3> points, const Point3& reference,
                                          const std::vector<bool>& fixed, std::size_t keep) {
  Sweep sweep(points, reference);
  struct Cost {
    double volume;
    std::size_t index;
    std::size_t left;  // points when it was computed
    // The largest is on top of a heap: order by falling cost.
    bool operator<(const Cost& o) const {
      return volume != o.volume ? volume > o.volume : index > o.index;
    }
  };
  std::vector<Cost> costs;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!fixed[i]) costs.push_back({sweep.ExclusiveVolume(i), i, points.size()});
  }
  std::priority_queue<Cost> heap(std::less<Cost>(), std::move(costs));
  // Exclusive volumes only grow when others are dropped: an old one is a lower bound,
  // so that the least one is known when its renewed value is still on top.
  for (std::size_t left = points.size(); left > keep && !heap.empty();) {
    const Cost cost = heap.top();
    heap.pop();
    if (cost.left == left) {
      sweep.Drop(cost.index);
      --left;
    } else {
      heap.push({sweep.ExclusiveVolume(cost.index), cost.index, left});
    }
  }
  return sweep.Left();
}

}  // namespace raffinate::optimizer
