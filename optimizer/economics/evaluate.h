// From a plant's balance to its environmental and economic figures.
#pragma once

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

struct PlantEvaluation {
  PlantReport report;
  PlantFigures figures;
};

/// Equations and units: docs/figures.md. Amounts per tonne refer to the wanted
/// oxides of all products; a plant that makes next to nothing has large ones, never
/// infinite. `data` must hold what NeededPrices and NeededFactors name.
PlantEvaluation EvaluatePlant(const PlantBalance& balance, const EconomicsData& data,
                              const EconomicsSettings& settings);

}  // namespace raffinate::optimizer
