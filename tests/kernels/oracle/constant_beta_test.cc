#include "tests/kernels/oracle/constant_beta.h"

#include <gtest/gtest.h>

namespace raffinate::oracle {
namespace {

using Ends = ConstantBetaProblem::Ends;

// Zhang, Zhao, Schreiner 2016, doi 10.1007/978-3-319-28235-0: Gd/Eu/Sm with a third outlet.
ConstantBetaProblem ThreeOutlets() {
  ConstantBetaProblem p;
  p.beta = {1.4 * 2.0, 2.0, 1.0};
  p.feed = {0.39, 0.10, 0.51};
  p.stages = 18 + 42;
  p.feed_stage = 18;
  p.organic_flux = 2.0;
  p.organic_product = 0.39 * 0.618 / 0.9991;
  p.draw_stage = 30;
  p.draw_flux = 1 - p.organic_product - 0.51 * 0.999 / 0.9999;
  return p;
}

TEST(ConstantBetaOracle, GivesThePublishedProductsOfTheThreeOutletCascade) {
  const ConstantBetaProfile profile = SolveConstantBeta(ThreeOutlets());
  ASSERT_TRUE(profile.converged);
  EXPECT_NEAR(profile.x[0][2], 0.99990, 0.5e-5 + 1e-6);
  EXPECT_NEAR(profile.x[29][1], 0.4002, 0.5e-4);
  EXPECT_NEAR(profile.y[59][0], 0.99907, 0.5e-5);
  EXPECT_NEAR(profile.y[59][0] * profile.organic_out[59] / 0.39, 0.618, 0.5e-3);
}

TEST(ConstantBetaOracle, CannotTellRefluxedEndsFromOpenOnes) {
  ConstantBetaProblem p = ThreeOutlets();
  const ConstantBetaProfile open = SolveConstantBeta(p);
  p.ends = Ends::kReflux;
  const ConstantBetaProfile reflux = SolveConstantBeta(p);
  ASSERT_TRUE(open.converged && reflux.converged);
  for (int j = 0; j < p.stages; ++j) {
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(open.x[j][i], reflux.x[j][i], 1e-10) << j + 1;
  }
}

// One stage: y_A/y_B = beta x_A/x_B with products u and 1 - u of a feed of 1/2 A. For beta = 4 and
// u = 1/2 the ratios are 2 and 1/2.
TEST(ConstantBetaOracle, GivesTheHandResultOfOneStage) {
  ConstantBetaProblem p;
  p.beta = {4, 1};
  p.feed = {0.5, 0.5};
  p.organic_flux = 0.5;
  p.organic_product = 0.5;
  const ConstantBetaProfile profile = SolveConstantBeta(p);
  ASSERT_TRUE(profile.converged);
  EXPECT_NEAR(profile.y[0][0], 2.0 / 3, 1e-12);
  EXPECT_NEAR(profile.x[0][0], 1.0 / 3, 1e-12);
}

TEST(ConstantBetaOracle, NeglectsAComponentThatIsNotFed) {
  ConstantBetaProblem p = ThreeOutlets();
  const ConstantBetaProfile without = SolveConstantBeta(p);
  p.beta.push_back(1.5);
  p.feed.push_back(0);
  const ConstantBetaProfile with = SolveConstantBeta(p);
  ASSERT_TRUE(without.converged && with.converged);
  EXPECT_NEAR(with.x[29][1], without.x[29][1], 1e-12);
  EXPECT_LT(with.x[29][3], 1e-100);
}

TEST(ConstantBetaOracle, ReturnsWhatIsFed) {
  const ConstantBetaProblem p = ThreeOutlets();
  const ConstantBetaProfile profile = SolveConstantBeta(p);
  for (int i = 0; i < 3; ++i) {
    const double out = p.organic_product * profile.y[59][i] + p.draw_flux * profile.x[29][i] +
                       profile.aqueous_flux[0] * profile.x[0][i];
    EXPECT_NEAR(out, p.feed[i], 1e-11);
  }
}

// beta 2, equal aqueous feed: S_min = 0.5 + 1/(2 - 1) = 1.5.
TEST(ConstantBetaOracle, ReachesAnyPurityJustAboveTheMinimumFluxAndNoneJustBelow) {
  ConstantBetaProblem p;
  p.beta = {2, 1};
  p.feed = {0.5, 0.5};
  p.organic_product = 0.5;
  auto impurity = [&](double organic_flux, int stages) {
    p.organic_flux = organic_flux;
    p.stages = stages;
    p.feed_stage = stages / 2;
    const ConstantBetaProfile profile = SolveConstantBeta(p);
    EXPECT_TRUE(profile.converged) << organic_flux << " " << stages;
    return profile.y[stages - 1][1];
  };
  EXPECT_LT(impurity(1.02 * 1.5, 100), 1.1e-6);
  EXPECT_LT(impurity(1.02 * 1.5, 200), 1e-12);
  const double stalled = impurity(0.98 * 1.5, 100);
  EXPECT_GT(stalled, 0.0099);
  EXPECT_NEAR(impurity(0.98 * 1.5, 400), stalled, 1e-4);
}

// Two batteries that are each other's mirror: A for B, organic for aqueous, stage j for N + 1 - j.
TEST(ConstantBetaOracle, TreatsOrganicFeedAsTheMirrorOfAqueousFeed) {
  ConstantBetaProblem aqueous;
  aqueous.beta = {3, 1};
  aqueous.feed = {0.3, 0.7};
  aqueous.stages = 12;
  aqueous.feed_stage = 5;
  aqueous.organic_flux = 1.1;
  aqueous.organic_product = 0.31;
  ConstantBetaProblem organic = aqueous;
  organic.feed = {0.7, 0.3};
  organic.feed_stage = 12 + 1 - 5;
  organic.organic_share = 1;
  organic.organic_flux = 1.1 - 0.31;  // the mirrored scrub flux
  organic.organic_product = 0.69;
  const ConstantBetaProfile a = SolveConstantBeta(aqueous);
  const ConstantBetaProfile o = SolveConstantBeta(organic);
  ASSERT_TRUE(a.converged && o.converged);
  for (int j = 0; j < 12; ++j) EXPECT_NEAR(a.x[j][1], o.y[11 - j][0], 1e-11) << j + 1;
}

}  // namespace
}  // namespace raffinate::oracle
