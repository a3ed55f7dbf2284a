// Constant loading: whether a cascade has metal enough for a steady state.
#pragma once

#include "kernels/cascade.h"

namespace raffinate::kernels {

/// Metal that a steady state would take and the feeds do not bring.
struct Shortage {
  int stage = -1;  ///< the first from above that lacks metal, from 0; -1: none does
  double metal =
      0;  ///< lacking over all stages, as a share of what is fed; > 0 or, at the limit, 0
};

/// With constant loading (Law::kConstantBeta) the organic carries `extractant` of metal in every
/// stage, so that the totals of both phases follow from what comes with the organic from below and
/// with the aqueous from above, whatever the separation factors are. A stage whose organic holds
/// all that reaches it, or more, leaves nothing in its aqueous, and no steady state has that.
/// `metal` goes to zero with the lack, so that a search can follow it; stages below one that lacks
/// get nothing from it. Other laws, and cascades whose organic recycles or whose phases are
/// entrained or bypass a stage (metal comes back there), have no shortage here. The cascade is
/// one that CheckCascade passes. O(stages x components).
Shortage FindShortage(const Cascade& cascade);

}  // namespace raffinate::kernels
