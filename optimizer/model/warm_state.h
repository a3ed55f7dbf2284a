// A solved profile as the search keeps it, and its transfer to other stage
// counts.
#pragma once

#include <vector>

#include "kernels/cascade.h"
#include "optimizer/model/build.h"

namespace raffinate::optimizer {

/// `{stages of each section..., ln h of each stage..., ln S of each stage..., ln of every
/// further master species, master by master}`.
std::vector<double> PackState(const std::vector<SectionSpan>& sections,
                              const kernels::State& state);

/// The packed profile for `sections`. A section whose stage count differs gets
/// the profile at the same relative positions, interpolated linearly between
/// stages. Empty when `packed` is empty, damaged, or of another number of
/// sections: a cold start. The number of masters is what `packed` holds.
kernels::State UnpackState(const std::vector<double>& packed,
                           const std::vector<SectionSpan>& sections);

}  // namespace raffinate::optimizer
