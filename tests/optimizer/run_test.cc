// Optimizations from the flowsheet to the Pareto set.
#include "optimizer/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "optimizer/fingerprint.h"
#include "optimizer/flowsheet_problem.h"
#include "optimizer/judge.h"
#include "optimizer/model/goals.h"
#include "tests/optimizer/economics/fixtures.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::atomic<bool> kGoOn{false};

/// The small plant with flows and stages left open.
Flowsheet OpenPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[1].flow = Range{0.05, 0.2, {}, {}, true};
  flowsheet.streams[2].flow = Range{0.02, 0.2, {}, {}, true};
  flowsheet.circuits[0].organic.flow = Range{0.5, 2, {}, {}, false};
  flowsheet.circuits[0].sections[1].stages = Range{2, 10, {}, {}, false};
  flowsheet.circuits[0].sections[2].stages = Choices{{2, 4, 8}};
  flowsheet.products[1].min_recovery = 0.3;
  flowsheet.search.max_evaluations = 240;
  flowsheet.search.population = 24;
  flowsheet.search.seed = 7;
  return flowsheet;
}

std::unique_ptr<OptimizationRun> CreateRun(const Flowsheet& flowsheet, int threads = 1) {
  kernels::Device device;
  device.threads = threads;
  auto run = OptimizationRun::Create(flowsheet, testing::SmallChemistry(), device);
  EXPECT_TRUE(run.ok()) << run.status();
  return *std::move(run);
}

std::vector<SimulationResult> RunToEnd(OptimizationRun* run) {
  while (run->Step(kGoOn)) {
  }
  return run->Finish();
}

std::vector<double> GenesOf(const FlowsheetProblem& problem, double share) {
  std::vector<double> genes;
  for (const Variable& v : problem.variables()) {
    const double gene = v.lower + share * (v.upper - v.lower);
    genes.push_back(v.kind == Variable::Kind::kReal ? gene : std::round(gene));
  }
  return genes;
}

TEST(FlowsheetProblem, WarmAndColdStartsAgree) {
  FlowsheetProblem problem(OpenPlant(), testing::SmallChemistry(), kernels::Device());
  std::vector<Candidate> parent(1);
  parent[0].genes = GenesOf(problem, 0.5);
  problem.Evaluate(parent, kGoOn);
  ASSERT_TRUE(parent[0].solved);
  for (const double share : {0.3, 0.45, 0.7}) {
    SCOPED_TRACE(share);
    std::vector<Candidate> children(2);
    children[0].genes = children[1].genes = GenesOf(problem, share);
    children[1].state = parent[0].state;
    problem.Evaluate(children, kGoOn);
    ASSERT_TRUE(children[0].solved);
    ASSERT_TRUE(children[1].solved);
    for (std::size_t k = 0; k < children[0].objectives.size(); ++k) {
      EXPECT_NEAR(children[1].objectives[k], children[0].objectives[k],
                  1e-8 * std::fabs(children[0].objectives[k]));
    }
  }
}

TEST(FlowsheetProblem, ACandidateDoesNotDependOnItsNeighbours) {
  FlowsheetProblem problem(OpenPlant(), testing::SmallChemistry(), kernels::Device());
  std::vector<Candidate> batch(7);
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i].genes = GenesOf(problem, i / 7.0);
  problem.Evaluate(batch, kGoOn);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    std::vector<Candidate> alone(1);
    alone[0].genes = batch[i].genes;
    problem.Evaluate(alone, kGoOn);
    EXPECT_EQ(alone[0].solved, batch[i].solved) << i;
    EXPECT_EQ(alone[0].objectives, batch[i].objectives) << i;
    EXPECT_EQ(alone[0].state, batch[i].state) << i;
  }
}

/// Compares with central differences of the search's own figures.
void CompareDerivatives(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  FlowsheetProblem problem(flowsheet, chemistry, kernels::Device());
  ASSERT_TRUE(problem.differentiable());
  std::vector<Candidate> at(1);
  at[0].genes = GenesOf(problem, 0.4);
  problem.Evaluate(at, kGoOn);
  ASSERT_TRUE(at[0].solved);
  std::vector<Slopes> slopes(1);
  problem.Differentiate(at, slopes, kGoOn);
  ASSERT_TRUE(slopes[0].known);
  const std::size_t d = problem.variables().size();
  ASSERT_EQ(slopes[0].residuals.size(), at[0].residuals.size());
  for (std::size_t r = 0; r < at[0].residuals.size(); ++r) {
    EXPECT_NEAR(slopes[0].residuals[r], at[0].residuals[r], 1e-9);
  }
  // Of each objective the piece that decides.
  std::vector<const ObjectivePiece*> decisive(at[0].objectives.size());
  for (const ObjectivePiece& piece : slopes[0].objectives) {
    const ObjectivePiece*& most = decisive[static_cast<std::size_t>(piece.objective)];
    if (most == nullptr || piece.value > most->value) most = &piece;
  }
  for (std::size_t k = 0; k < d; ++k) {
    const Variable& variable = problem.variables()[k];
    if (variable.kind != Variable::Kind::kReal) {
      for (const ObjectivePiece* piece : decisive) EXPECT_EQ(piece->by[k], 0);
      continue;
    }
    SCOPED_TRACE(variable.path);
    const double step = 1e-4 * (variable.upper - variable.lower);
    std::vector<Candidate> sides(2);
    for (std::size_t s = 0; s < 2; ++s) {
      sides[s].genes = at[0].genes;
      sides[s].genes[k] += s == 0 ? -step : step;
    }
    problem.Evaluate(sides, kGoOn);
    const auto near = [&](double found, double low, double high, double value) {
      const double difference = (high - low) / (2 * step);
      EXPECT_NEAR(found, difference, 1e-4 * std::fabs(difference) + 1e-6 * std::fabs(value) / step);
    };
    for (std::size_t j = 0; j < decisive.size(); ++j) {
      EXPECT_NEAR(decisive[j]->value, at[0].objectives[j], 1e-9 * std::fabs(at[0].objectives[j]));
      near(decisive[j]->by[k], sides[0].objectives[j], sides[1].objectives[j], at[0].objectives[j]);
    }
    for (std::size_t r = 0; r < at[0].residuals.size(); ++r) {
      near(slopes[0].residuals_by[r * d + k], sides[0].residuals[r], sides[1].residuals[r],
           at[0].residuals[r]);
    }
  }
}

// At a design that misses a demand.
TEST(FlowsheetProblem, DerivativesAreThoseOfDifferences) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.products[0].min_purity = 0.99;
  flowsheet.objectives = {{Direction::kMaximize, "purity", ""},
                          {Direction::kMinimize, "reagents", ""},
                          {Direction::kMinimize, "stages", ""}};
  flowsheet.constraints = {{"loading", "", {}, 0.5}, {"impurity", "", {}, 0.01}};
  CompareDerivatives(flowsheet, testing::SmallChemistry());
}

TEST(FlowsheetProblem, DerivativesOfCostAndCarbonAreThoseOfDifferences) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.products[0].min_purity = 0.99;
  flowsheet.objectives = {{Direction::kMinimize, "cost", ""},
                          {Direction::kMinimize, "co2e", ""},
                          {Direction::kMaximize, "margin", ""}};
  flowsheet.constraints = {{"settler_area", "", {}, 20}, {"reo_inventory", "", {}, 10}};
  Chemistry chemistry = testing::SmallChemistry();
  chemistry.economics = testing::UnitData();
  CompareDerivatives(flowsheet, chemistry);
}

TEST(FlowsheetProblem, WhatCannotFlowIsUnsolvedAndFinite) {
  Flowsheet flowsheet = OpenPlant();
  Draw draw;
  draw.name = "side";
  draw.stage = 2;
  draw.flow = Range{10, 20, {}, {}, false};
  flowsheet.circuits[0].sections[2].draws = {draw};
  FlowsheetProblem problem(flowsheet, testing::SmallChemistry(), kernels::Device());
  std::vector<Candidate> batch(1);
  batch[0].genes = GenesOf(problem, 0.5);
  problem.Evaluate(batch, kGoOn);
  EXPECT_FALSE(batch[0].solved);
  EXPECT_GE(batch[0].violation, kUnsolvedViolation);
  EXPECT_TRUE(std::isfinite(batch[0].violation));
  ASSERT_THAT(batch[0].objectives, SizeIs(3));
  EXPECT_TRUE(std::isfinite(batch[0].objectives[0]));
}

TEST(OptimizationRun, TheParetoSetIsTheSameOnOneAndTwoThreads) {
  // More candidates than one thread takes, and no multiple of any batch.
  Flowsheet flowsheet = OpenPlant();
  flowsheet.search.population = 131;
  flowsheet.search.max_evaluations = 4 * 131;
  const auto one = CreateRun(flowsheet, 1);
  const auto two = CreateRun(flowsheet, 2);
  const auto first = RunToEnd(one.get());
  const auto second = RunToEnd(two.get());
  EXPECT_EQ(one->ParetoObjectives(), two->ParetoObjectives());
  ASSERT_GT(first.size(), 2u);
  ASSERT_EQ(first.size(), second.size());
  const Goals goals(OpenPlant());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(goals.InFigureUnits(first[i].figures), goals.InFigureUnits(second[i].figures));
  }
}

// Two threads evaluate two islands at a time.
TEST(OptimizationRun, IslandsAreTheSameOnOneAndTwoThreads) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.search.islands = 3;
  flowsheet.search.population = 48;
  flowsheet.search.max_evaluations = 48 * 24;
  const auto one = CreateRun(flowsheet, 1);
  const auto two = CreateRun(flowsheet, 2);
  RunToEnd(one.get());
  RunToEnd(two.get());
  EXPECT_EQ(one->ParetoObjectives(), two->ParetoObjectives());
  EXPECT_GT(one->ParetoObjectives().size(), 2u);
  EXPECT_EQ(one->Checkpoint(), two->Checkpoint());
}

TEST(OptimizationRun, MembersMeetTheDemandsAndDoNotDominateEachOther) {
  const auto run = CreateRun(OpenPlant());
  const auto pareto = RunToEnd(run.get());
  ASSERT_GT(pareto.size(), 2u);
  const Goals goals(OpenPlant());
  for (const SimulationResult& a : pareto) {
    EXPECT_GE(a.figures.products[1].recovery, 0.3 - 1e-9);
    for (const SimulationResult& b : pareto) {
      const auto at_a = goals.Minimized(a.figures), at_b = goals.Minimized(b.figures);
      bool all_better = at_a != at_b;
      for (std::size_t k = 0; k < at_a.size(); ++k) all_better &= at_a[k] <= at_b[k];
      EXPECT_FALSE(all_better);
    }
  }
}

TEST(OptimizationRun, EachMemberSimulatesToItsReportedFigures) {
  const auto run = CreateRun(OpenPlant(), 2);
  const auto pareto = RunToEnd(run.get());
  ASSERT_FALSE(pareto.empty());
  for (const SimulationResult& member : pareto) {
    const Violations violations =
        Validate(member.flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
    ASSERT_TRUE(violations.empty()) << violations[0].field << violations[0].description;
    const SimulationResult again =
        Simulate({{member.flowsheet}}, testing::SmallChemistry(), kernels::Device())[0];
    for (const FigureInfo& figure : FigureTable()) {
      if (figure.per_product()) {
        for (std::size_t p = 0; p < member.figures.products.size(); ++p) {
          const double reported = figure.of_product(member.figures.products[p]);
          EXPECT_NEAR(figure.of_product(again.figures.products[p]), reported,
                      1e-9 * std::fabs(reported))
              << figure.name;
        }
      } else {
        const double reported = figure.of_flowsheet(member.figures);
        if (std::isnan(reported)) {
          EXPECT_TRUE(std::isnan(figure.of_flowsheet(again.figures))) << figure.name;
          continue;
        }
        EXPECT_NEAR(figure.of_flowsheet(again.figures), reported, 1e-9 * std::fabs(reported))
            << figure.name;
      }
    }
  }
}

TEST(OptimizationRun, WhatTheSearchSawIsWhatIsReported) {
  const auto run = CreateRun(OpenPlant());
  const auto pareto = RunToEnd(run.get());
  const auto seen = run->ParetoObjectives();
  const Goals goals(OpenPlant());
  ASSERT_EQ(seen.size(), pareto.size());
  for (std::size_t i = 0; i < pareto.size(); ++i) {
    const auto reported = goals.InFigureUnits(pareto[i].figures);
    for (std::size_t k = 0; k < reported.size(); ++k) {
      EXPECT_NEAR(seen[i][k], reported[k], 1e-7 * std::fabs(reported[k]));
    }
  }
}

TEST(OptimizationRun, ContinuesFromACheckpointToTheSameEnd) {
  const auto straight = CreateRun(OpenPlant());
  RunToEnd(straight.get());

  const auto interrupted = CreateRun(OpenPlant());
  for (int generation = 0; generation < 4; ++generation) interrupted->Step(kGoOn);
  const std::string checkpoint = interrupted->Checkpoint();
  const auto resumed = CreateRun(OpenPlant(), 2);
  ASSERT_TRUE(resumed->Restore(checkpoint).ok());
  RunToEnd(resumed.get());
  EXPECT_EQ(resumed->ParetoObjectives(), straight->ParetoObjectives());
  EXPECT_EQ(resumed->progress().evaluations, straight->progress().evaluations);
}

TEST(OptimizationRun, RefusesTheCheckpointOfAnotherFlowsheet) {
  const auto run = CreateRun(OpenPlant());
  run->Step(kGoOn);
  Flowsheet other = OpenPlant();
  other.products[1].min_recovery = 0.4;
  const auto another = CreateRun(other);
  EXPECT_EQ(another->Restore(run->Checkpoint()).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(another->Restore("").code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(another->Restore(another->Checkpoint().substr(0, 40)).ok());
}

TEST(OptimizationRun, UnreachableDemandsReturnTheNearestDesignAndSayWhatIsMissed) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.products[1].min_purity = 0.9999999;
  flowsheet.products[1].min_recovery = 0.999999;
  const auto run = CreateRun(flowsheet);
  const auto designs = RunToEnd(run.get());
  EXPECT_TRUE(run->ParetoObjectives().empty());
  ASSERT_THAT(designs, SizeIs(1));
  ASSERT_FALSE(designs[0].flags.empty());
  EXPECT_EQ(designs[0].flags[0].code, "DEMANDS_NOT_MET");
  EXPECT_THAT(designs[0].flags[0].message, HasSubstr("neodymium: purity is 0."));
}

TEST(OptimizationRun, ACancelledStepChangesNothing) {
  const auto run = CreateRun(OpenPlant());
  run->Step(kGoOn);
  const std::string before = run->Checkpoint();
  const std::atomic<bool> cancelled{true};
  run->Step(cancelled);
  EXPECT_EQ(run->Checkpoint(), before);
}

TEST(OptimizationRun, RefusesWhatIsInvalid) {
  const auto run =
      OptimizationRun::Create(testing::SmallPlant(), testing::SmallChemistry(), kernels::Device());
  EXPECT_EQ(run.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Fingerprint, ChangesWithWhatDecidesTheSearchAndNothingElse) {
  const Chemistry chemistry = testing::SmallChemistry();
  const auto base = Fingerprint(OpenPlant(), chemistry);
  EXPECT_EQ(Fingerprint(OpenPlant(), chemistry), base);

  Flowsheet titled = OpenPlant();
  titled.name = "another title";
  titled.search.max_evaluations = 1000;
  EXPECT_EQ(Fingerprint(titled, chemistry), base);

  Flowsheet seeded = OpenPlant();
  seeded.search.seed = 8;
  EXPECT_NE(Fingerprint(seeded, chemistry), base);
  Flowsheet narrower = OpenPlant();
  narrower.circuits[0].organic.flow = Range{0.5, 1.9, {}, {}, false};
  EXPECT_NE(Fingerprint(narrower, chemistry), base);
  Flowsheet opened = OpenPlant();
  opened.circuits[0].organic.loop = Loop::kOpen;
  EXPECT_NE(Fingerprint(opened, chemistry), base);

  Chemistry refitted = chemistry;
  refitted.systems["P507"].constants[0].log10_k = -3.1;
  EXPECT_NE(Fingerprint(OpenPlant(), refitted), base);
  Chemistry rebased = chemistry;
  rebased.systems["P507"].basis = Basis::kMonomer;
  EXPECT_NE(Fingerprint(OpenPlant(), rebased), base);
  Chemistry stiffer = chemistry;
  stiffer.systems["P507"].loading_limit->share = 0.6;
  EXPECT_NE(Fingerprint(OpenPlant(), stiffer), base);
  Chemistry soluble = chemistry;
  soluble.hydroxides["Nd"].solids[0].log10_ks = 22;
  EXPECT_NE(Fingerprint(OpenPlant(), soluble), base);
  Chemistry unrelated = chemistry;
  unrelated.systems["beta"].constants[0].beta = 2;
  EXPECT_EQ(Fingerprint(OpenPlant(), unrelated), base);
}

}  // namespace
}  // namespace raffinate::optimizer
