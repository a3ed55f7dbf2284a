// What theory asks of the organic of a binary.
#pragma once

#include <optional>

#include "kernels/cascade.h"
#include "optimizer/model/build.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::bench {

/// Underwood's least flux of organic for the purities and recoveries demanded of two metals that
/// leave as two products of one circuit, with separation factors constant and stages without limit
/// [kmol RE/h]. `built` is the flowsheet laid out. Nothing where the theory has no answer: draws
/// within sections, other numbers of metals or products, demands that no separation needs.
std::optional<double> LeastOrganic(const optimizer::Flowsheet& flowsheet,
                                   const optimizer::Built& built);

/// Rare earths that the organic carries at most [kmol RE/h]: its loading where the law holds that
/// constant, elsewhere what its base exchanges for rare earths, three protons each.
double OrganicCarries(const optimizer::Built& built, const kernels::Cascade& cascade);

}  // namespace raffinate::bench
