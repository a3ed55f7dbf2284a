// Results of the optimizer -> messages.
#pragma once

#include "optimizer/result.h"
#include "optimizer/search/search.h"
#include "raffinate/v1/optimizations.pb.h"
#include "raffinate/v1/simulation.pb.h"

namespace raffinate::service {

v1::Figures ToProto(const optimizer::Figures& figures);
v1::StreamState ToProto(const optimizer::StreamState& stream);
v1::StageState ToProto(const optimizer::StageState& stage);
v1::Flag ToProto(const optimizer::Flag& flag);
v1::Simulation ToProto(const optimizer::SimulationResult& result);

/// Rate, remaining time and stop reason are the job's and left out.
v1::Progress ToProto(const optimizer::SearchProgress& progress);

}  // namespace raffinate::service
