#include "tests/kernels/oracle/mass_action.h"

#include <gtest/gtest.h>

#include <cmath>

namespace raffinate::oracle {
namespace {

MassActionProblem LanthanumNeodymium(int stages) {
  MassActionProblem p;
  p.components = {{-3.1765, 3, 3}, {-2.1746, 3, 3}};
  p.stages = stages;
  p.dimer = 0.5;
  p.inlets = {{stages, 1, {0.1, 0.1}, 0.01 + 3 * 0.2}};
  return p;
}

// Raffinates of an independent solve of the same equations, residual below 1e-14.
struct Row {
  int stages;
  double lanthanum, neodymium, proton;
};
constexpr Row kTable[] = {
    {1, 0.09629205441, 0.07211046857, 0.1047924311},
    {3, 0.09467838974, 0.05713777063, 0.1545515189},
    {5, 0.09421380886, 0.05254032394, 0.1697376016},
    {10, 0.09387243266, 0.04910121665, 0.1810790521},
    {20, 0.09373986134, 0.04775235853, 0.1855233404},
};

TEST(MassActionOracle, GivesTheTabulatedRaffinates) {
  for (const Row& row : kTable) {
    const MassActionProfile profile = SolveMassAction(LanthanumNeodymium(row.stages));
    ASSERT_TRUE(profile.converged) << row.stages;
    EXPECT_NEAR(profile.x[0][0] / row.lanthanum, 1, 1e-9) << row.stages;
    EXPECT_NEAR(profile.x[0][1] / row.neodymium, 1, 1e-9) << row.stages;
    EXPECT_NEAR(profile.h[0] / row.proton, 1, 1e-9) << row.stages;
  }
}

TEST(MassActionOracle, GivesTheTabulatedExtractOfTwentyStages) {
  const MassActionProfile profile = SolveMassAction(LanthanumNeodymium(20));
  ASSERT_TRUE(profile.converged);
  EXPECT_NEAR(profile.y[19][0] / 0.006260138665, 1, 1e-9);
  EXPECT_NEAR(profile.y[19][1] / 0.05224764147, 1, 1e-9);
  EXPECT_NEAR(profile.s[19] / 0.3244766596, 1, 1e-9);
}

TEST(MassActionOracle, ObeysTheLawAndTheBalancesInEveryStage) {
  // Extraction and scrub with organic that carries sodium.
  MassActionProblem p;
  p.components = {{-1.95, 3, 3}, {-2.10, 3, 3}, {-6.0, 1, 1}};
  p.stages = 8;
  p.dimer = 0.5;
  p.organic_flow = 2;
  p.organic_molarity = {0, 0, 0.15};
  p.inlets = {{4, 1, {0.075, 0.025, 0}, 0.31}, {8, 0.3, {0, 0, 0}, 1.0}};
  const MassActionProfile profile = SolveMassAction(p);
  ASSERT_TRUE(profile.converged) << profile.residual;
  for (int j = 0; j < p.stages; ++j) {
    const double flow = j < 4 ? 1.3 : 0.3;
    const double anions = j < 4 ? (0.31 + 0.3) / 1.3 : 1.0;
    double charge = profile.h[j] - 1e-14 / profile.h[j];
    double dimer = profile.s[j];
    for (int i = 0; i < 3; ++i) {
      const auto& c = p.components[i];
      const double d = std::pow(10.0, c.log10_k) * std::pow(profile.s[j], c.dimers) /
                       std::pow(profile.h[j], c.charge);
      EXPECT_NEAR(profile.y[j][i] / profile.x[j][i] / d, 1, 1e-10);
      charge += c.charge * profile.x[j][i];
      dimer += c.dimers * profile.y[j][i];
      const double in = (j == 3 ? p.inlets[0].molarity[i] : 0) +
                        2 * (j > 0 ? profile.y[j - 1][i] : p.organic_molarity[i]) +
                        (j < 7 ? (j + 1 < 4 ? 1.3 : 0.3) * profile.x[j + 1][i] : 0);
      EXPECT_NEAR(in, flow * profile.x[j][i] + 2 * profile.y[j][i], 1e-13);
    }
    EXPECT_NEAR(charge, anions, 1e-12);
    EXPECT_NEAR(dimer, p.dimer, 1e-12);
  }
}

}  // namespace
}  // namespace raffinate::oracle
