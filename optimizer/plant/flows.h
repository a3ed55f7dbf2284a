// What of a plant is known before anything is solved.
#pragma once

#include <string>

#include "optimizer/plant/plant.h"

namespace raffinate::optimizer {

/// Solves volumes, strong anions, extractant and ligand totals of all links and writes them
/// into the circuits' inlets. The amounts that leave follow linearly from those that enter as
/// long as draws are shares; for draws given as flows the shares are repeated until they stand
/// still. Links must name rows and inlets. Returns an empty string or what is wrong.
std::string SolveFlows(Plant* plant);

}  // namespace raffinate::optimizer
