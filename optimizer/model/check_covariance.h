// What makes the covariance of fitted constants good or bad.
#pragma once

#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/violation.h"

namespace raffinate::optimizer {

/// Appends everything wrong with the covariance of `system`, under the field
/// `path`: a parameter that is not "ELEMENT.log10_k" or "ELEMENT.dimers" of an
/// element with such a constant, or is named twice; a row that is not as long as
/// there are parameters; a matrix that is not symmetric to 1e-9 or not positive
/// semidefinite to 1e-8 of its diagonal; a diagonal of log10 K that is not the
/// square of its standard error to 1 %.
void CheckCovariance(const ExtractantSystem& system, const std::string& path,
                     Violations* violations);

}  // namespace raffinate::optimizer
