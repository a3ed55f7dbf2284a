// Limits with analytic answers, and invariances.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "bench/corpus/corpus.h"
#include "kernels/theory/kremser.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

TEST(ConstantD, IsKremserAtEveryExtractionFactor) {
  for (const double d : {0.05, 0.5, 0.999999, 1.0, 1.7, 30.0}) {
    for (const int stages : {1, 3, 17, 60}) {
      Circuit c;
      c.law = Law::kConstantD;
      c.components = {{std::log10(d), 0, 0}};
      c.stages = stages;
      Inlet feed;
      feed.stage = stages - 1;
      feed.flow = 2;
      feed.molarity = {0.3};
      Inlet organic;
      organic.phase = Phase::kOrganic;
      organic.flow = 3;
      organic.extractant_dimer_mol_per_l = 0.5;
      c.inlets = {feed, organic};
      const Solved s = SolveCircuit(c);
      ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
      const double share = *theory::KremserRaffinateShare(d * 3 / 2, stages);
      EXPECT_NEAR(s.raffinate().metals[0] / 0.6 / share, 1, 1e-11) << d << " " << stages;
    }
  }
}

TEST(MassAction, VanishingMetalBecomesConstantD) {
  // With traces alone the acid and the free dimer stay those of the feeds.
  Circuit c = LanthanumNeodymium(6);
  c.inlets[0].molarity = {1e-12, 1e-12};
  c.inlets[0].anions = 0.05;
  const Solved s = SolveCircuit(c);
  ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
  for (int i = 0; i < 2; ++i) {
    const double d = std::pow(10, c.components[i].log10_k) * std::pow(0.5, 3) / std::pow(0.05, 3);
    EXPECT_NEAR(s.raffinate().metals[i] / 1e-12 / *theory::KremserRaffinateShare(d, 6), 1, 1e-6);
  }
}

TEST(MassAction, ScalingAllFlowsLeavesConcentrations) {
  Circuit c = bench::RandomCircuit(bench::Kind::kSideStreams, 5);
  const Solved a = SolveCircuit(c);
  for (Inlet& in : c.inlets) in.flow *= 37.5;
  for (Draw& d : c.draws) d.flow *= 37.5;
  const Solved b = SolveCircuit(c);
  ASSERT_EQ(a.solution.status, SolveStatus::kSolved);
  ASSERT_EQ(b.solution.status, SolveStatus::kSolved);
  for (size_t k = 0; k < a.solution.x.size(); ++k) {
    EXPECT_NEAR(b.solution.x[k], a.solution.x[k], 1e-8 * a.solution.x[k]) << k;
  }
}

TEST(MassAction, OrderOfComponentsDoesNotMatter) {
  const Circuit c = bench::RandomCircuit(bench::Kind::kScrub, 11);
  Circuit r = c;
  std::reverse(r.components.begin(), r.components.end());
  for (Inlet& in : r.inlets) std::reverse(in.molarity.begin(), in.molarity.end());
  const Solved a = SolveCircuit(c), b = SolveCircuit(r);
  ASSERT_EQ(a.solution.status, SolveStatus::kSolved);
  const size_t m = c.components.size();
  for (size_t i = 0; i < m; ++i) {
    const double x = a.extract().metals[i], y = b.extract().metals[m - 1 - i];
    EXPECT_NEAR(x, y, 1e-8 * std::max(x, 1e-30)) << i;
  }
}

TEST(MassAction, AComponentThatIsAbsentChangesNothing) {
  Circuit c = LanthanumNeodymium(8);
  const Solved a = SolveCircuit(c);
  c.components.push_back({-1.0, 3, 3});
  c.inlets[0].molarity.push_back(0.0);
  const Solved b = SolveCircuit(c);
  EXPECT_NEAR(a.raffinate().metals[1] / b.raffinate().metals[1], 1, 1e-10);
  EXPECT_EQ(b.raffinate().metals[2], 0.0);
}

TEST(ClosedLoop, EqualsTheOpenCircuitFedWithItsOwnStrippedOrganic) {
  for (int seed = 0; seed < 8; ++seed) {
    const Circuit closed = bench::RandomCircuit(bench::Kind::kClosedLoop, seed);
    const Solved a = SolveCircuit(closed);
    ASSERT_EQ(a.solution.status, SolveStatus::kSolved) << "seed " << seed;
    Circuit open = closed;
    open.recycle = 0;
    for (Inlet& in : open.inlets) {
      if (in.phase != Phase::kOrganic) continue;
      for (size_t i = 0; i < in.molarity.size(); ++i) {
        in.molarity[i] += a.solution.recycled[i] / in.flow;
      }
    }
    const Solved b = SolveCircuit(open);
    ASSERT_EQ(b.solution.status, SolveStatus::kSolved) << "seed " << seed;
    for (size_t i = 0; i < closed.components.size(); ++i) {
      const double x = a.raffinate().metals[i], y = b.raffinate().metals[i];
      EXPECT_NEAR(x, y, 1e-7 * std::max(x, 1e-25)) << "seed " << seed << " component " << i;
    }
  }
}

TEST(Efficiency, OneHalfOfAStageWithConstantDIsHalfTheApproach) {
  // One stage, Murphree efficiency E on fresh organic: y = E D x.
  Circuit c;
  c.law = Law::kConstantD;
  c.components = {{std::log10(4.0), 0, 0}};
  c.stages = 1;
  Inlet feed;
  feed.flow = 1;
  feed.molarity = {1.0};
  Inlet organic;
  organic.phase = Phase::kOrganic;
  organic.flow = 1;
  organic.extractant_dimer_mol_per_l = 0.5;
  c.inlets = {feed, organic};
  c.efficiency = {0.5};
  const Solved s = SolveCircuit(c);
  const double x = s.raffinate().metals[0], y = s.extract().metals[0];
  EXPECT_NEAR(y, 0.5 * 4.0 * x, 1e-12);
  EXPECT_NEAR(x + y, 1.0, 1e-12);
}

}  // namespace
}  // namespace raffinate::kernels::testing
