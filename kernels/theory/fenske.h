// The fewest stages that can separate a pair: total reflux.
#pragma once

#include "kernels/theory/answer.h"

namespace raffinate::kernels::theory {

// At total reflux (S and W far above the feed) each equilibrium stage multiplies the mole ratio A/B
// by the separation factor, so that (A/B in the organic product) / (A/B in the raffinate) = beta^N.
// N counts every stage of the battery, extraction and scrub; it is in general a fraction, and the
// next whole number is the fewest that suffice. In a mixture the formula holds for any pair of
// components, with that pair's separation factor.
//
// Source: M. R. Fenske, Ind. Eng. Chem. 24 (1932) 482, doi 10.1021/ie50269a003.

/// Fewest stages [-] for mole purity `purity_organic` of A (against A + B) in the organic product
/// and `purity_raffinate` of B (against A + B) in the raffinate: N = ln[PA/(1-PA) * PB/(1-PB)] / ln
/// beta.
///
/// `beta` = D_A/D_B > 1, finite. Purities in (0, 1), together a separation:
/// PA/(1-PA) * PB/(1-PB) >= 1.
Answer<double> FenskeStagesForPurities(double beta, double purity_organic, double purity_raffinate);

/// Fewest stages [-] for the share `recovery_organic` of A fed leaving with the organic and the
/// share `recovery_raffinate` of B fed leaving with the raffinate: N = ln[rA/(1-rA) * rB/(1-rB)] /
/// ln beta. No feed composition enters.
///
/// `beta` = D_A/D_B > 1, finite. Recoveries in (0, 1), rA + rB >= 1.
Answer<double> FenskeStagesForRecoveries(double beta, double recovery_organic,
                                         double recovery_raffinate);

/// Share [-] of another component C leaving with the organic at total reflux, when the reference
/// component A leaves with share `recovery_reference`:
/// r_C/(1-r_C) = r_A/(1-r_A) * beta_to_reference^N.
///
/// `beta_to_reference` = D_C/D_A > 0, finite. `recovery_reference` in (0, 1). `stages` >= 0,
/// finite.
Answer<double> FenskeRecovery(double beta_to_reference, double recovery_reference, double stages);

}  // namespace raffinate::kernels::theory
