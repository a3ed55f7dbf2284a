// The problems of the Walking Fish Group.
#pragma once

#include "tests/optimizer/search/test_problems.h"

namespace raffinate::optimizer::testing {

/// Huband, Hingston, Barone and While 2006, doi:10.1109/TEVC.2005.861417: number 1 to 9, all
/// minimized, variable i (from 1) in [0, 2 i]. The first `position` variables, a multiple of
/// `objectives` - 1, say where on the front, the `distance` others, an even number, how far from
/// it. Objective m of the front reaches from 0 to 2 m.
FunctionProblem Wfg(int number, int objectives, int position = 4, int distance = 20);

}  // namespace raffinate::optimizer::testing
