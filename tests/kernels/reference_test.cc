// Published and independently solved cascades, to the digits given.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/kernels/oracle/mass_action.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

struct CaseOneRow {
  int stages;
  double la, nd, h;
};

class CaseOne : public ::testing::TestWithParam<CaseOneRow> {};

// Exact mass action for two elements, solved independently to 1e-14.
TEST_P(CaseOne, RaffinateMatchesToTenDigits) {
  const CaseOneRow& row = GetParam();
  const Solved s = SolveCircuit(LanthanumNeodymium(row.stages));
  ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
  EXPECT_NEAR(s.raffinate().metals[0] / row.la, 1, 1e-9);
  EXPECT_NEAR(s.raffinate().metals[1] / row.nd, 1, 1e-9);
  EXPECT_NEAR(s.raffinate().free_acid / row.h, 1, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CaseOne,
    ::testing::Values(CaseOneRow{1, 0.09629205441, 0.07211046857, 0.1047924311},
                      CaseOneRow{3, 0.09467838974, 0.05713777063, 0.1545515189},
                      CaseOneRow{5, 0.09421380886, 0.05254032394, 0.1697376016},
                      CaseOneRow{10, 0.09387243266, 0.04910121665, 0.1810790521},
                      CaseOneRow{20, 0.09373986134, 0.04775235853, 0.1855233404}),
    [](const auto& info) { return std::to_string(info.param.stages) + "Stages"; });

TEST(CaseOneExtract, HoldsThePublishedLoading) {
  const Solved s = SolveCircuit(LanthanumNeodymium(20));
  EXPECT_NEAR(s.extract().metals[0] / 0.006260138665, 1, 1e-9);
  EXPECT_NEAR(s.extract().metals[1] / 0.05224764147, 1, 1e-9);
  EXPECT_NEAR(std::exp(s.solution.state.ln_s.back()) / 0.3244766596, 1, 1e-9);
}

// Zhang, Zhao, Schreiner 2016, doi 10.1007/978-3-319-28235-0: Gd/Eu/Sm with a
// third outlet at stage 30 of 60, feed into stage 18.
TEST(CaseTwo, ThreeOutletCascadeMatchesThePublication) {
  const double u_org = 0.39 * 0.618 / 0.9991;
  const double u_aq = 0.51 * 0.999 / 0.9999;
  const double u_third = 1 - u_org - u_aq;
  Circuit c = ConstantBeta({2.8, 2.0, 1.0}, {0.39, 0.10, 0.51}, 60, 18, 2.0, u_org);
  Draw third;
  third.stage = 29;
  third.share = u_third / (2.0 - u_org);  // of the aqueous leaving stage 30
  c.draws = {third};
  const Solved s = SolveCircuit(c);
  ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
  const auto purity = [](const Outflow& o, int i) { return o.metals[i] / Sum(o.metals); };
  EXPECT_NEAR(Sum(s.raffinate().metals), u_aq, 1e-9);
  EXPECT_NEAR(purity(s.raffinate(), 2), 0.99990, 5e-6);
  EXPECT_NEAR(purity(s.out[0], 1), 0.4002, 5.1e-5);
  EXPECT_NEAR(purity(s.extract(), 0), 0.99907, 5e-6);
  EXPECT_NEAR(s.extract().metals[0] / 0.39, 0.618, 5e-5);
}

// Saponified extraction with a scrub, three metals, against a solver that shares
// no code with ours.
void CompareWithPlain(const std::vector<oracle::MassActionComponent>& components,
                      const Device& device) {
  for (const int stages : {2, 4, 7}) {
    oracle::MassActionProblem plain;
    plain.components = components;
    plain.stages = stages;
    plain.organic_flow = 2.0;
    plain.dimer = 0.5;
    plain.organic_molarity = {0, 0, 0, 0.3};
    plain.inlets = {{std::max(1, stages / 2), 1.0, {0.1, 0.1, 1e-6, 0}, 0.61},
                    {stages, 0.1, {0, 0, 0, 0}, 2.0}};
    const oracle::MassActionProfile expected = oracle::SolveMassAction(plain);
    ASSERT_TRUE(expected.converged);

    Circuit c;
    for (const auto& k : plain.components) c.components.push_back({k.log10_k, k.charge, k.dimers});
    c.stages = stages;
    for (const auto& in : plain.inlets) {
      Inlet inlet;
      inlet.stage = in.stage - 1;
      inlet.flow = in.flow;
      inlet.molarity = in.molarity;
      inlet.anions = in.anions;
      c.inlets.push_back(inlet);
    }
    Inlet organic;
    organic.phase = Phase::kOrganic;
    organic.flow = plain.organic_flow;
    organic.molarity = plain.organic_molarity;
    organic.extractant_dimer_mol_per_l = plain.dimer;
    c.inlets.push_back(organic);
    const Solved s = SolveCircuit(c, device);
    ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
    for (int j = 0; j < stages; ++j) {
      EXPECT_NEAR(std::exp(s.solution.state.ln_h[j]) / expected.h[j], 1, 1e-8) << j;
      EXPECT_NEAR(std::exp(s.solution.state.ln_s[j]) / expected.s[j], 1, 1e-8) << j;
      for (int i = 0; i < 4; ++i) {
        // The plain solver's own accuracy ends at 1e-16 mol/L.
        EXPECT_NEAR(s.solution.x[j * 4 + i], expected.x[j][i], 1e-8 * expected.x[j][i] + 1e-15);
        EXPECT_NEAR(s.solution.y[j * 4 + i], expected.y[j][i], 1e-8 * expected.y[j][i] + 1e-15);
      }
    }
  }
}

TEST(MassAction, AgreesWithAPlainLongDoubleNewton) {
  for (const Device& device : {kScalar, Device{Device::Kind::kCpu, 0, 1}}) {
    CompareWithPlain({{-3.1765, 3, 3}, {-2.1746, 3, 3}, {-1.461, 3, 3}, {-4.1, 1, 1}}, device);
  }
}

// Metals that take fewer or more dimers than they give off protons: D then hangs on more than
// the ratio of free dimer to free proton.
TEST(MassAction, AgreesWithAPlainLongDoubleNewtonForOtherDimerNumbers) {
  for (const Device& device : {kScalar, Device{Device::Kind::kCpu, 0, 1}}) {
    CompareWithPlain({{-3.1765, 3, 2.5}, {-2.1746, 3, 3}, {-1.461, 2, 3}, {-4.1, 1, 1}}, device);
  }
}

}  // namespace
}  // namespace raffinate::kernels::testing
