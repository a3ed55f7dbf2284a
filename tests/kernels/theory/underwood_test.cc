#include "kernels/theory/underwood.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/theory/binary.h"
#include "tests/kernels/oracle/constant_beta.h"
#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

MixtureFeed RandomFeed(std::mt19937_64& generator, int components) {
  MixtureFeed feed;
  double beta = 1;
  for (int i = 0; i < components; ++i) {
    feed.beta.push_back(beta);
    feed.moles.push_back(LogUniform(generator, 1e-4, 1));
    beta *= Uniform(generator, 1.05, 4);
  }
  std::shuffle(feed.beta.begin(), feed.beta.end(), generator);
  feed.organic_share = Uniform(generator, 0, 1);
  return feed;
}

// Largest impurity in the organic product plus the raffinate after `stages` stages, products taken
// as the least fluxes say.
double Impurity(const MixtureFeed& feed, const MinimumFluxes& least, double flux_above_feed,
                int stages, int feed_stage) {
  oracle::ConstantBetaProblem p;
  p.beta = feed.beta;
  p.feed = feed.moles;
  const double total = std::accumulate(p.feed.begin(), p.feed.end(), 0.0);
  for (double& amount : p.feed) amount /= total;
  p.organic_share = feed.organic_share;
  p.stages = stages;
  p.feed_stage = feed_stage;
  p.organic_flux = flux_above_feed - feed.organic_share;
  p.organic_product =
      std::accumulate(least.organic_product.begin(), least.organic_product.end(), 0.0);
  const auto profile = oracle::SolveConstantBeta(p);
  EXPECT_TRUE(profile.converged);
  double astray = 0;
  for (std::size_t i = 0; i < p.beta.size(); ++i) {
    astray += std::fabs(p.organic_product * profile.y.back()[i] - least.organic_product[i]);
  }
  return astray;
}

TEST(BinaryMinimum, GivesHandResults) {
  const Fluxes aqueous = *BinaryMinimumFluxes(2, 0.5, FeedPhase::kAqueous);
  EXPECT_DOUBLE_EQ(aqueous.organic, 1.5);
  EXPECT_DOUBLE_EQ(aqueous.scrub, 1.0);
  const Fluxes organic = *BinaryMinimumFluxes(1.5, 0.25, FeedPhase::kOrganic);
  EXPECT_DOUBLE_EQ(organic.organic, 2.0);
  EXPECT_DOUBLE_EQ(organic.scrub, 2.75);
  EXPECT_THAT(
      BinaryMinimumFluxes(1, 1, FeedPhase::kAqueous).reason(),
      testing::AllOf(testing::HasSubstr("beta: found 1"), testing::HasSubstr("feed_a: found 1")));
}

TEST(Underwood, GivesTheKnownTernaryFluxes) {
  const MixtureFeed feed{{4, 2, 1}, {1, 1, 1}, 0};
  EXPECT_NEAR(MinimumFluxesForCut(feed, 1)->organic, 1.07175, 0.5e-5);
  EXPECT_NEAR(MinimumFluxesForCut(feed, 2)->organic, 1.36572, 0.5e-5);
  // The preferred split of A from C, B distributing: exactly 7/9.
  const MinimumFluxes preferred = *MinimumFluxesForKeys(feed, {0, 2, 1, 1});
  EXPECT_NEAR(preferred.organic, 7.0 / 9, 1e-12);
  EXPECT_GT(preferred.organic_product[1], 0);
  EXPECT_LT(preferred.organic_product[1], 1.0 / 3);
}

TEST(Underwood, MeetsTheClosedFormForTwoComponents) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 2000; ++trial) {
    const double beta = 1 + LogUniform(generator, 1e-3, 100);
    const double a = Uniform(generator, 1e-6, 1 - 1e-6);
    for (const double organic_share : {0.0, 1.0}) {
      const auto fluxes = MinimumFluxesForCut({{1, beta}, {1 - a, a}, organic_share}, 1);
      ASSERT_TRUE(fluxes.ok()) << fluxes.reason();
      const Fluxes closed = *BinaryMinimumFluxes(
          beta, a, organic_share == 0 ? FeedPhase::kAqueous : FeedPhase::kOrganic);
      EXPECT_NEAR(fluxes->organic / closed.organic, 1, 1e-10) << beta << " " << a;
      EXPECT_NEAR(fluxes->scrub / closed.scrub, 1, 1e-10) << beta << " " << a;
    }
  }
}

TEST(Underwood, ClosesItsBalances) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 500; ++trial) {
    const int components = 2 + static_cast<int>(generator() % 14);
    const MixtureFeed feed = RandomFeed(generator, components);
    const double total = std::accumulate(feed.moles.begin(), feed.moles.end(), 0.0);
    for (int cut = 1; cut < components; ++cut) {
      const auto least = MinimumFluxesForCut(feed, cut);
      ASSERT_TRUE(least.ok()) << least.reason();
      ASSERT_EQ(least->roots.size(), 1u);
      double product = 0, raffinate_side = 0, feed_equation = 0, scale = 0;
      const double phi = least->roots[0];
      for (int i = 0; i < components; ++i) {
        const double z = feed.moles[i] / total;
        const double term = feed.beta[i] / (feed.beta[i] - phi);
        product += least->organic_product[i];
        raffinate_side -= term * (z - least->organic_product[i]);
        feed_equation += term * z;
        scale += std::fabs(term * z);
      }
      EXPECT_NEAR(feed_equation, feed.organic_share, 1e-6 * scale);
      // The raffinate's form of the same equation gives the organic flux below the feed.
      EXPECT_NEAR(raffinate_side, least->organic, 1e-6 * scale);
      EXPECT_NEAR(least->organic_above_feed - least->scrub, product, 1e-9 * (1 + scale));
      EXPECT_NEAR(least->organic + feed.organic_share, least->organic_above_feed, 1e-9 * scale);
      EXPECT_NEAR(least->aqueous_below_feed - least->organic, 1 - product, 1e-9 * (1 + scale));
    }
  }
}

TEST(Underwood, KnowsOnlyRatiosOfBetaAndFeedAndNoOrder) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 300; ++trial) {
    const int components = 2 + static_cast<int>(generator() % 8);
    const MixtureFeed feed = RandomFeed(generator, components);
    MixtureFeed scaled = feed;
    for (double& beta : scaled.beta) beta *= 7.3e-4;
    for (double& amount : scaled.moles) amount *= 1.9e5;
    std::reverse(scaled.beta.begin(), scaled.beta.end());
    std::reverse(scaled.moles.begin(), scaled.moles.end());
    for (int cut = 1; cut < components; ++cut) {
      const double flux = MinimumFluxesForCut(feed, cut)->organic_above_feed;
      EXPECT_NEAR(MinimumFluxesForCut(scaled, cut)->organic_above_feed / flux, 1, 1e-10);
    }
  }
}

TEST(Underwood, NeedsLessWithALargerSeparationFactor) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 300; ++trial) {
    MixtureFeed feed = RandomFeed(generator, 6);
    std::sort(feed.beta.rbegin(), feed.beta.rend());
    for (int cut = 1; cut < 6; ++cut) {
      MixtureFeed easier = feed;
      for (int i = 0; i < cut; ++i) easier.beta[i] *= 1.1;
      EXPECT_LT(MinimumFluxesForCut(easier, cut)->organic_above_feed,
                MinimumFluxesForCut(feed, cut)->organic_above_feed);
    }
  }
}

TEST(Underwood, NeedsLessFreshOrganicAndMoreScrubTheMoreOfTheFeedIsOrganic) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 300; ++trial) {
    MixtureFeed feed = RandomFeed(generator, 5);
    double organic = HUGE_VAL, scrub = 0;
    for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      feed.organic_share = share;
      const MinimumFluxes least = *MinimumFluxesForCut(feed, 2);
      EXPECT_LT(least.organic, organic);
      EXPECT_GT(least.scrub, scrub);
      organic = least.organic;
      scrub = least.scrub;
    }
  }
}

TEST(Underwood, ToleratesTracesAndNeglectsWhatIsNotFed) {
  const double without = MinimumFluxesForCut({{4, 2, 1}, {1, 1, 1}, 0.3}, 1)->organic;
  EXPECT_DOUBLE_EQ(MinimumFluxesForCut({{4, 3, 2, 1}, {1, 0, 1, 1}, 0.3}, 1)->organic, without);
  // A trace far from the cut changes nothing, a trace beside it makes the cut harder.
  EXPECT_NEAR(MinimumFluxesForCut({{100, 4, 2, 1}, {1e-14, 1, 1, 1}, 0.3}, 2)->organic, without,
              1e-12);
  const auto beside = MinimumFluxesForCut({{4, 3.9, 2, 1}, {1, 1e-14, 1, 1}, 0.3}, 1);
  ASSERT_TRUE(beside.ok());
  EXPECT_GT(beside->organic, without);
  EXPECT_TRUE(std::isfinite(beside->organic));
}

TEST(Underwood, LumpsComponentsOfEqualBeta) {
  const double lumped = MinimumFluxesForCut({{4, 2, 1}, {1, 2, 1}, 0}, 1)->organic;
  EXPECT_NEAR(MinimumFluxesForCut({{4, 2, 2, 1}, {1, 1, 1, 1}, 0}, 1)->organic, lumped, 1e-13);
  EXPECT_THAT(MinimumFluxesForCut({{4, 2, 2, 1}, {1, 1, 1, 1}, 0}, 2).reason(),
              testing::HasSubstr("components 1 and 2 have the same beta (2)"));
  const auto distributing = MinimumFluxesForKeys({{4, 2, 2, 1}, {1, 1, 1, 1}, 0}, {0, 3, 1, 1});
  ASSERT_TRUE(distributing.ok()) << distributing.reason();
  EXPECT_NEAR(distributing->organic_product[1], distributing->organic_product[2], 1e-15);
}

TEST(Underwood, DistributesWhatLiesBetweenTheKeysAndNeedsLeastThere) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 500; ++trial) {
    MixtureFeed feed = RandomFeed(generator, 5);
    std::sort(feed.beta.rbegin(), feed.beta.rend());
    for (std::size_t light = 0; light < 5; ++light) {
      for (std::size_t heavy = light + 1; heavy < 5; ++heavy) {
        const auto split = MinimumFluxesForKeys(feed, {light, heavy, 1, 1});
        ASSERT_TRUE(split.ok()) << split.reason();
        // Separating two neighbours as well can only cost more.
        for (std::size_t cut = light + 1; cut <= heavy; ++cut) {
          EXPECT_LE(split->organic_above_feed,
                    MinimumFluxesForCut(feed, cut)->organic_above_feed * (1 + 1e-9));
        }
      }
    }
  }
}

TEST(Underwood, IsTheLeastFluxOfASimulatedBattery) {
  struct Case {
    MixtureFeed feed;
    std::size_t cut;
  };
  const Case cases[] = {
      {{{2, 1}, {0.3, 0.7}, 0.4}, 1},
      {{{4, 2, 1}, {1, 1, 1}, 0}, 1},
      {{{4, 2, 1}, {1, 1, 1}, 0}, 2},
      {{{4, 2, 1}, {1, 1, 1}, 1}, 2},
      {{{5, 3, 2, 1}, {0.2, 0.3, 0.1, 0.4}, 0.5}, 2},
  };
  for (const Case& c : cases) {
    const MinimumFluxes least = *MinimumFluxesForCut(c.feed, c.cut);
    const double flux = least.organic_above_feed;
    EXPECT_LT(Impurity(c.feed, least, 1.03 * flux, 200, 100), 1e-6);
    const double stalled = Impurity(c.feed, least, 0.97 * flux, 80, 40);
    EXPECT_GT(stalled, 3e-3);
    EXPECT_GT(Impurity(c.feed, least, 0.97 * flux, 160, 80), 0.8 * stalled);
  }
}

TEST(Underwood, IsTheLeastFluxForPartialRecoveriesOfTwoComponents) {
  const MixtureFeed feed{{2, 1}, {0.5, 0.5}, 0};
  const MinimumFluxes least = *MinimumFluxesForKeys(feed, {0, 1, 0.95, 0.9});
  EXPECT_LT(least.organic, MinimumFluxesForCut(feed, 1)->organic);
  EXPECT_NEAR(least.organic_product[0], 0.475, 1e-15);
  EXPECT_NEAR(least.organic_product[1], 0.05, 1e-15);
  auto recovered = [&](double flux) {
    oracle::ConstantBetaProblem p;
    p.beta = feed.beta;
    p.feed = feed.moles;
    p.stages = 200;
    p.feed_stage = 100;
    p.organic_flux = flux;
    p.organic_product = 0.525;
    const auto profile = oracle::SolveConstantBeta(p);
    EXPECT_TRUE(profile.converged);
    return 0.525 * profile.y.back()[0];
  };
  EXPECT_GT(recovered(1.002 * least.organic), 0.475);
  EXPECT_LT(recovered(0.998 * least.organic), 0.475);
}

TEST(Underwood, NamesEveryBadArgument) {
  const auto answer = MinimumFluxesForCut({{0, NAN, 1}, {1, -1}, 2}, 1);
  EXPECT_THAT(answer.reason(), testing::HasSubstr("moles: found 2 components"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("beta[0]: found 0"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("beta[1]: found nan"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("moles[1]: found -1"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("organic_share: found 2"));
  const MixtureFeed feed{{4, 2, 1}, {1, 0, 1}, 0};
  EXPECT_THAT(MinimumFluxesForCut(feed, 2).reason(), testing::HasSubstr("cut: found 2"));
  EXPECT_THAT(MinimumFluxesForKeys(feed, {1, 7, 1, 0}).reason(),
              testing::AllOf(testing::HasSubstr("component 1 is not fed"),
                             testing::HasSubstr("aqueous_key: found 7"),
                             testing::HasSubstr("aqueous_recovery: found 0")));
  EXPECT_FALSE(MinimumFluxesForKeys(feed, {2, 0, 1, 1}).ok());
  EXPECT_FALSE(MinimumFluxesForKeys(feed, {0, 2, 0.4, 0.5}).ok());
}

}  // namespace
}  // namespace raffinate::kernels::theory
