// Environmental and economic figures of a solved flowsheet.
#pragma once

#include <optional>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/evaluate.h"
#include "optimizer/model/figures.h"

namespace raffinate::optimizer {

/// What crosses the border of the plant and what its stages hold. The one place
/// that knows how a solution becomes a balance.
PlantBalance ComputePlantBalance(const Flowsheet& flowsheet, const Solved& solved);

/// Figures and report; empty without products, without data, and for constant-beta
/// systems, which count metal in place of reagents.
std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Solved& solved);

}  // namespace raffinate::optimizer
