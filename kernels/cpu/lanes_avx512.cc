// The CPU backend with eight lanes, AVX-512. Compile flags are set in CMake.
#define RAFFINATE_INSTRUCTIONS avx512

#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

void RunAvx512(const detail::Shape& shape, int max_stages, detail::Queue& queue,
               const SolveOptions& options) {
  detail::RunLanes<detail::Pack<8>>(shape, max_stages, queue, options);
}

void DifferentiateAvx512(const detail::Shape& shape, int max_stages,
                         const detail::AdjointQueue& queue) {
  detail::RunAdjoints<detail::Pack<8>>(shape, max_stages, queue);
}

}  // namespace raffinate::kernels::cpu
