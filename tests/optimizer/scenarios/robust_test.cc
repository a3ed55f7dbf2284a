// Designs over scenarios: agreement with simulations one by one, and what an optimization returns.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "optimizer/model/goals.h"
#include "optimizer/model/leaves.h"
#include "optimizer/run.h"
#include "optimizer/scenarios/assess.h"
#include "optimizer/scenarios/draw.h"
#include "optimizer/scenarios/outcome.h"
#include "optimizer/scenarios/share.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

const std::atomic<bool> kGoOn{false};

kernels::Device OneThread() {
  kernels::Device device;
  device.threads = 1;
  return device;
}

/// A feed whose metals and acid vary, and a demand that some of them miss.
Flowsheet UncertainPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.1, 0.01};
  flowsheet.streams[0].metals[1].mol_per_l = Uncertain{0.1, 0.01};
  flowsheet.streams[0].hcl = Uncertain{0.01, std::nullopt, 0.0, 0.03};
  return flowsheet;
}

SimulationResult SimulateOne(const Flowsheet& flowsheet,
                             std::optional<ScenarioTest> test = std::nullopt) {
  EXPECT_TRUE(Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate).empty());
  SimulationRequest request{flowsheet, false, test};
  return Simulate({request}, testing::SmallChemistry(), OneThread()).front();
}

/// The purity of lanthanum that about half of the scenarios miss.
double MedianPurity() {
  const SimulationResult result = SimulateOne(UncertainPlant(), ScenarioTest{41, 9});
  for (const FigureSpread& figure : result.robustness->figures) {
    if (figure.figure == "purity" && figure.product == "lanthanum") return figure.median;
  }
  return NAN;
}

TEST(Assess, AgreesWithSimulationsOneByOne) {
  Flowsheet flowsheet = UncertainPlant();
  flowsheet.products[0].min_purity = MedianPurity();
  const ScenarioTest test{40, 17};
  const SimulationResult result = SimulateOne(flowsheet, test);
  ASSERT_TRUE(result.robustness);
  const Robustness& robustness = *result.robustness;

  const Chemistry chemistry = testing::SmallChemistry();
  const Uncertainty uncertainty(flowsheet, chemistry);
  const Goals goals(flowsheet);
  int met = 0;
  double base = 0, least = 1e300;
  for (const Uncertainty::Draw& draw : uncertainty.Sample(40, 17, false)) {
    Flowsheet drawn = flowsheet;
    uncertainty.Apply(draw, &drawn);
    const SimulationResult alone = SimulateOne(drawn);
    ASSERT_TRUE(alone.convergence.converged);
    met += goals.Violation(alone.figures) == 0 ? 1 : 0;
    base += alone.figures.base_kg_per_t_reo / 40;
    least = std::min(least, alone.figures.base_kg_per_t_reo);
  }
  EXPECT_EQ(robustness.scenarios, 40);
  EXPECT_EQ(robustness.solved, 40);
  EXPECT_EQ(robustness.met, met);
  EXPECT_GT(met, 4);
  EXPECT_LT(met, 36);
  ASSERT_EQ(robustness.demands.size(), 1u);
  EXPECT_EQ(robustness.demands[0].met, met);
  EXPECT_EQ(robustness.least_probability, LeastProbability(static_cast<std::size_t>(met), 40));
  for (const FigureSpread& figure : robustness.figures) {
    if (figure.figure != "base") continue;
    EXPECT_NEAR(figure.mean, base, 1e-8 * base);
    EXPECT_NEAR(figure.least, least, 1e-8 * least);
    EXPECT_NEAR(figure.nominal, result.figures.base_kg_per_t_reo, 1e-8 * base);
    EXPECT_LT(figure.p5, figure.median);
    EXPECT_LT(figure.median, figure.p95);
  }
}

TEST(Assess, ConstantsVaryWithTheirErrors) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.scenarios.emplace().constants = true;
  flowsheet.scenarios->log10_error = 0.05;
  const SimulationResult result = SimulateOne(flowsheet, ScenarioTest{60, 3});
  ASSERT_TRUE(result.robustness);
  const auto spread = [&](const char* figure) {
    for (const FigureSpread& of : result.robustness->figures) {
      if (of.figure == figure) return of.sd;
    }
    return -1.0;
  };
  // Reagents per tonne of product follow the recovery alone; purity moves.
  EXPECT_GT(spread("purity"), 1e-6);
  EXPECT_GT(spread("recovery"), 0);
  flowsheet.scenarios->log10_error = 1e-9;
  const SimulationResult still = SimulateOne(flowsheet, ScenarioTest{10, 3});
  for (const FigureSpread& of : still.robustness->figures) {
    EXPECT_NEAR(of.most, of.nominal, 1e-6 * std::fabs(of.nominal)) << of.figure;
  }
}

TEST(Flexibility, EndsWhereADemandIsMissed) {
  Flowsheet flowsheet = UncertainPlant();
  const double nominal = SimulateOne(flowsheet).figures.products[0].purity;
  flowsheet.products[0].min_purity = nominal - 0.02 * (1 - nominal);
  const SimulationResult result = SimulateOne(flowsheet, ScenarioTest{5, 1});
  ASSERT_EQ(result.robustness->flexibility.size(), 3u);
  const Goals goals(flowsheet);
  int ends = 0;
  for (const Reach& reach : result.robustness->flexibility) {
    EXPECT_LE(reach.low, reach.value);
    EXPECT_GE(reach.high, reach.value);
    const auto met = [&](double value) {
      Flowsheet moved = flowsheet;
      VisitLeaves(moved, [&](auto& leaf, const Bounds&, auto path) {
        if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
          if (path() == reach.path) leaf = value;
        }
      });
      return goals.Violation(SimulateOne(moved).figures) == 0;
    };
    const double step = 0.002 * (reach.sd > 0 ? 4 * reach.sd : 0.03);
    EXPECT_TRUE(met(reach.low)) << reach.path;
    EXPECT_TRUE(met(reach.high)) << reach.path;
    if (reach.low_ends) {
      EXPECT_FALSE(met(reach.low - step)) << reach.path;
      ++ends;
    }
    if (reach.high_ends) {
      EXPECT_FALSE(met(reach.high + step)) << reach.path;
      ++ends;
    }
  }
  EXPECT_GE(ends, 2);
}

/// A search for the least base at a purity of lanthanum, over a feed that varies.
Flowsheet Question() {
  Flowsheet flowsheet = UncertainPlant();
  // A plant whose flows are fixed follows a feed that varies by little.
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.1, 0.002};
  flowsheet.streams[0].metals[1].mol_per_l = Uncertain{0.1, 0.002};
  flowsheet.streams[1].flow = Range{0.05, 0.25, {}, {}, true};
  flowsheet.streams[2].flow = Range{0.02, 0.2, {}, {}, true};
  flowsheet.circuits[0].organic.flow = Range{0.5, 2, {}, {}, false};
  flowsheet.products[0].min_purity = 0.97;
  flowsheet.products[0].min_recovery = 0.85;
  flowsheet.objectives = {{Direction::kMinimize, "base", ""}};
  flowsheet.search.max_evaluations = 800;
  flowsheet.search.population = 20;
  flowsheet.search.seed = 5;
  flowsheet.scenarios.emplace().count = 150;
  flowsheet.scenarios->probability = 0.9;
  return flowsheet;
}

std::vector<SimulationResult> Optimize(const Flowsheet& flowsheet, int threads = 1) {
  kernels::Device device;
  device.threads = threads;
  auto run = OptimizationRun::Create(flowsheet, testing::SmallChemistry(), device);
  EXPECT_TRUE(run.ok()) << run.status();
  while ((*run)->Step(kGoOn)) {
  }
  return (*run)->Finish();
}

TEST(RobustRun, MeetsItsProbabilityOnScenariosItHasNotSeen) {
  const Flowsheet question = Question();
  Flowsheet nominal_question = question;
  nominal_question.scenarios.reset();
  const std::vector<SimulationResult> robust = Optimize(question);
  const std::vector<SimulationResult> nominal = Optimize(nominal_question);
  ASSERT_FALSE(robust.empty());
  ASSERT_FALSE(nominal.empty());
  const auto share = [](const SimulationResult& result) {
    const SimulationResult tested = SimulateOne(result.flowsheet, ScenarioTest{2000, 4242});
    return static_cast<double>(tested.robustness->met) / tested.robustness->scenarios;
  };
  ASSERT_TRUE(robust.front().robustness);
  EXPECT_EQ(robust.front().robustness->scenarios, 750);
  EXPECT_GE(robust.front().robustness->least_probability, 0.9);
  const double robust_share = share(robust.front()), nominal_share = share(nominal.front());
  EXPECT_GE(robust_share, 0.9);
  // The nominal optimum sits on its demands: about every second feed misses one.
  EXPECT_LT(nominal_share, 0.75);
  EXPECT_GT(robust.front().figures.base_kg_per_t_reo, nominal.front().figures.base_kg_per_t_reo);
}

TEST(RobustRun, IsTheSameWithThreadsAndAfterAResume) {
  Flowsheet question = Question();
  question.search.max_evaluations = 200;
  const std::vector<SimulationResult> one = Optimize(question, 1), two = Optimize(question, 2);
  ASSERT_EQ(one.size(), two.size());

  auto first = OptimizationRun::Create(question, testing::SmallChemistry(), OneThread());
  for (int step = 0; step < 4; ++step) ASSERT_TRUE((*first)->Step(kGoOn));
  auto second = OptimizationRun::Create(question, testing::SmallChemistry(), OneThread());
  ASSERT_TRUE((*second)->Restore((*first)->Checkpoint()).ok());
  while ((*second)->Step(kGoOn)) {
  }
  const std::vector<SimulationResult> resumed = (*second)->Finish();
  ASSERT_EQ(one.size(), resumed.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].figures.base_kg_per_t_reo, two[i].figures.base_kg_per_t_reo);
    EXPECT_EQ(one[i].figures.base_kg_per_t_reo, resumed[i].figures.base_kg_per_t_reo);
    EXPECT_EQ(one[i].robustness->met, resumed[i].robustness->met);
  }
  question.scenarios->probability = 0.8;
  auto other = OptimizationRun::Create(question, testing::SmallChemistry(), OneThread());
  EXPECT_FALSE((*other)->Restore((*first)->Checkpoint()).ok());
}

TEST(RobustRun, SaysWhatCannotBeMet) {
  Flowsheet question = Question();
  question.products[0].min_purity = 0.9999999;
  question.search.max_evaluations = 60;
  const std::vector<SimulationResult> nearest = Optimize(question);
  ASSERT_EQ(nearest.size(), 1u);
  ASSERT_FALSE(nearest.front().flags.empty());
  EXPECT_EQ(nearest.front().flags.front().code, "DEMANDS_NOT_MET");
}

}  // namespace
}  // namespace raffinate::optimizer
