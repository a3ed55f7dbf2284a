// The least organic and scrub fluxes of a mixture, with an unlimited number of stages.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/theory/answer.h"

namespace raffinate::kernels::theory {

/// A mixture that enters a battery of extraction and scrub, with constant separation factors.
struct MixtureFeed {
  /// Relative extractability of each component (D_i over the D of one common reference), > 0,
  /// finite, in any order. Only ratios matter.
  std::vector<double> beta;
  /// Amount of each component, >= 0, finite, in any molar unit; only fractions matter.
  std::vector<double> moles;
  /// Share of the rare earths that arrives with the organic phase, in [0, 1]: 0 is an aqueous feed,
  /// 1 a loaded organic.
  double organic_share = 0;
  /// Metal that the feed's free acid strips off the organic where it enters, mol per mol fed,
  /// finite; below 0 where the feed takes acid up instead. As a subcooled (superheated) feed
  /// condenses (raises) vapour, so that the equations have organic_share - acid for the share of
  /// the feed that is organic.
  double acid = 0;

  double organic_step() const { return organic_share - acid; }
};

/// Fluxes in mol RE exchanged per mol RE fed [-], at the pinch.
struct MinimumFluxes {
  double organic = 0;             ///< S: carried by the fresh organic, in the extraction section
  double scrub = 0;               ///< W: stripped by the scrub acid, in the scrub section
  double organic_above_feed = 0;  ///< S + organic share of the feed - acid
  double aqueous_below_feed = 0;  ///< W + aqueous share of the feed + acid
  /// Per component, in the order of the feed: mol leaving with the organic product per mol RE fed.
  std::vector<double> organic_product;
  /// Roots phi of Underwood's feed equation between the keys, falling.
  std::vector<double> roots;
};

/// The keys of a separation and how far they are to be separated.
struct KeySplit {
  std::size_t organic_key = 0;  ///< index of the component to be recovered in the organic
  std::size_t aqueous_key = 0;  ///< index of the component to be left in the raffinate; less
                                ///< extractable than organic_key
  double organic_recovery = 1;  ///< of organic_key in the organic, (0, 1]
  double aqueous_recovery = 1;  ///< of aqueous_key in the raffinate, (0, 1]
};

/// Least fluxes for a split between two keys. Components more extractable than the organic key
/// leave with the organic, those less extractable than the aqueous key with the raffinate;
/// components between the keys distribute as at the preferred split, the one that needs least
/// organic.
///
/// Underwood: the roots phi of sum_i beta_i z_i/(beta_i - phi) = organic share of the feed, one
/// between each pair of neighbours from key to key, give the organic flux above the feed
/// V = sum_i beta_i d_i/(beta_i - phi), d_i the organic product; n - 1 components between the keys
/// and V make n equations for n roots.
///
/// Exact for sharp splits (recoveries 1) and for two components. For recoveries below 1 in a
/// mixture it is exact as long as no component outside the keys distributes. Refused: arguments
/// outside the ranges above, keys that are not fed or of equal beta, a split that would need no
/// battery (organic_recovery + aqueous_recovery <= 1 or a flux below 0), or one in which a
/// component between the keys would not distribute. Source: A. J. V. Underwood, Chem. Eng. Prog. 44
/// (1948) 603; for the preferred split I. J. Halvorsen, S. Skogestad, Ind. Eng. Chem. Res. 42
/// (2003) 596, doi 10.1021/ie010863g.
Answer<MinimumFluxes> MinimumFluxesForKeys(const MixtureFeed& feed, const KeySplit& split);

/// Least fluxes for a sharp cut: in the order of falling beta, the first `cut` components of those
/// fed leave with the organic, the rest with the raffinate. `cut` in [1, fed components - 1];
/// components of equal beta count one by one and cannot be cut apart. Otherwise as
/// MinimumFluxesForKeys.
Answer<MinimumFluxes> MinimumFluxesForCut(const MixtureFeed& feed, std::size_t cut);

/// What a complete split needs at least, and between which neighbours.
struct SplitFluxes {
  double organic = 0;             ///< S, as in MinimumFluxes
  double scrub = 0;               ///< W
  double organic_above_feed = 0;  ///< V = S + organic share of the feed - acid
  double root = 0;                ///< Underwood's root that sets V
  std::size_t organic_key = 0;    ///< the components on either side of that root: those between
  std::size_t aqueous_key = 0;    ///< which separation is hardest
};

/// Least fluxes for a split that is known in full, as that of a plant that runs: `organic_recovery`
/// is the share of each component fed that leaves with the organic, [0, 1], in the order of the
/// feed (without effect for components not fed).
///
/// V is the largest of sum_i beta_i d_i/(beta_i - phi_k) over all roots phi_k of the feed equation,
/// d_i the organic product: in the section above the feed the root of that sum for the actual V
/// lies above phi_k in any battery that works, and the sum rises with phi. No battery of constant
/// separation factors and fluxes makes the split with less, whatever its stages; a split that an
/// unlimited number of stages makes attains it. With keys as in MinimumFluxesForKeys the two agree.
///
/// Refused: arguments outside the ranges; a feed of one beta; a split that asks for no separation
/// (a flux below 0). Source: as MinimumFluxesForKeys; for the order of the roots Halvorsen and
/// Skogestad's first part.
Answer<SplitFluxes> MinimumFluxesForSplit(const MixtureFeed& feed,
                                          const std::vector<double>& organic_recovery);

}  // namespace raffinate::kernels::theory
