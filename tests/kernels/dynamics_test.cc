// Transients against analytic responses, balances, and the steady state they end in.
#include "kernels/dynamics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "bench/corpus/corpus.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

std::vector<Holdup> Alike(int stages, Holdup one) { return std::vector<Holdup>(stages, one); }

/// One stage of constant D: aqueous feed of `x` mol/L at 2 m3/h, organic 1 m3/h.
Circuit OneStage(double d, double x) {
  Circuit c;
  c.law = Law::kConstantD;
  c.components = {{std::log10(d), 0, 0}};
  c.stages = 1;
  c.inlets.resize(2);
  c.inlets[0].flow = 2;
  c.inlets[0].molarity = {x};
  c.inlets[1].phase = Phase::kOrganic;
  c.inlets[1].flow = 1;
  c.inlets[1].extractant_dimer_mol_per_l = 1;
  return c;
}

TEST(Transient, OneMixerFillsExponentially) {
  const double d = 3, x = 0.1;
  Transient t(OneStage(d, x), Alike(1, {0.5, 0.25, 0, 0}));
  ASSERT_EQ(t.problem(), "");
  t.StartBarren();
  const double tau = (0.5 + 0.25 * d) / (2 + 1 * d);
  const double end = 2 * x / (2 + 1 * d);
  for (const double time : {0.1, 0.3, 1.0, 2.0}) {
    ASSERT_EQ(t.Advance(time), "");
    EXPECT_NEAR(t.state().x[0], end * (1 - std::exp(-time / tau)), 2e-4 * end) << time;
    EXPECT_DOUBLE_EQ(t.state().time, time);
  }
}

// The error goes down with the tolerance as that of a method of order two: a
// hundredth of the tolerance is a tenth of the step is a hundredth of the error.
TEST(Transient, ErrorFollowsTheTolerance) {
  double error[2];
  for (int k = 0; k < 2; ++k) {
    TransientOptions options;
    options.relative_error = k == 0 ? 1e-3 : 1e-5;
    options.absolute_error = 1e-3 * options.relative_error;
    Transient t(OneStage(3, 0.1), Alike(1, {0.5, 0.25, 0, 0}), nullptr, options);
    t.StartBarren();
    ASSERT_EQ(t.Advance(0.3), "");
    error[k] = std::abs(t.state().x[0] / (0.04 * (1 - std::exp(-0.3 * 5 / 1.25))) - 1);
  }
  EXPECT_LT(error[1], error[0] / 30);
  EXPECT_GT(error[1], error[0] / 3000);
}

// A pulse through two equal tanks in series: x2 = x_end (1 - (1 + t/tau) exp(-t/tau)).
TEST(Transient, ASettlerIsATankInSeries) {
  Circuit c = OneStage(1e-12, 0.1);
  TransientOptions options;
  options.relative_error = 1e-6;
  Transient t(c, Alike(1, {0.5, 0.25, 0.5, 0.25}), nullptr, options);
  t.StartBarren();
  const double tau = 0.25;
  for (const double time : {0.1, 0.5, 1.0}) {
    ASSERT_EQ(t.Advance(time), "");
    const double s = time / tau;
    EXPECT_NEAR(t.state().settled_x[0], 0.1 * (1 - (1 + s) * std::exp(-s)), 1e-5 * 0.1) << time;
  }
}

class TransientOf : public ::testing::TestWithParam<int> {};

/// Holdups of six minutes in every mixer and half an hour in every settler.
std::vector<Holdup> Residence(const Cascade& c) {
  std::vector<Holdup> holdups;
  for (const StageFlows& f : c.flows) {
    const double a = f.aq_up + f.aq_down + f.aq_draw, o = f.org_up + f.org_down + f.org_draw;
    holdups.push_back({0.1 * a, 0.1 * o, 0.5 * a, 0.5 * o});
  }
  return holdups;
}

void ExpectBalance(const Transient& t, const std::vector<double>& before) {
  const std::vector<double> after = t.Inventory();
  for (size_t i = 0; i < after.size(); ++i) {
    const double in = before[i] + t.state().entered[i], out = after[i] + t.state().left[i];
    EXPECT_NEAR(in, out, 1e-10 * std::max(in, 1e-20)) << "component " << i;
  }
}

TEST_P(TransientOf, FromBarrenStagesEndsAtTheSteadyState) {
  const auto kind = static_cast<bench::Kind>(GetParam());
  const std::uint64_t seed = Seed() + GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  const Solved steady = SolveCircuit(bench::RandomCircuit(kind, seed, {3, 20, 2, 5}));
  ASSERT_EQ(steady.solution.status, SolveStatus::kSolved);
  Transient t(steady.circuit, Residence(steady.cascade));
  ASSERT_EQ(t.problem(), "");
  t.StartBarren();
  if (steady.circuit.law == Law::kConstantBeta || kind == bench::Kind::kSolvation) {
    EXPECT_NE(t.problem(), "");
    return;
  }
  ASSERT_EQ(t.problem(), "");
  const std::vector<double> before = t.Inventory();
  ASSERT_EQ(t.Advance(1.0), "");
  ExpectBalance(t, before);
  ASSERT_EQ(t.Advance(1e7), "");
  ExpectBalance(t, before);
  const std::vector<Outflow> out = t.Leaving();
  ASSERT_EQ(out.size(), steady.out.size());
  for (size_t r = 0; r < out.size(); ++r) {
    for (size_t i = 0; i < out[r].metals.size(); ++i) {
      const double expected = steady.out[r].metals[i];
      EXPECT_NEAR(out[r].metals[i], expected, 1e-8 * std::max(expected, 1e-20))
          << "row " << r << " component " << i;
    }
    EXPECT_NEAR(out[r].anions, steady.out[r].anions, 1e-8 * std::abs(steady.out[r].anions) + 1e-12);
  }
}

TEST_P(TransientOf, FollowsAChangeOfTheFeedWithoutLosingAnything) {
  const auto kind = static_cast<bench::Kind>(GetParam());
  const std::uint64_t seed = Seed() + 100 + GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  const Circuit first = bench::RandomCircuit(kind, seed, {3, 20, 2, 5});
  const Circuit last = bench::Perturbed(first, 0.02, seed);
  const Solved before = SolveCircuit(first);
  Cascade unused;
  if (!Assemble(last, &unused).empty()) GTEST_SKIP() << "the change leaves no circuit";
  const Solved after = SolveCircuit(last);
  ASSERT_EQ(before.solution.status, SolveStatus::kSolved);
  ASSERT_EQ(after.solution.status, SolveStatus::kSolved);
  // Inputs go over in the first two hours; constants are the last circuit's.
  Circuit circuit = first;
  for (size_t i = 0; i < circuit.components.size(); ++i) circuit.components[i] = last.components[i];
  const Solved at_first = SolveCircuit(circuit);
  ASSERT_EQ(at_first.solution.status, SolveStatus::kSolved);
  const InputsAt inputs = [&](double time, Circuit* c) {
    const double part = std::min(1.0, std::max(0.0, time / 2));
    for (size_t k = 0; k < c->inlets.size(); ++k) {
      const Inlet &a = first.inlets[k], &b = last.inlets[k];
      const auto between = [part](double x, double y) { return x + part * (y - x); };
      Inlet& in = c->inlets[k];
      in.flow = between(a.flow, b.flow);
      in.anions = between(a.anions, b.anions);
      in.extractant_dimer_mol_per_l =
          between(a.extractant_dimer_mol_per_l, b.extractant_dimer_mol_per_l);
      for (size_t i = 0; i < in.molarity.size(); ++i) {
        in.molarity[i] = between(a.molarity[i], b.molarity[i]);
      }
    }
    for (size_t d = 0; d < c->draws.size(); ++d) {
      c->draws[d].share =
          first.draws[d].share + part * (last.draws[d].share - first.draws[d].share);
      c->draws[d].flow = first.draws[d].flow + part * (last.draws[d].flow - first.draws[d].flow);
    }
  };
  Transient t(circuit, Residence(before.cascade), inputs);
  t.StartSteady();
  ASSERT_EQ(t.problem(), "");
  const std::vector<double> inventory = t.Inventory();
  for (const double time : {0.5, 2.0, 10.0}) {
    ASSERT_EQ(t.Advance(time), "");
    ExpectBalance(t, inventory);
  }
  ASSERT_EQ(t.Advance(1e7), "");
  const std::vector<Outflow> out = t.Leaving();
  for (size_t r = 0; r < out.size(); ++r) {
    for (size_t i = 0; i < out[r].metals.size(); ++i) {
      const double expected = after.out[r].metals[i];
      EXPECT_NEAR(out[r].metals[i], expected, 1e-8 * std::max(expected, 1e-20))
          << "row " << r << " component " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, TransientOf, ::testing::Range(0, static_cast<int>(bench::kKinds)),
                         [](const auto& info) { return "Kind" + std::to_string(info.param); });

TEST(Transient, ASteadyStateStays) {
  const Circuit c = LanthanumNeodymium(10);
  const Solved steady = SolveCircuit(c);
  Transient t(c, Residence(steady.cascade));
  t.StartSteady();
  ASSERT_EQ(t.Advance(100), "");
  for (size_t k = 0; k < steady.solution.x.size(); ++k) {
    EXPECT_NEAR(t.state().x[k] / steady.solution.x[k], 1, 1e-8);
  }
  EXPECT_LT(t.steps(), 40);
}

TEST(Transient, GoesOnFromAStateAsIfItHadNotStopped) {
  const Circuit c = LanthanumNeodymium(10);
  const Solved steady = SolveCircuit(c);
  Transient whole(c, Residence(steady.cascade)), second(c, Residence(steady.cascade));
  whole.StartBarren();
  ASSERT_EQ(whole.Advance(1), "");
  second.StartFrom(whole.state());
  ASSERT_EQ(whole.Advance(3), "");
  ASSERT_EQ(second.Advance(3), "");
  for (size_t k = 0; k < whole.state().x.size(); ++k) {
    EXPECT_NEAR(second.state().x[k], whole.state().x[k], 1e-3 * whole.state().x[k]);
  }
  EXPECT_EQ(whole.state().entered.size(), 2u);
}

TEST(Transient, SaysWhatIsWrong) {
  const Circuit c = LanthanumNeodymium(3);
  EXPECT_NE(Transient(c, {}).problem(), "");
  EXPECT_NE(Transient(c, Alike(3, {0, 1, 0, 0})).problem(), "");
  Transient t(c, Alike(3, {1, 1, 1, 1}));
  EXPECT_EQ(t.problem(), "");
  t.StartFrom(TransientState());
  EXPECT_NE(t.problem(), "");
  // Inputs that no circuit can have, from some time on.
  Transient stops(c, Alike(3, {1, 1, 1, 1}), [](double time, Circuit* circuit) {
    circuit->inlets[0].flow = time < 1 ? 1.0 : 0.0;
  });
  stops.StartSteady();
  const std::string wrong = stops.Advance(2);
  EXPECT_NE(wrong.find("inputs at"), std::string::npos) << wrong;
  EXPECT_LE(stops.state().time, 1.0);
}

TEST(Transient, StopsBetweenStepsWhenCancelled) {
  const Circuit c = LanthanumNeodymium(10);
  std::atomic<bool> cancel = false;
  TransientOptions options;
  options.cancel = &cancel;
  Transient t(c, Residence(SolveCircuit(c).cascade), nullptr, options);
  t.StartBarren();
  const std::string why = t.Advance(100, [&](const TransientState& s) { cancel = s.time > 0.1; });
  EXPECT_EQ(why, "cancelled");
  EXPECT_GT(t.state().time, 0.1);
  EXPECT_LT(t.state().time, 10);
  const std::vector<double> none(2, 0.0);
  ExpectBalance(t, none);
  cancel = false;
  EXPECT_EQ(t.Advance(100), "");
}

}  // namespace
}  // namespace raffinate::kernels::testing
