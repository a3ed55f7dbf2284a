// Many outcomes as one candidate.
#include "optimizer/scenarios/aggregate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "optimizer/judge.h"
#include "optimizer/scenarios/outcome.h"

namespace raffinate::optimizer {
namespace {

Outcome Solved(double objective, double residual) {
  return {true, {objective}, {residual}, std::max(residual, 0.0)};
}

Scenarios With(Statistic demands, Statistic objectives, double probability = 0.8) {
  Scenarios scenarios;
  scenarios.demands = demands;
  scenarios.objectives = objectives;
  scenarios.probability = probability;
  return scenarios;
}

TEST(Aggregation, StatisticsOfObjectives) {
  std::vector<Outcome> outcomes;
  for (int k = 1; k <= 10; ++k) outcomes.push_back(Solved(k, -1));
  const Outcome nominal = Solved(3, -1);
  const auto objective = [&](Statistic statistic) {
    return Aggregation(With(Statistic::kWorst, statistic), 10)
        .Join(nominal, outcomes)
        .objectives.front();
  };
  EXPECT_DOUBLE_EQ(objective(Statistic::kMean), 5.5);
  EXPECT_DOUBLE_EQ(objective(Statistic::kQuantile), 8);
  EXPECT_DOUBLE_EQ(objective(Statistic::kWorst), 10);
  EXPECT_DOUBLE_EQ(objective(Statistic::kNominal), 3);
}

TEST(Aggregation, MeanOfDemandsLetsOneScenarioPayForAnother) {
  const Aggregation mean(With(Statistic::kMean, Statistic::kMean), 2);
  EXPECT_EQ(mean.Join(Solved(0, 0), {Solved(0, -2), Solved(0, 1)}).violation, 0);
  EXPECT_NEAR(mean.Join(Solved(0, 0), {Solved(0, -2), Solved(0, 3)}).violation, 0.5, 1e-15);
  const Aggregation worst(With(Statistic::kWorst, Statistic::kMean), 2);
  EXPECT_EQ(worst.Join(Solved(0, 0), {Solved(0, -2), Solved(0, 1)}).violation, 1);
  // A scenario without a steady state is nothing to average.
  const Outcome lost = {false, {}, {}, kUnsolvedViolation / 2};
  EXPECT_GT(mean.Join(Solved(0, 0), {Solved(0, -2), lost}).violation, 0);
  EXPECT_GT(worst.Join(Solved(0, 0), {Solved(0, -2), lost}).violation, 1);
  EXPECT_FALSE(worst.Join(Solved(0, 0), {lost, lost}).solved);
}

TEST(Aggregation, StopsEarlyOnlyWhereTheEndIsCertain) {
  const unsigned seed = 20261123;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  constexpr std::size_t kCount = 100;
  int hopeless = 0, feasible = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const double failing = std::uniform_real_distribution<>(0, 0.3)(random);
    const Aggregation aggregation(With(Statistic::kQuantile, Statistic::kMean), kCount);
    std::vector<Outcome> outcomes;
    bool stopped = false;
    for (std::size_t k = 0; k < kCount; ++k) {
      const bool fails = std::bernoulli_distribution(failing)(random);
      outcomes.push_back(Solved(0, fails ? 0.1 + 0.001 * static_cast<double>(k) : -0.1));
      if (!stopped && aggregation.Hopeless(outcomes)) {
        stopped = true;
        // What a search is told of a part is a miss as well.
        EXPECT_GT(aggregation.Join(Solved(0, -1), outcomes).violation, 0);
      }
    }
    const auto missed = static_cast<std::size_t>(
        std::count_if(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return !o.met(); }));
    const double violation = aggregation.Join(Solved(0, -1), outcomes).violation;
    EXPECT_EQ(violation == 0, missed <= aggregation.allowed());
    EXPECT_EQ(stopped, violation > 0);
    hopeless += stopped ? 1 : 0;
    feasible += stopped ? 0 : 1;
  }
  EXPECT_GT(hopeless, 50);
  EXPECT_GT(feasible, 50);
}

}  // namespace
}  // namespace raffinate::optimizer
