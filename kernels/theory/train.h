// The least organic flux of trains that split a mixture into several products.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/theory/answer.h"
#include "kernels/theory/underwood.h"

namespace raffinate::kernels::theory {

// A train is described by its cuts: numbers k such that, in the order of falling beta, the
// components fed before and after the k-th end up in different products. {1, 2} makes three
// products, A | B | C. Splits are sharp and stages unlimited; fluxes are in mol RE per mol RE fed
// to the train [-].

/// The bound of a fully linked train.
struct LinkedTrain {
  double organic = 0;           ///< least S of the whole train
  std::size_t limiting = 0;     ///< position in `cuts` of the cut that sets it
  std::vector<double> per_cut;  ///< least S of each cut on its own, in the order of `cuts`
};

/// Least fresh organic flux of the fully linked (hyperlink) train: the largest least S over its
/// cuts, since one organic charge serves every cut but has to be enough for the hardest.
///
/// `cuts` rising, each as in MinimumFluxesForCut, not empty. Fails as MinimumFluxesForCut does.
/// Source: the analogue of minimum vapour flow in thermally coupled columns, I. J. Halvorsen,
/// S. Skogestad, Ind. Eng. Chem. Res. 42 (2003) 605, doi 10.1021/ie0108649.
Answer<LinkedTrain> LinkedTrainMinimum(const MixtureFeed& feed,
                                       const std::vector<std::size_t>& cuts);

/// How a battery's organic product reaches the next battery of an unlinked train, and what of its
/// flux is counted. Raffinates always go on as aqueous feeds.
enum class Handover {
  /// Goes on as organic feed; counted is S, what fresh organic brings: the base used.
  kOrganicFreshOnly,
  /// Goes on as organic feed; counted is the flux above the feed stage, feed organic included: the
  /// size of the scrub section.
  kOrganicAboveFeed,
  /// Is stripped and goes on as aqueous feed; counted is S.
  kStripped,
};

struct Battery {
  std::size_t cut = 0;              ///< position in `cuts`
  std::size_t first = 0, last = 0;  ///< its feed: products first..last, by falling beta
  bool organic_feed = false;        ///< the feed comes as loaded organic (as given, for the first)
  double organic = 0;               ///< counted flux per mol RE fed to the train [-]
};

struct UnlinkedTrain {
  double organic = 0;              ///< sum over the batteries
  std::vector<Battery> batteries;  ///< a battery comes before those it feeds
};

/// Least flux of the train of simple batteries that makes the cuts in the given order: the first
/// entry of `order` cuts the feed, each later one cuts the product group it lies in.
///
/// `order`: the cuts, each once, each as in MinimumFluxesForCut, not empty. Fails as that does.
Answer<UnlinkedTrain> UnlinkedTrainMinimum(const MixtureFeed& feed,
                                           const std::vector<std::size_t>& order,
                                           Handover handover);

/// The best of all unlinked trains that make `cuts` (rising), found by dynamic programming over
/// product groups. Work grows as the cube of the number of cuts. Fails as UnlinkedTrainMinimum
/// does.
Answer<UnlinkedTrain> BestUnlinkedTrain(const MixtureFeed& feed,
                                        const std::vector<std::size_t>& cuts, Handover handover);

}  // namespace raffinate::kernels::theory
