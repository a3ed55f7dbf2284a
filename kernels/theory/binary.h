// Complete separation of two components with an unlimited number of stages, in closed form.
#pragma once

#include "kernels/theory/answer.h"

namespace raffinate::kernels::theory {

/// Which phase brings the rare earths to the battery.
enum class FeedPhase { kAqueous, kOrganic };

/// Fluxes of a battery of extraction and scrub, in mol RE exchanged per mol RE fed [-].
struct Fluxes {
  double organic = 0;  ///< S: RE that the fresh organic entering stage 1 can carry
  double scrub = 0;    ///< W: RE that the scrub acid entering the last stage strips
};

/// The least fluxes that separate A from B completely.
///  - aqueous feed: S = f_A + 1/(beta - 1), W = 1/(beta - 1);
///  - organic feed: S = 1/(beta - 1), W = f_B + 1/(beta - 1); the feed's own organic comes on top
///  of
///    S above the feed stage.
///
/// `beta` = D_A/D_B > 1, finite. `feed_a` mole fraction of A in the feed, in (0, 1).
/// Source: Xu Guangxian (ed.), Rare Earths, 2nd ed., Metallurgical Industry Press, Beijing 1995,
/// chapter on cascade extraction theory; the same as Underwood's equations for two components.
Answer<Fluxes> BinaryMinimumFluxes(double beta, double feed_a, FeedPhase phase);

}  // namespace raffinate::kernels::theory
