// Xu's design of a two-component battery of extraction and scrub.
#pragma once

#include "kernels/theory/answer.h"
#include "kernels/theory/binary.h"

namespace raffinate::kernels::theory {

/// What is to be separated. A is the more extractable component; purities and the feed are in mole
/// fractions of A + B.
struct XuTask {
  double beta = 0;      ///< D_A/D_B, the same in both sections, > 1, finite
  double feed_a = 0;    ///< fraction of A in the feed, (0, 1)
  double purity_a = 0;  ///< of A in the organic product, (feed_a, 1)
  double purity_b = 0;  ///< of B in the raffinate, (1 - feed_a, 1)
  FeedPhase phase = FeedPhase::kAqueous;
};

/// A battery. Fluxes are in mol RE per mol RE fed; stage counts are fractions, to be rounded up.
struct XuDesign {
  double organic = 0;            ///< S
  double scrub = 0;              ///< W
  double organic_product = 0;    ///< f'_A: RE leaving with the organic product
  double raffinate_product = 0;  ///< f'_B = 1 - f'_A
  double recovery_a = 0;         ///< Y_A: share of A fed that leaves with the organic product
  double recovery_b = 0;         ///< Y_B: share of B fed that leaves with the raffinate
  double extraction_ratio = 0;   ///< E_M, organic over aqueous flux in the extraction section
  double scrub_ratio = 0;        ///< E'_M, the same in the scrub section
  double extraction_stages = 0;  ///< n; an aqueous feed enters stage n, an organic one n + 1
  double scrub_stages = 0;       ///< m, above them; the battery has n + m stages
};

// Relations. a = [P_A/(1-P_A)]/(f_A/f_B), b = [P_B/(1-P_B)]/(f_B/f_A), Y_A = a(b-1)/(ab-1),
// f'_A = f_A Y_A/P_A.
//  - aqueous feed: W = S - f'_A, E_M = S/(S + f'_B), E'_M = S/W,
//    n = ln b/ln(beta E_M), m + 1 = ln a/ln(beta/E'_M);
//  - organic feed, the mirror image (A and B, organic and aqueous, n and m exchanged):
//    W = S + f'_B, E_M = S/W, E'_M = (S + 1)/W,
//    n + 1 = ln b/ln(beta E_M), m = ln a/ln(beta/E'_M).
// The stage counts hold the ratio of A to B constant to leading order over a whole section and so
// miss the pinch near the feed: rounded up they are good for some tasks (beta 1.5, feed 0.75) and
// short for others (beta 2, equal feed, 0.999 twice: 16 + 19 stages reach 0.9973). They are a start
// for a search, never its answer. A section that needs no stage of its own gets 0.
//
// Source: Xu Guangxian (ed.), Rare Earths, 2nd ed., Metallurgical Industry Press, Beijing 1995,
// chapter on cascade extraction theory. The mirrored stage counts of the organic feed are derived
// here from the aqueous ones.

/// The battery at Xu's optimum extraction ratio, E_M = 1/sqrt(beta) or E'_M = sqrt(beta), whichever
/// section controls. Fails on arguments outside the ranges above, all of them named.
Answer<XuDesign> XuOptimum(const XuTask& task);

/// The battery at a chosen organic flux `organic` = S [mol RE per mol RE fed], > 0. Fails too when
/// S is not above the least with which both sections separate (beta E_M > 1 and E'_M < beta).
Answer<XuDesign> XuAtFlux(const XuTask& task, double organic);

}  // namespace raffinate::kernels::theory
