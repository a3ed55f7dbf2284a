#include "kernels/theory/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

const MixtureFeed kTernary{{4, 2, 1}, {1, 1, 1}, 0};

TEST(LinkedTrain, NeedsWhatItsHardestCutNeeds) {
  const LinkedTrain train = *LinkedTrainMinimum(kTernary, {1, 2});
  EXPECT_NEAR(train.organic, 1.36572, 0.5e-5);
  EXPECT_EQ(train.limiting, 1u);
  EXPECT_NEAR(train.per_cut[0], 1.07175, 0.5e-5);
  EXPECT_EQ(train.per_cut[1], train.organic);
}

// The second batteries by hand, two thirds of the feed each: BC as aqueous feed needs
// 1/2 + 1/(2-1) = 3/2; AB as organic feed 1/(2-1) = 1, or 2 with its own organic.
TEST(UnlinkedTrain, AddsTheFluxesOfItsBatteries) {
  const auto easy_first = UnlinkedTrainMinimum(kTernary, {1, 2}, Handover::kOrganicAboveFeed);
  EXPECT_NEAR(easy_first->organic, 1.0717501457 + 2.0 / 3 * 1.5, 1e-9);
  EXPECT_NEAR(easy_first->organic, 2.0718, 0.5e-4);
  const auto hard_first = UnlinkedTrainMinimum(kTernary, {2, 1}, Handover::kOrganicAboveFeed);
  EXPECT_NEAR(hard_first->organic, 1.3657225136 + 2.0 / 3 * 2, 1e-9);
  EXPECT_NEAR(hard_first->organic, 2.6991, 0.5e-4);
  EXPECT_NEAR(UnlinkedTrainMinimum(kTernary, {2, 1}, Handover::kOrganicFreshOnly)->organic,
              1.3657225136 + 2.0 / 3, 1e-9);
  EXPECT_NEAR(UnlinkedTrainMinimum(kTernary, {2, 1}, Handover::kStripped)->organic,
              1.3657225136 + 1, 1e-9);
}

TEST(UnlinkedTrain, LosesAThirdToALinkedOne) {
  const double best = BestUnlinkedTrain(kTernary, {1, 2}, Handover::kOrganicAboveFeed)->organic;
  EXPECT_NEAR(1 - LinkedTrainMinimum(kTernary, {1, 2})->organic / best, 0.34, 0.005);
}

MixtureFeed RandomFeed(std::mt19937_64& generator, int components) {
  MixtureFeed feed;
  double beta = 1;
  for (int i = 0; i < components; ++i) {
    feed.beta.push_back(beta);
    feed.moles.push_back(Uniform(generator, 0.05, 1));
    beta *= Uniform(generator, 1.2, 3);
  }
  std::shuffle(feed.beta.begin(), feed.beta.end(), generator);
  feed.organic_share = generator() % 2 ? 0 : Uniform(generator, 0, 1);
  return feed;
}

TEST(UnlinkedTrain, FindsTheBestOfAllOrders) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 100; ++trial) {
    const int components = 3 + static_cast<int>(generator() % 3);
    const MixtureFeed feed = RandomFeed(generator, components);
    std::vector<std::size_t> cuts(components - 1);
    std::iota(cuts.begin(), cuts.end(), 1);
    if (components == 5) cuts.erase(cuts.begin() + 1);  // a product of two components
    for (const Handover handover :
         {Handover::kOrganicFreshOnly, Handover::kOrganicAboveFeed, Handover::kStripped}) {
      double best = HUGE_VAL;
      std::vector<std::size_t> order = cuts;
      do {
        best = std::min(best, UnlinkedTrainMinimum(feed, order, handover)->organic);
      } while (std::next_permutation(order.begin(), order.end()));
      const auto found = BestUnlinkedTrain(feed, cuts, handover);
      ASSERT_TRUE(found.ok()) << found.reason();
      EXPECT_NEAR(found->organic, best, 1e-12);
      EXPECT_EQ(found->batteries.size(), cuts.size());
      std::vector<std::size_t> again;
      double sum = 0;
      for (const Battery& battery : found->batteries) {
        again.push_back(cuts[battery.cut]);
        sum += battery.organic;
      }
      EXPECT_NEAR(sum, best, 1e-12);
      EXPECT_NEAR(UnlinkedTrainMinimum(feed, again, handover)->organic, best, 1e-12);
    }
  }
}

TEST(LinkedTrain, NeedsNoMoreThanAnyUnlinkedTrain) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 300; ++trial) {
    const int components = 3 + static_cast<int>(generator() % 5);
    const MixtureFeed feed = RandomFeed(generator, components);
    std::vector<std::size_t> cuts(components - 1);
    std::iota(cuts.begin(), cuts.end(), 1);
    const double linked = LinkedTrainMinimum(feed, cuts)->organic;
    for (const Handover handover :
         {Handover::kOrganicFreshOnly, Handover::kOrganicAboveFeed, Handover::kStripped}) {
      EXPECT_LE(linked, BestUnlinkedTrain(feed, cuts, handover)->organic * (1 + 1e-12));
    }
  }
}

TEST(Train, IsOneBatteryWithOneCut) {
  const double flux = MinimumFluxesForCut(kTernary, 2)->organic;
  EXPECT_EQ(LinkedTrainMinimum(kTernary, {2})->organic, flux);
  EXPECT_NEAR(BestUnlinkedTrain(kTernary, {2}, Handover::kStripped)->organic, flux, 1e-15);
}

TEST(Train, RefusesCutsThatAreNone) {
  EXPECT_THAT(LinkedTrainMinimum(kTernary, {}).reason(), testing::HasSubstr("found none"));
  EXPECT_THAT(LinkedTrainMinimum(kTernary, {2, 1}).reason(), testing::HasSubstr("must rise"));
  EXPECT_THAT(LinkedTrainMinimum(kTernary, {1, 3}).reason(), testing::HasSubstr("cut: found 3"));
  EXPECT_FALSE(BestUnlinkedTrain(kTernary, {0}, Handover::kStripped).ok());
  EXPECT_THAT(UnlinkedTrainMinimum(kTernary, {1, 1}, Handover::kStripped).reason(),
              testing::HasSubstr("cut 1 twice"));
  EXPECT_FALSE(BestUnlinkedTrain({{4, 2}, {1}, 0}, {1}, Handover::kStripped).ok());
}

}  // namespace
}  // namespace raffinate::kernels::theory
