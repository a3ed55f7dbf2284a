// Environmental and economic figures of a solved flowsheet.
#pragma once

#include <optional>
#include <vector>

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

/// What a laid out flowsheet brings to its balance, before anything is solved: the amounts that
/// Brought lists. Each is linear in every real number of the flowsheet that can change by itself,
/// but for heating, which begins at 25 degC.
std::vector<double> BroughtBy(const Flowsheet& flowsheet, const Built& built);
std::vector<double> BroughtBy(const Flowsheet& flowsheet, const Plant& plant);

/// Whether there is what the figures need: products and data, and no system of constant beta.
bool CanEvaluate(const Flowsheet& flowsheet, const Built& built);
bool CanEvaluate(const Flowsheet& flowsheet, const Plant& plant);

/// Figures and report; empty without products, without data, and where a system is
/// one of constant beta, which counts metal in place of reagents.
std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Solved& solved);
std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Plant& plant,
                                             const PlantSolution& solution);

}  // namespace raffinate::optimizer
