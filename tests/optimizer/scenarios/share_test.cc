// Probabilities: the normal distribution and what a share of trials says.
#include "optimizer/scenarios/share.h"

#include <gtest/gtest.h>

#include <cmath>

#include "optimizer/scenarios/normal.h"

namespace raffinate::optimizer {
namespace {

TEST(Normal, QuantileInvertsProbability) {
  for (const double p : {1e-12, 1e-3, 0.05, 0.3, 0.5, 0.8, 0.975, 1 - 1e-9}) {
    EXPECT_NEAR(NormalProbability(NormalQuantile(p)), p, 1e-14) << p;
  }
  // The number of every table.
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_DOUBLE_EQ(NormalQuantile(0.1), -NormalQuantile(0.9));
}

TEST(Normal, CutStaysWithinAndKeepsItsMiddle) {
  EXPECT_NEAR(CutNormalQuantile(0.5, 3, 0.1, 2, 4), 3, 1e-12);
  for (const double p : {0.001, 0.4, 0.999}) {
    const double value = CutNormalQuantile(p, 0.1, 1, 0, 20);
    EXPECT_GT(value, 0);
    EXPECT_LT(value, 20);
  }
  // Half of it cut away: the median of what is left is the upper quartile of the whole.
  EXPECT_NEAR(CutNormalQuantile(0.5, 0, 1, 0, 100), NormalQuantile(0.75), 1e-9);
}

TEST(Share, BinomialOfThreeTrials) {
  const double p = 0.3, q = 0.7;
  EXPECT_NEAR(BinomialProbability(0, 3, p), q * q * q, 1e-14);
  EXPECT_NEAR(BinomialProbability(1, 3, p), q * q * q + 3 * p * q * q, 1e-14);
  EXPECT_EQ(BinomialProbability(3, 3, p), 1);
}

TEST(Share, BoundsOfClopperAndPearson) {
  // Without a failure: p^n = 1 - confidence.
  for (const std::size_t n : {1u, 10u, 200u, 10000u}) {
    EXPECT_NEAR(LeastProbability(n, n), std::pow(0.05, 1 / static_cast<double>(n)), 1e-12) << n;
    EXPECT_NEAR(MostProbability(0, n), 1 - std::pow(0.05, 1 / static_cast<double>(n)), 1e-12) << n;
    EXPECT_EQ(LeastProbability(0, n), 0);
    EXPECT_NEAR(MostProbability(n, n), 1, 1e-12);
  }
  // They enclose the share and close in on it.
  double width = 1;
  for (const std::size_t n : {20u, 200u, 2000u, 20000u}) {
    const std::size_t met = n * 9 / 10;
    const double least = LeastProbability(met, n), most = MostProbability(met, n);
    EXPECT_LT(least, 0.9);
    EXPECT_GT(most, 0.9);
    EXPECT_LT(most - least, width);
    width = most - least;
  }
}

TEST(Share, AllowedFailuresAreTheMostThatStillProve) {
  for (const double probability : {0.5, 0.8, 0.95, 0.99}) {
    for (const std::size_t n : {100u, 200u, 500u, 1000u}) {
      const std::size_t allowed = AllowedFailures(n, probability);
      EXPECT_LT(LeastProbability(n - allowed - 1, n), probability) << n << " " << probability;
      if (allowed > 0) {
        EXPECT_GE(LeastProbability(n - allowed, n), probability) << n << " " << probability;
      }
    }
  }
  // Too few to prove anything.
  EXPECT_EQ(AllowedFailures(20, 0.95), 0u);
}

}  // namespace
}  // namespace raffinate::optimizer
