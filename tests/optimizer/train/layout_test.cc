// Trains as flowsheets: they can be simulated, and what leaves is what theory sends there.
#include "optimizer/train/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/theory/train.h"
#include "optimizer/simulate.h"
#include "optimizer/train/calibrate.h"
#include "optimizer/train/size.h"
#include "tests/optimizer/train/fixtures.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;
using ::testing::IsEmpty;

std::vector<BlockDesign> Uniform(const TrainStructure& structure, double ratio, int stages) {
  std::vector<BlockDesign> designs;
  for (const TrainBlock& block : structure.blocks) {
    BlockDesign& design = designs.emplace_back();
    design.choice.organic_ratio = ratio;
    design.choice.inner_ratio.assign(theory::InnerSplits(block.outputs()), ratio);
    for (std::size_t level = 0; level < block.cuts.size(); ++level) {
      design.stages.emplace_back(level + 1, std::array{stages, stages});
    }
    design.draw.assign(block.outputs() - 2, 1.0);
  }
  return designs;
}

SimulationResult SimulateOne(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  for (const Violation& v : Validate(flowsheet, chemistry, Purpose::kSimulate)) {
    ADD_FAILURE() << v.field << ": " << v.description;
  }
  SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
  EXPECT_TRUE(result.convergence.converged) << result.convergence.message;
  return result;
}

/// What is fed of each element leaves, to 1e-9 of it.
void ExpectConserved(const TrainTask& task, const SimulationResult& result) {
  std::set<std::string> organics;  // open loops alone: a closed one has no way out
  for (const Circuit& circuit : result.flowsheet.circuits) organics.insert(circuit.organic.outlet);
  for (std::size_t i = 0; i < task.mixture.elements.size(); ++i) {
    double leaving = 0;
    for (const StreamState& stream : result.streams) {
      if (stream.role != "outlet" && stream.role != "draw" &&
          !(stream.role == "organic" && organics.contains(stream.name))) {
        continue;
      }
      for (const Molarity& metal : stream.metals) {
        if (metal.element == task.mixture.elements[i]) {
          leaving += stream.flow_m3_per_h * metal.mol_per_l;
        }
      }
    }
    EXPECT_NEAR(leaving, task.mixture.feed.moles[i], 1e-9 * task.mixture.feed.moles[i])
        << task.mixture.elements[i];
  }
}

// The bar: 3N of each of 3, 4 and 5 products with at most 1.10 x the least organic. Also
// that no train can do better: below the bound the same purities are out of reach.
TEST(TrainLayout, LinkedTrainsReachTheirBoundAndNotLess) {
  const Chemistry chemistry = testing::BetaChemistry();
  for (const std::size_t products : {3u, 4u, 5u}) {
    std::vector<double> beta;
    for (std::size_t i = 0; i < products; ++i) beta.push_back(std::pow(2.0, products - 1.0 - i));
    const std::vector<double> shares(products, 1.0 / products);
    const TrainTask task = testing::TaskOf(testing::BetaTrain(beta, shares, 0.999), chemistry);
    StructureLimits limits;
    limits.linkage = Linkage::kRequired;
    std::string error;
    const TrainStructure structure = FindStructures(task.mixture, limits, &error).at(0);
    Flowsheet flowsheet;
    std::vector<theory::LinkedPlan> plans;
    ASSERT_EQ(LayOut(task, structure, Uniform(structure, 1.05, 30), &flowsheet, &plans), "");
    EXPECT_LT(plans[0].organic, 1.10 * plans[0].least) << products;
    const SimulationResult result = SimulateOne(flowsheet, chemistry);
    ExpectConserved(task, result);
    for (const auto& product : result.figures.products) {
      EXPECT_GT(product.purity, 0.999) << products << " " << product.product;
    }
    // All fluxes 15 % smaller, what is drawn the same: too little to separate with.
    Flowsheet starved = flowsheet;
    auto& organic = starved.circuits.back().organic.flow;
    const double less = 0.15 * plans[0].organic;
    organic = std::get<double>(organic) * 0.85;
    for (Stream& stream : starved.streams) {
      if (stream.name == "scrub acid") stream.flow = std::get<double>(stream.flow) - less;
    }
    const SimulationResult poor = SimulateOne(starved, chemistry);
    double least = 1;
    for (const auto& product : poor.figures.products) least = std::min(least, product.purity);
    EXPECT_LT(least, 0.999) << products;
  }
}

TEST(TrainLayout, OfAnyStructureAndChoiceConservesAndSeparates) {
  const Chemistry chemistry = testing::BetaChemistry();
  std::mt19937_64 generator = testing::Generator();
  int solved = 0;
  for (int trial = 0; trial < 12; ++trial) {
    const std::size_t products = 3 + generator() % 2;
    std::vector<double> beta(products, 1.0), shares;
    for (std::size_t i = products - 1; i-- > 0;) {
      beta[i] = beta[i + 1] * testing::Uniform(generator, 1.6, 3);
    }
    for (std::size_t i = 0; i < products; ++i) {
      shares.push_back(testing::Uniform(generator, 0.05, 0.5));
    }
    const TrainTask task = testing::TaskOf(testing::BetaTrain(beta, shares, 0.99), chemistry);
    StructureLimits limits;
    limits.organic_handover = true;
    std::string error;
    for (const TrainStructure& structure : FindStructures(task.mixture, limits, &error)) {
      std::vector<BlockDesign> designs = Uniform(structure, 1.2, 20);
      for (BlockDesign& design : designs) {
        for (double& ratio : design.choice.inner_ratio) ratio = testing::Uniform(generator, 1.1, 2);
        design.choice.inner_shift.clear();
        for (std::size_t k = 0; k < design.choice.inner_ratio.size(); ++k) {
          design.choice.inner_shift.push_back(testing::Uniform(generator, -0.3, 0.3));
        }
      }
      Flowsheet flowsheet;
      std::vector<theory::LinkedPlan> plans;
      ASSERT_EQ(LayOut(task, structure, designs, &flowsheet, &plans), "");
      EXPECT_EQ(flowsheet.circuits.size(), static_cast<std::size_t>(structure.circuits()));
      SCOPED_TRACE(Describe(structure, {"a", "b", "c", "d"}));
      const SimulationResult result = SimulateOne(flowsheet, chemistry);
      ExpectConserved(task, result);
      for (const auto& product : result.figures.products) EXPECT_GT(product.purity, 0.9);
      ++solved;
    }
  }
  EXPECT_GE(solved, 24);
}

/// Sizes and calibrates `structure`: each product has its share, and what base brings leaves.
Flowsheet ExpectCalibrated(const TrainTask& task, const TrainStructure& structure,
                           const Chemistry& chemistry) {
  SCOPED_TRACE(Describe(structure, {"Nd", "Pr", "La"}));
  std::vector<BlockDesign> designs;
  EXPECT_EQ(Size(task, structure, 60, &designs), "");
  EXPECT_THAT(Calibrate(task, structure, chemistry, kernels::Device(), &designs),
              ::testing::Not(IsEmpty()));
  Flowsheet flowsheet;
  EXPECT_EQ(LayOut(task, structure, designs, &flowsheet), "");
  const SimulationResult result = SimulateOne(flowsheet, chemistry);
  ExpectConserved(task, result);
  EXPECT_EQ(result.figures.products.size(), 3u);
  for (const auto& product : result.figures.products) {
    // From theory of constant factors and a few simulations, before any search.
    EXPECT_GT(product.purity, 0.985) << product.product;
    EXPECT_GT(product.recovery, 0.98) << product.product;
  }
  // What base brings goes out as salt, in the spent base or where organic took it along.
  double base = 0, salt = 0;
  for (const Stream& stream : flowsheet.streams) {
    if (stream.naoh) base += std::get<double>(stream.flow) * std::get<double>(*stream.naoh);
  }
  for (const StreamState& stream : result.streams) {
    if (stream.role != "outlet" && stream.role != "draw") continue;
    for (const Molarity& metal : stream.metals) {
      if (metal.element == "Na") salt += stream.flow_m3_per_h * metal.mol_per_l;
    }
  }
  EXPECT_GT(base, 0);
  EXPECT_NEAR(salt, base, 1e-8 * base);
  return flowsheet;
}

class AcidTrains : public ::testing::TestWithParam<bool> {};

TEST_P(AcidTrains, GiveEachProductItsShareOnceCalibrated) {
  const Chemistry chemistry = testing::SmallChemistry();
  Flowsheet asked = testing::AcidTrain();
  if (GetParam()) asked.train->scrub_hcl.reset();  // scrub with strip liquor
  const TrainTask task = testing::TaskOf(asked, chemistry);
  std::string error;
  const std::vector<TrainStructure> structures = FindStructures(task.mixture, {}, &error);
  ASSERT_EQ(structures.size(), 2u);
  for (const TrainStructure& structure : structures) {
    const Flowsheet flowsheet = ExpectCalibrated(task, structure, chemistry);
    const bool scrub_acid =
        std::any_of(flowsheet.streams.begin(), flowsheet.streams.end(),
                    [](const Stream& stream) { return stream.name.starts_with("scrub acid"); });
    EXPECT_EQ(scrub_acid, !GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(Scrub, AcidTrains, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "WithStripLiquor" : "WithItsOwnAcid");
});

// One system tells Nd from Pr, the other Pr from La: each block has the one that suits its cut,
// with that one's constants and dimers.
TEST(TrainLayout, OfTwoSystemsGivesEachBlockItsOwn) {
  const Flowsheet asked = testing::TwoSystems();
  const TrainTask task = testing::TaskOf(asked, testing::SmallChemistry());
  StructureLimits limits;
  limits.linkage = Linkage::kForbidden;
  std::string error;
  const std::vector<TrainStructure> structures = FindStructures(task.mixture, limits, &error);
  ASSERT_EQ(structures.size(), 3u) << error;  // theirs, and of each system alone
  const Flowsheet flowsheet = ExpectCalibrated(task, structures[0], testing::SmallChemistry());
  ASSERT_EQ(flowsheet.circuits.size(), 2u);
  std::set<std::string> systems;
  for (const Circuit& circuit : flowsheet.circuits) {
    systems.insert(std::get<std::string>(circuit.system));
  }
  EXPECT_EQ(systems, (std::set<std::string>{"heavy", "light"}));
  // By the better factors they need less organic than with one.
  for (std::size_t k = 1; k < structures.size(); ++k) {
    EXPECT_LT(structures[0].least, 0.9 * structures[k].least);
  }
}

}  // namespace
}  // namespace raffinate::optimizer
