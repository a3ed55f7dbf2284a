#include "kernels/theory/linked_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <numeric>

#include "kernels/theory/train.h"
#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

using testing::HasSubstr;

const MixtureFeed kTernary{{4, 2, 1}, {1, 1, 1}};

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

struct Random {
  MixtureFeed feed;
  std::vector<std::size_t> cuts;
  LinkedChoice choice;
};

// Some products of several components, some cuts between near neighbours.
Random RandomTrain(std::mt19937_64& generator) {
  Random train;
  const int components = 2 + static_cast<int>(generator() % 6);
  double beta = 1;
  for (int i = 0; i < components; ++i) {
    train.feed.beta.push_back(beta);
    train.feed.moles.push_back(LogUniform(generator, 0.05, 1));
    beta *= Uniform(generator, 1.3, 3);
    if (i > 0 && (i == 1 || generator() % 3 > 0)) {
      train.cuts.push_back(static_cast<std::size_t>(i));
    }
  }
  train.feed.organic_share = generator() % 2 ? 0 : 1;
  return train;
}

// Halvorsen and Skogestad: with every level at its preferred split, the last level needs what the
// hardest cut of the whole feed needs. Computed here level by level from Underwood's equations.
TEST(LinkedPlan, NeedsNoMoreThanTheHardestCut) {
  std::mt19937_64 generator = SeededGenerator();
  int reached = 0, trains = 0;
  for (int trial = 0; trial < 300; ++trial) {
    Random train = RandomTrain(generator);
    train.choice.organic_ratio = 1 + 1e-9;
    const auto plan = PlanLinkedTrain(train.feed, train.cuts, train.choice);
    if (!plan) continue;
    ++trains;
    EXPECT_GE(plan->organic, plan->least * (1 - 1e-6)) << trial;
    reached += plan->organic < plan->least * (1 + 1e-5);
  }
  std::cout << reached << " of " << trains << " trains reach the bound\n";
  EXPECT_GE(trains, 250);
  // The others have a section that would run dry and is kept at a few percent of its feed.
  EXPECT_GE(reached, 0.8 * trains) << "of " << trains;
}

TEST(LinkedPlan, GivesTheKnownFluxesOfATernary) {
  LinkedChoice choice;
  choice.organic_ratio = 1 + 1e-9;
  const LinkedPlan plan = *PlanLinkedTrain(kTernary, {1, 2}, choice);
  ASSERT_EQ(plan.levels.size(), 2u);
  const LinkedSplit& inner = plan.levels[0][0];
  EXPECT_NEAR(inner.least_organic_above, 7.0 / 9, 1e-6);
  // A and a third of B go up in the preferred split.
  EXPECT_NEAR(inner.organic_product[0], 1.0 / 3, 1e-9);
  EXPECT_NEAR(inner.organic_product[1], 1.0 / 9, 1e-6);
  EXPECT_NEAR(plan.organic, 1.36572, 1e-5);
  EXPECT_NEAR(plan.least, 1.36572, 1e-5);
}

TEST(LinkedPlan, OfOneCutIsABattery) {
  const LinkedPlan plan = *PlanLinkedTrain(kTernary, {2}, {1.25, {}, {}});
  ASSERT_EQ(plan.levels.size(), 1u);
  EXPECT_NEAR(plan.organic, 1.25 * MinimumFluxesForCut(kTernary, 2)->organic, 1e-9);
  EXPECT_NEAR(plan.scrub, plan.organic - 2.0 / 3, 1e-9);
}

TEST(LinkedPlan, BalancesEverySplitAndEveryJunction) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 200; ++trial) {
    Random train = RandomTrain(generator);
    train.choice.organic_ratio = 1 + LogUniform(generator, 0.01, 1);
    const std::size_t inner = InnerSplits(train.cuts.size() + 1);
    for (std::size_t k = 0; k < inner; ++k) {
      train.choice.inner_ratio.push_back(1 + LogUniform(generator, 0.01, 1));
      train.choice.inner_shift.push_back(Uniform(generator, -0.9, 0.9));
    }
    const auto plan = PlanLinkedTrain(train.feed, train.cuts, train.choice);
    if (!plan) continue;
    for (std::size_t level = 0; level < plan->levels.size(); ++level) {
      for (const LinkedSplit& split : plan->levels[level]) {
        // What enters leaves, of metal and of every component.
        EXPECT_NEAR(split.organic_step() + split.aqueous_step(), Sum(split.feed), 1e-12);
        for (std::size_t i = 0; i < split.feed.size(); ++i) {
          EXPECT_NEAR(split.organic_product[i] + split.aqueous_product[i], split.feed[i], 1e-12);
          EXPECT_GE(split.organic_product[i], 0);
          EXPECT_GE(split.aqueous_product[i], 0);
        }
        for (const double flux :
             {split.organic_above, split.organic_below, split.aqueous_above, split.aqueous_below}) {
          EXPECT_GT(flux, 0);
        }
        EXPECT_GE(split.organic_above, split.least_organic_above);
        // Sharp between its first and its last product.
        EXPECT_EQ(split.aqueous_product[split.organic_key], 0);
        EXPECT_EQ(split.organic_product[split.aqueous_key], 0);
      }
      if (level == 0) continue;
      // The feeds of a level are what the level before sends, all of it.
      double fed = 0;
      for (const LinkedSplit& split : plan->levels[level]) fed += Sum(split.feed);
      EXPECT_NEAR(fed, 1, 1e-12);
    }
    // One organic passes the last level; at the top acid strips all but the first product.
    const auto& last = plan->levels.back();
    EXPECT_NEAR(last.back().organic_below, plan->organic, 1e-12);
    for (std::size_t i = 0; i + 1 < last.size(); ++i) {
      EXPECT_NEAR(last[i].organic_below, last[i + 1].organic_above, 1e-12);
    }
    EXPECT_NEAR(plan->scrub, last.front().organic_above - plan->products.front(), 1e-12);
  }
}

TEST(LinkedPlan, RefusesWithReason) {
  EXPECT_THAT(PlanLinkedTrain(kTernary, {}, {}).reason(), HasSubstr("cuts"));
  EXPECT_THAT(PlanLinkedTrain(kTernary, {1}, {1.0, {}, {}}).reason(),
              HasSubstr("organic_ratio: found 1"));
  EXPECT_THAT(PlanLinkedTrain(kTernary, {1, 2}, {1.1, {0.9}, {}}).reason(),
              HasSubstr("inner_ratio: found 0.9"));
  EXPECT_THAT(PlanLinkedTrain(kTernary, {1, 2}, {1.1, {}, {1.5}}).reason(),
              HasSubstr("inner_shift: found 1.5"));
  EXPECT_THAT(PlanLinkedTrain(kTernary, {1}, {1.1, {1.1}, {}}).reason(),
              HasSubstr("inner splits (0)"));
}

TEST(StagesForFlux, LiesBetweenTotalRefluxAndThePinch) {
  EXPECT_NEAR(*StagesForFlux(1e9, 1, 20), 20, 1e-3);
  double before = 1e300;
  for (const double flux : {1.001, 1.01, 1.05, 1.2, 2.0, 10.0}) {
    const double stages = *StagesForFlux(flux, 1, 20);
    EXPECT_LT(stages, before);
    EXPECT_GT(stages, 20);
    before = stages;
  }
  // By hand: X = 1/3, Y = 1 - exp((1 + 18.1333)/(11 + 39.0667) * (-2/3)/0.57735) = 0.35678.
  EXPECT_NEAR(*StagesForFlux(1.5, 1, 20), (20 + 0.35678) / (1 - 0.35678), 1e-3);
  EXPECT_THAT(StagesForFlux(1, 1, 20).reason(), HasSubstr("flux: found 1"));
  EXPECT_THAT(StagesForFlux(2, 1, 0).reason(), HasSubstr("least_stages: found 0"));
}

}  // namespace
}  // namespace raffinate::kernels::theory
