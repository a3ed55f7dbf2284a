#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

Backend Best() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    return {"AVX-512", 8, RunAvx512, DifferentiateAvx512};
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {"AVX2", 4, RunAvx2, DifferentiateAvx2};
  }
#endif
  return {"128-bit SIMD", 2, RunBaseline, DifferentiateBaseline};
}

}  // namespace raffinate::kernels::cpu
