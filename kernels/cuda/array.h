// Memory of a CUDA device.
#pragma once

#include <cuda_runtime.h>
#include <thrust/system/cuda/error.h>
#include <thrust/system_error.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace raffinate::kernels::cuda {

/// Throws thrust::system_error unless `error` is cudaSuccess.
inline void Check(cudaError_t error) {
  if (error == cudaSuccess) return;
  // Else the next launch of this thread would be taken for the one that failed.
  cudaGetLastError();
  throw thrust::system_error(error, thrust::cuda_category());
}

/// Memory for `size` of T on the device that is the present one when it is made, not initialised.
/// To give it back never throws, unlike thrust::device_vector: once a device has failed, every
/// call on it fails, and its memory is given back while that error is on its way.
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(std::size_t size) : size_(size) {
    if (size > 0) Check(cudaMalloc(&data_, size * sizeof(T)));
  }
  /// A copy of what lies contiguously in host memory.
  template <class Iterator>
  Array(Iterator begin, Iterator end) : Array(static_cast<std::size_t>(std::distance(begin, end))) {
    if (size_ == 0) return;
    Check(cudaMemcpy(data_, std::to_address(begin), size_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  Array(Array&& other) noexcept { swap(other); }
  Array& operator=(Array&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Array() {
    if (cudaFree(data_) != cudaSuccess) cudaGetLastError();
  }

  void swap(Array& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }
  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace raffinate::kernels::cuda
