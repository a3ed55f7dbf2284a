// Environmental and economic figures of a solved flowsheet.
#pragma once

#include <optional>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/evaluate.h"
#include "optimizer/model/figures.h"
#include "optimizer/plant/solve.h"

namespace raffinate::optimizer {

/// What crosses the border of the plant and what its stages hold. The one place
/// that knows how a solution becomes a balance: of a circuit that stands alone, or
/// of several. What passes between circuits is not in it.
PlantBalance ComputePlantBalance(const Flowsheet& flowsheet, const Solved& solved);
PlantBalance ComputePlantBalance(const Flowsheet& flowsheet, const Plant& plant,
                                 const PlantSolution& solution);

/// Figures and report; empty without products, without data, and where a system is
/// one of constant beta, which counts metal in place of reagents.
std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Solved& solved);
std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Plant& plant,
                                             const PlantSolution& solution);

}  // namespace raffinate::optimizer
