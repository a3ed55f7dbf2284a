// Where every element goes.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

/// One entry for each element that enters and each residue or outlet that holds any of
/// it, in the order of the elements. Shares are of what enters with streams (before
/// residues were taken out), fresh organic and base; those of an element sum to 1 as far
/// as the balance closes.
std::vector<ElementExit> ComputeElementExits(const PlantBalance& balance);

}  // namespace raffinate::optimizer
