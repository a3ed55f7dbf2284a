// Saponified organic is organic that carries sodium: protons, counter-ions and pH.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

/// La and Nd against an organic whose extractant carries sodium to `degree`. Sodium is
/// the last component, also where there is none.
Circuit Saponified(int stages, double degree) {
  Circuit c = LanthanumNeodymium(stages);
  c.components.push_back({-4.1, 1, 1});
  c.inlets[0].molarity.push_back(0);
  Inlet& organic = c.inlets[1];
  organic.molarity = {0, 0, degree * 2 * organic.extractant_dimer_mol_per_l};
  return c;
}

double Ph(const Solved& s, int stage) { return -s.solution.state.ln_h[stage] / std::log(10.0); }

TEST(Saponification, NoneIsTheUnsaponifiedResultBitForBit) {
  const Solved plain = SolveCircuit(LanthanumNeodymium(12)), none = SolveCircuit(Saponified(12, 0));
  ASSERT_EQ(plain.solution.status, SolveStatus::kSolved);
  ASSERT_EQ(none.solution.status, SolveStatus::kSolved);
  for (size_t j = 0; j < 12; ++j) {
    EXPECT_EQ(plain.solution.state.ln_h[j], none.solution.state.ln_h[j]);
    EXPECT_EQ(plain.solution.state.ln_s[j], none.solution.state.ln_s[j]);
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(plain.solution.x[j * 2 + i], none.solution.x[j * 3 + i]);
      EXPECT_EQ(plain.solution.y[j * 2 + i], none.solution.y[j * 3 + i]);
    }
  }
}

// What metal enters the organic sends out three protons, or three sodium ions.
TEST(Saponification, ThreeCounterIonsLeaveForEachMetal) {
  for (const double degree : {0.0, 0.2, 0.45}) {
    SCOPED_TRACE(degree);
    const Solved s = SolveCircuit(Saponified(5, degree));
    ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
    const double extracted = s.extract().metals[0] + s.extract().metals[1];
    const double protons = s.raffinate().free_acid - 0.01;
    const double sodium = s.raffinate().aqueous_metals[2];
    EXPECT_GT(extracted, 0.01);
    EXPECT_NEAR((protons + sodium) / (3 * extracted), 1, 1e-9);
  }
}

// Released acid stops an unsaponified extraction; sodium takes its place and holds pH.
TEST(Saponification, HoldsThePhWhereTheUnsaponifiedCollapses) {
  constexpr int kStages = 10;
  const Solved plain = SolveCircuit(Saponified(kStages, 0));
  const Solved saponified = SolveCircuit(Saponified(kStages, 0.45));
  ASSERT_EQ(plain.solution.status, SolveStatus::kSolved);
  ASSERT_EQ(saponified.solution.status, SolveStatus::kSolved);
  const double fed = 0.2;
  const double plain_yield = (plain.extract().metals[0] + plain.extract().metals[1]) / fed;
  const double yield = (saponified.extract().metals[0] + saponified.extract().metals[1]) / fed;
  EXPECT_LT(plain_yield, 0.4);
  EXPECT_GT(yield, 0.7);
  // At the raffinate's end, where the acid collects.
  EXPECT_LT(Ph(plain, 0), 0.8);
  EXPECT_GT(Ph(saponified, 0), Ph(plain, 0) + 0.3);
  for (int j = 0; j < kStages; ++j) EXPECT_GT(Ph(saponified, j), Ph(plain, 0)) << j;
}

}  // namespace
}  // namespace raffinate::kernels::testing
