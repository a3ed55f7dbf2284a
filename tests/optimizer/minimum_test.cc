// The theoretical minimum beside a simulated result.
#include "optimizer/model/minimum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>

#include "kernels/solve.h"
#include "kernels/theory/binary.h"
#include "kernels/theory/underwood.h"
#include "optimizer/run.h"
#include "optimizer/simulate.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;

using Amounts = std::vector<std::pair<std::string, double>>;

/// A battery of the constant-beta limit: 1 kmol/h of metal enters at
/// `feed_stage` (from 1), S kmol/h is the organic flux, `product` kmol/h leave
/// with the organic.
struct BatteryTask {
  Amounts beta = {{"La", 1}, {"Nd", 2}};
  Amounts fed = {{"La", 0.5}, {"Nd", 0.5}};  ///< [kmol/h]
  int stages = 40;
  int feed_stage = 20;
  double s = 2;
  double product = 0.5;
  double scale = 1;  ///< of every flow
};

Flowsheet BatteryOf(const BatteryTask& task) {
  Flowsheet flowsheet = testing::SmallPlant();
  ExtractantSystem system;
  system.name = "limit";
  system.law = Law::kConstantBeta;
  system.source = "an assumption of this test";
  for (const auto& [element, beta] : task.beta) {
    EquilibriumConstant constant;
    constant.element = element;
    constant.beta = beta;
    constant.source = system.source;
    system.constants.push_back(constant);
  }
  flowsheet.extractant_systems = {system};
  flowsheet.streams.resize(2);
  Stream& feed = flowsheet.streams[0];
  feed.flow = task.scale;
  feed.hcl.reset();
  feed.metals.clear();
  for (const auto& [element, amount] : task.fed) feed.metals.push_back({element, amount});
  Stream& scrub = flowsheet.streams[1];
  scrub = Stream();
  scrub.name = "scrub acid";
  scrub.flow = task.scale;
  scrub.hcl = task.s - task.product;
  Circuit& circuit = flowsheet.circuits[0];
  circuit.system = std::string("limit");
  circuit.extractant_mol_per_l = 2.0;
  circuit.organic.flow = task.s * task.scale;
  circuit.organic.loop = Loop::kOpen;
  circuit.sections.resize(2);
  circuit.sections[0].name = "extraction";
  circuit.sections[0].stages = task.feed_stage;
  circuit.sections[0].inlets = {{"feed", {}}};
  circuit.sections[0].outlet = "raffinate";
  circuit.sections[1].name = "scrub";
  circuit.sections[1].stages = task.stages - task.feed_stage;
  circuit.sections[1].inlets = {{"scrub acid", {}}};
  circuit.sections[1].outlet.clear();
  flowsheet.products[0].elements = {task.fed.front().first};
  flowsheet.products[1].elements = {task.fed.back().first};
  flowsheet.products[1].stream = "loaded organic";
  return flowsheet;
}

Figures FiguresOf(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  const Violations violations = Validate(flowsheet, chemistry, Purpose::kSimulate);
  EXPECT_TRUE(violations.empty()) << violations[0].field << ": " << violations[0].description;
  const SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
  EXPECT_TRUE(result.convergence.converged) << result.convergence.message;
  return result.figures;
}

Figures FiguresOf(const Flowsheet& flowsheet) {
  return FiguresOf(flowsheet, testing::SmallChemistry());
}

Figures FiguresOf(const BatteryTask& task) { return FiguresOf(BatteryOf(task)); }

// A complete separation of equal moles at beta 2: S = f + 1/(beta - 1) = 1.5, W = 1.
TEST(Minimum, HasTheClosedFormOfACompleteSeparation) {
  BatteryTask task;
  task.stages = 160;
  task.feed_stage = 80;
  const Figures figures = FiguresOf(task);
  const TheoreticalMinimum& minimum = figures.minimum;
  EXPECT_EQ(minimum.reason, "");
  EXPECT_EQ(minimum.cut, "La | Nd");
  EXPECT_NEAR(minimum.separation_factor, 2, 1e-12);
  EXPECT_EQ(minimum.separation_factor_stage, 0);
  EXPECT_NEAR(minimum.organic_mol_per_mol, 2, 1e-9);
  EXPECT_NEAR(minimum.min_organic_mol_per_mol, 1.5, 1e-6);
  EXPECT_NEAR(*minimum.scrub_mol_per_mol, 1.5, 1e-9);
  EXPECT_NEAR(minimum.min_scrub_mol_per_mol, 1, 1e-6);
  EXPECT_NEAR(*figures.organic_over_minimum, 2 / 1.5, 1e-6);
  // An open loop leaves the product on the organic: acid is the scrub alone.
  EXPECT_NEAR(*figures.acid_over_minimum, 1.5, 1e-6);
  EXPECT_NEAR(*minimum.min_acid_mol_per_mol, 1, 1e-6);
  const double tonnes = (0.5 * 162.904 + 0.5 * 168.241) / 1000;
  EXPECT_NEAR(*minimum.min_acid_kg_per_t_reo * tonnes, 36.461, 1e-3);
  EXPECT_EQ(minimum.stages, 160);
  EXPECT_FALSE(figures.base_over_minimum.has_value());
  EXPECT_THAT(minimum.base_reason, HasSubstr("knows no base"));
}

// The published example: beta 1.5, feed 0.75, purities 0.9995 and 0.999 want S 4.0878, W 3.33767
// and 23.13 + 31.07 stages. A battery of 24 + 32 at that S makes 0.999505 and 0.999015, for which
// Xu asks as much to three digits.
TEST(Minimum, HasXusDesignOfTheSplitThatWasFound) {
  BatteryTask task;
  task.beta = {{"La", 1}, {"Nd", 1.5}};
  task.fed = {{"La", 0.25}, {"Nd", 0.75}};
  task.stages = 56;
  task.feed_stage = 24;
  task.s = 4.08780;
  task.product = task.s - 3.33767;
  const TheoreticalMinimum minimum = FiguresOf(task).minimum;
  ASSERT_TRUE(minimum.xu.has_value()) << minimum.xu_reason;
  EXPECT_NEAR(minimum.xu->organic_mol_per_mol, 4.0878, 2e-3);
  EXPECT_NEAR(minimum.xu->scrub_mol_per_mol, 3.3377, 2e-3);
  EXPECT_NEAR(minimum.xu->extraction_stages, 23.13, 0.1);
  EXPECT_NEAR(minimum.xu->scrub_stages, 31.07, 0.1);
  EXPECT_EQ(minimum.xu_reason, "");
}

// Recoveries of 99 % by hand: phi = 4/3, S = 2 0.495/(2/3) - 0.005/(1/3) = 1.47.
TEST(Minimum, IsOfTheSplitThatWasFoundAndIsReachedAsStagesGrow) {
  double last = 100, high = 30;
  for (const int stages : {16, 24, 40, 80, 160}) {
    BatteryTask task;
    task.stages = stages;
    task.feed_stage = stages / 2;
    // More stages never ask for more.
    double low = 1.4;
    for (int k = 0; k < 40; ++k) {
      task.s = 0.5 * (low + high);
      (FiguresOf(task).products[1].recovery < 0.99 ? low : high) = task.s;
    }
    task.s = high;
    const Figures figures = FiguresOf(task);
    EXPECT_NEAR(figures.minimum.min_organic_mol_per_mol, 1.47, 1e-6);
    EXPECT_NEAR(*figures.minimum.min_stages, 2 * std::log(99) / std::log(2), 1e-6);
    EXPECT_GT(figures.minimum.stages, *figures.minimum.min_stages);
    EXPECT_GT(*figures.organic_over_minimum, 1);
    EXPECT_LT(*figures.organic_over_minimum, last);
    last = *figures.organic_over_minimum;
  }
  EXPECT_LT(last, 1.0001);
}

// Limits of cascade theory: S_min = f_A + 1/(beta - 1).
TEST(Minimum, JustAboveItTheCircuitReachesTheSplitAndJustBelowItNeverDoes) {
  const double least =
      kernels::theory::BinaryMinimumFluxes(1.5, 0.6, kernels::theory::FeedPhase::kAqueous)->organic;
  for (const int stages : {100, 200, 400}) {
    BatteryTask task;
    task.beta = {{"La", 1}, {"Nd", 1.5}};
    task.fed = {{"La", 0.4}, {"Nd", 0.6}};
    task.stages = stages;
    task.feed_stage = stages / 2;
    task.product = 0.6;
    task.s = 0.98 * least;
    const Figures below = FiguresOf(task);
    EXPECT_LT(below.products[1].recovery, 0.995) << stages;
    // What it does reach needs no more than it has.
    EXPECT_LT(below.minimum.min_organic_mol_per_mol, 0.98 * least);
    EXPECT_GE(*below.organic_over_minimum, 1);
    if (stages < 400) continue;
    task.s = 1.02 * least;
    const Figures above = FiguresOf(task);
    EXPECT_GT(above.products[1].recovery, 0.999999);
    EXPECT_NEAR(*above.organic_over_minimum, 1.02, 1e-5);
  }
}

// S_min = 1/(beta - 1), W_min = f_B + 1/(beta - 1).
TEST(Minimum, OfAnOrganicFeed) {
  BatteryTask task;
  task.stages = 160;
  task.feed_stage = 80;
  task.s = 1.3;
  const Flowsheet flowsheet = BatteryOf(task);
  const Chemistry chemistry = testing::SmallChemistry();
  Prepared prepared = Prepare(flowsheet, chemistry);
  for (kernels::Inlet& inlet : prepared.built.circuit.inlets) {
    if (inlet.stage == 79) {
      inlet.phase = kernels::Phase::kOrganic;
      inlet.extractant_dimer_mol_per_l = 1;
      inlet.anions = 0;
    }
    if (inlet.stage == 159) inlet.anions = task.s + 1 - task.product;
  }
  ASSERT_EQ(kernels::Assemble(prepared.built.circuit, &prepared.cascade), "");
  const kernels::Task solve{&prepared.cascade, nullptr};
  kernels::Solution solution;
  kernels::Solve(kernels::Device(), {&solve, 1}, kernels::SolveOptions(), {&solution, 1});
  const SimulationResult result = MakeResult(flowsheet, prepared, Answer{solution, {}});
  ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
  const TheoreticalMinimum& minimum = result.figures.minimum;
  EXPECT_EQ(minimum.reason, "");
  EXPECT_NEAR(minimum.min_organic_mol_per_mol, 1, 1e-6);
  EXPECT_NEAR(minimum.min_scrub_mol_per_mol, 1.5, 1e-6);
  EXPECT_NEAR(minimum.organic_mol_per_mol, 1.3, 1e-9);
  EXPECT_NEAR(*minimum.scrub_mol_per_mol, 1.8, 1e-9);
  EXPECT_NEAR(*minimum.min_acid_mol_per_mol, 1.5, 1e-6);
}

TEST(Minimum, KnowsNeitherTheOrderOfElementsNorTheSizeOfThePlant) {
  BatteryTask task;
  task.beta = {{"La", 1}, {"Pr", 1.6}, {"Nd", 3}};
  task.fed = {{"La", 0.3}, {"Pr", 0.3}, {"Nd", 0.4}};
  task.product = 0.4;
  const Figures first = FiguresOf(task);
  EXPECT_EQ(first.minimum.cut, "La+Pr | Nd");
  const kernels::theory::MixtureFeed feed{{1, 1.6, 3}, {0.3, 0.3, 0.4}, 0};
  EXPECT_NEAR(first.minimum.min_organic_mol_per_mol /
                  kernels::theory::MinimumFluxesForCut(feed, 1)->organic,
              1, 0.02);

  task.scale = 1e-3;
  const Figures small = FiguresOf(task);
  EXPECT_NEAR(*small.organic_over_minimum, *first.organic_over_minimum, 1e-9);
  EXPECT_NEAR(*small.acid_over_minimum, *first.acid_over_minimum, 1e-9);
  EXPECT_NEAR(*small.minimum.min_stages, *first.minimum.min_stages, 1e-6);

  // The same mixture under names that sort the other way.
  task.scale = 1;
  task.beta = {{"Pr", 1}, {"Nd", 1.6}, {"Dy", 3}};
  task.fed = {{"Pr", 0.3}, {"Nd", 0.3}, {"Dy", 0.4}};
  const Figures renamed = FiguresOf(task);
  EXPECT_EQ(renamed.minimum.cut, "Pr+Nd | Dy");
  EXPECT_NEAR(*renamed.organic_over_minimum, *first.organic_over_minimum, 1e-9);
  EXPECT_NEAR(*renamed.minimum.min_stages, *first.minimum.min_stages, 1e-6);
}

TEST(Minimum, WithAThirdOutletIsThatOfTheHardestCut) {
  BatteryTask task;
  task.beta = {{"La", 1}, {"Pr", 2}, {"Nd", 2.8}};
  task.fed = {{"La", 0.51}, {"Pr", 0.1}, {"Nd", 0.39}};
  task.stages = 120;
  task.feed_stage = 40;
  task.s = 3;
  task.product = 0.385;
  Flowsheet flowsheet = BatteryOf(task);
  flowsheet.circuits[0].sections[1].draws.resize(1);
  Draw& draw = flowsheet.circuits[0].sections[1].draws[0];
  draw.name = "middle";
  draw.stage = 30;
  draw.share = 0.04;
  const Figures figures = FiguresOf(flowsheet);
  EXPECT_EQ(figures.minimum.cut, "La+Pr | Nd");
  EXPECT_NEAR(figures.minimum.separation_factor, 1.4, 1e-12);
  EXPECT_EQ(figures.minimum.stages, 120);
  EXPECT_GT(*figures.organic_over_minimum, 1);
  EXPECT_NEAR(figures.minimum.organic_mol_per_mol, 3, 1e-9);
  EXPECT_FALSE(figures.minimum.xu.has_value());
  EXPECT_THAT(figures.minimum.xu_reason, HasSubstr("3 streams share the metals"));
}

TEST(Minimum, OfBaseIsTheChargeTimesS) {
  const SimulationResult result =
      Simulate({{testing::SmallPlant()}}, testing::SmallChemistry(), kernels::Device())[0];
  const Figures& figures = result.figures;
  const TheoreticalMinimum& minimum = figures.minimum;
  ASSERT_EQ(minimum.reason, "");
  EXPECT_EQ(minimum.cut, "La | Nd");
  EXPECT_NEAR(minimum.separation_factor, std::pow(10, 3.1765 - 2.1746), 1e-9);
  EXPECT_NEAR(*minimum.min_base_mol_per_mol, 3 * minimum.min_organic_mol_per_mol, 1e-12);
  const double tonnes = (figures.products[0].reo_kg_per_h + figures.products[1].reo_kg_per_h) / 1e3;
  EXPECT_NEAR(*minimum.min_base_kg_per_t_reo * tonnes, 0.2 * *minimum.min_base_mol_per_mol * 39.997,
              1e-9);
  // In a closed loop acid strips everything that base has loaded. The feed, 1 m3/h with 0.2 mol/L
  // metal and 0.01 mol/L acid, is less acid than its stage and takes the difference up.
  const double taken = (std::pow(10, -result.stages[6].ph) - 0.01) / 0.2;
  EXPECT_NEAR(*minimum.min_acid_mol_per_mol - *minimum.min_base_mol_per_mol, taken, 1e-9);
  EXPECT_NEAR(figures.acid_kg_per_t_reo / *minimum.min_acid_kg_per_t_reo,
              *figures.acid_over_minimum, 1e-12);
  EXPECT_NEAR((figures.base_kg_per_t_reo + minimum.released_acid_kg_per_t_reo) /
                  *minimum.min_base_kg_per_t_reo,
              *figures.base_over_minimum, 1e-12);
  EXPECT_EQ(minimum.stages, 10);
}

// The equivalents that base and released protons exchange are those that the organic carries; what
// the feed's acid asks for belongs to the minimum.
TEST(Minimum, OfBaseCountsTheFeedsAcidAndTheAcidOfTheRaffinate) {
  Flowsheet flowsheet = testing::SmallPlant();
  const Figures first = FiguresOf(flowsheet);
  EXPECT_NEAR(*first.base_over_minimum / *first.organic_over_minimum, 1, 0.03);
  flowsheet.streams[0].hcl = 0.05;
  flowsheet.streams[1].flow = 0.12 + 0.04 / 3;
  const Figures sour = FiguresOf(flowsheet);
  EXPECT_GT(sour.base_kg_per_t_reo / first.base_kg_per_t_reo, 1.08);
  EXPECT_NEAR(*sour.base_over_minimum / *first.base_over_minimum, 1, 0.03);
  // Without enough base the extractant's own protons leave with the raffinate.
  flowsheet.streams[1].flow = 0.05;
  const Figures lean = FiguresOf(flowsheet);
  EXPECT_GT(lean.minimum.released_acid_kg_per_t_reo, 0);
  EXPECT_NEAR(*lean.base_over_minimum / *lean.organic_over_minimum, 1, 0.03);
}

TEST(Minimum, NoSimulatedPlantBeatsIt) {
  const char* chosen = std::getenv("RAFFINATE_TEST_SEED");
  const unsigned long long seed = chosen ? std::stoull(chosen) : 20261122;
  std::cout << "RAFFINATE_TEST_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const auto log_uniform = [&](double low, double high) {
    return low * std::pow(high / low, std::uniform_real_distribution<>(0, 1)(random));
  };
  std::vector<SimulationRequest> plants;
  for (int trial = 0; trial < 300; ++trial) {
    Flowsheet plant = testing::SmallPlant();
    plant.streams[0].metals = {{"La", log_uniform(0.02, 0.2)},
                               {"Pr", log_uniform(0.02, 0.2)},
                               {"Nd", log_uniform(0.02, 0.2)},
                               {"Dy", log_uniform(1e-4, 0.05)}};
    plant.streams[1].flow = log_uniform(0.02, 0.4);
    plant.streams[2].flow = log_uniform(0.02, 0.4);
    plant.streams[3].flow = log_uniform(0.1, 0.5);
    plant.streams[3].hcl = 5.0;
    plant.circuits[0].organic.flow = log_uniform(0.5, 6);
    plant.circuits[0].sections[1].stages = 3 + static_cast<int>(random() % 40);
    plant.circuits[0].sections[2].stages = 3 + static_cast<int>(random() % 40);
    plants.push_back({plant});
  }
  int figures = 0, close = 0;
  for (const SimulationResult& result :
       Simulate(plants, testing::SmallChemistry(), kernels::Device())) {
    if (!result.convergence.converged || !result.figures.organic_over_minimum) continue;
    ++figures;
    close += *result.figures.organic_over_minimum < 1.2;
    EXPECT_GE(*result.figures.organic_over_minimum, 1);
    EXPECT_GE(*result.figures.base_over_minimum, *result.figures.organic_over_minimum * (1 - 1e-9));
  }
  EXPECT_GT(figures, 100);
  EXPECT_GT(close, 10);
}

TEST(Minimum, TakesFactorsOfUnlikeDimersAtTheFeedStageAndSaysSo) {
  Chemistry chemistry = testing::SmallChemistry();
  chemistry.systems["P507"].constants[2].dimers = 2.5;
  const SimulationResult result =
      Simulate({{testing::SmallPlant()}}, chemistry, kernels::Device())[0];
  ASSERT_TRUE(result.convergence.converged);
  const TheoreticalMinimum& minimum = result.figures.minimum;
  ASSERT_EQ(minimum.reason, "");
  EXPECT_EQ(minimum.separation_factor_stage, 7);
  const auto& metals = result.stages[6].metals;
  ASSERT_EQ(metals[0].element, "La");
  ASSERT_EQ(metals[2].element, "Nd");
  EXPECT_NEAR(minimum.separation_factor, metals[2].d / metals[0].d, 1e-9);
}

std::string ReasonOf(const Flowsheet& flowsheet,
                     const Chemistry& chemistry = testing::SmallChemistry()) {
  const Figures figures = FiguresOf(flowsheet, chemistry);
  EXPECT_FALSE(figures.organic_over_minimum || figures.base_over_minimum ||
               figures.acid_over_minimum);
  EXPECT_EQ(figures.minimum.cut, "");
  return figures.minimum.reason;
}

TEST(MinimumRefusal, SaysWhyThereIsNone) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.products.clear();
  EXPECT_THAT(ReasonOf(flowsheet), HasSubstr("no product"));

  flowsheet = testing::SmallPlant();
  flowsheet.streams[0].metals = {{"Nd", 0.1}};
  flowsheet.products.erase(flowsheet.products.begin());
  EXPECT_THAT(ReasonOf(flowsheet), HasSubstr("only Nd is fed"));

  flowsheet = testing::SmallPlant();
  flowsheet.streams[2].metals = {{"Nd", 0.05}};
  EXPECT_THAT(ReasonOf(flowsheet), HasSubstr("metals enter at stages 7 and 11"));

  flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].sections.erase(flowsheet.circuits[0].sections.begin() + 2);
  flowsheet.streams.erase(flowsheet.streams.begin() + 2);
  EXPECT_THAT(ReasonOf(flowsheet), HasSubstr("there is no scrub"));
}

TEST(MinimumRefusal, OfConstantD) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].system = std::string("ratio");
  flowsheet.circuits[0].sections.erase(flowsheet.circuits[0].sections.begin());
  flowsheet.streams.erase(flowsheet.streams.begin() + 1);
  flowsheet.circuits[0].organic.loop = Loop::kOpen;
  EXPECT_THAT(ReasonOf(flowsheet), HasSubstr("constant D"));
}

TEST(MinimumRefusal, OfUnlikeCharges) {
  Chemistry chemistry = testing::SmallChemistry();
  chemistry.systems["P507"].constants.push_back(testing::MassAction("Zn", -2));
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].metals.push_back({"Zn", 0.01});
  EXPECT_THAT(ReasonOf(flowsheet, chemistry), HasSubstr("La (3+) and Zn (2+) have no common"));
}

TEST(MinimumRefusal, WhenNothingIsCut) {
  // Base and acid for all: nothing is left in the raffinate, which is no product.
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].extractant_mol_per_l = 3.0;
  flowsheet.circuits[0].sections[1].stages = 12;
  flowsheet.streams[1].flow = 0.4;
  flowsheet.streams[3].flow = 0.8;
  flowsheet.products.erase(flowsheet.products.begin());
  flowsheet.products[0].elements = {"La", "Nd"};
  EXPECT_THAT(ReasonOf(flowsheet), HasSubstr("all metals leave in one stream, 'strip liquor'"));

  BatteryTask alike;
  alike.beta = {{"La", 1}, {"Nd", 1.1}};
  alike.stages = 2;
  alike.feed_stage = 1;
  alike.s = 0.6;
  EXPECT_THAT(ReasonOf(BatteryOf(alike)), HasSubstr("so little apart"));
}

TEST(MinimumRefusal, OfBaseAloneWhenNoneIsUsed) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].sections.erase(flowsheet.circuits[0].sections.begin());
  flowsheet.streams.erase(flowsheet.streams.begin() + 1);
  const Figures figures = FiguresOf(flowsheet);
  EXPECT_FALSE(figures.base_over_minimum.has_value());
  EXPECT_FALSE(figures.minimum.min_base_mol_per_mol.has_value());
  EXPECT_EQ(figures.minimum.base_reason, "no base is used");
  EXPECT_TRUE(figures.organic_over_minimum.has_value());
  EXPECT_TRUE(figures.acid_over_minimum.has_value());
}

}  // namespace
}  // namespace raffinate::optimizer
