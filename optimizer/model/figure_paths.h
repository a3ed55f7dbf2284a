// What every figure sees of what was solved.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "optimizer/model/figure_path.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Whether derivatives of a figure are asked for, by its name and product; null: of all.
using WantedFigures = std::function<bool(const std::string&, const std::string&)>;

/// Every figure of the figure table but the number of stages, the ratios to the theoretical
/// minimum, which changes with the split, and those of the plant. `figures` are those of
/// `solved`. Where a figure is that of one stage (largest loading, lowest pH), so is its path:
/// of several equal ones the first. What is not wanted costs nothing.
std::vector<FigurePath> FigurePaths(const Flowsheet& flowsheet, const SolvedCircuits& solved,
                                    const Figures& figures, const WantedFigures& wanted = nullptr);

}  // namespace raffinate::optimizer
