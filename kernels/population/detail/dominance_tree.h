// Finds a row that dominates another among many.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/population/detail/primitives.h"

namespace raffinate::kernels::population {

/// Rows along a space-filling curve that visits no row before one which dominates it (Morton
/// 1966: the bits of all keys interleaved), and over runs of them a tree of lower corners.
/// Keys are whole numbers in the order of the values, all of a row side by side, for a search
/// compares rows. A view of memory of the device.
struct DominanceTree {
  static constexpr int kLeaf = 16;  ///< rows of a leaf
  static constexpr int kFan = 8;    ///< nodes of a node

  struct Level {
    std::size_t first = 0;  ///< its first node in `corners`
    Index nodes = 0;
  };

  int columns = 0;
  int levels = 0;
  Index rows = 0;
  const Level* level_table = nullptr;  ///< the leaves first; the last has one node
  Index* keys = nullptr;               ///< of each row; all kNone: the row is out
  Index* corners = nullptr;            ///< least keys below each node, the leaves first

  /// The levels over so many rows.
  static std::vector<Level> Plan(Index rows) {
    std::vector<Level> plan;
    std::size_t all = 0;
    for (Index nodes = (rows + kLeaf - 1) / kLeaf;; nodes = (nodes + kFan - 1) / kFan) {
      plan.push_back({all, nodes});
      all += nodes;
      if (nodes <= 1) return plan;
    }
  }

  /// The last row up to `last` that dominates `row`, or kNone. `last` must be no row before
  /// the last one of the same place on the curve. `kColumns` is `columns`, or 0 where they
  /// are only known now.
  template <int kColumns>
  RAFFINATE_HD Index Dominator(Index row, Index last) const {
    const int width = kColumns > 0 ? kColumns : columns;
    const Index* const own = keys + static_cast<std::size_t>(row) * width;
    int level = 0;
    Index node = last / kLeaf;
    for (;;) {
      if (NotLarger<kColumns>(corners + (level_table[level].first + node) * width, own)) {
        if (level > 0) {
          const Index end = (node + 1) * kFan;
          --level;
          const Index nodes = level_table[level].nodes;
          node = (end < nodes ? end : nodes) - 1;
          continue;
        }
        const Index end = (node + 1) * kLeaf;
        for (Index other = end < rows ? end : rows; other-- > node * kLeaf;) {
          if (Dominates<kColumns>(keys + static_cast<std::size_t>(other) * width, own)) {
            return other;
          }
        }
      }
      while (node % kFan == 0) {
        if (level + 1 == levels) return kNone;
        node /= kFan;
        ++level;
      }
      --node;
    }
  }

  template <int kColumns>
  RAFFINATE_HD bool NotLarger(const Index* a, const Index* b) const {
    for (int k = 0; k < (kColumns > 0 ? kColumns : columns); ++k) {
      if (a[k] > b[k]) return false;
    }
    return true;
  }
  template <int kColumns>
  RAFFINATE_HD bool Dominates(const Index* a, const Index* b) const {
    bool less = false;
    for (int k = 0; k < (kColumns > 0 ? kColumns : columns); ++k) {
      if (a[k] > b[k]) return false;
      less |= a[k] < b[k];
    }
    return less;
  }
};

/// Computes the corners of all nodes of the levels planned.
template <class System>
void FindCorners(const System& system, const DominanceTree& tree,
                 const std::vector<DominanceTree::Level>& plan) {
  const Index* below = tree.keys;
  Index count = tree.rows;
  Index fan = DominanceTree::kLeaf;
  const int columns = tree.columns;
  for (const DominanceTree::Level& level : plan) {
    Index* const corners = tree.corners + level.first * columns;
    system.ForEach(level.nodes, [=] RAFFINATE_HD(Index node) {
      const Index begin = node * fan;
      const Index end = count - begin < fan ? count : begin + fan;
      Index* const corner = corners + static_cast<std::size_t>(node) * columns;
      for (int k = 0; k < columns; ++k) {
        Index least = kNone;
        for (Index n = begin; n < end; ++n) {
          const Index key = below[static_cast<std::size_t>(n) * columns + k];
          least = key < least ? key : least;
        }
        corner[k] = least;
      }
    });
    below = corners;
    count = level.nodes;
    fan = DominanceTree::kFan;
  }
}

}  // namespace raffinate::kernels::population
