// The CUDA backend: one thread per cascade, the same source as the CPU backend.
//
// Arrays are laid out with the candidate index fastest, so that a warp reads
// neighbouring numbers. A launch advances every cascade by a fixed number of
// Newton iterations; between launches the host polls for cancellation and
// reads how many are still running. All state stays on the device.
#include <cuda_runtime.h>
#include <thrust/device_vector.h>
#include <thrust/host_vector.h>
#include <thrust/system_error.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "kernels/cuda/backend.h"
#include "kernels/detail/advance.h"
#include "kernels/detail/control.h"
#include "kernels/detail/input.h"
#include "kernels/shape.h"

namespace raffinate::kernels::cuda {
namespace {

using detail::Control;
using detail::Limits;
using detail::Shape;
using detail::Space;
using detail::Strided;

constexpr int kThreads = 64;
constexpr int kIterationsPerLaunch = 16;

struct Launch {
  Shape shape;
  Limits limits;
  long stages = 0;
  long batch = 0;
  double* memory = nullptr;
  Control* control = nullptr;
  int* stages_of = nullptr;
  int* running = nullptr;
};

template <class Size>
__global__ void __launch_bounds__(kThreads, 4) Advance(const Launch launch) {
  const long index = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= launch.batch) return;
  Control control = launch.control[index];
  if (detail::Ended(control)) return;
  Space w = detail::Lay(launch.shape, launch.stages, launch.memory, launch.batch, index);
  const bool done = detail::AdvanceCandidate<Size>(
      launch.shape, launch.limits, launch.stages_of[index], kIterationsPerLaunch, w, control);
  launch.control[index] = control;
  if (!done) atomicAdd(launch.running, 1);
}

/// Starts the kernel made for the component count: a smaller bound keeps the
/// local arrays of a thread small.
void Start(const Launch& launch) {
  const unsigned blocks = static_cast<unsigned>((launch.batch + kThreads - 1) / kThreads);
  const int m = launch.shape.components;
  if (m <= 4) {
    Advance<detail::AtMost<4>><<<blocks, kThreads>>>(launch);
  } else if (m <= 8) {
    Advance<detail::AtMost<8>><<<blocks, kThreads>>>(launch);
  } else if (m <= 16) {
    Advance<detail::AtMost<16>><<<blocks, kThreads>>>(launch);
  } else {
    Advance<detail::AtMost<detail::kMaxComponents>><<<blocks, kThreads>>>(launch);
  }
}

/// Solves one group of tasks in batches that fit the device's memory.
void SolveGroup(const ShapeGroup& group, std::span<const Task> tasks, const SolveOptions& options,
                std::span<Solution> solutions) {
  const Shape& shape = group.shape;
  const long m = shape.components;
  const long stages = group.max_stages;
  const long numbers = detail::WorkspaceSize(shape, stages);
  size_t free_bytes = 0, total_bytes = 0;
  cudaMemGetInfo(&free_bytes, &total_bytes);
  const long fits = static_cast<long>(0.8 * free_bytes / (numbers * sizeof(double)));
  const long total = static_cast<long>(group.order.size());
  const long batch_limit = std::max(1L, std::min(total, fits));
  // Inputs and unknowns are a small part of the workspace: staged on the host,
  // one copy each way.
  for (long begin = 0; begin < total; begin += batch_limit) {
    const long batch = std::min(batch_limit, total - begin);
    thrust::host_vector<double> host(static_cast<size_t>(numbers) * batch, 0.0);
    thrust::host_vector<Control> host_control(batch);
    thrust::host_vector<int> host_stages(batch);
    for (long b = 0; b < batch; ++b) {
      const Task& task = tasks[group.order[begin + b]];
      Space w = detail::Lay(shape, stages, host.data(), batch, b);
      const auto put = [](Strided<double>& array, long k, double v) { array[k] = v; };
      detail::ForEachInput(*task.cascade, w, put);
      detail::ForEachFeed(
          *task.cascade, [&](bool up, long k, double v) { (up ? w.feed_up : w.feed_down)[k] = v; });
      const bool warm = detail::IsWarm(task);
      host_control[b].Begin(warm, shape.linear);
      host_stages[b] = task.cascade->stages();
      if (warm) detail::ForEachStart(task, w, put);
    }
    thrust::device_vector<double> memory(host);
    thrust::device_vector<Control> control(host_control);
    thrust::device_vector<int> stages_of(host_stages);
    thrust::device_vector<int> running(1, 0);
    Launch launch;
    launch.shape = shape;
    launch.limits.tolerance = options.tolerance;
    launch.limits.step_tolerance = options.step_tolerance;
    launch.limits.max_warm_iterations = options.max_warm_iterations;
    launch.limits.max_iterations = options.max_iterations;
    launch.stages = stages;
    launch.batch = batch;
    launch.memory = thrust::raw_pointer_cast(memory.data());
    launch.control = thrust::raw_pointer_cast(control.data());
    launch.stages_of = thrust::raw_pointer_cast(stages_of.data());
    launch.running = thrust::raw_pointer_cast(running.data());
    bool cancelled = false;
    while (true) {
      running[0] = 0;
      Start(launch);
      if (const cudaError_t error = cudaGetLastError(); error != cudaSuccess) {
        throw thrust::system_error(error, thrust::cuda_category());
      }
      if (running[0] == 0) break;
      if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
        cancelled = true;
        break;
      }
    }
    host = memory;
    host_control = control;
    for (long b = 0; b < batch; ++b) {
      const int t = group.order[begin + b];
      const Control& c = host_control[b];
      Space w = detail::Lay(shape, stages, host.data(), batch, b);
      Solution& s = solutions[t];
      const long n = host_stages[b];
      const bool solved = c.phase == Control::Phase::kSolved;
      s.status = solved      ? SolveStatus::kSolved
                 : cancelled ? SolveStatus::kCancelled
                             : SolveStatus::kNotConverged;
      s.iterations = c.iterations;
      s.residual = c.residual;
      s.worst_stage = c.worst_stage;
      s.cold = c.cold;
      s.rescued = c.rescued;
      s.state.ln_h.resize(n);
      s.state.ln_s.resize(n);
      for (long j = 0; j < n; ++j) {
        s.state.ln_h[j] = w.ln_h[j];
        s.state.ln_s[j] = w.ln_s[j];
      }
      s.x.resize(n * m);
      s.y.resize(n * m);
      for (long k = 0; k < n * m; ++k) {
        s.x[k] = w.x[k];
        s.y[k] = w.x[k] * w.d[k];
      }
      s.recycled.resize(m);
      for (long i = 0; i < m; ++i) s.recycled[i] = w.recycled[i];
    }
    if (cancelled) return;
  }
}

}  // namespace

bool Built() { return true; }

int DeviceCount() {
  int count = 0;
  // No driver and no device are answers, not failures.
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    cudaGetLastError();
    return 0;
  }
  return count;
}

std::string DeviceName(int index) {
  cudaDeviceProp properties;
  if (cudaGetDeviceProperties(&properties, index) != cudaSuccess) return "";
  return std::string(properties.name) + ", sm_" + std::to_string(properties.major) +
         std::to_string(properties.minor) + ", " + std::to_string(properties.totalGlobalMem >> 30) +
         " GiB";
}

void Solve(int index, std::span<const ShapeGroup> groups, std::span<const Task> tasks,
           const SolveOptions& options, std::span<Solution> solutions) {
  try {
    if (const cudaError_t error = cudaSetDevice(index); error != cudaSuccess) {
      throw thrust::system_error(error, thrust::cuda_category());
    }
    for (const ShapeGroup& group : groups) {
      SolveGroup(group, tasks, options, solutions);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "raffinate: CUDA device %d failed: %s\n", index, error.what());
  }
}

}  // namespace raffinate::kernels::cuda
