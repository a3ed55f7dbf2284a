// What flows alone say of a candidate before anything is solved.
#pragma once

#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// The figures that the table marks as foreseen (FigureInfo::foresight); all others mean nothing.
/// Volumes and stages are what a simulation gives. What is counted per tonne of REO is what it is
/// at least: as if everything wanted that is fed left with its product. `prepared` of `flowsheet`,
/// without a problem.
Figures ForeseeFigures(const Flowsheet& flowsheet, const Prepared& prepared);

}  // namespace raffinate::optimizer
