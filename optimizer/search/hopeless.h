// Children that are not worth an evaluation.
#pragma once

#include "optimizer/search/archive.h"
#include "optimizer/search/offspring.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Takes out of `offspring` children that cannot enter the archive, by what the problem foresees
/// of them: once something meets the demands, those that are sure to miss one, and those that
/// some member dominates whatever an evaluation says. At least one child in eight of those made
/// stays in any case (the first ones): a search goes on where all have become hopeless.
void LeaveOutHopeless(Problem& problem, const ParetoArchive& archive, Offspring* offspring);

}  // namespace raffinate::optimizer
