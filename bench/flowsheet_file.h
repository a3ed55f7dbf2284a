// Flowsheet files of the repository, for benchmarks.
#pragma once

#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/run.h"

namespace raffinate::bench {

/// The file `name`.yaml, a path from the root of the repository. A file that cannot be used ends
/// the program and says why.
optimizer::Flowsheet LoadFlowsheet(const std::string& name, const optimizer::Chemistry& chemistry,
                                   optimizer::Purpose purpose);

}  // namespace raffinate::bench
