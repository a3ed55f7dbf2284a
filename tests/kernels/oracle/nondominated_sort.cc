#include "tests/kernels/oracle/nondominated_sort.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>

namespace raffinate::oracle {
namespace {

using Index = std::uint32_t;
using List = std::vector<Index>;

// Sets of at most this many points are compared pair by pair.
constexpr std::size_t kSmall = 24;

// Largest rank among the points entered so far with a key up to a given one: a
// binary indexed tree that is emptied again by the keys it was filled with.
class PrefixMaximum {
 public:
  explicit PrefixMaximum(std::size_t keys) : tree_(keys + 1, -1) {}

  void Enter(Index key, int rank) {
    for (std::size_t i = key + 1; i < tree_.size(); i += i & (~i + 1)) {
      tree_[i] = std::max(tree_[i], rank);
    }
  }
  int UpTo(Index key) const {
    int largest = -1;
    for (std::size_t i = key + 1; i > 0; i -= i & (~i + 1)) largest = std::max(largest, tree_[i]);
    return largest;
  }
  void Remove(Index key) {
    for (std::size_t i = key + 1; i < tree_.size(); i += i & (~i + 1)) tree_[i] = -1;
  }

 private:
  std::vector<int> tree_;
};

// Points are numbered in lexicographic order and are distinct, so that a point can
// only be dominated by one of smaller number, and is if all keys but the first,
// which the numbering stands for, are not larger.
class Sorter {
 public:
  Sorter(std::size_t points, std::vector<List> keys)
      : keys_(std::move(keys)), ranks_(points, 0), front_(points) {}

  std::vector<int> Sort() {
    List all(ranks_.size());
    std::iota(all.begin(), all.end(), 0);
    Within(all, static_cast<int>(keys_.size()) - 1);
    return std::move(ranks_);
  }

 private:
  struct Parts {
    List below, at, above;
  };

  bool NotLarger(Index a, Index b, int last) const {
    for (int k = last; k >= 0; --k) {
      if (keys_[k][a] > keys_[k][b]) return false;
    }
    return true;
  }

  void Raise(Index point, int rank) { ranks_[point] = std::max(ranks_[point], rank); }

  Index Median(const List& a, const List& b, int k) const {
    List values;
    values.reserve(a.size() + b.size());
    for (Index i : a) values.push_back(keys_[k][i]);
    for (Index i : b) values.push_back(keys_[k][i]);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  Parts Split(const List& list, int k, Index pivot) const {
    Parts parts;
    for (Index i : list) {
      const Index key = keys_[k][i];
      (key < pivot ? parts.below : key == pivot ? parts.at : parts.above).push_back(i);
    }
    return parts;
  }

  static List Merge(const List& a, const List& b) {
    List merged;
    merged.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(merged));
    return merged;
  }

  // Final ranks of the points of `list` by each other over keys 0..k; what
  // dominates them from outside has been counted before.
  void Within(const List& list, int k) {
    if (list.size() < 2) return;
    if (k == 0) {
      for (Index i : list) {
        Raise(i, front_.UpTo(keys_[0][i]) + 1);
        front_.Enter(keys_[0][i], ranks_[i]);
      }
      for (Index i : list) front_.Remove(keys_[0][i]);
      return;
    }
    if (list.size() <= kSmall) {
      for (std::size_t b = 1; b < list.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) {
          if (NotLarger(list[a], list[b], k)) Raise(list[b], ranks_[list[a]] + 1);
        }
      }
      return;
    }
    const Parts parts = Split(list, k, Median(list, {}, k));
    if (parts.below.empty() && parts.above.empty()) {
      Within(list, k - 1);
      return;
    }
    Within(parts.below, k);
    Between(parts.below, parts.at, k - 1);
    Within(parts.at, k - 1);
    Between(Merge(parts.below, parts.at), parts.above, k - 1);
    Within(parts.above, k);
  }

  // Raises the ranks of `high` by the points of `low`, whose ranks are final, over
  // keys 0..k; the keys above k are known not to be larger in `low`.
  void Between(const List& low, const List& high, int k) {
    if (low.empty() || high.empty() || low.front() > high.back()) return;
    if (k == 0) {
      std::size_t entered = 0;
      for (Index i : high) {
        for (; entered < low.size() && low[entered] < i; ++entered) {
          front_.Enter(keys_[0][low[entered]], ranks_[low[entered]]);
        }
        Raise(i, front_.UpTo(keys_[0][i]) + 1);
      }
      for (std::size_t n = 0; n < entered; ++n) front_.Remove(keys_[0][low[n]]);
      return;
    }
    if (low.size() == 1 || high.size() == 1 || low.size() + high.size() <= kSmall) {
      for (Index b : high) {
        for (Index a : low) {
          if (a > b) break;
          if (NotLarger(a, b, k)) Raise(b, ranks_[a] + 1);
        }
      }
      return;
    }
    const auto less = [&](Index a, Index b) { return keys_[k][a] < keys_[k][b]; };
    const auto [low_min, low_max] = std::minmax_element(low.begin(), low.end(), less);
    const auto [high_min, high_max] = std::minmax_element(high.begin(), high.end(), less);
    if (keys_[k][*low_max] <= keys_[k][*high_min]) {
      Between(low, high, k - 1);
      return;
    }
    if (keys_[k][*low_min] > keys_[k][*high_max]) return;
    const Index pivot = Median(low, high, k);
    const Parts l = Split(low, k, pivot);
    const Parts h = Split(high, k, pivot);
    const List up_to = Merge(l.below, l.at);
    Between(l.below, h.below, k);
    Between(up_to, h.at, k - 1);
    Between(up_to, h.above, k - 1);
    Between(l.above, h.above, k);
  }

  std::vector<List> keys_;
  std::vector<int> ranks_;
  PrefixMaximum front_;
};

}  // namespace

std::vector<int> NonDominatedRanks(std::span<const double> values, int objectives) {
  const std::size_t m = static_cast<std::size_t>(objectives);
  const std::size_t rows = values.size() / m;
  const auto row = [&](Index i) { return values.subspan(i * m, m); };
  List order(rows);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    return std::lexicographical_compare(row(a).begin(), row(a).end(), row(b).begin(), row(b).end());
  });

  // Number of the distinct row each row equals, and one row for each number.
  List number(rows);
  List sample;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i == 0 ||
        !std::equal(row(order[i]).begin(), row(order[i]).end(), row(order[i - 1]).begin())) {
      sample.push_back(order[i]);
    }
    number[order[i]] = static_cast<Index>(sample.size() - 1);
  }

  std::vector<int> distinct(sample.size());
  if (m == 1) {
    std::iota(distinct.begin(), distinct.end(), 0);
  } else {
    std::vector<List> keys(m - 1, List(sample.size()));
    List by_value(sample.size());
    for (std::size_t j = 1; j < m; ++j) {
      std::iota(by_value.begin(), by_value.end(), 0);
      std::sort(by_value.begin(), by_value.end(),
                [&](Index a, Index b) { return row(sample[a])[j] < row(sample[b])[j]; });
      Index key = 0;
      for (std::size_t i = 0; i < by_value.size(); ++i) {
        if (i > 0 && row(sample[by_value[i]])[j] != row(sample[by_value[i - 1]])[j]) ++key;
        keys[j - 1][by_value[i]] = key;
      }
    }
    distinct = Sorter(sample.size(), std::move(keys)).Sort();
  }
  std::vector<int> ranks(rows);
  for (std::size_t i = 0; i < rows; ++i) ranks[i] = distinct[number[i]];
  return ranks;
}

}  // namespace raffinate::oracle
