// One simulated flowsheet, from its solution to its result.
#pragma once

#include <string>

#include "kernels/cascade.h"
#include "kernels/circuit.h"
#include "optimizer/model/build.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// A flowsheet of numbers, laid out for the solver. `problem` says why it
/// cannot be, and is empty when it can. Must not outlive `chemistry` nor the
/// flowsheet's own extractant systems.
struct Prepared {
  Built built;
  kernels::Cascade cascade;
  std::string problem;
};
Prepared Prepare(const Flowsheet& flowsheet, const Chemistry& chemistry);

/// The result of a solution. Without convergence only the flowsheet and
/// Convergence, which says where and why, are filled: the numbers of a state
/// that is no steady state would mislead.
SimulationResult MakeResult(const Flowsheet& flowsheet, const Prepared& prepared,
                            const kernels::Solution& solution);

}  // namespace raffinate::optimizer
