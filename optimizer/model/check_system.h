// What makes an extractant system good or bad, wherever it is written.
#pragma once

#include <map>
#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/violation.h"

namespace raffinate::optimizer {

/// Appends everything wrong with `system`, with field paths (those of the
/// message ExtractantSystem) that start with `path`: no source, no basis, unit
/// or range where the law needs them, a range that is upside down, two
/// constants for one element, an element that `elements` does not know, a
/// number that its law lacks or does not use, a D or beta that is not positive, a
/// covariance that is none (check_covariance.h).
void CheckSystem(const ExtractantSystem& system, const std::map<std::string, Element>& elements,
                 const std::string& path, Violations* violations);

}  // namespace raffinate::optimizer
