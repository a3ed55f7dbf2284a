// Steady states of batches of cascades.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/cascade.h"

namespace raffinate::kernels {

namespace cuda {
/// Streams, pinned memory and device memory for batches on CUDA devices.
class Pipelines;
}  // namespace cuda

/// Where a batch is solved.
struct Device {
  enum class Kind { kCpu, kCpuScalar, kCuda };
  Kind kind = Kind::kCpu;
  std::uint64_t devices = 0;  ///< CUDA: bit i stands for device i; 0: all of them
  int threads = 0;            ///< CPU threads; 0: all
  /// CUDA: what is kept from batch to batch, shared by copies; null: nothing is.
  std::shared_ptr<cuda::Pipelines> pipelines = nullptr;
};

struct SolveOptions {
  double tolerance = 1e-9;       ///< scaled closure residual
  double step_tolerance = 1e-8;  ///< |change in ln h| of the last iteration
  int max_warm_iterations = 25;  ///< before time steps from the neighbour's state take over
  int max_iterations = 5000;     ///< over everything; half of it where fronts leapt, before the
                                 ///< cold start is made again without leaps
  const std::atomic<bool>* cancel = nullptr;  ///< polled between iterations
};

/// One thing to solve. The pointers are not owned; `warm` and `warm_x` may be null.
struct Task {
  const Cascade* cascade = nullptr;
  const State* warm = nullptr;
  /// With `warm`, the neighbour's Solution::x [mol/L], N*M, must be finite; another size is null.
  /// Newton does without it; the time steps that follow where Newton fails begin with it and are
  /// far fewer, the more stages there are.
  const std::vector<double>* warm_x = nullptr;
};

/// Solves every task. `solutions` has as many entries as `tasks`. The result of
/// a task depends on the task alone: not on its neighbours in the batch, on the
/// number of threads or devices or on the order. Never throws; a task that cannot be
/// solved says so in its status.
void Solve(const Device& device, std::span<const Task> tasks, const SolveOptions& options,
           std::span<Solution> solutions);

/// One line per device that could be used, or why it cannot: "cpu: AVX2, 8
/// lanes, 2 threads", "cuda: built for sm_80, sm_90; no device found".
std::vector<std::string> DescribeDevices();

/// Parses "cpu", "cpu-scalar", "cuda" (all devices), "cuda:1", "cuda:0,2" or
/// "auto" (CUDA when a device is there, CPU otherwise). Returns an empty string or
/// what is wrong.
std::string ParseDevice(const std::string& text, Device* device);

}  // namespace raffinate::kernels
