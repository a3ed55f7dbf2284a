// One component with a constant distribution coefficient in a counter-current cascade.
#pragma once

#include "kernels/theory/answer.h"

namespace raffinate::kernels::theory {

// Everything here is for N equilibrium stages, fresh organic free of the component, constant
// phase flows and a constant extraction factor E = D * O / A (D = y/x, O and A the organic and
// aqueous flows) [-]. A scrub or strip section is the same with 1/E in place of E and the organic
// in place of the aqueous.
//
// Source: A. Kremser, Natl. Pet. News 22 (1930) 43; M. Souders, G. G. Brown, Ind. Eng. Chem. 24
// (1932) 519, doi 10.1021/ie50269a012.

/// Share of the component left in the raffinate [-]: (E - 1) / (E^(N+1) - 1), and 1/(N+1) at E = 1.
///
/// `extraction_factor` >= 0, finite. `stages` >= 0, finite; a fraction is allowed (it
/// interpolates). Accurate to rounding through E = 1, and for E far above or below it.
Answer<double> KremserRaffinateShare(double extraction_factor, double stages);

/// Stages [-], in general a fraction, after which the share `recovery` is in the organic:
/// N = ln((E - 1)/(1 - recovery) + 1) / ln E - 1, and recovery / (1 - recovery) at E = 1.
///
/// `extraction_factor` > 0, finite. `recovery` in [0, 1); with E < 1 no number of stages recovers
/// E or more, which is refused.
Answer<double> KremserStages(double extraction_factor, double recovery);

/// The extraction factor [-] with which `stages` stages recover the share `recovery`: inverse of
/// KremserRaffinateShare in E. Multiply by A/D for the organic flow.
///
/// `stages` > 0, finite. `recovery` in [0, 1).
Answer<double> KremserFactor(double stages, double recovery);

}  // namespace raffinate::kernels::theory
