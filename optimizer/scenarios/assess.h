// A finished design over scenarios: what its engineer is told.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/goals.h"
#include "optimizer/result.h"
#include "optimizer/run.h"
#include "optimizer/scenarios/aggregate.h"

namespace raffinate::optimizer {

struct Assessment {
  /// Of the tested scenarios, without profile. Fewer than asked for where `enough` ended it.
  std::vector<Outcome> outcomes;
  Robustness robustness;
};

/// Solves `design`, which has only numbers and converges, in independent scenarios. `chemistry` is
/// without the design's own systems. `enough`, unless null, ends the test early where the demands
/// are hopeless; `flexibility` asks for that of the robustness, which is one simulation per
/// uncertain number, direction and bisection. When `cancel` becomes true it returns soon, with what
/// is to be discarded.
Assessment Assess(const Flowsheet& design, const Chemistry& chemistry,
                  const kernels::Device& device, const ScenarioTest& test,
                  const Aggregation* enough, bool flexibility,
                  const std::atomic<bool>* cancel = nullptr);

/// Of designs that were simulated on their own: each is tested, and those are kept that meet the
/// demands as `scenarios` of `flowsheet` asks for and that no other one beats there. When none
/// does, the one that comes nearest, with a flag.
std::vector<SimulationResult> KeepRobust(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                         const kernels::Device& device,
                                         std::vector<SimulationResult> simulated);

}  // namespace raffinate::optimizer
