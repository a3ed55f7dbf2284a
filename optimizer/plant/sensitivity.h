// Derivatives of a plant's figures by the numbers of its flowsheet.
#pragma once

#include <optional>

#include "optimizer/model/sensitivity.h"
#include "optimizer/plant/solve.h"

namespace raffinate::optimizer {

/// The derivatives of a solved plant's figures (those of FigurePaths and EconomicPaths) by every
/// real number of its flowsheet that can change by itself, with all streams between circuits
/// following. By the adjoint: a linear solve per circuit and figure, and one over the streams,
/// whatever the number of numbers. Streams that go round are followed exactly. How the plant's
/// volumes and feeds themselves follow a number is taken from layouts beside it: exact where they
/// are linear in it, to some 1e-8 where a volume that goes round or an entrainment bends them. No
/// lever is what would give a stream another phase, or circuits another component. `figures` are
/// those of `solution`. None where the streams have no derivatives. Runs on one thread of the CPU.
std::optional<LeafSensitivities> PlantDerivatives(const Flowsheet& flowsheet,
                                                  const Chemistry& chemistry, const Graph& graph,
                                                  const Plant& plant, const PlantSolution& solution,
                                                  const Figures& figures,
                                                  const WantedFigures& wanted_figures = nullptr,
                                                  const WantedLeaves& wanted_leaves = nullptr);

}  // namespace raffinate::optimizer
