// The least fluxes of a split that is known in full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/theory/underwood.h"
#include "tests/kernels/oracle/constant_beta.h"
#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

MixtureFeed RandomFeed(std::mt19937_64& generator, int components) {
  MixtureFeed feed;
  double beta = 1;
  for (int i = 0; i < components; ++i) {
    feed.beta.push_back(beta);
    feed.moles.push_back(LogUniform(generator, 1e-3, 1));
    beta *= Uniform(generator, 1.1, 4);
  }
  const double total = std::accumulate(feed.moles.begin(), feed.moles.end(), 0.0);
  for (double& amount : feed.moles) amount /= total;
  return feed;
}

std::vector<double> SharpSplit(const MixtureFeed& feed, const MinimumFluxes& least) {
  const double total = std::accumulate(feed.moles.begin(), feed.moles.end(), 0.0);
  std::vector<double> recovery;
  for (std::size_t i = 0; i < feed.moles.size(); ++i) {
    recovery.push_back(std::min(1.0, least.organic_product[i] * total / feed.moles[i]));
  }
  return recovery;
}

TEST(Split, AgreesWithTheKeysOfSharpCuts) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 300; ++trial) {
    const int components = 2 + static_cast<int>(generator() % 10);
    MixtureFeed feed = RandomFeed(generator, components);
    feed.organic_share = Uniform(generator, 0, 1);
    for (int cut = 1; cut < components; ++cut) {
      const MinimumFluxes keys = *MinimumFluxesForCut(feed, cut);
      const auto split = MinimumFluxesForSplit(feed, SharpSplit(feed, keys));
      ASSERT_TRUE(split.ok()) << split.reason();
      EXPECT_NEAR(split->organic_above_feed / keys.organic_above_feed, 1, 1e-9);
      EXPECT_NEAR(split->organic, keys.organic, 1e-9 * (1 + keys.organic));
      EXPECT_NEAR(split->scrub, keys.scrub, 1e-9 * (1 + keys.scrub));
      EXPECT_EQ(split->organic_key, static_cast<std::size_t>(components - cut));
      EXPECT_EQ(split->aqueous_key, static_cast<std::size_t>(components - cut - 1));
    }
  }
}

TEST(Split, AgreesWithTheKeysOfPartialRecoveries) {
  const MixtureFeed feed{{2, 1}, {0.5, 0.5}, 0};
  const auto keys = MinimumFluxesForKeys(feed, {0, 1, 0.95, 0.9});
  EXPECT_NEAR(MinimumFluxesForSplit(feed, {0.95, 0.1})->organic, keys->organic, 1e-12);
  // By hand: 2 z/(2 - phi) + z/(1 - phi) = 0 gives phi = 4/3; then
  // S = 2 * 0.475/(2/3) - 0.05/(1/3) = 1.275.
  EXPECT_NEAR(MinimumFluxesForSplit(feed, {0.95, 0.1})->organic, 1.275, 1e-12);
  EXPECT_NEAR(MinimumFluxesForSplit(feed, {0.95, 0.1})->root, 4.0 / 3, 1e-12);
}

TEST(Split, AgreesWithThePreferredSplitWhereEveryRootSetsTheFlux) {
  const MixtureFeed feed{{4, 2, 1}, {1, 1, 1}, 0};
  const MinimumFluxes preferred = *MinimumFluxesForKeys(feed, {0, 2, 1, 1});
  EXPECT_NEAR(MinimumFluxesForSplit(feed, SharpSplit(feed, preferred))->organic, 7.0 / 9, 1e-12);
}

TEST(Split, KnowsOnlyRatiosAndNoOrder) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 200; ++trial) {
    MixtureFeed feed = RandomFeed(generator, 6);
    std::vector<double> recovery;
    for (int i = 0; i < 6; ++i) recovery.push_back(1 / (1 + std::exp(5 - 2.0 * i)));
    const auto split = MinimumFluxesForSplit(feed, recovery);
    for (double& beta : feed.beta) beta *= 3.1e4;
    for (double& amount : feed.moles) amount *= 2e-7;
    std::reverse(feed.beta.begin(), feed.beta.end());
    std::reverse(feed.moles.begin(), feed.moles.end());
    std::reverse(recovery.begin(), recovery.end());
    const auto turned = MinimumFluxesForSplit(feed, recovery);
    ASSERT_EQ(split.ok(), turned.ok());
    if (!split) continue;
    EXPECT_NEAR(turned->organic / split->organic, 1, 1e-10);
    EXPECT_EQ(turned->organic_key, 5 - split->organic_key);
    EXPECT_EQ(turned->aqueous_key, 5 - split->aqueous_key);
  }
}

// What leaves a random battery with the organic, and with a third outlet as well: no group of
// outlets has got its share with less than the bound.
TEST(Split, NoBatteryBeatsTheBound) {
  std::mt19937_64 generator = SeededGenerator();
  int bound = 0, close = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const int components = 2 + static_cast<int>(generator() % 4);
    oracle::ConstantBetaProblem p;
    const MixtureFeed random = RandomFeed(generator, components);
    p.beta = random.beta;
    p.feed = random.moles;
    p.organic_share = trial % 2 == 0 ? 0 : Uniform(generator, 0, 1);
    p.stages = 10 + static_cast<int>(generator() % 60);
    p.feed_stage = 3 + static_cast<int>(generator() % (p.stages - 6));
    p.organic_flux = Uniform(generator, 0.8, 4);
    // At most what enters above the feed can leave there.
    p.organic_product =
        Uniform(generator, 0.1, std::min(0.9, 0.9 * (p.organic_flux + p.organic_share)));
    const bool third = trial % 4 >= 2;
    if (third) {
      p.draw_stage = 2 + static_cast<int>(generator() % (p.stages - 2));
      p.draw_flux = Uniform(generator, 0.02, 0.4 * (1 - p.organic_product));
    }
    const auto profile = oracle::SolveConstantBeta(p);
    if (!profile.converged) continue;
    MixtureFeed feed = random;
    feed.organic_share = p.organic_share;
    for (const bool with_draw : {false, true}) {
      if (with_draw && !third) continue;
      std::vector<double> recovery;
      for (int i = 0; i < components; ++i) {
        double up = p.organic_product * profile.y.back()[i];
        if (with_draw) up += p.draw_flux * profile.x[p.draw_stage - 1][i];
        recovery.push_back(std::clamp(up / p.feed[i], 0.0, 1.0));
      }
      const auto least = MinimumFluxesForSplit(feed, recovery);
      if (!least) continue;
      ++bound;
      close += p.organic_flux < 1.2 * least->organic;
      EXPECT_GE(p.organic_flux, least->organic * (1 - 1e-6))
          << "trial " << trial << (third ? " three outlets" : "") << (with_draw ? " both" : "");
    }
  }
  EXPECT_GT(bound, 300);
  EXPECT_GT(close, 30);  // the bound is not a trivial one
}

// By hand, beta 2 : 1, equal moles, acid for 0.1 mol per mol: 1/(2 - phi) + 0.5/(1 - phi) = -0.1
// gives 0.1 phi^2 - 1.8 phi + 2.2 = 0, whose root between 1 and 2 is meant.
TEST(Split, CountsTheAcidOfTheFeedAsOrganicThatIsMissing) {
  MixtureFeed feed{{2, 1}, {0.5, 0.5}, 0, 0.1};
  const double phi = (1.8 - std::sqrt(1.8 * 1.8 - 4 * 0.1 * 2.2)) / 0.2;
  const auto split = MinimumFluxesForSplit(feed, {1, 0});
  ASSERT_TRUE(split.ok()) << split.reason();
  EXPECT_NEAR(split->root, phi, 1e-12);
  EXPECT_NEAR(split->organic_above_feed, 1 / (2 - phi), 1e-12);
  EXPECT_NEAR(split->organic, 1 / (2 - phi) + 0.1, 1e-12);
  EXPECT_NEAR(split->scrub, 1 / (2 - phi) - 0.5, 1e-12);
  EXPECT_NEAR(MinimumFluxesForCut(feed, 1)->organic, split->organic, 1e-12);
  // It strips metal where it enters, so that less scrub is needed and more base.
  const auto neutral = MinimumFluxesForSplit({{2, 1}, {0.5, 0.5}}, {1, 0});
  EXPECT_GT(split->organic, neutral->organic);
  EXPECT_LT(split->organic, neutral->organic + 0.1);
  EXPECT_LT(split->scrub, neutral->scrub);
  feed.acid = NAN;
  EXPECT_THAT(MinimumFluxesForSplit(feed, {1, 0}).reason(), testing::HasSubstr("acid: found nan"));
}

TEST(Split, RefusesWhatIsNoSeparation) {
  const MixtureFeed feed{{4, 2, 1}, {1, 1, 1}, 0};
  EXPECT_THAT(MinimumFluxesForSplit(feed, {0.5, 0.5, 0.5}).reason(),
              testing::HasSubstr("one section alone"));
  EXPECT_THAT(MinimumFluxesForSplit(feed, {1, 0}).reason(),
              testing::HasSubstr("organic_recovery: found 2 components"));
  EXPECT_THAT(MinimumFluxesForSplit(feed, {1, 0, -0.1}).reason(),
              testing::HasSubstr("organic_recovery[2]: found -0.1"));
  EXPECT_THAT(MinimumFluxesForSplit({{2, 2}, {1, 1}, 0}, {1, 0}).reason(),
              testing::HasSubstr("all alike"));
  EXPECT_THAT(MinimumFluxesForSplit({{2, 1}, {1, 0}, 0}, {1, 0}).reason(),
              testing::HasSubstr("all alike"));
}

}  // namespace
}  // namespace raffinate::kernels::theory
