#include "kernels/theory/kremser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

// Stage by stage from the raffinate: with 1 leaving in the aqueous of stage 1, what enters stage N.
double ShareByStages(double factor, int stages) {
  double aqueous = 1, organic_below = 0;
  for (int j = 0; j < stages; ++j) {
    const double above = aqueous + factor * aqueous - organic_below;
    organic_below = factor * aqueous;
    aqueous = above;
  }
  return 1 / aqueous;
}

TEST(Kremser, GivesHandResults) {
  EXPECT_DOUBLE_EQ(*KremserRaffinateShare(2, 1), 1.0 / 3);
  EXPECT_DOUBLE_EQ(*KremserRaffinateShare(2, 3), 1.0 / 15);
  EXPECT_DOUBLE_EQ(*KremserRaffinateShare(0.5, 2), 4.0 / 7);
  EXPECT_DOUBLE_EQ(*KremserRaffinateShare(1, 4), 0.2);
  EXPECT_NEAR(*KremserStages(2, 14.0 / 15), 3, 1e-13);
  EXPECT_NEAR(*KremserStages(1, 0.8), 4, 1e-13);
  EXPECT_NEAR(*KremserFactor(3, 14.0 / 15), 2, 1e-13);
}

TEST(Kremser, AgreesWithAStageByStageBalance) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 1000; ++trial) {
    const double factor = LogUniform(generator, 0.05, 20);
    const int stages = 1 + static_cast<int>(generator() % 40);
    EXPECT_NEAR(*KremserRaffinateShare(factor, stages) / ShareByStages(factor, stages), 1, 1e-11)
        << factor << " " << stages;
  }
}

TEST(Kremser, PassesSmoothlyThroughFactorOne) {
  for (const double excess : {1e-3, 1e-6, 1e-9, 1e-12, 1e-15}) {
    for (const double factor : {1 - excess, 1 + excess}) {
      // Series in E - 1: share = 1/(N+1) * (1 - N/2 (E - 1)) + O((E - 1)^2)
      const double expected = 0.1 * (1 - 4.5 * (factor - 1));
      EXPECT_NEAR(*KremserRaffinateShare(factor, 9), expected, 10 * excess * excess + 1e-16);
      EXPECT_NEAR(*KremserStages(factor, 1 - expected), 9, 1e3 * excess * excess + 1e-9);
    }
  }
}

TEST(Kremser, RecoversNoMoreThanTheFactorWhenItIsBelowOne) {
  EXPECT_NEAR(1 - *KremserRaffinateShare(0.7, 500), 0.7, 1e-14);
  EXPECT_FALSE(KremserStages(0.7, 0.7).ok());
  EXPECT_THAT(KremserStages(0.7, 0.8).reason(), testing::HasSubstr("recovery: found 0.8"));
  EXPECT_TRUE(KremserStages(0.7, 0.6999).ok());
}

TEST(Kremser, DoesNotOverflow) {
  const double share = *KremserRaffinateShare(1e3, 500);
  EXPECT_GE(share, 0);
  EXPECT_LT(share, 1e-300);
  EXPECT_DOUBLE_EQ(*KremserRaffinateShare(1e-3, 1e6), 1 - 1e-3);
  EXPECT_EQ(*KremserRaffinateShare(0, 3), 1);
}

TEST(Kremser, InvertsItself) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 1000; ++trial) {
    const double factor = LogUniform(generator, 0.2, 10);
    const double stages = Uniform(generator, 0.5, 12);
    const double recovery = 1 - *KremserRaffinateShare(factor, stages);
    const double condition = 1e-13 / (1 - recovery);  // recovery is stored next to 1
    if (factor > 1) {
      EXPECT_NEAR(*KremserStages(factor, recovery), stages, 1e-9 + 30 * condition) << factor;
    }
    EXPECT_NEAR(*KremserFactor(stages, recovery) / factor, 1, 1e-9 + 30 * condition) << stages;
  }
}

TEST(Kremser, NamesEveryBadArgument) {
  const auto answer = KremserRaffinateShare(-1, std::numeric_limits<double>::quiet_NaN());
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.reason(), testing::HasSubstr("extraction_factor: found -1"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("stages: found nan"));
  EXPECT_FALSE(KremserStages(2, 1).ok());
  EXPECT_FALSE(KremserFactor(0, 0.5).ok());
}

}  // namespace
}  // namespace raffinate::kernels::theory
