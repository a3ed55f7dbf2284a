// From a flowsheet that asks for a train to what is to be designed.
#pragma once

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "optimizer/train/layout.h"

namespace raffinate::optimizer {

/// Everything that is wrong with the train of `flowsheet`, which must have one: settings out of
/// range, a system whose separation factors are not constant, elements that belong to no product
/// or to two, products that are no run of neighbours, circuits beside it. Fills `task` (unless
/// null) when nothing is. Streams, products' demands and goals are checked elsewhere.
Violations MakeTrainTask(const Flowsheet& flowsheet, const Chemistry& chemistry, TrainTask* task);

/// Limits on the structures of a train.
StructureLimits LimitsOf(const Train& train, const TrainTask& task);

}  // namespace raffinate::optimizer
