// The parallel steps that populations are ordered by, over whatever a System runs on: the
// only place that calls Thrust.
//
// A System has Array<T>, memory of its device; Run(size, f), which calls f with the execution
// policy of Thrust for a step of that size; ForEach(size, f), which calls f(i) for
// 0 <= i < size in any order; and Fetch(from, to) of one element to the host. Results are the
// same on all of them: sorts are stable, and nothing is summed but whole numbers.
#pragma once

#include <thrust/memory.h>
#include <thrust/scan.h>
#include <thrust/sort.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifndef __CUDA_ARCH__
#include <atomic>
#endif

#include "kernels/detail/pack.h"

namespace raffinate::kernels::population {

// Thrust may be in a namespace of its own for each system, so that no two are mixed up.
namespace thrust = THRUST_NS_QUALIFIER;

using Index = std::uint32_t;
using Key = std::uint64_t;
inline constexpr Index kNone = 0xFFFFFFFF;

template <class Array>
auto* Raw(Array& array) {
  return thrust::raw_pointer_cast(array.data());
}

/// Orders keys without telling Thrust that radix sort would do.
struct Before {
  RAFFINATE_HD bool operator()(Key a, Key b) const { return a < b; }
};

template <class System>
void SortByKey(const System& system, Key* keys, Index* values, std::size_t size) {
  system.Run(size, [&](const auto& policy) {
    if constexpr (System::kHost) {
      // Up to here a merge sort is faster than the passes over 64 bits.
      constexpr std::size_t kLeastForRadix = 1000;
      if (size < kLeastForRadix) {
        thrust::stable_sort_by_key(policy, keys, keys + size, values, Before());
        return;
      }
    }
    thrust::stable_sort_by_key(policy, keys, keys + size, values);
  });
}

/// An addition that Thrust has no tuning for: the kernel it has for its own spills registers.
struct Sum {
  RAFFINATE_HD Index operator()(Index a, Index b) const { return a + b; }
};

/// In place: the sum of each element and all before it.
template <class System>
void InclusiveSum(const System& system, Index* values, std::size_t size) {
  system.Run(size, [&](const auto& policy) {
    thrust::inclusive_scan(policy, values, values + size, values, Sum());
  });
}

/// One element, on the host.
template <class System>
Index Fetch(const System& system, const Index* from) {
  Index value = 0;
  system.Fetch(from, &value);
  return value;
}

/// The numbers n below `size` for which `keep(n)` holds, in order. Returns how many.
template <class System, class Predicate>
std::size_t Choose(const System& system, std::size_t size, Index* chosen, Predicate keep) {
  typename System::template Array<Index> counts(size);
  Index* const count = Raw(counts);
  system.ForEach(size, [=] RAFFINATE_HD(Index n) { count[n] = keep(n) ? 1 : 0; });
  InclusiveSum(system, count, size);
  system.ForEach(size, [=] RAFFINATE_HD(Index n) {
    const Index before = n > 0 ? count[n - 1] : 0;
    if (count[n] > before) chosen[before] = n;
  });
  return Fetch(system, count + size - 1);
}

/// Puts `value` in the place of what is returned.
RAFFINATE_HD inline Index Exchange(Index* place, Index value) {
#ifdef __CUDA_ARCH__
  return atomicExch(place, value);
#else
  return std::atomic_ref<Index>(*place).exchange(value, std::memory_order_relaxed);
#endif
}

/// Unsigned numbers in the order of the doubles; zeros are equal.
RAFFINATE_HD inline Key OrderedBits(double value) {
  value += 0.0;  // -0 becomes 0
  Key bits;
  memcpy(&bits, &value, sizeof bits);
  return bits >> 63 ? ~bits : bits | Key{1} << 63;
}

/// 0, 1, 2, ...
template <class System>
void Enumerate(const System& system, Index* values, std::size_t size) {
  system.ForEach(size, [=] RAFFINATE_HD(Index i) { values[i] = i; });
}

/// Sorts `order`, row numbers, by one column; equal ones stay in their order. `keys` is
/// overwritten with the sorted values.
template <class System>
void SortByColumn(const System& system, const double* column, std::size_t rows, Key* keys,
                  Index* order) {
  system.ForEach(rows, [=] RAFFINATE_HD(Index p) { keys[p] = OrderedBits(column[order[p]]); });
  SortByKey(system, keys, order, rows);
}

/// Row numbers in lexicographic order, equal rows by number.
template <class System>
void SortLexicographically(const System& system, const double* values, std::size_t rows,
                           int columns, Key* keys, Index* order) {
  Enumerate(system, order, rows);
  for (int j = columns; j-- > 0;) SortByColumn(system, values + j * rows, rows, keys, order);
}

/// Whether two rows of columns are equal.
RAFFINATE_HD inline bool EqualRows(const double* values, std::size_t rows, int columns, Index a,
                                   Index b) {
  for (int j = 0; j < columns; ++j) {
    if (values[j * rows + a] != values[j * rows + b]) return false;
  }
  return true;
}

}  // namespace raffinate::kernels::population
