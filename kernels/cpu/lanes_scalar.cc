// The CPU backend with one candidate at a time. Compile flags are set in CMake.
#include "kernels/cpu/lanes.h"

namespace raffinate::kernels::cpu {

void RunScalar(const detail::Shape& shape, int max_stages, detail::Queue& queue,
               const SolveOptions& options) {
  detail::RunLanes<double>(shape, max_stages, queue, options);
}

void DifferentiateScalar(const detail::Shape& shape, int max_stages,
                         const detail::AdjointQueue& queue) {
  detail::RunAdjoints<double>(shape, max_stages, queue);
}

}  // namespace raffinate::kernels::cpu
