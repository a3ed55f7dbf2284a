// The CPU backend with four lanes, AVX2 and FMA. Compile flags are set in CMake.
#define RAFFINATE_INSTRUCTIONS avx2

#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

void RunAvx2(const detail::Shape& shape, int max_stages, detail::Queue& queue,
             const SolveOptions& options) {
  detail::RunLanes<detail::Pack<4>>(shape, max_stages, queue, options);
}

void DifferentiateAvx2(const detail::Shape& shape, int max_stages,
                       const detail::AdjointQueue& queue) {
  detail::RunAdjoints<detail::Pack<4>>(shape, max_stages, queue);
}

}  // namespace raffinate::kernels::cpu
