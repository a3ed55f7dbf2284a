// The fluxes of a fully linked train, section by section.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/theory/answer.h"
#include "kernels/theory/underwood.h"

namespace raffinate::kernels::theory {

// A fully linked train that cuts a mixture into n products has n - 1 levels. Level k (from 0) is
// one circuit of k + 1 splits stacked on each other; split i of level k receives products
// i .. i + n - 1 - k (products by falling beta) and separates the first of them from the last,
// while those in between go both ways. What it sends up goes to split i, what it sends down to
// split i + 1 of the next level, so that in the last level every split separates two neighbours.
// Each place where two levels meet is open in both phases: the next level returns the organic that
// a split needs below and the scrub that it needs above. Only the last level has fresh organic and
// acid of its own. The arrangement is the analogue of a fully thermally coupled distillation column
// (Petlyuk), I. J. Halvorsen, S. Skogestad, Ind. Eng. Chem. Res. 42 (2003) 605 and 616,
// doi 10.1021/ie0108649 and 10.1021/ie0108651.

/// One split: the section below its feed and the one above. Fluxes in mol RE per mol RE fed to the
/// train [-].
struct LinkedSplit {
  std::size_t level = 0, place = 0;              ///< from 0; place by falling beta
  std::size_t first = 0, last = 0;               ///< products it receives, from 0
  std::size_t organic_key = 0, aqueous_key = 0;  ///< components: the least extractable of product
                                                 ///< `first`, the most extractable of `last`
  double organic_above = 0, organic_below = 0;
  double aqueous_above = 0, aqueous_below = 0;
  double least_organic_above = 0;  ///< Underwood's for this feed and these products
  /// Per component [mol per mol fed to the train]: net feed, and what leaves it net.
  std::vector<double> feed, organic_product, aqueous_product;

  /// Organic that joins between its sections, below 0: that leaves there.
  double organic_step() const { return organic_above - organic_below; }
  /// The same of the aqueous.
  double aqueous_step() const { return aqueous_below - aqueous_above; }
};

/// What is left to choose in a fully linked train. Inner splits are those of all levels but the
/// last, counted level by level.
struct LinkedChoice {
  /// Fresh organic over the least with which every split of the last level can work, > 1.
  double organic_ratio = 1.05;
  /// Per inner split: organic over its least, > 1. Missing entries are as `organic_ratio`.
  std::vector<double> inner_ratio;
  /// Per inner split, [-1, 1]: how far the products in between go down (-1) or up (+1) instead of
  /// both ways as in the preferred split (0, the least flux). Missing entries are 0.
  std::vector<double> inner_shift;
};

struct LinkedPlan {
  std::vector<std::vector<LinkedSplit>> levels;
  double organic = 0;  ///< fresh, into the last level
  double scrub = 0;    ///< stripped by acid at the top of the last level
  double least = 0;    ///< of `organic`: the bound of the train (LinkedTrainMinimum)
  /// Per product, mol per mol fed to the train.
  std::vector<double> products;
};

/// The fluxes of the fully linked train that makes `cuts` (rising, numbers of fed components by
/// falling beta, as in train.h). One cut gives a simple battery. Splits are sharp between
/// neighbouring products. The plan's own organic can lie above organic_ratio times the bound, where
/// the inner ratios leave the middle of the last level too little.
///
/// Refused: what LinkedTrainMinimum refuses; ratios or shifts out of range; more entries than inner
/// splits.
Answer<LinkedPlan> PlanLinkedTrain(const MixtureFeed& feed, const std::vector<std::size_t>& cuts,
                                   const LinkedChoice& choice);

/// Number of inner splits of a train of `products`, >= 2.
constexpr std::size_t InnerSplits(std::size_t products) {
  return (products - 1) * (products - 2) / 2;
}

/// Stages [-] that a split needs with `flux` of organic above its feed, where `least_flux` would
/// need infinitely many and total reflux `least_stages`: X = (flux - least)/flux, Y = (N - N_min)/
/// (N + 1) = 1 - exp((1 + 54.4 X)/(11 + 117.2 X) (X - 1)/sqrt(X)).
///
/// Gilliland's correlation as fitted by Y. K. Molokanov et al., Int. Chem. Eng. 12 (1972) 209; of
/// distillation columns with a reflux ratio, there flux over product is the ratio plus one. It is
/// good for a first size. 0 <= least_flux < flux, least_stages > 0.
Answer<double> StagesForFlux(double flux, double least_flux, double least_stages);

}  // namespace raffinate::kernels::theory
