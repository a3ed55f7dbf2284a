#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

namespace {

std::vector<Backend> Find() {
  std::vector<Backend> all = {{"scalar", 1, RunScalar, DifferentiateScalar},
                              {"128-bit SIMD", 2, RunBaseline, DifferentiateBaseline}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    all.push_back({"scalar, AVX2", 1, RunScalarAvx2, DifferentiateScalarAvx2});
    all.push_back({"AVX2", 4, RunAvx2, DifferentiateAvx2});
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    all.push_back({"AVX-512", 8, RunAvx512, DifferentiateAvx512});
  }
#endif
  return all;
}

}  // namespace

const std::vector<Backend>& Usable() {
  static const std::vector<Backend> kAll = Find();
  return kAll;
}

Backend Scalar() {
  Backend last = Usable().front();
  for (const Backend& backend : Usable()) {
    if (backend.lanes == 1) last = backend;
  }
  return last;
}

Backend Best() { return Usable().back(); }

}  // namespace raffinate::kernels::cpu
