// Crowding distances of all fronts at once.
#pragma once

#include <cstddef>
#include <limits>

#include "kernels/population/detail/primitives.h"

namespace raffinate::kernels::population {

inline constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// CrowdOnHost of backend.h for arrays in memory of the device. Compiled without
/// contraction to fused multiply-add, so that all systems give the same bits.
template <class System>
void Crowd(const System& system, const double* values, std::size_t rows, int columns,
           const int* front, double* crowding) {
  system.ForEach(rows, [=] RAFFINATE_HD(Index i) { crowding[i] = 0; });
  if (rows == 0) return;
  typename System::template Array<Key> keys(rows);
  typename System::template Array<Index> sorted(rows), order(rows), chain(rows);
  // Places in the chain of the first and last row of each front.
  typename System::template Array<Index> begins(rows), ends(rows);
  Key* const key = Raw(keys);
  Index* const lexical = Raw(sorted);
  Index* const at = Raw(order);
  Index* const link = Raw(chain);
  Index* const begin = Raw(begins);
  Index* const end = Raw(ends);
  SortLexicographically(system, values, rows, columns, key, lexical);
  for (int j = 0; j < columns; ++j) {
    const double* const column = values + j * rows;
    // By front, then by this column, then by the whole row, then by number.
    system.ForEach(rows, [=] RAFFINATE_HD(Index p) { at[p] = lexical[p]; });
    if (j > 0) SortByColumn(system, column, rows, key, at);
    system.ForEach(rows, [=] RAFFINATE_HD(Index p) { key[p] = static_cast<Key>(front[at[p]]); });
    SortByKey(system, key, at, rows);
    // Equal rows but the first are no neighbours.
    const std::size_t size = Choose(system, rows, link, [=] RAFFINATE_HD(Index p) {
      return p == 0 || front[at[p]] != front[at[p - 1]] ||
             !EqualRows(values, rows, columns, at[p], at[p - 1]);
    });
    system.ForEach(size, [=] RAFFINATE_HD(Index q) {
      const int own = front[at[link[q]]];
      if (q == 0 || front[at[link[q - 1]]] != own) begin[own] = q;
      if (q + 1 == size || front[at[link[q + 1]]] != own) end[own] = q;
    });
    system.ForEach(size, [=] RAFFINATE_HD(Index q) {
      const Index row = at[link[q]];
      const Index first = begin[front[row]];
      const Index last = end[front[row]];
      if (q == first || q == last) {
        crowding[row] += kInfinite;
        return;
      }
      const double low = column[at[link[first]]];
      const double high = column[at[link[last]]];
      const double scale = high > low ? 1 / (high - low) : 0;
      crowding[row] += (column[at[link[q + 1]]] - column[at[link[q - 1]]]) * scale;
    });
  }
}

}  // namespace raffinate::kernels::population
