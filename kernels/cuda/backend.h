// The CUDA backend, or its absence.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "kernels/shape.h"
#include "kernels/solve.h"

namespace raffinate::kernels::cuda {

/// Whether this binary holds the CUDA backend at all.
bool Built();

/// Number of usable devices; 0 also when there is no driver.
int DeviceCount();

/// "NVIDIA H100, sm_90, 79 GiB", or an empty string.
std::string DeviceName(int index);

/// None yet; null without the CUDA backend.
std::shared_ptr<Pipelines> MakePipelines();

/// As kernels::Solve, for tasks that are grouped, on one or more devices. Tasks
/// that a device which failed has not handed in stay kCancelled; the reason is written to standard
/// error.
/// Several threads may share `pipelines`.
void Solve(Pipelines& pipelines, std::span<const int> devices, std::span<const ShapeGroup> groups,
           std::span<const Task> tasks, const SolveOptions& options, std::span<Solution> solutions);

}  // namespace raffinate::kernels::cuda
