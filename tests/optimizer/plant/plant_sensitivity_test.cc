// Derivatives of the figures of several circuits against differences of whole simulations, and
// against those of the same battery written as one circuit.
#include "optimizer/plant/sensitivity.h"

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "optimizer/derivatives.h"
#include "tests/optimizer/derivatives_support.h"
#include "tests/optimizer/economics/fixtures.h"
#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

using testing::FigureOf;
using testing::FivePoints;
using testing::SetLeaf;

const kernels::Device kScalar{kernels::Device::Kind::kCpuScalar, 0, 1};

/// A flowsheet with its steady state, as exact as rounding lets it be: of two of them little is
/// left.
struct Simulated {
  Simulated(const Flowsheet& flowsheet, const Chemistry& chemistry,
            const PlantSolution* from = nullptr)
      : prepared(Prepare(flowsheet, chemistry)) {
    EXPECT_EQ(prepared.problem, "");
    PlantOptions options;
    options.solve.tolerance = options.tolerance = 1e-13;
    options.solve.step_tolerance = 1e-11;
    if (prepared.plant == nullptr) {
      const kernels::Task task{&prepared.cascade, nullptr};
      kernels::Solve(kScalar, {&task, 1}, options.solve, {&answer.circuit, 1});
    } else {
      PlantState state;
      if (from != nullptr) {
        for (const kernels::Solution& circuit : from->circuits) {
          state.circuits.push_back(circuit.state);
        }
        state.moles = from->moles;
      }
      const PlantTask task{prepared.plant.get(), from != nullptr ? &state : nullptr};
      SolvePlants(kScalar, {&task, 1}, options, {&answer.plant, 1});
    }
    EXPECT_TRUE(IsSolved(prepared, answer)) << ResidualOf(prepared, answer);
    figures = FiguresOf(flowsheet, prepared, answer, {.plant = true});
  }

  LeafSensitivities Derivatives(const Flowsheet& flowsheet, const Chemistry& chemistry) const {
    auto found = DerivativesOf(flowsheet, chemistry, prepared, answer, figures);
    EXPECT_TRUE(found.has_value());
    return found.value_or(LeafSensitivities());
  }

  Prepared prepared;
  Answer answer;
  Figures figures;
};

/// With what the environmental and economic figures need.
Chemistry Market() {
  Chemistry chemistry = testing::SmallChemistry();
  chemistry.economics = testing::UnitData();
  chemistry.economics.factors["entrained_organic"].value = 0.05;
  chemistry.economics.factors["mixer_settler_exponent"].value = 0.6;
  return chemistry;
}

/// Compares every derivative of every figure; how many levers there are. Those at an end of what
/// is possible (an entrainment of zero, an efficiency of one) are compared from one side.
std::size_t Compare(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  const Simulated middle(flowsheet, chemistry);
  const LeafSensitivities found = middle.Derivatives(flowsheet, chemistry);
  const Sensitivities& all = found.all;
  EXPECT_EQ(found.leaves.size(), all.levers.size());
  for (const Sensitivity& s : all.figures) {
    EXPECT_EQ(s.by_lever.size(), all.levers.size());
    EXPECT_NEAR(s.value, FigureOf(middle.figures, s.figure, s.product), 1e-12 * std::abs(s.value));
  }
  for (std::size_t l = 0; l < all.levers.size(); ++l) {
    const Lever& lever = all.levers[l];
    SCOPED_TRACE(lever.path);
    const FivePoints points(lever.value);
    const bool ends = points.ends;
    const double scale = points.scale;
    std::vector<Figures> at;
    for (int k = 0; k < FivePoints::kCount; ++k) {
      Flowsheet changed = flowsheet;
      SetLeaf(&changed, lever.path, points.At(k));
      at.push_back(Simulated(changed, chemistry, &middle.answer.plant).figures);
    }
    for (std::size_t f = 0; f < all.figures.size(); ++f) {
      const Sensitivity& s = all.figures[f];
      SCOPED_TRACE(s.figure + " " + s.product);
      // Stages of equal phase ratio part where an end is left: a kink.
      if (ends && s.figure.find("organic_to_aqueous") != std::string::npos) continue;
      // The first droplet takes the place of those by the factor entrained_organic: a step.
      const bool first_droplet = lever.value == 0 && lever.path.ends_with("organic_entrainment");
      if (first_droplet && FindFigure(s.figure)->of_plant) continue;
      double difference = 0;
      for (int k = 0; k < FivePoints::kCount; ++k) {
        difference += points.Weight(k) * FigureOf(at[k], s.figure, s.product);
      }
      // Per relative change of the lever, against the figure itself, of which rounding leaves a
      // front that stands in the cascade some 1e-14.
      const double rounding = (ends ? 1e-14 * 25 / 12 / 1e-7 : 1e-14 * 18 / 12 / 1e-5);
      EXPECT_NEAR(s.by_lever[l] * scale, difference * scale,
                  (ends ? 1e-3 : 1e-5) * std::abs(difference * scale) +
                      (ends ? 1e-5 : 1e-6) * std::abs(s.value) + rounding);
    }
  }
  return all.levers.size();
}

TEST(PlantSensitivity, OrganicOnAndAqueousBack) {
  EXPECT_GE(Compare(testing::BatteryOfTwo(), Market()), 12u);
}

TEST(PlantSensitivity, AClosedLoopThroughTwoCircuits) {
  EXPECT_GE(Compare(testing::LoopOfTwo(), Market()), 12u);
}

TEST(PlantSensitivity, EntrainmentAndImperfectStages) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  for (Circuit& circuit : flowsheet.circuits) {
    for (Section& section : circuit.sections) {
      section.aqueous_entrainment = 0.02;
      section.organic_entrainment = 0.03;
      section.efficiency = 0.9;
    }
  }
  EXPECT_GE(Compare(flowsheet, Market()), 16u);
}

TEST(PlantSensitivity, DividedStreamsAndDraws) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  flowsheet.splits = {{"scrub liquor", {{"returned", 0.8}, {"bleed", {}}}},
                      {"raffinate", {{"sold", 0.6}, {"kept", {}}}}};
  flowsheet.circuits[0].sections[0].inlets.back().stream = "returned";
  flowsheet.products[0].stream = "sold";
  flowsheet.circuits[0].sections[0].draws = {
      testing::MakeDraw("side", DrawPhase::kAqueous, 2, 0.1)};
  EXPECT_GE(Compare(flowsheet, Market()), 14u);
}

TEST(PlantSensitivity, AnOrganicThatReturnsWithMakeUp) {
  Flowsheet flowsheet = testing::SmallPlant();
  Organic& organic = flowsheet.circuits[0].organic;
  organic.loop = Loop::kOpen;
  organic.flow = 0.0;
  organic.make_up = 0.05;
  organic.from = "returned";
  flowsheet.splits = {{"loaded organic", {{"returned", {}}, {"bleed", 0.05}}}};
  EXPECT_GE(Compare(flowsheet, Market()), 12u);
}

TEST(PlantSensitivity, MetalInAnOrganicOfHeldVolume) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].organic.loop = Loop::kOpen;
  flowsheet.circuits[0].organic.from = "loaded organic";
  EXPECT_GE(Compare(flowsheet, Market()), 12u);
}

// By the numbers of streams, which both ways of writing have in common.
TEST(PlantSensitivity, TwoCircuitsFollowLikeTheOneThatTheyAre) {
  Chemistry chemistry = Market();
  // The organic of two circuits is pumped twice.
  chemistry.economics.factors["pumping"].value = 0;
  const Flowsheet battery = testing::Battery(), parts = testing::BatteryOfTwo();
  const Simulated one(battery, chemistry), two(parts, chemistry);
  const Sensitivities whole = one.Derivatives(battery, chemistry).all;
  const Sensitivities joined = two.Derivatives(parts, chemistry).all;
  std::map<std::pair<std::string, std::string>, const Sensitivity*> of_whole;
  for (const Sensitivity& s : whole.figures) of_whole[{s.figure, s.product}] = &s;
  ASSERT_EQ(joined.figures.size(), whole.figures.size());
  int compared = 0;
  for (const Sensitivity& s : joined.figures) {
    SCOPED_TRACE(s.figure + " " + s.product);
    const Sensitivity& same = *of_whole.at({s.figure, s.product});
    // Stages of two circuits times their flow is another thing.
    if (s.figure == "stage_flow") continue;
    for (std::size_t l = 0; l < joined.levers.size(); ++l) {
      for (std::size_t k = 0; k < whole.levers.size(); ++k) {
        if (whole.levers[k].path != joined.levers[l].path) continue;
        if (whole.levers[k].path.find("streams") == std::string::npos) continue;
        ++compared;
        const double scale = std::max(joined.levers[l].value, 1e-2);
        EXPECT_NEAR(s.by_lever[l] * scale, same.by_lever[k] * scale,
                    1e-7 * (std::abs(same.by_lever[k] * scale) + std::abs(s.value)))
            << joined.levers[l].path;
      }
    }
  }
  EXPECT_GE(compared, 60);
}

// Cost and carbon of circuits that stand alone, by every number.
TEST(PlantSensitivity, EconomicFiguresOfOneCircuit) {
  Flowsheet flowsheet = testing::ImperfectOpenLoop();
  flowsheet.circuits[0].sections[0].organic_entrainment = 0.004;
  EXPECT_GT(Compare(flowsheet, Market()), 15u);
}

TEST(PlantSensitivity, EconomicFiguresOfAClosedLoopWithTreatment) {
  for (const Treatment treatment :
       {Treatment::kEvaporationCrystallization, Treatment::kSprayRoasting}) {
    Flowsheet flowsheet = testing::SmallPlant();
    flowsheet.economics.treatment = treatment;
    flowsheet.economics.neutralizer = Neutralizer::kMagnesiumBicarbonate;
    EXPECT_EQ(Compare(flowsheet, Market()), 29u);
  }
}

TEST(PlantSensitivity, EveryEconomicFigureHasOne) {
  const Chemistry chemistry = Market();
  for (const Flowsheet& flowsheet : {testing::SmallPlant(), testing::BatteryOfTwo()}) {
    const Simulated middle(flowsheet, chemistry);
    std::map<std::string, int> found;
    for (const Sensitivity& s : middle.Derivatives(flowsheet, chemistry).all.figures) {
      ++found[s.figure];
    }
    for (const FigureInfo& figure : FigureTable()) {
      if (figure.of_plant) {
        EXPECT_EQ(found[figure.name], std::isnan(figure.of_flowsheet(middle.figures)) ? 0 : 1)
            << figure.name;
      }
    }
    EXPECT_EQ(found["cost"], 1);
  }
}

TEST(PlantSensitivity, SimulateGivesThemWhereTheyAreAskedFor) {
  const Chemistry chemistry = testing::SmallChemistry();
  SimulationRequest request{testing::BatteryOfTwo()};
  request.sensitivities = true;
  const SimulationResult with = Simulate({request}, chemistry, kScalar)[0];
  ASSERT_TRUE(with.sensitivities.has_value());
  EXPECT_GE(with.sensitivities->levers.size(), 12u);
  request.sensitivities = false;
  EXPECT_FALSE(Simulate({request}, chemistry, kScalar)[0].sensitivities.has_value());
}

}  // namespace
}  // namespace raffinate::optimizer
