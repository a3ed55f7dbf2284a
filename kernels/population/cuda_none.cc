// Takes the place of the CUDA backend in a build without a CUDA compiler, where no device
// is ever chosen.
#include <stdexcept>

#include "kernels/population/backend.h"

namespace raffinate::kernels::population {

void RankOnCuda(int, const Columns&, std::size_t, int, std::span<int>) {
  throw std::logic_error("this build has no CUDA backend");
}
void CrowdOnCuda(int, const Columns&, std::span<const int>, std::span<double>) {
  throw std::logic_error("this build has no CUDA backend");
}

}  // namespace raffinate::kernels::population
