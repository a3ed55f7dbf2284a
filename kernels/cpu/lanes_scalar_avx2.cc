// The CPU backend with one candidate at a time, its components side by side by AVX2 and FMA.
// Compile flags are set in CMake.
#define RAFFINATE_INSTRUCTIONS avx2

#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

/// Like detail::Dense. What is made of arrays of this type has names of its own: the linker must
/// not put code for these instructions in the place of that which runs everywhere.
template <class T>
struct Avx2Array {
  T* data = nullptr;
  T& operator[](long k) const { return data[k]; }
  Avx2Array At(long k) const { return {data + k}; }
};

void RunScalarAvx2(const detail::Shape& shape, int max_stages, detail::Queue& queue,
                   const SolveOptions& options) {
  detail::RunLanes<double, Avx2Array>(shape, max_stages, queue, options);
}

void DifferentiateScalarAvx2(const detail::Shape& shape, int max_stages,
                             const detail::AdjointQueue& queue) {
  detail::RunAdjoints<double, Avx2Array>(shape, max_stages, queue);
}

}  // namespace raffinate::kernels::cpu
