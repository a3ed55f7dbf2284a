// Order in whole populations: who dominates whom and who is crowded, on a device.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/solve.h"

namespace raffinate::kernels {

/// Numbers of many candidates, the candidate fastest: value j of candidate i is
/// values[j * rows + i]. Not owned. Fewer than 2^31 rows, one column or more, all finite.
struct Columns {
  std::span<const double> values;
  std::size_t rows = 0;
  int columns = 0;
};

inline constexpr int kUnranked = -1;

/// Pareto rank of every row, all columns minimized: 0 for those that no other dominates, 1
/// for those that only rank 0 dominates, and so on; equal rows have equal rank. Ranks are
/// found from the best on until at least `enough` rows have one; those of worse ranks may be
/// kUnranked, which of them depends on the device. The others are the same on every device and
/// with any number of threads.
///
/// One column is sorted. Two are, on the CPU, swept once in lexicographic order (Jensen 2003,
/// doi:10.1109/TEVC.2003.817234), O(N log N). Otherwise a row waits for one that dominates
/// it, and looks for another when that one has got its rank; the nearest below it on a
/// space-filling curve is found in a tree of bounding corners. Two or three searches a row
/// in practice; memory O(M N).
std::vector<int> Ranks(const Device& device, const Columns& values, std::size_t enough);

/// Crowding distance of every row in its front, `front[i]` >= 0 and below the number of rows: the
/// sum over the columns of the gap between its two neighbours as a share of the range;
/// infinite at the ends of a column (Deb et al. 2002, doi:10.1109/4235.996017). Of equal rows
/// the first counts and the others get 0, so that the distances do not depend on the order
/// of distinct rows. The same bits on every device and with any number of threads.
/// O(M N log N) time, O(N) memory.
std::vector<double> Crowding(const Device& device, const Columns& values,
                             std::span<const int> front);

}  // namespace raffinate::kernels
