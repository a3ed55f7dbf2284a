// What this machine can do at most, measured in the same run as what is
// compared with it.
#pragma once

#include <string>
#include <vector>

namespace raffinate::bench {

/// Double-precision fused multiply-adds of one core, counted as two operations
/// each, with the widest registers that the solver uses here [1e9/s]. 0 where
/// it is not known how to measure them.
double PeakGflops();

/// Bytes read and written by a copy between arrays far larger than the caches,
/// one core [1e9/s].
double CopyGigabytesPerSecond();

std::string ProcessorName();

/// UTC, as 2026-11-22.
std::string Today();

/// Monotonic time [s].
double Now();

/// The value below which a share of the sorted values lies. 0 for none.
double Quantile(std::vector<double> values, double share);

}  // namespace raffinate::bench
