// How long an advice holds.
#pragma once

#include <string>
#include <vector>

#include "optimizer/setpoints/advise.h"
#include "optimizer/setpoints/estimate.h"

namespace raffinate::optimizer {

/// The inputs of an earlier time, to see where they go.
struct PastInputs {
  double time_s = 0;  ///< 0: there are none
  PlantInputs inputs;
};

struct AdviceValidity {
  double until_s = 0;
  std::string reason;
};

/// The earlier of: the first time at which a needed measurement becomes stale, and the time at
/// which a demand that is met is missed if inputs go on changing as they did since `past`, the
/// setpoints staying as advised and the demand following the gradient. A change within three
/// standard deviations of the measurements is none. The time by drift is that of the demand
/// itself, not of its margin.
AdviceValidity ValidUntil(const PlantModel& model, double time_s,
                          const std::vector<Reading>& readings, const PlantInputs& inputs,
                          const PastInputs& past, const Advice& advice,
                          const std::vector<int>& drift_inputs);

/// The quantities whose drift is followed: inputs that are measured and no setpoints.
std::vector<int> DriftInputs(const PlantModel& model);

}  // namespace raffinate::optimizer
