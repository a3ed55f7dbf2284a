// Derivatives of the figures of whatever was solved.
#pragma once

#include <optional>

#include "optimizer/model/sensitivity.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// Of a circuit that stands alone: the environmental and economic figures, for FigureGradients.
FigureGradients::More EconomicGradients(const Flowsheet& flowsheet, const Solved& solved,
                                        const WantedFigures& wanted = nullptr);

/// The derivatives of the figures of a solved one by numbers of its flowsheet, on one thread.
/// `figures` are those of `answer`. None where the streams of a plant have no derivatives.
std::optional<LeafSensitivities> DerivativesOf(const Flowsheet& flowsheet,
                                               const Chemistry& chemistry, const Prepared& prepared,
                                               const Answer& answer, const Figures& figures,
                                               const WantedFigures& wanted_figures = nullptr,
                                               const WantedLeaves& wanted_leaves = nullptr);

}  // namespace raffinate::optimizer
