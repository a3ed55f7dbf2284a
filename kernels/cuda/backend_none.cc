// Takes the place of the CUDA backend in a build without a CUDA compiler.
#include "kernels/cuda/backend.h"

namespace raffinate::kernels::cuda {

bool Built() { return false; }
int DeviceCount() { return 0; }
std::string DeviceName(int) { return ""; }
std::shared_ptr<Pipelines> MakePipelines() { return nullptr; }
void Solve(Pipelines&, std::span<const int>, std::span<const ShapeGroup>, std::span<const Task>,
           const SolveOptions&, std::span<Solution>) {}

}  // namespace raffinate::kernels::cuda
