// The CUDA backend: the same steps over Thrust's device system.
#include <cuda_runtime.h>
#include <thrust/device_vector.h>
#include <thrust/system/cuda/execution_policy.h>
#include <thrust/system_error.h>

#include <cstddef>

#include "kernels/population/backend.h"
#include "kernels/population/detail/crowding.h"
#include "kernels/population/detail/ranks.h"

namespace raffinate::kernels::population {
namespace {

void Check(cudaError_t error) {
  if (error != cudaSuccess) throw thrust::system_error(error, thrust::cuda_category());
}

constexpr unsigned kThreads = 128;

// Without the bound on registers that Thrust's own kernel has, under which searches spill.
template <class Function>
__global__ void Each(std::size_t size, Function f) {
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < size) f(static_cast<Index>(i));
}

class Cuda {
 public:
  template <class T>
  using Array = thrust::device_vector<T>;
  static constexpr bool kHost = false;

  explicit Cuda(int device) { Check(cudaSetDevice(device)); }

  template <class Step>
  void Run(std::size_t, Step step) const {
    step(thrust::cuda::par);
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
  const thrust::device_vector<double> in(values.values.begin(), values.values.end());
  thrust::device_vector<int> out(values.rows);
  Rank(system, Raw(in), values.rows, values.columns, enough, most_ranks, Raw(out));
  thrust::copy(out.begin(), out.end(), ranks.begin());
}

void CrowdOnCuda(int device, const Columns& values, std::span<const int> front,
                 std::span<double> crowding) {
  const Cuda system(device);
  const thrust::device_vector<double> in(values.values.begin(), values.values.end());
  const thrust::device_vector<int> fronts(front.begin(), front.end());
  thrust::device_vector<double> out(values.rows);
  Crowd(system, Raw(in), values.rows, values.columns, Raw(fronts), Raw(out));
  thrust::copy(out.begin(), out.end(), crowding.begin());
}

}  // namespace raffinate::kernels::population
