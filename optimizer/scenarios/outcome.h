// What a search is told of one design in one scenario.
#pragma once

#include "optimizer/model/goals.h"
#include "optimizer/result.h"
#include "optimizer/scenarios/aggregate.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// `figures` is null where there is no steady state.
Outcome MakeOutcome(const Goals& goals, const Figures* figures);

/// What figures the goals need.
Extras ExtrasOf(const Goals& goals);

}  // namespace raffinate::optimizer
