// Tells whether a checkpoint is of this flowsheet.
#pragma once

#include <cstdint>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Hash of everything that decides how a search of `flowsheet` runs: every leaf,
/// product, objective, constraint and search setting but its limits, and the
/// constants of the elements, feeds and extractants it uses. Titles, sources
/// and limits of evaluations and time do not count. The same on every machine.
std::uint64_t Fingerprint(const Flowsheet& flowsheet, const Chemistry& chemistry);

}  // namespace raffinate::optimizer
