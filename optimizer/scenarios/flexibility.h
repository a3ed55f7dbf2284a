// How far each uncertain number can go by itself.
#pragma once

#include <memory>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/goals.h"
#include "optimizer/model/graph.h"
#include "optimizer/result.h"
#include "optimizer/scenarios/draw.h"

namespace raffinate::optimizer {

/// The largest multiple of the standard deviation that is tried.
inline constexpr double kMostDeviations = 4;

/// For each number, between which values the demands are met while all others are as they are
/// taken to be: bisected to a thousandth of what is tried, from the nominal value outwards, as if
/// demands that are missed stay missed further out. In order of the tightest. `design` meets its
/// demands, has the profile `state` and no systems of its own; `chemistry` has them.
std::vector<Reach> ComputeFlexibility(const Flowsheet& design, const Chemistry& chemistry,
                                      const Goals& goals, const Uncertainty& uncertainty,
                                      const std::shared_ptr<const Graph>& graph,
                                      const std::vector<double>& state,
                                      const kernels::Device& device);

}  // namespace raffinate::optimizer
