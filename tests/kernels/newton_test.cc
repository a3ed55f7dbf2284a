// The Newton step away from the solution: the shorter elimination for shapes of one wave
// against that which takes every master for itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "bench/corpus/corpus.h"
#include "tests/kernels/extended.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

using Any = detail::AtMost<detail::kMaxComponents>;

/// A solved circuit with its masters moved off by up to `far`, and in every other case within a
/// time step.
struct Astray {
  Astray(bench::Kind kind, std::uint64_t seed, double far) {
    const Circuit circuit = bench::RandomCircuit(kind, seed, {2, 40, 2, 7});
    EXPECT_EQ(Assemble(circuit, &cascade), "");
    const Task task{&cascade, nullptr};
    Solution solution;
    Solve(kScalar, {&task, 1}, SolveOptions(), {&solution, 1});
    EXPECT_EQ(solution.status, SolveStatus::kSolved);
    state = solution.state;
    std::mt19937_64 random(seed);
    const auto off = [&] { return far * (2 * static_cast<double>(random() >> 11) * 0x1p-53 - 1); };
    const bool proton = cascade.law == Law::kMassAction;
    for (double& h : state.ln_h) h += proton ? off() : 0.0;
    for (double& s : state.ln_s) s += off();
    if (seed % 2 == 0) return;
    rate = 0.1;
    for (long j = 0; j < cascade.stages(); ++j) {
      const StageFlows& f = cascade.flows[j];
      const double aqueous = f.aq_up + f.aq_down + f.aq_draw;
      const double organic = f.org_up + f.org_down + f.org_draw;
      for (long i = 0; i < cascade.size(); ++i) {
        const long ji = j * cascade.size() + i;
        held.push_back(aqueous * solution.x[ji] + organic * solution.y[ji]);
      }
    }
  }

  Evaluation<double> Evaluate() const {
    Evaluation<double> evaluation(cascade, state);
    evaluation.w.count[0] = static_cast<double>(cascade.stages());
    evaluation.w.rate[0] = rate;
    for (std::size_t k = 0; k < held.size(); ++k) evaluation.w.old_amount[k] = held[k];
    return evaluation;
  }

  Cascade cascade;
  State state;
  double rate = 0;
  std::vector<double> held;
};

class OneWaveOf : public ::testing::TestWithParam<bench::Kind> {};

TEST_P(OneWaveOf, StepsAsTwoDo) {
  for (std::uint64_t seed = Seed(); seed < Seed() + 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Astray astray(GetParam(), seed, 0.3);
    Evaluation<double> one = astray.Evaluate(), two = astray.Evaluate();
    ASSERT_TRUE(one.shape.one_wave);
    const bool plain = !one.shape.bypass && !one.shape.recycle;
    const double error =
        plain ? one.EvaluateAs<detail::WithOpposed<detail::OneWave<detail::Plain<Any>>>>()
              : one.EvaluateAs<detail::WithOpposed<detail::OneWave<Any>>>();
    EXPECT_NEAR(error, two.EvaluateAs<Any>(), 1e-12 * error);
    EXPECT_GT(error, 1e-3);
    const long unknowns = one.stages * one.shape.masters;
    double largest = 0;
    for (long k = 0; k < unknowns; ++k) largest = std::max(largest, std::abs(two.w.step[k]));
    EXPECT_GT(largest, 1e-3);
    for (long k = 0; k < unknowns; ++k) {
      EXPECT_NEAR(one.w.step[k], two.w.step[k], 1e-9 * largest) << "master " << k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, OneWaveOf,
                         ::testing::Values(bench::Kind::kSaponified, bench::Kind::kSideStreams,
                                           bench::Kind::kEntrainment, bench::Kind::kClosedLoop,
                                           bench::Kind::kRegeneration, bench::Kind::kMixedCharges,
                                           bench::Kind::kConstantBeta));

TEST(OneWave, IsOfShapesWhoseComponentsAllGiveOffAProtonPerDimer) {
  Circuit circuit = LanthanumNeodymium(3);
  const auto one_wave = [&] {
    Cascade cascade;
    EXPECT_EQ(Assemble(circuit, &cascade), "");
    const Task task{&cascade, nullptr};
    return GroupByShape({&task, 1})[0].shape.one_wave;
  };
  EXPECT_TRUE(one_wave());
  circuit.components[1].dimers = 2.5;
  EXPECT_FALSE(one_wave());
}

}  // namespace
}  // namespace raffinate::kernels::testing
