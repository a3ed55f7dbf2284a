#include "optimizer/search/restoration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "optimizer/search/feasibility.h"
#include "tests/optimizer/search/process_problems.h"

namespace raffinate::optimizer {
namespace {

using testing::FunctionProblem;

const std::atomic<bool> kGoOn{false};

TEST(ShortestStep, MeetsAnEqualityAlongItsSlope) {
  // x + 2 y = 1 from the origin: (0.2, 0.4).
  const std::vector<double> step = ShortestStep({{{true, 1e-6}}, {-1}, {1, 2}, {0, 0}});
  EXPECT_NEAR(step[0], 0.2, 1e-9);
  EXPECT_NEAR(step[1], 0.4, 1e-9);
}

TEST(ShortestStep, MakesUpForABoundWithTheOtherVariables) {
  // x + 2 y = 2.5 from (0.1, 0.9), y at most 1: x takes the rest.
  const std::vector<double> step = ShortestStep({{{true, 1e-6}}, {-0.6}, {1, 2}, {0.1, 0.9}});
  EXPECT_NEAR(step[1], 0.1, 1e-9);
  EXPECT_NEAR(step[0], 0.4, 1e-9);
}

TEST(ShortestStep, MeetsAMissedInequalityWithATenthToSpareAndLeavesOneThatIsMet) {
  const std::vector<double> step = ShortestStep({{{}, {}}, {0.2, -0.1}, {1, 0, 0, 1}, {0.5, 0.5}});
  EXPECT_NEAR(step[0], -0.22, 1e-9);
  EXPECT_EQ(step[1], 0);
}

TEST(ShortestStep, KeepsAnInequalityThatItWouldBreak) {
  // x + y = 0.8 from (0.3, 0.1) would go to x = 0.5, but x must not exceed 0.35.
  const std::vector<double> step =
      ShortestStep({{{true, 1e-6}, {}}, {-0.4, -0.05}, {1, 1, 1, 0}, {0.3, 0.1}});
  EXPECT_LE(step[0], 0.055 + 1e-9);
  EXPECT_NEAR(step[0] + step[1], 0.4, 1e-9);
}

// A circle of which only the upper half is allowed, one whole number, one figure that
// cannot be had where x > 0.9.
FunctionProblem Circle() {
  FunctionProblem problem(
      {testing::Real(-1, 1), testing::Real(-1, 1), testing::Integer(0, 3)}, 1, [](Candidate& c) {
        const std::vector<double>& x = c.genes;
        c.objectives = {x[0]};
        c.residuals = {x[0] * x[0] + x[1] * x[1] - 0.5, -x[1], x[2] - 2};
        c.violation = std::max(0.0, std::abs(c.residuals[0]) - 1e-8) +
                      std::max(0.0, c.residuals[1]) + std::max(0.0, c.residuals[2]);
        c.solved = x[0] <= 0.9;
      });
  problem.Require({{true, 1e-8}, {}, {}});
  return problem;
}

TEST(RestoreFeasibility, GoesToTheDemandsAndLeavesWhatIsNoRealVariable) {
  FunctionProblem problem = Circle();
  const GeneSpace space(problem.variables());
  std::vector<Candidate> starts(3);
  starts[0].genes = {0.3, -0.2, 2};
  starts[1].genes = {-0.8, 0.7, 1};
  starts[2].genes = {0.5, 0.4, 3};  // out of reach: the whole number stays
  const Restored restored = RestoreFeasibility(problem, space, starts, 0, kGoOn);
  ASSERT_EQ(restored.candidates.size(), 3u);
  EXPECT_TRUE(Feasible(restored.candidates[0]));
  EXPECT_TRUE(Feasible(restored.candidates[1]));
  EXPECT_FALSE(Feasible(restored.candidates[2]));
  EXPECT_EQ(restored.candidates[2].genes[2], 3);
  EXPECT_NEAR(restored.candidates[2].violation, 1, 0.05);
  const auto evaluated = std::accumulate(problem.batches.begin(), problem.batches.end(), 0);
  EXPECT_EQ(restored.evaluations, evaluated);
}

TEST(RestoreFeasibility, StaysWithinItsEvaluations) {
  for (int most = 1; most < 60; ++most) {
    FunctionProblem problem = Circle();
    const GeneSpace space(problem.variables());
    std::vector<Candidate> starts(4);
    for (Candidate& c : starts) c.genes = {0.3, -0.7, 2};
    const Restored restored = RestoreFeasibility(problem, space, starts, most, kGoOn);
    EXPECT_LE(restored.evaluations, most);
    EXPECT_EQ(restored.candidates.size(), static_cast<std::size_t>(std::min(most, 4)));
  }
}

TEST(RestoreFeasibility, ReturnsWhatCannotBeEvaluatedAsItIs) {
  FunctionProblem problem = Circle();
  const GeneSpace space(problem.variables());
  std::vector<Candidate> starts(1);
  starts[0].genes = {0.95, 0.5, 0};
  const Restored restored = RestoreFeasibility(problem, space, starts, 0, kGoOn);
  EXPECT_EQ(restored.evaluations, 1);
  EXPECT_EQ(restored.solved, 0);
  EXPECT_EQ(restored.candidates[0].genes, starts[0].genes);
}

// Published baselines find RCM22 and 24 by hardly any seed, RCM23 and 28 by some
// (Kumar et al. 2021).
TEST(ProcessProblems, AreFeasibleByEverySeedWithinTheBudget) {
  for (testing::ProcessProblem& p : testing::ProcessProblems()) {
    int feasible = 0;
    for (int seed = 1; seed <= 10; ++seed) {
      SearchOptions options;
      options.seed = seed;
      options.max_evaluations = p.evaluations / 2;
      const auto search = testing::RunToEnd(p.problem, options);
      feasible += search->progress().pareto_size > 0;
      EXPECT_LE(search->progress().evaluations, options.max_evaluations);
    }
    EXPECT_GE(feasible, 9) << p.name;
  }
}

TEST(ProcessProblems, ResumeInTheMiddleToTheSameEnd) {
  SearchOptions options;
  options.max_evaluations = 6000;
  testing::ProcessProblem whole_problem = testing::ProcessProblems()[1];
  auto whole = std::move(*Search::Create(&whole_problem.problem, options));
  std::vector<std::string> checkpoints;
  while (whole->Step(kGoOn)) checkpoints.push_back(whole->Checkpoint());
  for (std::size_t n = 0; n < checkpoints.size(); n += 3) {
    testing::ProcessProblem again = testing::ProcessProblems()[1];
    auto search = std::move(*Search::Create(&again.problem, options));
    ASSERT_TRUE(search->Restore(checkpoints[n]).ok());
    while (search->Step(kGoOn)) {
    }
    ASSERT_EQ(search->Checkpoint(), whole->Checkpoint());
  }
}

}  // namespace
}  // namespace raffinate::optimizer
