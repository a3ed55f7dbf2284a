// From demands to flowsheets.
#include "optimizer/train/train_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>

#include "kernels/theory/train.h"
#include "optimizer/fingerprint.h"
#include "tests/optimizer/train/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::atomic<bool> kGoOn{false};

std::unique_ptr<OptimizationRun> CreateRun(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                           int threads = 1) {
  auto run = OptimizationRun::Create(flowsheet, chemistry, kernels::Device{.threads = threads});
  EXPECT_TRUE(run.ok()) << run.status();
  return *std::move(run);
}

std::vector<SimulationResult> RunToEnd(OptimizationRun* run) {
  while (run->Step(kGoOn)) {
  }
  return run->Finish();
}

Flowsheet Ternary() { return testing::BetaTrain({4, 2, 1}, {1, 1, 1}, 0.99); }

double LeastPurity(const SimulationResult& result) {
  double least = 1;
  for (const auto& product : result.figures.products) least = std::min(least, product.purity);
  return least;
}

TEST(TrainRun, FindsPlantsThatMeetTheDemandsLinkedOnesWithLeastOrganic) {
  const Chemistry chemistry = testing::BetaChemistry();
  Flowsheet flowsheet = Ternary();
  flowsheet.search.max_evaluations = 600;
  const std::vector<SimulationResult> front = RunToEnd(CreateRun(flowsheet, chemistry).get());
  ASSERT_GT(front.size(), 2u);
  const SimulationResult *least = &front[0], *fewest = &front[0];
  for (const SimulationResult& result : front) {
    EXPECT_TRUE(result.convergence.converged);
    EXPECT_LT(result.convergence.balance_error, 1e-9);
    EXPECT_GE(LeastPurity(result), 0.99);
    // What is found is a flowsheet like any other.
    EXPECT_TRUE(Validate(result.flowsheet, chemistry, Purpose::kSimulate).empty());
    // No train, linked or not, takes less than theory asks of its split.
    ASSERT_TRUE(result.figures.organic_over_minimum.has_value()) << result.figures.minimum.reason;
    EXPECT_GT(*result.figures.organic_over_minimum, 1);
    if (result.figures.organic_m3_per_h < least->figures.organic_m3_per_h) least = &result;
    if (result.figures.stages < fewest->figures.stages) fewest = &result;
  }
  EXPECT_THAT(least->flowsheet.description, HasSubstr("{Dy | Nd | Pr}"));
  EXPECT_THAT(fewest->flowsheet.description, HasSubstr("{{Dy | Nd} | Pr}"));
  // 1 kmol of metal needs 1 m3 of this organic; 3 kmol/h are fed. The bound is of sharp cuts, and
  // 99 % of purity is a little less than that.
  const double bound =
      3 * kernels::theory::LinkedTrainMinimum({{4, 2, 1}, {1, 1, 1}}, {1, 2})->organic;
  EXPECT_GT(least->figures.organic_m3_per_h, 0.97 * bound);
  EXPECT_LT(least->figures.organic_m3_per_h, 1.10 * bound);
}

TEST(TrainRun, UsesLinksAsAskedFor) {
  const Chemistry chemistry = testing::BetaChemistry();
  for (const Linkage linkage : {Linkage::kRequired, Linkage::kForbidden}) {
    Flowsheet flowsheet = Ternary();
    flowsheet.train->linkage = linkage;
    const auto run = CreateRun(flowsheet, chemistry);
    const auto linked = HasSubstr("{Dy | Nd | Pr}");
    for (const SimulationResult& result : RunToEnd(run.get())) {
      if (linkage == Linkage::kRequired) {
        EXPECT_THAT(result.flowsheet.description, linked);
      } else {
        EXPECT_THAT(result.flowsheet.description, Not(linked));
      }
    }
  }
}

TEST(TrainRun, MakesWhatIsRequiredAndNothingForbidden) {
  const Chemistry chemistry = testing::BetaChemistry();
  Flowsheet flowsheet = Ternary();
  flowsheet.train->required = {"{Dy | {Nd | Pr}}"};
  for (const SimulationResult& result : RunToEnd(CreateRun(flowsheet, chemistry).get())) {
    EXPECT_THAT(result.flowsheet.description, HasSubstr("{Dy | {Nd | Pr}}"));
  }
  flowsheet.train->required.clear();
  flowsheet.train->forbidden = {"{Dy | Nd | Pr}", "{Dy + Nd | Pr}"};
  for (const SimulationResult& result : RunToEnd(CreateRun(flowsheet, chemistry).get())) {
    EXPECT_THAT(result.flowsheet.description, HasSubstr("{Dy | {Nd | Pr}}"));
  }
}

void ExpectSame(const std::vector<SimulationResult>& a, const std::vector<SimulationResult>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    EXPECT_EQ(a[k].figures.organic_m3_per_h, b[k].figures.organic_m3_per_h);
    EXPECT_EQ(a[k].figures.stages, b[k].figures.stages);
    EXPECT_EQ(LeastPurity(a[k]), LeastPurity(b[k]));
    EXPECT_EQ(a[k].flowsheet.description, b[k].flowsheet.description);
  }
}

TEST(TrainRun, OfOneSeedGivesOneSetOnAnyNumberOfThreads) {
  const Chemistry chemistry = testing::BetaChemistry();
  const std::vector<SimulationResult> one = RunToEnd(CreateRun(Ternary(), chemistry, 1).get());
  ExpectSame(one, RunToEnd(CreateRun(Ternary(), chemistry, 2).get()));
  Flowsheet other = Ternary();
  other.search.seed = 4;
  const std::vector<SimulationResult> another = RunToEnd(CreateRun(other, chemistry).get());
  EXPECT_FALSE(one.size() == another.size() &&
               one[0].figures.organic_m3_per_h == another[0].figures.organic_m3_per_h);
}

TEST(TrainRun, GoesOnFromACheckpointAsIfItHadNeverStopped) {
  const Chemistry chemistry = testing::BetaChemistry();
  const auto whole = CreateRun(Ternary(), chemistry);
  const std::vector<SimulationResult> expected = RunToEnd(whole.get());
  for (const int steps : {0, 1, 4}) {
    const auto first = CreateRun(Ternary(), chemistry);
    for (int k = 0; k < steps; ++k) ASSERT_TRUE(first->Step(kGoOn));
    const std::string checkpoint = first->Checkpoint();
    const auto second = CreateRun(Ternary(), chemistry);
    ASSERT_TRUE(second->Restore(checkpoint).ok());
    EXPECT_EQ(second->progress().evaluations, first->progress().evaluations);
    ExpectSame(RunToEnd(second.get()), expected);
    EXPECT_EQ(second->stop_reason(), whole->stop_reason());
    EXPECT_EQ(second->progress().hypervolume, whole->progress().hypervolume);
  }
}

TEST(TrainRun, TellsADamagedCheckpointAndThatOfAnotherTrain) {
  const Chemistry chemistry = testing::BetaChemistry();
  const auto run = CreateRun(Ternary(), chemistry);
  ASSERT_TRUE(run->Step(kGoOn));
  const std::string checkpoint = run->Checkpoint();
  std::string damaged = checkpoint;
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_EQ(CreateRun(Ternary(), chemistry)->Restore(damaged).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CreateRun(Ternary(), chemistry)->Restore(checkpoint.substr(0, 40)).code(),
            absl::StatusCode::kDataLoss);
  Flowsheet other = Ternary();
  other.train->scrub_hcl = 2.0;
  EXPECT_EQ(CreateRun(other, chemistry)->Restore(checkpoint).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(TrainRun, HasAFingerprintOfEverythingThatDecidesIt) {
  const Chemistry chemistry = testing::SmallChemistry();
  const Flowsheet base = testing::AcidTrain();
  const auto changed = [&](auto change) {
    Flowsheet flowsheet = base;
    change(&*flowsheet.train);
    return Fingerprint(flowsheet, chemistry);
  };
  std::set<std::uint64_t> prints{Fingerprint(base, chemistry)};
  prints.insert(changed([](Train* t) { t->concentration = 1; }));
  prints.insert(changed([](Train* t) { t->naoh = 1; }));
  prints.insert(changed([](Train* t) { std::swap(t->naoh, t->nh4oh); }));
  prints.insert(changed([](Train* t) { t->scrub_hcl = 1.0; }));
  prints.insert(changed([](Train* t) { t->strip_hcl = 1.0; }));
  prints.insert(changed([](Train* t) { t->scrub_hcl = Range{1, 2, {}, {}, false}; }));
  prints.insert(changed([](Train* t) { t->strip_hcl = Range{1, 2, {}, {}, false}; }));
  prints.insert(changed([](Train* t) { t->linkage = Linkage::kForbidden; }));
  prints.insert(changed([](Train* t) { t->max_linked_products = 2; }));
  prints.insert(changed([](Train* t) { t->max_structures = 1; }));
  prints.insert(changed([](Train* t) { t->max_stages_per_section = 9; }));
  prints.insert(changed([](Train* t) { t->system = "no-sodium"; }));
  prints.insert(changed([](Train* t) { t->feed = "other"; }));
  prints.insert(changed([](Train* t) {
    t->system.clear();
    t->systems = {"P507", "no-sodium"};
  }));
  prints.insert(changed([](Train* t) {
    t->system.clear();
    t->systems = {"no-sodium", "P507"};
  }));
  Chemistry refitted = chemistry;
  refitted.systems["P507"].constants[0].log10_k = -3.2;
  prints.insert(Fingerprint(base, refitted));
  EXPECT_EQ(prints.size(), 17u);
}

TEST(TrainRun, WithAcidAndBaseMeetsItsDemands) {
  const Chemistry chemistry = testing::SmallChemistry();
  Flowsheet flowsheet = testing::AcidTrain();
  flowsheet.search.max_evaluations = 150;
  const auto run = CreateRun(flowsheet, chemistry, 2);
  const std::vector<SimulationResult> front = RunToEnd(run.get());
  ASSERT_FALSE(front.empty());
  for (const SimulationResult& result : front) {
    EXPECT_LT(result.convergence.balance_error, 1e-9);
    EXPECT_GE(LeastPurity(result), 0.99);
  }
}

TEST(TrainRun, FindsAcidsWithinTheirRanges) {
  const Chemistry chemistry = testing::SmallChemistry();
  Flowsheet flowsheet = testing::AcidTrain();
  flowsheet.search.max_evaluations = 400;
  flowsheet.train->scrub_hcl = Range{0.5, 4, {}, {}, false};
  flowsheet.train->strip_hcl = Range{1, 5, 2.0, {}, false};
  flowsheet.objectives.push_back({Direction::kMinimize, "wastewater", ""});
  std::set<double> scrubs, strips;
  for (const SimulationResult& result : RunToEnd(CreateRun(flowsheet, chemistry, 2).get())) {
    EXPECT_LT(result.convergence.balance_error, 1e-9);
    EXPECT_GE(LeastPurity(result), 0.99);
    for (const Stream& stream : result.flowsheet.streams) {
      const bool scrub = stream.name.starts_with("scrub acid");
      if (!scrub && !stream.name.starts_with("strip acid")) continue;
      const double hcl = std::get<double>(*stream.hcl);
      (scrub ? scrubs : strips).insert(hcl);
      EXPECT_GE(hcl, scrub ? 0.5 : 1);
      EXPECT_LE(hcl, scrub ? 4 : 5);
    }
  }
  // Less water takes stronger acid than the search began with.
  ASSERT_GT(scrubs.size(), 2u);
  ASSERT_GT(strips.size(), 2u);
  EXPECT_GT(*scrubs.rbegin(), std::sqrt(0.5 * 4) * 1.01);
  EXPECT_GT(*strips.rbegin(), 2.02);
}

TEST(TrainRun, OfTwoSystemsUsesBothForLessBase) {
  const Chemistry chemistry = testing::SmallChemistry();
  const auto least_base = [&](std::vector<std::string> systems, std::string* description) {
    Flowsheet flowsheet = testing::TwoSystems();
    flowsheet.train->systems = std::move(systems);
    flowsheet.search.max_evaluations = 300;
    double least = std::numeric_limits<double>::infinity();
    for (const SimulationResult& result : RunToEnd(CreateRun(flowsheet, chemistry, 2).get())) {
      EXPECT_LT(result.convergence.balance_error, 1e-9);
      EXPECT_GE(LeastPurity(result), 0.99);
      if (!(result.figures.base_kg_per_t_reo < least)) continue;
      least = result.figures.base_kg_per_t_reo;
      *description = result.flowsheet.description;
    }
    return least;
  };
  std::string both, first, second;
  const double best = least_base({"heavy", "light"}, &both);
  EXPECT_LT(best, 0.9 * least_base({"heavy"}, &first));
  EXPECT_LT(best, 0.9 * least_base({"light"}, &second));
  EXPECT_THAT(both, HasSubstr("2 circuits with heavy, light in this order"));
  EXPECT_THAT(first, HasSubstr("2 circuits; by theory"));  // nothing to choose
}

TEST(TrainRun, IsCancelledWithinAStepAndGoesOn) {
  const Chemistry chemistry = testing::BetaChemistry();
  const auto run = CreateRun(Ternary(), chemistry);
  ASSERT_TRUE(run->Step(kGoOn));
  const auto evaluations = run->progress().evaluations;
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(run->Step(stop));
  EXPECT_EQ(run->stop_reason(), "cancelled");
  EXPECT_EQ(run->progress().evaluations, evaluations);
  ExpectSame(RunToEnd(run.get()), RunToEnd(CreateRun(Ternary(), chemistry).get()));
}

}  // namespace
}  // namespace raffinate::optimizer
