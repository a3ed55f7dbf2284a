// Warm starts, cancellation, and answers to what cannot be solved.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "bench/corpus/corpus.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

TEST(ColdStart, SolvesWhatOnceWentRoundInCircles) {
  // Sharp cuts at constant loading with a front whose place hangs on little: on
  // 1e-5 of the feed, or with less metal in the raffinate than the closures of a
  // time step may be off by. And a start-up in which base takes up the last free acid
  // of the organic: pH jumps by five.
  struct Case {
    bench::Kind kind;
    std::uint64_t seed;
    bench::CorpusLimits limits;
  };
  for (const Case& c : {Case{bench::Kind::kNearPinch, 6000069, {2, 400, 2, 20}},
                        Case{bench::Kind::kPure, 8000159, {2, 400, 2, 20}},
                        Case{bench::Kind::kPure, 8001021, {60, 400, 2, 20}},
                        Case{bench::Kind::kRegeneration, 1000222, {2, 400, 2, 20}}}) {
    SCOPED_TRACE("seed " + std::to_string(c.seed));
    const Solved s = SolveCircuit(bench::RandomCircuit(c.kind, c.seed, c.limits));
    EXPECT_EQ(s.solution.status, SolveStatus::kSolved);
    EXPECT_LT(s.solution.iterations, 1000);
  }
}

TEST(WarmStart, ReachesTheColdAnswerInFewIterations) {
  int first_attempt = 0, total = 0;
  for (int k = 0; k < 40; ++k) {
    const Circuit parent = bench::RandomCircuit(bench::Kind::kScrub, Seed() + k, {2, 60, 2, 8});
    const Solved from = SolveCircuit(parent);
    ASSERT_EQ(from.solution.status, SolveStatus::kSolved);
    const Circuit child = bench::Perturbed(parent, 0.01, Seed() + k);
    const Solved cold = SolveCircuit(child);
    const Solved warm = SolveCircuit(child, kScalar, &from.solution.state);
    ASSERT_EQ(cold.solution.status, SolveStatus::kSolved);
    ASSERT_EQ(warm.solution.status, SolveStatus::kSolved);
    ++total;
    first_attempt += !warm.solution.cold;
    for (size_t i = 0; i < child.components.size(); ++i) {
      const double x = cold.extract().metals[i];
      EXPECT_NEAR(warm.extract().metals[i], x, 1e-8 * std::max(x, 1e-25)) << "seed " << Seed() + k;
    }
  }
  EXPECT_GE(first_attempt, total * 8 / 10);
}

TEST(WarmStart, FromItsOwnSolutionIsImmediate) {
  const Circuit c = bench::RandomCircuit(bench::Kind::kRegeneration, 3);
  const Solved cold = SolveCircuit(c);
  const Solved warm = SolveCircuit(c, kScalar, &cold.solution.state);
  EXPECT_FALSE(warm.solution.cold);
  EXPECT_LE(warm.solution.iterations, 2);
}

TEST(WarmStart, AStateFromNowhereFallsBackToTheColdStart) {
  const Circuit c = bench::RandomCircuit(bench::Kind::kScrub, 9);
  const Solved cold = SolveCircuit(c);
  State wild;
  wild.ln_h.assign(c.stages, 40.0);
  wild.ln_s.assign(c.stages, -300.0);
  const Solved warm = SolveCircuit(c, kScalar, &wild);
  ASSERT_EQ(warm.solution.status, SolveStatus::kSolved);
  EXPECT_TRUE(warm.solution.cold);
  EXPECT_NEAR(warm.raffinate().metals[0] / cold.raffinate().metals[0], 1, 1e-8);
}

TEST(WarmStart, NotANumberIsNoTrap) {
  const Circuit c = LanthanumNeodymium(5);
  State wild;
  wild.ln_h.assign(5, std::numeric_limits<double>::quiet_NaN());
  wild.ln_s.assign(5, 0.0);
  const Solved warm = SolveCircuit(c, kScalar, &wild);
  ASSERT_EQ(warm.solution.status, SolveStatus::kSolved);
  EXPECT_TRUE(warm.solution.cold);
}

TEST(Solve, CancelsWhatIsNotDone) {
  const Circuit c = bench::RandomCircuit(bench::Kind::kScrub, 2);
  Cascade cascade;
  ASSERT_EQ(Assemble(c, &cascade), "");
  std::atomic<bool> cancel{true};
  SolveOptions options;
  options.cancel = &cancel;
  const Task task{&cascade, nullptr};
  Solution solution;
  Solve(Device(), {&task, 1}, options, {&solution, 1});
  EXPECT_EQ(solution.status, SolveStatus::kCancelled);
}

TEST(Solve, SaysWhereAndHowFarWhenOutOfIterations) {
  const Circuit c = bench::RandomCircuit(bench::Kind::kScrub, 2);
  Cascade cascade;
  ASSERT_EQ(Assemble(c, &cascade), "");
  SolveOptions options;
  options.max_iterations = 3;
  const Task task{&cascade, nullptr};
  Solution solution;
  Solve(Device(), {&task, 1}, options, {&solution, 1});
  EXPECT_EQ(solution.status, SolveStatus::kNotConverged);
  EXPECT_GT(solution.residual, 0);
  EXPECT_GE(solution.worst_stage, 0);
}

TEST(Solve, RefusesWhatNoCascadeCanHave) {
  Cascade good;
  ASSERT_EQ(Assemble(LanthanumNeodymium(3), &good), "");
  const auto status = [](const Cascade& c) {
    const Task task{&c, nullptr};
    Solution s;
    Solve(kScalar, {&task, 1}, SolveOptions(), {&s, 1});
    return s.status;
  };
  EXPECT_EQ(status(good), SolveStatus::kSolved);
  Cascade c = good;
  c.feed_down[0].amount = std::nan("");
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  c = good;
  c.feed_down[0].amount = -1e-3;
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  c = good;
  c.feed_down.back().at = static_cast<long>(c.flows.size() * c.components.size());
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  c = good;
  c.feed_down[1].at = c.feed_down[0].at;
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  c = good;
  c.flows[1].aq_down = -1;
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  c = good;
  c.extractant[2] = 0;
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  c = good;
  c.components.clear();
  EXPECT_EQ(status(c), SolveStatus::kInvalid);
  EXPECT_EQ(status(Cascade()), SolveStatus::kInvalid);
}

}  // namespace
}  // namespace raffinate::kernels::testing
