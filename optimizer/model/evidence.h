// The data that a result rests on.
#pragma once

#include "optimizer/model/figures.h"

namespace raffinate::optimizer {

/// Metals other than Na and NH4 count for a product when they are wanted in it
/// or make up at least this share of its impurities by oxide mass.
inline constexpr double kLeastShareOfImpurities = 0.01;

/// Classes of the constants behind the whole and behind each product; meanings
/// as in Evidence of proto/raffinate/v1/simulation.proto.
Evidence ComputeEvidence(const Flowsheet& flowsheet, const Solved& solved);

}  // namespace raffinate::optimizer
