// Pareto ranks, one after the other.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/population/detail/dominance_tree.h"
#include "kernels/population/detail/primitives.h"

namespace raffinate::kernels::population {

/// For each row the number of smaller values in the column, equal ones counted once.
template <class System>
void DenseKeys(const System& system, const double* column, std::size_t rows, Index* dense) {
  typename System::template Array<Key> keys(rows);
  typename System::template Array<Index> order(rows), step(rows);
  Key* const key = Raw(keys);
  Index* const at = Raw(order);
  Index* const number = Raw(step);
  Enumerate(system, at, rows);
  SortByColumn(system, column, rows, key, at);
  system.ForEach(rows,
                 [=] RAFFINATE_HD(Index p) { number[p] = p > 0 && key[p] != key[p - 1] ? 1 : 0; });
  InclusiveSum(system, number, rows);
  system.ForEach(rows, [=] RAFFINATE_HD(Index p) { dense[at[p]] = number[p]; });
}

/// Ranks of two columns, in host memory. The least second value of each rank rises with
/// the rank, so that a search among them tells the rank of the next row.
template <class System>
void SweepTwo(const System& system, const double* values, std::size_t rows, int* ranks) {
  typename System::template Array<Key> keys(rows);
  typename System::template Array<Index> order(rows);
  SortLexicographically(system, values, rows, 2, Raw(keys), Raw(order));
  typename System::template Array<double> least;
  const double* const second = values + rows;
  for (std::size_t p = 0; p < rows; ++p) {
    const Index row = order[p];
    if (p > 0 && EqualRows(values, rows, 2, row, order[p - 1])) {
      ranks[row] = ranks[order[p - 1]];
      continue;
    }
    std::size_t rank = 0;
    for (std::size_t left = least.size(); left > 0;) {
      const std::size_t half = left / 2;
      if (least[rank + half] <= second[row]) {
        rank += half + 1;
        left -= half + 1;
      } else {
        left = half;
      }
    }
    if (rank == least.size()) least.push_back(0);
    least[rank] = second[row];
    ranks[row] = static_cast<int>(rank);
  }
}

/// Rows on their curve, waiting for each other. All is public because nvcc asks that of
/// functions with lambdas for the device.
template <class System>
struct Peeling {
  template <class T>
  using Array = typename System::template Array<T>;

  Peeling(const System& system, const double* values, Index rows, int columns, int* ranks)
      : system_(system), rows_(rows), ranks_(ranks), row_(rows), last_(rows) {
    Array<Index> dense(static_cast<std::size_t>(rows) * columns);
    for (int j = 0; j < columns; ++j) {
      DenseKeys(system_, values + static_cast<std::size_t>(j) * rows, rows,
                Raw(dense) + static_cast<std::size_t>(j) * rows);
    }
    Arrange(Raw(dense), columns);
  }

  /// As RankOnHost of backend.h.
  void Run(std::size_t enough, int most_ranks) {
    // Corners that count in rows which are out lead searches astray; found anew each time as
    // many have gone, all that costs less than the searches.
    const std::size_t stale = rows_ / 32 + 1;
    Array<Index> todo(rows_), front(rows_), next(rows_);
    Array<Index> head(rows_), link(rows_), witness(rows_);
    Index* const heads = Raw(head);
    system_.ForEach(rows_, [=] RAFFINATE_HD(Index i) { heads[i] = kNone; });
    Enumerate(system_, Raw(todo), rows_);
    std::size_t waiting = rows_;
    std::size_t gone = 0;
    std::size_t ranked = 0;
    for (int rank = 0; waiting > 0 && rank < most_ranks; ++rank) {
      Search(Raw(todo), waiting, Raw(witness), heads, Raw(link));
      const Index* const found = Raw(witness);
      const Index* const at = Raw(todo);
      Index* const left = Raw(front);
      const std::size_t out = Choose(system_, waiting, left,
                                     [=] RAFFINATE_HD(Index n) { return found[at[n]] == kNone; });
      system_.ForEach(out, [=] RAFFINATE_HD(Index n) { left[n] = at[left[n]]; });
      Leave(left, out, rank);
      ranked += out;
      gone += out;
      if (ranked >= enough) return;
      if (gone >= stale) {
        FindCorners(system_, tree_, plan_);
        gone = 0;
      }
      waiting = Dependents(left, out, heads, Raw(link), Raw(next));
      todo.swap(next);
    }
  }

  // Puts the rows on the curve and the tree over them.
  void Arrange(const Index* dense, int columns) {
    int bits = 1;
    while (bits < 32 && (std::uint64_t{1} << bits) < rows_) ++bits;
    const int kept = columns * bits <= 64 ? bits : (columns < 64 ? 64 / columns : 1);
    const int coded = columns < 64 ? columns : 64;
    const int dropped = bits - kept;
    const std::size_t rows = rows_;
    Array<Key> codes(rows);
    Key* const code = Raw(codes);
    system_.ForEach(rows, [=] RAFFINATE_HD(Index i) {
      Key value = 0;
      for (int b = kept; b-- > 0;) {
        for (int k = 0; k < coded; ++k) {
          value = value << 1 | (dense[k * rows + i] >> (b + dropped) & 1);
        }
      }
      code[i] = value;
    });
    Index* const order = Raw(row_);
    Enumerate(system_, order, rows);
    SortByKey(system_, code, order, rows);

    plan_ = DominanceTree::Plan(rows_);
    levels_ = Array<DominanceTree::Level>(plan_.begin(), plan_.end());
    keys_ = Array<Index>(rows * columns);
    corners_ = Array<Index>((plan_.back().first + plan_.back().nodes) * columns);
    tree_ = {columns,      static_cast<int>(plan_.size()), rows_, Raw(levels_), Raw(keys_),
             Raw(corners_)};
    Index* const keys = tree_.keys;
    Index* const last = Raw(last_);
    system_.ForEach(rows, [=] RAFFINATE_HD(Index p) {
      for (int k = 0; k < columns; ++k) {
        keys[static_cast<std::size_t>(p) * columns + k] = dense[k * rows + order[p]];
      }
      // Bits that the code has no room for leave rows at the same place: to the end of them.
      std::size_t low = p;
      std::size_t high = rows;
      while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (code[middle] > code[p] ? high : low) = middle;
      }
      last[p] = static_cast<Index>(low);
    });
    FindCorners(system_, tree_, plan_);
  }

  // Each row in `todo` finds one that dominates it and joins the list of those who wait
  // for that one; the order in a list is of no account.
  void Search(const Index* todo, std::size_t size, Index* witness, Index* head, Index* link) {
    switch (tree_.columns) {
      case 2:
        return SearchIn<2>(todo, size, witness, head, link);
      case 3:
        return SearchIn<3>(todo, size, witness, head, link);
      case 4:
        return SearchIn<4>(todo, size, witness, head, link);
      default:
        return SearchIn<0>(todo, size, witness, head, link);
    }
  }
  template <int kColumns>
  void SearchIn(const Index* todo, std::size_t size, Index* witness, Index* head, Index* link) {
    const DominanceTree tree = tree_;
    const Index* const last = Raw(last_);
    system_.ForEach(size, [=] RAFFINATE_HD(Index n) {
      const Index row = todo[n];
      const Index found = tree.template Dominator<kColumns>(row, last[row]);
      witness[row] = found;
      if (found != kNone) link[row] = Exchange(head + found, row);
    });
  }

  // The rows of `front` have their rank and dominate nobody any more.
  void Leave(const Index* front, std::size_t size, int rank) {
    const Index* const row = Raw(row_);
    int* const ranks = ranks_;
    Index* const keys = tree_.keys;
    const int columns = tree_.columns;
    system_.ForEach(size, [=] RAFFINATE_HD(Index n) {
      ranks[row[front[n]]] = rank;
      for (int k = 0; k < columns; ++k) {
        keys[static_cast<std::size_t>(front[n]) * columns + k] = kNone;
      }
    });
  }

  // All who waited for a row of `front`, to `next`; returns how many.
  std::size_t Dependents(const Index* front, std::size_t size, const Index* head, const Index* link,
                         Index* next) {
    Array<Index> ends(size);
    Index* const end = Raw(ends);
    system_.ForEach(size, [=] RAFFINATE_HD(Index n) {
      Index count = 0;
      for (Index row = head[front[n]]; row != kNone; row = link[row]) ++count;
      end[n] = count;
    });
    InclusiveSum(system_, end, size);
    system_.ForEach(size, [=] RAFFINATE_HD(Index n) {
      Index place = n > 0 ? end[n - 1] : 0;
      for (Index row = head[front[n]]; row != kNone; row = link[row]) next[place++] = row;
    });
    return Fetch(system_, end + size - 1);
  }

  const System& system_;
  const Index rows_;
  int* const ranks_;
  Array<Index> row_;   // number of the row at a place of the curve
  Array<Index> last_;  // place up to which a dominating row can be
  std::vector<DominanceTree::Level> plan_;
  Array<DominanceTree::Level> levels_;
  Array<Index> keys_, corners_;
  DominanceTree tree_;
};

/// RankOnHost of backend.h for values and ranks in memory of the device.
template <class System>
void Rank(const System& system, const double* values, std::size_t rows, int columns,
          std::size_t enough, int most_ranks, int* ranks) {
  system.ForEach(rows, [=] RAFFINATE_HD(Index i) { ranks[i] = kUnranked; });
  if (rows == 0) return;
  if (columns == 1) {
    typename System::template Array<Index> dense(rows);
    Index* const key = Raw(dense);
    DenseKeys(system, values, rows, key);
    system.ForEach(rows, [=] RAFFINATE_HD(Index i) { ranks[i] = static_cast<int>(key[i]); });
    return;
  }
  if constexpr (System::kHost) {
    if (columns == 2) {
      SweepTwo(system, values, rows, ranks);
      return;
    }
  }
  Peeling<System>(system, values, static_cast<Index>(rows), columns, ranks).Run(enough, most_ranks);
}

}  // namespace raffinate::kernels::population
