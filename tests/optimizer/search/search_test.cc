#include "optimizer/search/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "tests/optimizer/search/test_problems.h"

namespace raffinate::optimizer {
namespace {

using ::testing::AllOf;
using testing::Category;
using testing::FunctionProblem;
using ::testing::HasSubstr;
using testing::Integer;
using testing::Real;
using testing::RunToEnd;
using testing::Zdt;

bool Same(const std::vector<Candidate>& a, const std::vector<Candidate>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.genes == y.genes && x.state == y.state && x.objectives == y.objectives &&
           x.violation == y.violation && x.solved == y.solved;
  });
}

std::unique_ptr<Search> Start(Problem& problem, const SearchOptions& options) {
  auto search = Search::Create(&problem, options);
  EXPECT_TRUE(search.ok()) << search.status();
  return std::move(*search);
}

TEST(Search, RefusesEveryOptionOutOfRangeByName) {
  FunctionProblem problem = Zdt(1);
  SearchOptions options;
  options.population = 3;
  options.max_evaluations = -1;
  options.stagnation_generations = -1;
  options.archive_size = 1;
  const absl::Status status = Search::Create(&problem, options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("population"), HasSubstr("max_evaluations"),
                    HasSubstr("stagnation_generations"), HasSubstr("archive_size")));
  FunctionProblem without({}, 0, [](Candidate&) {});
  EXPECT_THAT(std::string(Search::Create(&without, {}).status().message()),
              AllOf(HasSubstr("objectives"), HasSubstr("variables")));
}

TEST(Search, EvaluatesTheStartFirst) {
  std::vector<Variable> variables{Real(0, 1), Integer(1, 9), Category(3)};
  variables[0].start = 0.1234567;
  variables[1].start = 4;
  variables[2].start = 2;
  std::vector<double> first;
  FunctionProblem problem(variables, 1, [&](Candidate& c) {
    if (first.empty()) first = c.genes;
    c.objectives = {c.genes[0]};
  });
  SearchOptions options;
  options.max_evaluations = 100;
  RunToEnd(problem, options);
  EXPECT_EQ(first, (std::vector<double>{0.1234567, 4, 2}));
}

TEST(Search, ChoosesThePopulationFromTheNumberOfVariables) {
  for (const auto& [variables, population] :
       std::map<int, int>{{1, 64}, {8, 64}, {9, 72}, {32, 256}, {100, 256}}) {
    FunctionProblem problem(std::vector<Variable>(variables, Real(0, 1)), 1,
                            [](Candidate& c) { c.objectives = {c.genes[0]}; });
    SearchOptions options;
    options.max_evaluations = 1000;
    RunToEnd(problem, options);
    EXPECT_EQ(problem.batches.front(), population);
  }
}

TEST(Search, HandsOverWholeGenerationsAndStopsExactlyAtTheLimit) {
  FunctionProblem problem = Zdt(1);
  SearchOptions options;
  options.population = 40;
  options.max_evaluations = 130;
  const auto search = RunToEnd(problem, options);
  EXPECT_EQ(problem.batches, (std::vector<int>{40, 40, 40, 10}));
  EXPECT_EQ(search->progress().evaluations, 130);
  EXPECT_EQ(search->progress().generations, 4);
  EXPECT_EQ(search->stop_reason(), "evaluations");
  EXPECT_FALSE(search->Step(false));
  EXPECT_EQ(search->progress().evaluations, 130);

  FunctionProblem small = Zdt(1);
  options.max_evaluations = 7;
  RunToEnd(small, options);
  EXPECT_EQ(small.batches, (std::vector<int>{7}));
}

TEST(Search, SameSeedGivesTheSameSetAndAnotherSeedAnother) {
  SearchOptions options;
  options.population = 32;
  options.max_evaluations = 960;
  FunctionProblem a = Zdt(3), b = Zdt(3), c = Zdt(3);
  const auto one = RunToEnd(a, options)->Pareto();
  EXPECT_TRUE(Same(one, RunToEnd(b, options)->Pareto()));
  options.seed = 2;
  EXPECT_FALSE(Same(one, RunToEnd(c, options)->Pareto()));
}

TEST(Search, ParetoIsOrderedFeasibleAndNotDominated) {
  FunctionProblem problem = testing::OsyczkaKundu();
  SearchOptions options;
  options.population = 60;
  options.max_evaluations = 6000;
  options.archive_size = 30;
  const auto pareto = RunToEnd(problem, options)->Pareto();
  ASSERT_GT(pareto.size(), 10u);
  ASSERT_LE(pareto.size(), 30u);
  for (std::size_t i = 0; i < pareto.size(); ++i) {
    EXPECT_EQ(pareto[i].violation, 0);
    if (i == 0) continue;
    EXPECT_LT(pareto[i - 1].objectives[0], pareto[i].objectives[0]);
    EXPECT_GT(pareto[i - 1].objectives[1], pareto[i].objectives[1]);
  }
}

TEST(Search, HypervolumeGrowsWithinZeroToOne) {
  for (int objectives : {2, 3}) {
    FunctionProblem problem = objectives == 2 ? Zdt(4) : testing::Dtlz(2);
    SearchOptions options;
    options.population = 40;
    options.max_evaluations = 6000;
    options.archive_size = 20;
    const auto search = Start(problem, options);
    double last = 0;
    double first = -1;
    while (search->Step(false)) {
      const double now = search->progress().hypervolume;
      ASSERT_GE(now, last);
      ASSERT_LT(now, 1);
      if (first < 0) first = now;
      last = now;
    }
    EXPECT_GT(last, first);
  }
}

TEST(Search, CancelLeavesTheStateAsItWas) {
  std::atomic<bool> cancel{false};
  int left = 500;
  FunctionProblem base = Zdt(1);
  FunctionProblem problem(base.variables(), 2, [&](Candidate& c) {
    std::vector<Candidate> one{c};
    base.Evaluate(one, cancel);
    c = one[0];
    if (--left == 0) cancel = true;
  });
  SearchOptions options;
  options.population = 64;
  options.max_evaluations = 64 * 20;
  const auto search = Start(problem, options);
  std::string before;
  do {
    before = search->Checkpoint();
  } while (search->Step(cancel));
  EXPECT_EQ(search->stop_reason(), "cancelled");
  EXPECT_EQ(search->progress().evaluations, 7 * 64);
  EXPECT_EQ(search->Checkpoint(), before);
  EXPECT_FALSE(search->Step(cancel));
  EXPECT_EQ(search->Checkpoint(), before);

  // Taken up again it ends as if it had never been cancelled.
  cancel = false;
  while (search->Step(cancel)) {
  }
  EXPECT_EQ(search->stop_reason(), "evaluations");
  FunctionProblem fresh = Zdt(1);
  EXPECT_TRUE(Same(search->Pareto(), RunToEnd(fresh, options)->Pareto()));
}

TEST(Search, ChildrenCarryTheStateOfAParent) {
  // The state of a candidate is its own genes: what a child brings must be those of
  // a candidate evaluated before.
  std::vector<std::vector<double>> evaluated;
  int children = 0;
  std::size_t population = 0;
  FunctionProblem base = Zdt(1);
  FunctionProblem problem(base.variables(), 2, [&](Candidate& c) {
    if (evaluated.size() < 32) {
      EXPECT_TRUE(c.state.empty());
    } else {
      ++children;
      EXPECT_NE(std::find(evaluated.begin(), evaluated.end(), c.state), evaluated.end());
    }
    c.state = c.genes;
    evaluated.push_back(c.genes);
    c.objectives = {c.genes[0], 1 - c.genes[0] + c.genes[1]};
    population = std::max(population, evaluated.size());
  });
  SearchOptions options;
  options.population = 32;
  options.max_evaluations = 160;
  const auto search = RunToEnd(problem, options);
  EXPECT_EQ(children, 128);
  for (const Candidate& c : search->Pareto()) EXPECT_EQ(c.state, c.genes);
}

TEST(Search, ReturnsTheLeastViolatedWhenNothingIsFeasible) {
  FunctionProblem problem(std::vector<Variable>(3, Real(0, 1)), 2, [](Candidate& c) {
    c.objectives = {c.genes[0], c.genes[1]};
    c.violation = 1 + std::abs(c.genes[0] - 0.25) + std::abs(c.genes[2] - 0.75);
  });
  SearchOptions options;
  options.max_evaluations = 6400;
  const auto search = RunToEnd(problem, options);
  ASSERT_EQ(search->Pareto().size(), 1u);
  EXPECT_NEAR(search->Pareto()[0].violation, 1, 1e-2);
  EXPECT_EQ(search->progress().least_violation, search->Pareto()[0].violation);
  EXPECT_EQ(search->progress().pareto_size, 0);
  EXPECT_EQ(search->progress().hypervolume, 0);
}

TEST(Search, SurvivesCandidatesThatAreNotSolvedOrNotNumbers) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  FunctionProblem problem(std::vector<Variable>(4, Real(0, 1)), 2, [&](Candidate& c) {
    c.objectives = {c.genes[0], 1 - c.genes[0] + c.genes[1]};
    if (c.genes[2] > 0.9) c.solved = false;
    if (c.genes[2] > 0.8) c.objectives[1] = kNan;
    if (c.genes[3] > 0.9) c.objectives.clear();
    if (c.genes[3] < 0.1) c.violation = kNan;
  });
  SearchOptions options;
  options.max_evaluations = 3200;
  const auto search = RunToEnd(problem, options);
  EXPECT_GT(search->progress().pareto_size, 20);
  EXPECT_LT(search->progress().converged_share, 1);
  EXPECT_GT(search->progress().converged_share, 0.5);
  for (const Candidate& c : search->Pareto()) {
    EXPECT_TRUE(c.solved);
    EXPECT_TRUE(std::isfinite(c.objectives[1]));
  }

  FunctionProblem hopeless(std::vector<Variable>(2, Real(0, 1)), 2,
                           [](Candidate& c) { c.solved = false; });
  const auto failed = RunToEnd(hopeless, options);
  EXPECT_EQ(failed->progress().converged_share, 0);
  EXPECT_EQ(failed->Pareto().size(), 1u);
}

TEST(Search, FindsTheOptimumOfASingleObjective) {
  FunctionProblem problem(std::vector<Variable>(5, Real(-3, 4)), 1, [](Candidate& c) {
    double sum = 0;
    for (const double x : c.genes) sum += (x - 1) * (x - 1);
    c.objectives = {sum};
  });
  SearchOptions options;
  options.max_evaluations = 10000;
  const auto search = RunToEnd(problem, options);
  ASSERT_EQ(search->Pareto().size(), 1u);
  EXPECT_LT(search->Pareto()[0].objectives[0], 1e-4);
}

TEST(Search, StopsWhenItStagnates) {
  for (int objectives : {1, 2}) {
    FunctionProblem problem(std::vector<Variable>(2, Real(0, 1)), objectives, [&](Candidate& c) {
      c.objectives = {c.genes[0] * c.genes[0] + c.genes[1]};
      if (objectives == 2) c.objectives.push_back((c.genes[0] - 1) * (c.genes[0] - 1));
    });
    SearchOptions options;
    options.stagnation_generations = 15;
    options.max_evaluations = 200000;
    const auto search = RunToEnd(problem, options);
    EXPECT_EQ(search->stop_reason(), "stagnation");
    EXPECT_GT(search->progress().generations, 15);
    EXPECT_LT(search->progress().generations, 500);
    EXPECT_LT(search->Pareto()[0].objectives[0], 0.01);
  }
}

TEST(Search, OneVariable) {
  FunctionProblem problem({Real(-10, 10)}, 2, [](Candidate& c) {
    const double x = c.genes[0];
    c.objectives = {x * x, (x - 2) * (x - 2)};
  });
  SearchOptions options;
  options.max_evaluations = 3200;
  const auto pareto = RunToEnd(problem, options)->Pareto();
  EXPECT_EQ(pareto.size(), 100u);
  for (const Candidate& c : pareto) {
    EXPECT_GE(c.genes[0], -1e-3);
    EXPECT_LE(c.genes[0], 2 + 1e-3);
  }
}

TEST(Search, ExhaustsASpaceSmallerThanAPopulation) {
  FunctionProblem problem({Integer(1, 5), Category(4)}, 2, [](Candidate& c) {
    c.objectives = {c.genes[0], 10 - 2 * c.genes[0] + c.genes[1]};
  });
  const auto search = RunToEnd(problem, {});
  EXPECT_EQ(search->stop_reason(), "exhausted");
  EXPECT_EQ(search->progress().evaluations, 20);
  ASSERT_EQ(search->Pareto().size(), 5u);
  for (const Candidate& c : search->Pareto()) EXPECT_EQ(c.genes[1], 0);
}

// f1 counts stages, f2 falls with them and with the best of four choices; the real
// gene has one best value. The Pareto set is one candidate per count of stages.
TEST(Search, FindsAMixedIntegerParetoSet) {
  const double quality[4] = {0.5, 0.0, 1.0, 0.2};
  std::vector<Variable> variables{Integer(4, 60), Category(4), Real(0.01, 100), Real(0, 2)};
  variables[2].log = true;
  variables[3].step = 0.05;
  FunctionProblem problem(variables, 2, [&](Candidate& c) {
    const auto& x = c.genes;
    const double miss = std::abs(std::log10(x[2]) - 0.5) + std::abs(x[3] - 0.35);
    c.objectives = {x[0], 100 / x[0] + quality[static_cast<int>(x[1])] + miss};
    c.violation = std::max(0.0, (10 - x[0]) / 10);
  });
  SearchOptions options;
  options.max_evaluations = 25000;
  const auto pareto = RunToEnd(problem, options)->Pareto();
  ASSERT_EQ(pareto.size(), 51u);  // 10 to 60 stages
  for (std::size_t i = 0; i < pareto.size(); ++i) {
    EXPECT_EQ(pareto[i].genes[0], 10 + static_cast<double>(i));
    EXPECT_EQ(pareto[i].genes[1], 1);
    EXPECT_NEAR(pareto[i].genes[3], 0.35, 1e-12);
    EXPECT_NEAR(std::log10(pareto[i].genes[2]), 0.5, 0.02);
  }
}

TEST(Search, EvaluatesNoCandidateTwiceInALargeSpace) {
  std::map<std::vector<double>, int> seen;
  FunctionProblem problem(std::vector<Variable>(8, Integer(0, 15)), 2, [&](Candidate& c) {
    ++seen[c.genes];
    c.objectives = {c.genes[0], 15 - c.genes[0] + c.genes[1]};
  });
  SearchOptions options;
  options.population = 64;
  options.max_evaluations = 640;
  RunToEnd(problem, options);
  // Only what died out in between may come back.
  EXPECT_GT(seen.size(), 600u);
}

}  // namespace
}  // namespace raffinate::optimizer
