// The CPU backend with two lanes, any x86-64 or other 128-bit SIMD. Compile flags are set in CMake.
#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

void RunBaseline(const detail::Shape& shape, int max_stages, detail::Queue& queue,
                 const SolveOptions& options) {
  detail::RunLanes<detail::Pack<2>>(shape, max_stages, queue, options);
}

void DifferentiateBaseline(const detail::Shape& shape, int max_stages,
                           const detail::AdjointQueue& queue) {
  detail::RunAdjoints<detail::Pack<2>>(shape, max_stages, queue);
}

}  // namespace raffinate::kernels::cpu
