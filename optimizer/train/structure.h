// Which circuits a train can be made of, judged by theory alone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kernels/theory/underwood.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// What is to be separated, as cascade theory sees it.
struct TrainMixture {
  /// Components fed, by falling beta of the first system; the feed of the whole train in kmol/h.
  kernels::theory::MixtureFeed feed;
  /// Beta of the components, falling too, in the systems after the first.
  std::vector<std::vector<double>> other_beta;
  std::vector<std::string> elements;  ///< of the components
  /// Components before each cut, rising: {1, 3} makes three products of 1, 2 and the rest.
  std::vector<std::size_t> cuts;

  std::size_t products() const { return cuts.size() + 1; }
  std::size_t systems() const { return other_beta.size() + 1; }
  const std::vector<double>& Beta(std::size_t system) const {
    return system == 0 ? feed.beta : other_beta[system - 1];
  }
  /// Components of product `p` are [Edge(p), Edge(p + 1)).
  std::size_t Edge(std::size_t p) const {
    return p == 0 ? 0 : p > cuts.size() ? elements.size() : cuts[p - 1];
  }
  /// Of products [first, last] [kmol/h].
  double Amount(std::size_t first, std::size_t last) const;
  /// The feed of the whole train as `system` tells its components apart.
  kernels::theory::MixtureFeed Whole(std::size_t system) const;
  /// The mixture of products [first, last], as it leaves a circuit in one phase.
  kernels::theory::MixtureFeed Group(std::size_t first, std::size_t last, bool organic,
                                     std::size_t system) const;
};

/// Circuits with one fresh organic that cut a group of products into several: one circuit for two
/// products, n - 1 linked ones for n (kernels/theory/linked_plan.h).
struct TrainBlock {
  std::size_t first = 0, last = 0;  ///< products that it receives
  /// Products before each of its cuts, rising, in (first, last].
  std::vector<std::size_t> cuts;
  int parent = -1;            ///< block it is fed from; -1: the feed of the train
  bool organic_feed = false;  ///< fed with the loaded organic of its parent
  std::size_t system = 0;     ///< extractant of its organic, of the mixture's systems
  double least = 0;           ///< fresh organic [kmol/h], by theory
  bool operator==(const TrainBlock&) const = default;

  std::size_t outputs() const { return cuts.size() + 1; }
  std::size_t FirstOf(std::size_t output) const { return output == 0 ? first : cuts[output - 1]; }
  std::size_t LastOf(std::size_t output) const {
    return output == cuts.size() ? last : cuts[output] - 1;
  }
};

/// A way to make all products.
struct TrainStructure {
  std::vector<TrainBlock> blocks;  ///< a block comes after its parent
  double least = 0;                ///< fresh organic of all blocks [kmol/h], by theory
  bool operator==(const TrainStructure&) const = default;

  int circuits() const;
  int sections() const;  ///< extraction and scrub sections
  /// The mixture that enters block `b`.
  kernels::theory::MixtureFeed Feed(const TrainMixture& mixture, std::size_t b) const;
};

/// In words: "{Pr+Nd | Ce | La}" for three products of one linked block, "{Nd | {Ce | La}}" for a
/// sequence. `names` by product.
std::string Describe(const TrainStructure& structure, const std::vector<std::string>& names);

/// One block without its place in a train: products [first, last] and, rising, those before each
/// of its cuts.
struct BlockPattern {
  std::size_t first = 0, last = 0;
  std::vector<std::size_t> cuts;
  bool operator==(const BlockPattern&) const = default;
};

struct StructureLimits {
  Linkage linkage = Linkage::kAny;      ///< required: one block; forbidden: two products a block
  bool organic_handover = false;        ///< loaded organic goes on as it is, else as strip liquor
  std::size_t most_linked = 5;          ///< products of a block, >= 2
  std::size_t most_structures = 8;      ///< at least 1
  std::vector<BlockPattern> required;   ///< every structure has all of them
  std::vector<BlockPattern> forbidden;  ///< no structure has any
};

/// Separation factors below this take hundreds of stages for nothing: no block cuts there.
inline constexpr double kLeastFactor = 1.01;

/// The structures that no other one beats in both least fresh organic and number of sections, by
/// rising least organic, found by dynamic programming over the product groups: the cost of a block
/// depends on its group, its cuts and the phase of its feed alone. More than `most_structures` are
/// thinned out from the end of many sections and little gain; the best without any link stays.
///
/// Each block has the system that needs least organic for it. Of several systems, the best
/// structure with each one throughout follows, where it is another and can cut everywhere; with
/// them there may be more than `most_structures`.
///
/// `error` says why there is none: a cut between components of equal beta, limits that leave none.
std::vector<TrainStructure> FindStructures(const TrainMixture& mixture,
                                           const StructureLimits& limits, std::string* error);

}  // namespace raffinate::optimizer
