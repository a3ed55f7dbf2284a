#include "optimizer/search/polish.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimizer/search/search.h"
#include "tests/optimizer/search/test_problems.h"

namespace raffinate::optimizer {
namespace {

using testing::Integer;
using testing::Real;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Two real variables and a whole one, x in [0.1, 10] by its logarithm, y in [-2, 2], n in
// [0, 8]: f1 = (x - 3)^2 + y^2 + (n - 5)^2, f2 the worst of x - y and y; x + y >= 2 is
// demanded.
class Smooth : public Problem {
 public:
  explicit Smooth(int objectives) : objectives_(objectives) { variables_[0].log = true; }

  const std::vector<Variable>& variables() const override { return variables_; }
  int objectives() const override { return objectives_; }
  std::vector<Requirement> requirements() const override { return {{}}; }
  bool differentiable() const override { return true; }

  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>&) override {
    for (Candidate& c : batch) {
      const double x = c.genes[0], y = c.genes[1], n = c.genes[2];
      c.objectives = {(x - 3) * (x - 3) + y * y + (n - 5) * (n - 5)};
      if (objectives_ == 2) c.objectives.push_back(std::max(x - y, y));
      c.residuals = {2 - x - y};
      c.violation = std::max(0.0, c.residuals[0]);
      c.solved = true;
    }
  }
  void Differentiate(std::span<const Candidate> batch, std::span<Slopes> slopes,
                     const std::atomic<bool>&) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const double x = batch[i].genes[0], y = batch[i].genes[1];
      slopes[i].known = true;
      slopes[i].objectives = {{0, batch[i].objectives[0], {2 * (x - 3), 2 * y, 0}}};
      if (objectives_ == 2) {
        slopes[i].objectives.push_back({1, x - y, {1, -1, 0}});
        slopes[i].objectives.push_back({1, y, {0, 1, 0}});
      }
      slopes[i].residuals = batch[i].residuals;
      slopes[i].residuals_by = {-1, -1, 0};
    }
  }

 private:
  std::vector<Variable> variables_{Real(0.1, 10), Real(-2, 2), Integer(0, 8)};
  int objectives_;
};

// The same without derivatives.
class SmoothByDifferences final : public Smooth {
 public:
  using Smooth::Smooth;
  bool smooth() const override { return true; }
  bool differentiable() const override { return false; }
};

// x and y in [0, 1], (x - 0.4)^2 - x - 1.5 y to be least. What is missed is a thousandth of what it
// may be until x + 2 y comes to 1, and then grows with it: as beside a front that leaves a cascade
// slopes say nothing of where it does.
class Edge : public Problem {
 public:
  const std::vector<Variable>& variables() const override { return variables_; }
  int objectives() const override { return 1; }
  std::vector<Requirement> requirements() const override { return {{}}; }
  bool differentiable() const override { return true; }

  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>&) override {
    for (Candidate& c : batch) {
      const double x = c.genes[0], y = c.genes[1];
      c.objectives = {(x - 0.4) * (x - 0.4) - x - 1.5 * y};
      c.residuals = {std::log10(Impurity(c) / kMost)};
      c.violation = std::max(0.0, c.residuals[0]);
      c.solved = true;
    }
  }
  void Differentiate(std::span<const Candidate> batch, std::span<Slopes> slopes,
                     const std::atomic<bool>&) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const double x = batch[i].genes[0];
      const double steep = Beyond(batch[i]) > 0 ? 1 / (Impurity(batch[i]) * std::log(10.0)) : 0;
      slopes[i].known = true;
      slopes[i].objectives = {{0, batch[i].objectives[0], {2 * (x - 0.4) - 1, -1.5}}};
      slopes[i].residuals = batch[i].residuals;
      slopes[i].residuals_by = {steep, 2 * steep};
      slopes[i].decades = {1};
    }
  }

  static constexpr double kMost = 1e-3;

 private:
  static double Beyond(const Candidate& c) {
    return std::max(0.0, c.genes[0] + 2 * c.genes[1] - 1);
  }
  static double Impurity(const Candidate& c) { return 1e-3 * kMost + Beyond(c); }

  std::vector<Variable> variables_{Real(0, 1), Real(0, 1)};
};

PolishTask From(double x, double y, int objectives) {
  PolishTask task;
  task.start.genes = {x, y, 4};
  task.caps.assign(static_cast<std::size_t>(objectives), kInfinite);
  return task;
}

Polished Refine(Problem& problem, std::vector<PolishTask> tasks, std::int64_t most = 0,
                bool race = false) {
  const GeneSpace space(problem.variables());
  const std::vector<double> scale(static_cast<std::size_t>(problem.objectives()), 1.0);
  return Polish(problem, space, std::move(tasks), scale, race, most, false);
}

TEST(Polish, FindsTheLeastAndLeavesTheLatticeAlone) {
  Smooth problem(1);
  const Polished polished = Refine(problem, {From(0.2, 1.9, 1), From(9, -2, 1)});
  ASSERT_EQ(polished.candidates.size(), 2u);
  for (const Candidate& c : polished.candidates) {
    EXPECT_NEAR(c.genes[0], 3, 1e-2);
    EXPECT_NEAR(c.genes[1], 0, 1e-2);
    EXPECT_EQ(c.genes[2], 4);
    EXPECT_NEAR(c.objectives[0], 1, 1e-4);
  }
  EXPECT_LE(polished.evaluations, 2 * 31);
}

TEST(Polish, DifferencesTakeThePlaceOfDerivatives) {
  SmoothByDifferences problem(2);
  PolishTask task = From(0.3, -1, 2);
  task.objective = 1;
  const Polished polished = Refine(problem, {task});
  const Candidate& c = polished.candidates[0];
  EXPECT_EQ(c.violation, 0);
  EXPECT_NEAR(c.objectives[1], 2.0 / 3, 1e-2);
  // Each counts as two, of x and y.
  EXPECT_LE(polished.evaluations, 1 + (2 + 2) * 15);
  for (const int most : {1, 2, 3, 7, 20}) {
    EXPECT_LE(Refine(problem, {task}, most).evaluations, most);
  }
}

TEST(Polish, MeetsTheDemandThatIsActive) {
  Smooth problem(2);
  PolishTask task = From(0.3, -1, 2);
  task.objective = 1;
  const Polished polished = Refine(problem, {task});
  // max(x - y, y) is least where y = x / 2 and x + y = 2.
  const Candidate& c = polished.candidates[0];
  EXPECT_EQ(c.violation, 0);
  EXPECT_NEAR(c.genes[0], 4.0 / 3, 1e-3);
  EXPECT_NEAR(c.objectives[1], 2.0 / 3, 1e-3);
}

TEST(Polish, KeepsToTheCaps) {
  Smooth problem(2);
  PolishTask task = From(2.5, 1, 2);
  task.caps[1] = 1.2;
  const Polished polished = Refine(problem, {task});
  const Candidate& c = polished.candidates[0];
  EXPECT_EQ(c.violation, 0);
  EXPECT_LE(c.objectives[1], 1.2 + 1e-4);
  // Least (x - 3)^2 + y^2 with x - y <= 1.2 and y <= 1.2.
  EXPECT_NEAR(c.genes[0], 2.1, 1e-2);
  EXPECT_NEAR(c.genes[1], 0.9, 1e-2);
}

TEST(Polish, FollowsTheFrontFromCapsToCaps) {
  Smooth problem(2);
  PolishTask task = From(2.5, 1, 2);
  std::vector<double> caps;
  for (int step = 0; step < 5; ++step) caps.push_back(1.4 - 0.1 * step);
  task.caps[1] = caps[0];
  for (std::size_t step = 1; step < caps.size(); ++step) {
    task.next_caps.push_back({kInfinite, caps[step]});
  }
  const Polished polished = Refine(problem, {task});
  std::vector<Candidate> seen = polished.passed;
  seen.insert(seen.end(), polished.candidates.begin(), polished.candidates.end());
  for (const double cap : caps) {
    // Least with x - y <= cap, cap >= 1: at x = (3 + cap) / 2, y = (3 - cap) / 2, n = 4.
    const double least = 1 + std::pow(3 - cap, 2) / 2;
    const bool found = std::any_of(seen.begin(), seen.end(), [&](const Candidate& c) {
      return c.violation == 0 && c.objectives[1] <= cap + 1e-4 && c.objectives[0] < least + 2e-3;
    });
    EXPECT_TRUE(found) << cap;
  }
  // The first takes up to 15 steps, each of the others up to 5, of up to 3 evaluations.
  EXPECT_LE(polished.evaluations, 1 + 3 * (15 + 4 * 5));
}

// From the flat side, where the demand has no slope: the slopes beyond the edge say where it is.
TEST(Polish, GoesAlongAnEdgeThatItOnlySeesFromBeyond) {
  Edge problem;
  PolishTask task;
  task.start.genes = {0.1, 0.3};
  task.caps = {kInfinite};
  const Polished polished = Refine(problem, {task});
  const Candidate& best = polished.candidates[0];
  EXPECT_EQ(best.violation, 0);
  // Along x + 2 y = 1.001 the slope is 2 (x - 0.4) - 1 + 0.75.
  const double x = 0.525, y = (1 + Edge::kMost * 0.999 - x) / 2;
  EXPECT_NEAR(best.objectives[0], 0.125 * 0.125 - x - 1.5 * y, 2e-5);
  EXPECT_LT(polished.evaluations, 20);
}

TEST(Polish, ARaceIsWonByTheBestAndCostsLess) {
  Edge problem;
  std::vector<PolishTask> tasks(6);
  for (std::size_t k = 0; k < tasks.size(); ++k) {
    tasks[k].start.genes = {0.1, 0.1 * static_cast<double>(k)};
    tasks[k].caps = {kInfinite};
  }
  const Polished all = Refine(problem, tasks), race = Refine(problem, tasks, 0, true);
  const auto least = [](const Polished& polished) {
    double value = kInfinite;
    for (const Candidate& c : polished.candidates) {
      if (c.violation == 0) value = std::min(value, c.objectives[0]);
    }
    return value;
  };
  EXPECT_EQ(race.candidates.size(), tasks.size());
  EXPECT_NEAR(least(race), least(all), 1e-5);
  EXPECT_LT(race.evaluations, all.evaluations * 3 / 4);
}

TEST(Polish, StopsAtTheLastEvaluation) {
  Smooth problem(1);
  for (const int most : {1, 2, 3, 7, 20}) {
    const Polished polished = Refine(problem, {From(0.2, 1.9, 1), From(9, -2, 1)}, most);
    EXPECT_LE(polished.evaluations, most);
    EXPECT_GE(polished.evaluations, 1);
  }
}

SearchOptions Options(bool polish) {
  SearchOptions options;
  options.population = 16;
  options.max_evaluations = 192;
  options.polish = polish;
  return options;
}

TEST(Polish, ASearchReachesTheOptimumThatEvolutionOnlyNears) {
  Smooth problem(1);
  std::vector<double> with, without;
  for (int seed = 1; seed <= 5; ++seed) {
    SearchOptions options = Options(true);
    options.seed = seed;
    with.push_back(testing::RunToEnd(problem, options)->Pareto()[0].objectives[0]);
    options.polish = false;
    without.push_back(testing::RunToEnd(problem, options)->Pareto()[0].objectives[0]);
  }
  EXPECT_LT(testing::Median(with), 1e-5);
  EXPECT_GT(testing::Median(without), 1e-4);
}

TEST(Polish, CheckpointsAtEveryGenerationLeadToTheSameEnd) {
  Smooth problem(2);
  const SearchOptions options = Options(true);
  auto whole = *Search::Create(&problem, options);
  std::vector<std::string> checkpoints;
  do {
    checkpoints.push_back(whole->Checkpoint());
  } while (whole->Step(false));
  ASSERT_GT(checkpoints.size(), 4u);
  const auto pareto = whole->Pareto();
  ASSERT_GE(pareto.size(), 2u);
  for (const std::string& checkpoint : checkpoints) {
    auto resumed = *Search::Create(&problem, options);
    ASSERT_TRUE(resumed->Restore(checkpoint).ok());
    while (resumed->Step(false)) {
    }
    EXPECT_EQ(resumed->Checkpoint(), whole->Checkpoint());
  }
}

}  // namespace
}  // namespace raffinate::optimizer
