// Which circuits a train can be made of.
#include "optimizer/train/structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/theory/train.h"
#include "tests/optimizer/train/fixtures.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<TrainStructure> Find(const TrainMixture& mixture, const StructureLimits& limits) {
  std::string error;
  std::vector<TrainStructure> found = FindStructures(mixture, limits, &error);
  EXPECT_EQ(error, "");
  return found;
}

double Fed(const TrainMixture& mixture) { return mixture.Amount(0, mixture.products() - 1); }

TrainMixture Ternary() {
  TrainMixture mixture;
  mixture.feed = {{4, 2, 1}, {1, 1, 1}};
  mixture.elements = {"A", "B", "C"};
  mixture.cuts = {1, 2};
  return mixture;
}

TEST(TrainStructures, OfThreeProductsAreTheLinkedOneAndTheBestSequence) {
  StructureLimits limits;
  limits.organic_handover = true;
  const std::vector<TrainStructure> found = Find(Ternary(), limits);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(Describe(found[0], {"a", "b", "c"}), "{a | b | c}");
  EXPECT_EQ(Describe(found[1], {"a", "b", "c"}), "{{a | b} | c}");
  EXPECT_EQ(found[0].circuits(), 2);
  EXPECT_EQ(found[0].sections(), 6);
  EXPECT_EQ(found[1].circuits(), 2);
  EXPECT_EQ(found[1].sections(), 4);
  // Published: 1.3657 and 2.0324 of fresh organic per mol fed (a third each, beta 4 : 2 : 1).
  EXPECT_NEAR(found[0].least / 3, 1.3657, 1e-4);
  EXPECT_NEAR(found[1].least / 3, 2.0324, 1e-4);
  EXPECT_GT(1 - found[0].least / found[1].least, 0.30);
}

TEST(TrainStructures, OnTheirEndsAreTheBoundsOfTheory) {
  std::mt19937_64 generator = testing::Generator();
  for (int trial = 0; trial < 60; ++trial) {
    const TrainMixture mixture = testing::RandomMixture(generator, 2 + generator() % 4);
    StructureLimits limits;
    limits.most_linked = 8;
    limits.linkage = Linkage::kRequired;
    const std::vector<TrainStructure> linked = Find(mixture, limits);
    ASSERT_THAT(linked, SizeIs(1));
    EXPECT_THAT(linked[0].blocks, SizeIs(1));
    EXPECT_NEAR(linked[0].least / Fed(mixture),
                theory::LinkedTrainMinimum(mixture.feed, mixture.cuts)->organic, 1e-9);
    limits.linkage = Linkage::kForbidden;
    for (const bool organic : {false, true}) {
      limits.organic_handover = organic;
      const std::vector<TrainStructure> single = Find(mixture, limits);
      ASSERT_FALSE(single.empty());
      const auto handover =
          organic ? theory::Handover::kOrganicFreshOnly : theory::Handover::kStripped;
      EXPECT_NEAR(single[0].least / Fed(mixture),
                  theory::BestUnlinkedTrain(mixture.feed, mixture.cuts, handover)->organic, 1e-9);
      for (const TrainStructure& structure : single) {
        EXPECT_EQ(structure.circuits(), static_cast<int>(mixture.cuts.size()));
        for (const TrainBlock& block : structure.blocks) EXPECT_EQ(block.outputs(), 2u);
      }
    }
  }
}

// Every product is made once, by a block that receives it from the block said to be its parent.
void ExpectProper(const TrainMixture& mixture, const TrainStructure& structure) {
  std::multiset<std::size_t> made;
  double least = 0;
  for (std::size_t b = 0; b < structure.blocks.size(); ++b) {
    const TrainBlock& block = structure.blocks[b];
    least += block.least;
    if (b == 0) {
      EXPECT_EQ(block.parent, -1);
      EXPECT_EQ(block.first, 0u);
      EXPECT_EQ(block.last + 1, mixture.products());
    } else {
      ASSERT_GE(block.parent, 0);
      ASSERT_LT(block.parent, static_cast<int>(b));
      const TrainBlock& parent = structure.blocks[static_cast<std::size_t>(block.parent)];
      bool fed = false;
      for (std::size_t k = 0; k < parent.outputs(); ++k) {
        fed |= parent.FirstOf(k) == block.first && parent.LastOf(k) == block.last;
      }
      EXPECT_TRUE(fed);
    }
    for (std::size_t k = 0; k < block.outputs(); ++k) {
      EXPECT_LE(block.FirstOf(k), block.LastOf(k));
      if (block.FirstOf(k) == block.LastOf(k)) made.insert(block.FirstOf(k));
    }
  }
  std::multiset<std::size_t> all;
  for (std::size_t p = 0; p < mixture.products(); ++p) all.insert(p);
  EXPECT_EQ(made, all);
  EXPECT_NEAR(structure.least, least, 1e-12 * least);
}

TEST(TrainStructures, AreProperAndNoneIsBeaten) {
  std::mt19937_64 generator = testing::Generator();
  std::size_t most = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const TrainMixture mixture = testing::RandomMixture(generator, 2 + generator() % 5);
    StructureLimits limits;
    limits.organic_handover = trial % 2 == 0;
    limits.most_structures = 1000;
    const std::vector<TrainStructure> found = Find(mixture, limits);
    most = std::max(most, found.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
      ExpectProper(mixture, found[k]);
      if (k == 0) continue;
      EXPECT_GT(found[k].least, found[k - 1].least);
      EXPECT_LT(found[k].sections(), found[k - 1].sections());
    }
    limits.linkage = Linkage::kForbidden;
    EXPECT_NEAR(found.back().least, Find(mixture, limits)[0].least, 1e-9 * found.back().least);
  }
  EXPECT_GT(most, 4u);  // or nothing was compared
}

TEST(TrainStructures, AreThinnedButKeepBothEnds) {
  std::mt19937_64 generator = testing::Generator();
  const TrainMixture mixture = testing::RandomMixture(generator, 6);
  StructureLimits limits;
  limits.most_structures = 1000;
  const std::vector<TrainStructure> all = Find(mixture, limits);
  ASSERT_GT(all.size(), 3u);
  limits.most_structures = 3;
  const std::vector<TrainStructure> some = Find(mixture, limits);
  ASSERT_THAT(some, SizeIs(3));
  EXPECT_EQ(some.back().least, all.back().least);
  EXPECT_LE(some.front().least, all[all.size() - 3].least);
}

// Whether `structure` has the block.
bool Has(const TrainStructure& structure, const BlockPattern& wanted) {
  return std::any_of(structure.blocks.begin(), structure.blocks.end(), [&](const TrainBlock& b) {
    return BlockPattern{b.first, b.last, b.cuts} == wanted;
  });
}

// What is asked for cuts down the structures and makes none up: of all that there are, the best
// with it is found.
TEST(TrainStructures, HaveWhatIsRequiredAndNothingForbidden) {
  std::mt19937_64 generator = testing::Generator();
  for (int trial = 0; trial < 40; ++trial) {
    const TrainMixture mixture = testing::RandomMixture(generator, 3 + generator() % 4);
    StructureLimits limits;
    limits.most_structures = 1000;
    limits.organic_handover = trial % 2 == 0;
    const TrainStructure best = Find(mixture, limits)[0];
    const std::size_t n = mixture.products();

    // A cut that comes first, and its parts as they like.
    const std::size_t cut = 1 + generator() % (n - 1);
    limits.required = {{0, n - 1, {cut}}};
    const std::vector<TrainStructure> first = Find(mixture, limits);
    ASSERT_FALSE(first.empty());
    for (const TrainStructure& structure : first) {
      ExpectProper(mixture, structure);
      EXPECT_TRUE(Has(structure, limits.required[0]));
      EXPECT_GE(structure.least, best.least * (1 - 1e-12));
    }

    // A set somewhere within.
    const std::size_t from = generator() % (n - 1);
    limits.required = {{from, from + 1, {from + 1}}};
    for (const TrainStructure& structure : Find(mixture, limits)) {
      EXPECT_TRUE(Has(structure, limits.required[0]));
    }

    // Every set of the best one: that one alone.
    limits.required.clear();
    for (const TrainBlock& b : best.blocks) limits.required.push_back({b.first, b.last, b.cuts});
    const std::vector<TrainStructure> fixed = Find(mixture, limits);
    ASSERT_THAT(fixed, SizeIs(1));
    EXPECT_EQ(fixed[0].least, best.least);

    limits.forbidden = {limits.required[0]};
    limits.required.clear();
    const std::vector<TrainStructure> others = Find(mixture, limits);
    ASSERT_FALSE(others.empty());
    for (const TrainStructure& structure : others) {
      EXPECT_FALSE(Has(structure, limits.forbidden[0]));
      EXPECT_GE(structure.least, best.least * (1 - 1e-12));
    }
  }
}

// Every block has the system that theory asks least organic of; none is worse than with one alone.
TEST(TrainStructures, OfSeveralSystemsHaveTheBestForEachBlock) {
  std::mt19937_64 generator = testing::Generator();
  int mixed = 0;
  for (int trial = 0; trial < 40; ++trial) {
    TrainMixture mixture = testing::RandomMixture(generator, 2 + generator() % 4);
    const std::vector<double> first = mixture.feed.beta;
    for (int k = 0; k < 2; ++k) {
      std::vector<double>& beta = mixture.other_beta.emplace_back(first.size(), 1.0);
      for (std::size_t i = beta.size() - 1; i-- > 0;) {
        beta[i] = beta[i + 1] * testing::Uniform(generator, 1.4, 4);
      }
    }
    StructureLimits limits;
    limits.most_structures = 1000;
    if (trial % 2 == 0) limits.linkage = Linkage::kForbidden;
    const std::vector<TrainStructure> found = Find(mixture, limits);
    for (const TrainStructure& structure : found) ExpectProper(mixture, structure);
    for (const TrainBlock& block : found[0].blocks) {
      mixed += block.system != found[0].blocks[0].system ? 1 : 0;
      std::vector<std::size_t> cuts;
      for (const std::size_t cut : block.cuts) {
        cuts.push_back(mixture.Edge(cut) - mixture.Edge(block.first));
      }
      for (std::size_t system = 0; system < mixture.systems(); ++system) {
        const theory::MixtureFeed feed =
            block.parent < 0 ? mixture.Whole(system)
                             : mixture.Group(block.first, block.last, false, system);
        const auto least = theory::LinkedTrainMinimum(feed, cuts);
        ASSERT_TRUE(least) << least.reason();
        EXPECT_GE(least->organic * mixture.Amount(block.first, block.last),
                  block.least * (1 - 1e-12));
      }
    }
    for (std::size_t system = 0; system < mixture.systems(); ++system) {
      TrainMixture alone = mixture;
      alone.feed.beta = mixture.Beta(system);
      alone.other_beta.clear();
      const double least = Find(alone, limits)[0].least;
      EXPECT_LE(found[0].least, least * (1 + 1e-12));
      // A structure with this system throughout is among them, and no other is better.
      EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const TrainStructure& structure) {
        return std::fabs(structure.least - least) <= 1e-12 * least &&
               std::all_of(structure.blocks.begin(), structure.blocks.end(),
                           [&](const TrainBlock& block) { return block.system == system; });
      }));
    }
  }
  EXPECT_GT(mixed, 5);  // or one was always best
}

// A pair that a system does not tell apart is cut with the other, or not at all.
TEST(TrainStructures, CutWithASystemThatCan) {
  TrainMixture mixture = Ternary();
  mixture.feed.beta = {4, 4, 1};
  mixture.other_beta = {{4, 2, 2}};
  const std::vector<TrainStructure> found = Find(mixture, StructureLimits());
  ASSERT_FALSE(found.empty());
  for (const TrainStructure& structure : found) {
    for (const TrainBlock& block : structure.blocks) {
      EXPECT_THAT(block.cuts, SizeIs(1));
      EXPECT_EQ(block.system, block.cuts[0] == 1 ? 1u : 0u);
    }
  }
  StructureLimits limits;
  limits.linkage = Linkage::kRequired;
  std::string error;
  EXPECT_TRUE(FindStructures(mixture, limits, &error).empty());
  EXPECT_THAT(error, HasSubstr("system"));
}

TEST(TrainStructures, SayWhenWhatIsAskedForLeavesNone) {
  StructureLimits limits;
  limits.required = {{0, 1, {1}}, {1, 2, {2}}};  // neither is within the other, nor apart
  std::string error;
  EXPECT_TRUE(FindStructures(Ternary(), limits, &error).empty());
  EXPECT_THAT(error, HasSubstr("required and forbidden"));
  limits.required = {{0, 2, {1, 2}}};
  limits.linkage = Linkage::kForbidden;
  error.clear();
  EXPECT_TRUE(FindStructures(Ternary(), limits, &error).empty());
  EXPECT_THAT(error, HasSubstr("linkage"));
}

TEST(TrainStructures, NameWhatCannotBeCut) {
  TrainMixture mixture = Ternary();
  mixture.feed.beta = {4, 4, 1};
  std::string error;
  EXPECT_TRUE(FindStructures(mixture, StructureLimits(), &error).empty());
  EXPECT_THAT(error, HasSubstr("beta"));
}

}  // namespace
}  // namespace raffinate::optimizer
