// What the environmental and economic figures see of what was solved.
#pragma once

#include <vector>

#include "optimizer/model/figure_paths.h"
#include "optimizer/plant/solve.h"

namespace raffinate::optimizer {

/// One per wanted figure of PlantFigures that has a value; none where EvaluatePlant has none.
/// `by_brought` is by BroughtBy. Beside what switches, such as the grade that a price is for, the
/// derivatives are those of one side.
std::vector<FigurePath> EconomicPaths(const Flowsheet& flowsheet, const Solved& solved,
                                      const WantedFigures& wanted = nullptr);
/// `circuits` are those of the plant and its solution.
std::vector<FigurePath> EconomicPaths(const Flowsheet& flowsheet, const Plant& plant,
                                      const PlantSolution& solution, const SolvedCircuits& circuits,
                                      const WantedFigures& wanted = nullptr);

}  // namespace raffinate::optimizer
