// A solved profile as the search keeps it, and its transfer to other stage
// counts.
#pragma once

#include <span>
#include <vector>

#include "kernels/cascade.h"
#include "optimizer/model/build.h"

namespace raffinate::optimizer {

/// What a cascade starts from.
struct WarmStart {
  kernels::State state;
  std::vector<double> x;  ///< kernels::Task::warm_x: by stage and component [mol/L]; may be empty
};

/// `{masters, components, stages of each section..., ln h of each stage..., ln S of each
/// stage..., ln of every further master species, master by master..., molarities, component by
/// component...}`. `x` is that of the solution, or empty: 0 components.
std::vector<double> PackState(const std::vector<SectionSpan>& sections, const kernels::State& state,
                              std::span<const double> x);

/// The packed profile for `sections`. A section whose stage count differs gets
/// the profile at the same relative positions, interpolated linearly between
/// stages. Empty when `packed` is empty, damaged, or of another number of
/// sections: a cold start.
WarmStart UnpackState(std::span<const double> packed, const std::vector<SectionSpan>& sections);

}  // namespace raffinate::optimizer
