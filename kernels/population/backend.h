// What the host and the CUDA backend of population.h have to offer.
#pragma once

#include <cstddef>
#include <span>

#include "kernels/population/population.h"

namespace raffinate::kernels::population {

/// Writes the rank of each row of `values`, or kUnranked, to `ranks`. Two columns or more: it
/// may stop when `enough` rows are ranked. On `threads` threads (0: all).
void RankOnHost(int threads, const Columns& values, std::size_t enough, std::span<int> ranks);

/// Writes the crowding distance of each row.
void CrowdOnHost(int threads, const Columns& values, std::span<const int> front,
                 std::span<double> crowding);

/// The same on a CUDA device. Ranks stop after `most_ranks` too. Throw std::exception when
/// the device has no room or fails at a step.
void RankOnCuda(int device, const Columns& values, std::size_t enough, int most_ranks,
                std::span<int> ranks);
void CrowdOnCuda(int device, const Columns& values, std::span<const int> front,
                 std::span<double> crowding);

}  // namespace raffinate::kernels::population
