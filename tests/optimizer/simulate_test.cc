// Flowsheets of numbers, from the model through the solver to the figures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <utility>

#include "kernels/solve.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/model/sensitivity.h"
#include "optimizer/run.h"
#include "optimizer/simulate.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

SimulationResult SimulateOne(const Flowsheet& flowsheet) {
  const Chemistry chemistry = testing::SmallChemistry();
  const Violations violations = Validate(flowsheet, chemistry, Purpose::kSimulate);
  EXPECT_TRUE(violations.empty()) << violations[0].field << ": " << violations[0].description;
  return Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
}

const StreamState& StreamNamed(const SimulationResult& result, const std::string& name) {
  for (const StreamState& stream : result.streams) {
    if (stream.name == name) return stream;
  }
  ADD_FAILURE() << "no stream " << name;
  return result.streams[0];
}

/// Case 1 of the reference cascades: La and Nd 0.1 mol/L, 0.5 mol/L dimer.
Flowsheet Case1(int stages) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams.resize(1);
  Circuit& circuit = flowsheet.circuits[0];
  circuit.organic.loop = Loop::kOpen;
  circuit.sections = {circuit.sections[1]};
  circuit.sections[0].stages = stages;
  flowsheet.products[1].stream = "loaded organic";
  return flowsheet;
}

// One physical system written down in three ways.
TEST(Simulate, TheBasisAndUnitOfTheConstantsDoNotChangeThePlant) {
  const ExtractantSystem dimer = testing::SmallChemistry().systems["P507"];
  ExtractantSystem monomer = dimer, small_unit = dimer;
  monomer.basis = Basis::kMonomer;
  monomer.validity.max_free_extractant = 2 * *dimer.validity.max_free_extractant;
  small_unit.unit = "mmol/L";
  small_unit.unit_mol_per_l = 1e-3;
  for (std::size_t k = 0; k < dimer.constants.size(); ++k) {
    const std::string& element = dimer.constants[k].element;
    const double z = testing::SmallChemistry().elements[element].charge;
    const double m = dimer.constants[k].dimers.value_or(z);
    // D = K (2 S)^m / h^z, and D = K (1000 S)^m / (1000 h)^z.
    *monomer.constants[k].log10_k -= m * std::log10(2.0);
    *small_unit.constants[k].log10_k -= (m - z) * 3;
  }
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.extractant_systems = {dimer};
  const SimulationResult expected = SimulateOne(flowsheet);
  ASSERT_TRUE(expected.convergence.converged);
  for (const ExtractantSystem& other : {monomer, small_unit}) {
    flowsheet.extractant_systems = {other};
    const SimulationResult result = SimulateOne(flowsheet);
    ASSERT_TRUE(result.convergence.converged);
    ASSERT_EQ(result.stages.size(), expected.stages.size());
    for (std::size_t j = 0; j < result.stages.size(); ++j) {
      EXPECT_NEAR(result.stages[j].ph, expected.stages[j].ph, 1e-7);
      for (std::size_t i = 0; i < result.stages[j].metals.size(); ++i) {
        const double was = expected.stages[j].metals[i].organic_mol_per_l;
        EXPECT_NEAR(result.stages[j].metals[i].organic_mol_per_l, was, 1e-7 * was + 1e-14);
      }
    }
    ASSERT_EQ(result.flags.size(), expected.flags.size());
    for (std::size_t k = 0; k < result.flags.size(); ++k) {
      EXPECT_EQ(result.flags[k].code, expected.flags[k].code);
    }
  }
  // The same numbers on the other basis are another plant.
  ExtractantSystem mistaken = dimer;
  mistaken.basis = Basis::kMonomer;
  flowsheet.extractant_systems = {mistaken};
  EXPECT_GT(std::fabs(SimulateOne(flowsheet).stages[2].ph - expected.stages[2].ph), 0.05);
}

TEST(Simulate, ReproducesTheReferenceCascade) {
  struct Row {
    int stages;
    double la, nd, h;
  };
  for (const Row& row : {Row{1, 0.09629205441, 0.07211046857, 0.1047924311},
                         Row{3, 0.09467838974, 0.05713777063, 0.1545515189},
                         Row{20, 0.09373986134, 0.04775235853, 0.1855233404}}) {
    SCOPED_TRACE(row.stages);
    const SimulationResult result = SimulateOne(Case1(row.stages));
    ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
    const StreamState& raffinate = StreamNamed(result, "raffinate");
    EXPECT_NEAR(raffinate.metals[0].mol_per_l, row.la, 1e-10);
    EXPECT_NEAR(raffinate.metals[1].mol_per_l, row.nd, 1e-10);
    EXPECT_NEAR(raffinate.free_acid_mol_per_l, row.h, 1e-9);
    EXPECT_LT(result.convergence.balance_error, 1e-9);
  }
}

TEST(Simulate, WhatEntersThePlantLeavesIt) {
  const SimulationResult result = SimulateOne(testing::SmallPlant());
  ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
  EXPECT_LT(result.convergence.balance_error, 1e-9);
  std::map<std::string, double> in, out;
  double chloride_in = 0, chloride_out = 0;
  for (const StreamState& stream : result.streams) {
    const bool enters = stream.role == "feed" || stream.role == "inlet";
    if (!enters && stream.role == "organic") continue;  // the closed loop
    for (const Molarity& metal : stream.metals) {
      (enters ? in : out)[metal.element] += metal.mol_per_l * stream.flow_m3_per_h;
    }
    (enters ? chloride_in : chloride_out) += stream.chloride_mol_per_l * stream.flow_m3_per_h;
  }
  for (const char* element : {"La", "Nd", "Na"}) {
    EXPECT_NEAR(out[element] / in[element], 1, 1e-9) << element;
  }
  EXPECT_NEAR(chloride_out / chloride_in, 1, 1e-9);
}

TEST(Simulate, FiguresAgreeWithTheStreams) {
  const SimulationResult result = SimulateOne(testing::SmallPlant());
  ASSERT_TRUE(result.convergence.converged);
  const StreamState& liquor = StreamNamed(result, "strip liquor");
  double nd = 0, la = 0;
  for (const Molarity& metal : liquor.metals) {
    if (metal.element == "Nd") nd = metal.mol_per_l * liquor.flow_m3_per_h * 168.241;
    if (metal.element == "La") la = metal.mol_per_l * liquor.flow_m3_per_h * 162.904;
  }
  EXPECT_NEAR(result.figures.products[1].purity, nd / (nd + la), 1e-12);
  EXPECT_NEAR(result.figures.products[1].recovery, nd / 168.241 / 0.1, 1e-12);
  EXPECT_EQ(result.figures.stages, 15);
  EXPECT_EQ(result.stages.size(), 15u);
  // The extraction separates: more Nd than La in the strip liquor.
  EXPECT_GT(result.figures.products[1].purity, 0.6);
}

TEST(Simulate, SaponificationNeedsNoContactWithCaustic) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams.erase(flowsheet.streams.begin() + 1);
  auto& circuit = flowsheet.circuits[0];
  circuit.sections.erase(circuit.sections.begin());
  circuit.organic.saponification = 0.3;
  const SimulationResult result = SimulateOne(flowsheet);
  ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
  EXPECT_LT(result.convergence.balance_error, 1e-9);
  // All sodium leaves with the water: 0.3 mol/L * 1 m3/h.
  double sodium = 0;
  for (const char* name : {"raffinate", "strip liquor"}) {
    const StreamState& stream = StreamNamed(result, name);
    for (const Molarity& metal : stream.metals) {
      if (metal.element == "Na") sodium += metal.mol_per_l * stream.flow_m3_per_h;
    }
  }
  EXPECT_NEAR(sodium, 0.3, 1e-9);
}

TEST(Simulate, ABatchAnswersInOrderAndAsEachAlone) {
  const std::vector<SimulationRequest> batch = {{Case1(3)}, {testing::SmallPlant()}, {Case1(20)}};
  const auto together = Simulate(batch, testing::SmallChemistry(), kernels::Device());
  ASSERT_EQ(together.size(), 3u);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const SimulationResult alone = SimulateOne(batch[i].flowsheet);
    EXPECT_EQ(together[i].figures.stages, alone.figures.stages);
    EXPECT_EQ(together[i].figures.products[1].impurity, alone.figures.products[1].impurity);
  }
}

TEST(Simulate, SensitivitiesComeWhereAskedAndConverged) {
  Flowsheet impossible = testing::SmallPlant();
  Draw draw;
  draw.name = "side";
  draw.stage = 2;
  draw.flow = 50.0;
  impossible.circuits[0].sections[2].draws = {draw};
  const Chemistry chemistry = testing::SmallChemistry();
  const auto results = Simulate({{Case1(3), true},
                                 {testing::SmallPlant(), false},
                                 {impossible, true},
                                 {testing::SmallPlant(), true},
                                 {Case1(20), true}},
                                chemistry, kernels::Device());
  EXPECT_FALSE(results[1].sensitivities);
  EXPECT_FALSE(results[2].convergence.converged);
  EXPECT_FALSE(results[2].sensitivities);
  // Those of its own steady state, whatever else is in the batch.
  for (const std::size_t i : {0, 3, 4}) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(results[i].sensitivities);
    const Prepared prepared = Prepare(results[i].flowsheet, chemistry);
    const kernels::Task task{&prepared.cascade, nullptr};
    kernels::Solution solution;
    kernels::Solve(kernels::Device(), {&task, 1}, kernels::SolveOptions(), {&solution, 1});
    const Sensitivities alone =
        ComputeSensitivities(results[i].flowsheet, chemistry,
                             {prepared.built, prepared.cascade, solution}, kernels::Device());
    const Sensitivities& together = *results[i].sensitivities;
    ASSERT_EQ(together.levers.size(), alone.levers.size());
    ASSERT_EQ(together.figures.size(), alone.figures.size());
    for (std::size_t f = 0; f < alone.figures.size(); ++f) {
      EXPECT_EQ(together.figures[f].figure, alone.figures[f].figure);
      for (std::size_t l = 0; l < alone.levers.size(); ++l) {
        const double by = alone.figures[f].by_lever[l];
        EXPECT_NEAR(together.figures[f].by_lever[l], by, 1e-9 * std::fabs(by) + 1e-12);
      }
    }
  }
}

TEST(Simulate, SensitivitiesNameTheirUnits) {
  const auto results =
      Simulate({{testing::SmallPlant(), true}}, testing::SmallChemistry(), kernels::Device());
  ASSERT_TRUE(results[0].sensitivities);
  std::map<std::string, std::string> units;
  for (const Lever& lever : results[0].sensitivities->levers) units[lever.path] = lever.unit;
  EXPECT_EQ(units["streams[0].flow_m3_per_h"], "m3/h");
  EXPECT_EQ(units["circuits[0].extractant.concentration_mol_per_l"], "mol/L");
  EXPECT_EQ(units["circuits[0].sections[0].efficiency"], "1");
  for (const Sensitivity& s : results[0].sensitivities->figures) {
    EXPECT_EQ(s.unit, FindFigure(s.figure)->unit) << s.figure;
  }
}

TEST(Simulate, AnImpossibleDrawIsTold) {
  Flowsheet flowsheet = testing::SmallPlant();
  Draw draw;
  draw.name = "side";
  draw.stage = 2;
  draw.flow = 50.0;
  flowsheet.circuits[0].sections[2].draws = {draw};
  const SimulationResult result = SimulateOne(flowsheet);
  EXPECT_FALSE(result.convergence.converged);
  EXPECT_THAT(result.convergence.message, HasSubstr("draw"));
  EXPECT_THAT(result.stages, IsEmpty());
}

TEST(Simulate, ConstantLawsSolve) {
  Flowsheet flowsheet = Case1(5);
  flowsheet.circuits[0].system = std::string("ratio");
  flowsheet.circuits[0].organic.flow = 2.0;
  const SimulationResult result = SimulateOne(flowsheet);
  ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
  // Kremser: E = D O/A = 0.2 for La, share left (E - 1)/(E^6 - 1).
  EXPECT_NEAR(result.figures.products[0].recovery, (0.2 - 1) / (std::pow(0.2, 6) - 1), 1e-9);
}

/// Case 2 of the reference cascades: Gd/Eu/Sm with constant separation factors.
TEST(Simulate, ReproducesTheThreeOutletCascade) {
  Chemistry chemistry;
  chemistry.elements["Sm"] = {"Sm", 3, 150.36, 174.3585, "Sm2O3", true};
  chemistry.elements["Eu"] = {"Eu", 3, 151.964, 175.9625, "Eu2O3", true};
  chemistry.elements["Gd"] = {"Gd", 3, 157.25, 181.2485, "Gd2O3", true};
  ExtractantSystem system;
  system.name = "constant beta";
  system.law = Law::kConstantBeta;
  for (const auto& [element, beta] : {std::pair{"Sm", 1.0}, {"Eu", 2.0}, {"Gd", 2.8}}) {
    system.constants.emplace_back();
    system.constants.back().element = element;
    system.constants.back().beta = beta;
  }
  chemistry.systems[system.name] = system;

  Flowsheet flowsheet;
  flowsheet.streams.resize(2);
  flowsheet.streams[0].name = "feed";
  flowsheet.streams[0].flow = 1.0;
  flowsheet.streams[0].metals = {{"Sm", 0.51}, {"Eu", 0.10}, {"Gd", 0.39}};
  flowsheet.streams[1].name = "scrub acid";
  flowsheet.streams[1].flow = 1.0;
  // What leaves with the organic is 0.39 * 0.618 / 0.9991; the acid strips the
  // rest of the flux of 2.
  const double scrub = 2.0 - 0.39 * 0.618 / 0.9991;
  flowsheet.streams[1].hcl = scrub;
  flowsheet.circuits.resize(1);
  Circuit& circuit = flowsheet.circuits[0];
  circuit.system = system.name;
  circuit.extractant_mol_per_l = 2.0;
  circuit.organic.flow = 2.0;
  circuit.organic.loop = Loop::kOpen;
  circuit.sections.resize(2);
  circuit.sections[0].name = "extraction";
  circuit.sections[0].stages = 18;
  circuit.sections[0].inlets = {{"feed", {}}};
  circuit.sections[0].outlet = "raffinate";
  circuit.sections[1].name = "scrub";
  circuit.sections[1].stages = 42;
  circuit.sections[1].inlets = {{"scrub acid", {}}};
  Draw third;
  third.name = "third";
  third.stage = 12;
  // The aqueous of the scrub section carries as much metal as acid entered it.
  const double drawn = 1 - 0.51 * 0.999 / 0.9999 - 0.39 * 0.618 / 0.9991;
  third.share = drawn / scrub;
  circuit.sections[1].draws = {third};

  const Violations violations = Validate(flowsheet, chemistry, Purpose::kSimulate);
  ASSERT_THAT(violations, IsEmpty()) << violations[0].field << ": " << violations[0].description;
  const SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
  ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
  const auto mole_share = [&](const char* stream, std::size_t element) {
    double sum = 0;
    const StreamState& state = StreamNamed(result, stream);
    for (const Molarity& metal : state.metals) sum += metal.mol_per_l;
    return state.metals[element].mol_per_l / sum;
  };
  // Components in the order of the element table: Eu, Gd, Sm.
  EXPECT_NEAR(mole_share("raffinate", 2), 0.99990, 1e-5);
  EXPECT_NEAR(mole_share("third", 0), 0.4002, 1e-4);
  EXPECT_NEAR(mole_share("loaded organic", 1), 0.99907, 1e-5);
  const StreamState& organic = StreamNamed(result, "loaded organic");
  EXPECT_NEAR(organic.metals[1].mol_per_l * organic.flow_m3_per_h / 0.39, 0.618, 1e-3);
}

}  // namespace
}  // namespace raffinate::optimizer
