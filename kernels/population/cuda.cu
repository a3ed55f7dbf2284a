// The CUDA backend: the same steps over Thrust's device system.
#include <cuda_runtime.h>
#include <thrust/system/cuda/execution_policy.h>

#include <cstddef>

#include "kernels/cuda/array.h"
#include "kernels/population/backend.h"
#include "kernels/population/detail/crowding.h"
#include "kernels/population/detail/ranks.h"

namespace raffinate::kernels::population {
namespace {

using cuda::Check;

constexpr unsigned kThreads = 128;

// Without the bound on registers that Thrust's own kernel has, under which searches spill.
template <class Function>
__global__ void Each(std::size_t size, Function f) {
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < size) f(static_cast<Index>(i));
}

/// Memory that Thrust works in. To give it back never throws: Thrust's own does, out of a
/// destructor, once a device has failed, and that ends the process.
struct Scratch {
  using value_type = char;
  char* allocate(std::ptrdiff_t size) {
    char* data = nullptr;
    Check(cudaMalloc(&data, static_cast<std::size_t>(size)));
    return data;
  }
  void deallocate(char* data, std::size_t) noexcept {
    if (cudaFree(data) != cudaSuccess) cudaGetLastError();
  }
};

class Cuda {
 public:
  template <class T>
  using Array = cuda::Array<T>;
  static constexpr bool kHost = false;

  explicit Cuda(int device) { Check(cudaSetDevice(device)); }

  template <class Step>
  void Run(std::size_t, Step step) const {
    Scratch scratch;
    step(thrust::cuda::par(scratch));
  }
  template <class Function>
  void ForEach(std::size_t size, Function f) const {
    if (size == 0) return;
    Each<<<static_cast<unsigned>((size + kThreads - 1) / kThreads), kThreads>>>(size, f);
    Check(cudaGetLastError());
  }
  template <class T>
  void Fetch(const T* from, T* to) const {
    Check(cudaMemcpy(to, from, sizeof(T), cudaMemcpyDeviceToHost));
  }
};

}  // namespace

void RankOnCuda(int device, const Columns& values, std::size_t enough, int most_ranks,
                std::span<int> ranks) {
  const Cuda system(device);
  const cuda::Array<double> in(values.values.begin(), values.values.end());
  cuda::Array<int> out(values.rows);
  Rank(system, Raw(in), values.rows, values.columns, enough, most_ranks, Raw(out));
  Check(cudaMemcpy(ranks.data(), Raw(out), values.rows * sizeof(int), cudaMemcpyDeviceToHost));
}

void CrowdOnCuda(int device, const Columns& values, std::span<const int> front,
                 std::span<double> crowding) {
  const Cuda system(device);
  const cuda::Array<double> in(values.values.begin(), values.values.end());
  const cuda::Array<int> fronts(front.begin(), front.end());
  cuda::Array<double> out(values.rows);
  Crowd(system, Raw(in), values.rows, values.columns, Raw(fronts), Raw(out));
  Check(
      cudaMemcpy(crowding.data(), Raw(out), values.rows * sizeof(double), cudaMemcpyDeviceToHost));
}

}  // namespace raffinate::kernels::population
