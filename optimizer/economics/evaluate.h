// From a plant's balance to its environmental and economic figures.
#pragma once

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/equipment.h"
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

/// The figures, with what stages add up to given. Fills the numbers of `report` and the notes on
/// its treatment.
template <class N>
PlantFiguresOf<N> EvaluateBalance(const PlantBalanceOf<N>& balance,
                                  const std::vector<SectionSizeOf<N>>& sizes,
                                  const EconomicsSettings& settings, Lookup* lookup,
                                  PlantReportOf<N>* report);

}  // namespace raffinate::optimizer
