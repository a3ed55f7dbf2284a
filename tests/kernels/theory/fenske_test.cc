#include "kernels/theory/fenske.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/oracle/constant_beta.h"
#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

// A battery so close to total reflux that the feed no longer matters. Products are taken equal.
oracle::ConstantBetaProfile NearTotalReflux(std::vector<double> beta, std::vector<double> feed,
                                            int stages, double flux) {
  oracle::ConstantBetaProblem p;
  p.beta = std::move(beta);
  p.feed = std::move(feed);
  p.stages = stages;
  p.feed_stage = stages / 2 + 1;
  p.organic_flux = flux;
  p.organic_product = 0.5;
  return oracle::SolveConstantBeta(p);
}

TEST(Fenske, GivesHandResults) {
  EXPECT_NEAR(*FenskeStagesForPurities(2, 0.8, 0.8), 4, 1e-13);   // 4 * 4 = 2^4
  EXPECT_NEAR(*FenskeStagesForPurities(3, 0.75, 0.9), 3, 1e-13);  // 3 * 9 = 3^3
  EXPECT_NEAR(*FenskeStagesForRecoveries(10, 10.0 / 11, 100.0 / 101), 3, 1e-12);
  EXPECT_NEAR(*FenskeStagesForPurities(2, 0.5, 0.5), 0, 1e-13);
  EXPECT_NEAR(*FenskeRecovery(2, 0.5, 3), 8.0 / 9, 1e-13);
}

// 2 ln 9999 / ln 1.5 = 45.43: 46 whole stages are needed for 99.99 % at both ends.
TEST(Fenske, FindsFourNinesAtBothEndsWithBetaOnePointFive) {
  const double stages = *FenskeStagesForPurities(1.5, 0.9999, 0.9999);
  EXPECT_NEAR(stages, 2 * std::log(9999.0) / std::log(1.5), 1e-9);
  EXPECT_NEAR(stages, 45.43, 0.005);
  auto odds = [](int n) {
    const auto profile = NearTotalReflux({1.5, 1}, {0.5, 0.5}, n, 1e4);
    EXPECT_TRUE(profile.converged);
    return profile.y[n - 1][0] / profile.y[n - 1][1] * profile.x[0][1] / profile.x[0][0];
  };
  const double needed = 9999.0 * 9999.0;
  EXPECT_LT(odds(45), needed);
  EXPECT_GT(odds(46), needed);
}

TEST(Fenske, IsWhatABatteryDoesAtTotalRefluxForEveryPair) {
  const int stages = 9;
  const std::vector<double> beta = {3.0, 1.8, 1.0};
  const auto profile = NearTotalReflux(beta, {0.3, 0.4, 0.3}, stages, 2e4);
  ASSERT_TRUE(profile.converged);
  std::vector<double> recovery;
  for (int i = 0; i < 3; ++i) {
    const double organic = 0.5 * profile.y[stages - 1][i];
    recovery.push_back(organic / (organic + 0.5 * profile.x[0][i]));
  }
  for (int a = 0; a < 3; ++a) {
    for (int b = a + 1; b < 3; ++b) {
      EXPECT_NEAR(*FenskeStagesForRecoveries(beta[a] / beta[b], recovery[a], 1 - recovery[b]),
                  stages, 5e-3);
      EXPECT_NEAR(*FenskeRecovery(beta[b] / beta[a], recovery[a], stages), recovery[b], 1e-3);
    }
  }
}

TEST(Fenske, DemandsMoreStagesForHarderTasks) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 500; ++trial) {
    const double beta = Uniform(generator, 1.05, 5);
    const double a = Uniform(generator, 0.5, 0.99999), b = Uniform(generator, 0.5, 0.99999);
    const double stages = *FenskeStagesForPurities(beta, a, b);
    EXPECT_LT(*FenskeStagesForPurities(beta * 1.01, a, b), stages);
    EXPECT_GT(*FenskeStagesForPurities(beta, a + 0.5 * (1 - a), b), stages);
    EXPECT_DOUBLE_EQ(*FenskeStagesForPurities(beta, b, a), stages);
    EXPECT_NEAR(*FenskeStagesForPurities(beta * beta, a, b) * 2, stages, 1e-9 * (1 + stages));
  }
}

TEST(Fenske, NamesEveryBadArgument) {
  const auto answer = FenskeStagesForPurities(1, 1, 0);
  EXPECT_THAT(answer.reason(),
              testing::HasSubstr("beta: found 1, must be a finite number above 1"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("purity_organic: found 1"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("purity_raffinate: found 0"));
  EXPECT_FALSE(FenskeStagesForRecoveries(2, 0.3, 0.4).ok());
  EXPECT_FALSE(FenskeRecovery(0, 0.5, 3).ok());
}

}  // namespace
}  // namespace raffinate::kernels::theory
