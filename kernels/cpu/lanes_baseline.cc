// The CPU backend with two lanes, any x86-64 or other 128-bit SIMD. Compile flags are set in CMake.
#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

void RunBaseline(const detail::Shape& shape, int max_stages, detail::Queue& queue,
                 const SolveOptions& options) {
  detail::LaneGroup<detail::Pack<2>> group(shape, max_stages);
  group.Run(queue, options);
}

}  // namespace raffinate::kernels::cpu
