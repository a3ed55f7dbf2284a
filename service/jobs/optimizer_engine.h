// The engine that is the optimizer.
#pragma once

#include <memory>

#include "kernels/solve.h"
#include "service/jobs/engine.h"

namespace raffinate::service {

/// `chemistry` is what the engine knows without being told by a flowsheet.
std::unique_ptr<Engine> MakeOptimizerEngine(optimizer::Chemistry chemistry,
                                            const kernels::Device& device);

}  // namespace raffinate::service
