// The optimization of a train: several structures, one Pareto set.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "optimizer/run.h"

namespace raffinate::optimizer {

/// A search per structure that theory does not rule out, all for one Pareto set. A step is one
/// generation of one structure: those that hold much of the common front have more turns, none
/// is left out. Structures are sized when their turn first comes.
///
/// `flowsheet` must be valid for kOptimize and have a train. INVALID_ARGUMENT: search settings out
/// of range.
absl::StatusOr<std::unique_ptr<OptimizationRun>> CreateTrainRun(const Flowsheet& flowsheet,
                                                                const Chemistry& chemistry,
                                                                const kernels::Device& device);

}  // namespace raffinate::optimizer
