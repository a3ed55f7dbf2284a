// Transients of flowsheets: where they end, what they keep, what they say.
#include "optimizer/dynamics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "optimizer/run.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Trajectory {
  std::vector<DynamicState> states;
  DynamicSummary summary;
};

Trajectory Follow(const Flowsheet& flowsheet, DynamicOptions options = DynamicOptions()) {
  const Chemistry chemistry = testing::SmallChemistry();
  const Violations violations = Validate(flowsheet, chemistry, Purpose::kDynamic);
  EXPECT_TRUE(violations.empty()) << violations[0].field << ": " << violations[0].description;
  Trajectory out;
  out.summary = SimulateDynamic(flowsheet, chemistry, options,
                                [&](const DynamicState& state) { out.states.push_back(state); });
  return out;
}

SimulationResult Steady(Flowsheet flowsheet) {
  flowsheet.dynamics.reset();
  const Chemistry chemistry = testing::SmallChemistry();
  EXPECT_THAT(Validate(flowsheet, chemistry, Purpose::kSimulate), IsEmpty());
  SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
  EXPECT_TRUE(result.convergence.converged) << result.convergence.message;
  return result;
}

/// Six minutes in mixers, twenty in settlers.
Flowsheet Plant(double until, double every) {
  Flowsheet plant = testing::SmallPlant();
  Dynamics dynamics;
  dynamics.mixer = 0.1;
  dynamics.settler = 1.0 / 3;
  dynamics.start = Start::kBarren;
  dynamics.until = until;
  dynamics.every = every;
  plant.dynamics = dynamics;
  return plant;
}

StreamOperation OfStream(const char* name) {
  StreamOperation stream;
  stream.name = name;
  return stream;
}

void ExpectSteady(const DynamicState& state, const SimulationResult& steady) {
  for (const StreamState& stream : state.streams) {
    SCOPED_TRACE(stream.name);
    bool found = false;
    for (const StreamState& expected : steady.streams) {
      if (expected.name != stream.name) continue;
      found = true;
      EXPECT_EQ(stream.role, expected.role);
      EXPECT_NEAR(stream.flow_m3_per_h / expected.flow_m3_per_h, 1, 1e-12);
      EXPECT_NEAR(stream.free_acid_mol_per_l, expected.free_acid_mol_per_l, 1e-8);
      EXPECT_NEAR(stream.chloride_mol_per_l, expected.chloride_mol_per_l, 1e-8);
      EXPECT_NEAR(stream.free_dimer_mol_per_l, expected.free_dimer_mol_per_l, 1e-8);
      for (const Molarity& metal : expected.metals) {
        for (const Molarity& own : stream.metals) {
          if (own.element != metal.element) continue;
          EXPECT_NEAR(own.mol_per_l, metal.mol_per_l, 1e-8 * metal.mol_per_l) << metal.element;
        }
      }
    }
    EXPECT_TRUE(found);
  }
  for (std::size_t p = 0; p < state.products.size(); ++p) {
    const ProductFigures &now = state.products[p].now, &expected = steady.figures.products[p];
    EXPECT_NEAR(now.impurity, expected.impurity, 1e-8 * expected.impurity);
    EXPECT_NEAR(now.recovery, expected.recovery, 1e-8);
    EXPECT_NEAR(now.reo_kg_per_h, expected.reo_kg_per_h, 1e-8 * expected.reo_kg_per_h);
  }
}

TEST(Dynamics, FromBarrenEndsAtTheSteadyState) {
  const Flowsheet plant = Plant(1e5, 5e4);
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  ASSERT_EQ(t.states.size(), 3u);
  const SimulationResult steady = Steady(plant);
  ExpectSteady(t.states.back(), steady);
  EXPECT_LT(t.summary.balance_error, 1e-10);
  EXPECT_EQ(t.summary.end_time_h, 1e5);
  EXPECT_GT(t.summary.iterations, t.summary.steps);
  EXPECT_NEAR(t.states.back().first_stage_ph, steady.stages.front().ph, 1e-7);
  EXPECT_NEAR(t.states.back().last_stage_ph, steady.stages.back().ph, 1e-7);
  // Barren at first: nothing leaves in the raffinate, and that has no purity.
  EXPECT_EQ(t.states[0].products[0].now.reo_kg_per_h, 0);
  EXPECT_EQ(t.states[0].products[0].now.impurity, 1);
}

TEST(Dynamics, AnOpenLoopEndsThereToo) {
  Flowsheet plant = Plant(1e5, 1e5);
  plant.circuits[0].organic.loop = Loop::kOpen;
  plant.circuits[0].sections.resize(2);
  plant.circuits[0].sections[1].organic_entrainment = 0.01;
  plant.streams.resize(2);
  plant.products[1].stream = "loaded organic";
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  ExpectSteady(t.states.back(), Steady(plant));
}

TEST(Dynamics, AChangeEndsWhereTheChangedFlowsheetDoes) {
  Flowsheet plant = Plant(1e5, 1e5);
  plant.dynamics->start = Start::kSteady;
  plant.dynamics->changes.resize(2);
  Change& step = plant.dynamics->changes[0];
  step.at = 1;
  StreamOperation feed = OfStream("feed");
  feed.flow = 1.1;
  feed.metals = {{"Nd", 0.12}, {"Dy", 0.001}};
  step.sets.streams = {feed};
  Change& ramp = plant.dynamics->changes[1];
  ramp.at = 2;
  ramp.over = 3;
  ramp.sets.organic.flow = 1.1;
  ramp.sets.organic.saponification = 0.05;
  ramp.sets.sections.resize(1);
  ramp.sets.sections[0].name = "strip";
  ramp.sets.sections[0].outlet_share = 0.9;
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  ASSERT_EQ(t.states.size(), 2u);
  // Dysprosium is carried from the start, of which it is no part.
  ExpectSteady(t.states.front(), Steady(plant));
  Flowsheet changed = plant;
  changed.streams[0].flow = 1.1;
  changed.streams[0].metals = {{"La", 0.1}, {"Nd", 0.12}, {"Dy", 0.001}};
  changed.circuits[0].organic.flow = 1.1;
  changed.circuits[0].organic.saponification = 0.05;
  changed.circuits[0].sections[3].outlet_share = 0.9;
  ExpectSteady(t.states.back(), Steady(changed));
  EXPECT_LT(t.summary.balance_error, 1e-10);
}

TEST(Dynamics, OutputsComeAtTheirTimes) {
  Flowsheet plant = Plant(1, 0.3);
  plant.dynamics->changes.resize(1);
  plant.dynamics->changes[0].at = 0.6;
  plant.dynamics->changes[0].sets.organic.flow = 1.5;
  DynamicOptions options;
  options.stages = true;
  const Trajectory t = Follow(plant, options);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  ASSERT_EQ(t.states.size(), 5u);
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(t.states[k].time_h, std::min(1.0, 0.3 * k), 1e-12);
  ASSERT_EQ(t.states[2].stages.size(), 15u);
  // Just before the jump, and after it.
  EXPECT_NEAR(t.states[2].stages[0].organic_m3_per_h, 1, 1e-12);
  EXPECT_NEAR(t.states[3].stages[0].organic_m3_per_h, 1.5, 1e-12);
}

// One stage of constant D with equal residence times of both phases is a tank of
// that residence time.
TEST(Dynamics, ResidenceTimesAreThoseOfTheSection) {
  Flowsheet plant = Plant(2, 0.5);
  plant.streams.resize(1);
  Circuit& circuit = plant.circuits[0];
  circuit.organic.loop = Loop::kOpen;
  circuit.system = std::string("ratio");
  circuit.sections = {circuit.sections[1]};
  circuit.sections[0].stages = 1;
  plant.products.clear();
  plant.dynamics->settler = 0;
  plant.dynamics->sections = {{"extraction", 0.4, {}}};
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  const auto nd = [](const DynamicState& s) { return s.streams[0].metals[1].mol_per_l; };
  const double end = 0.1 / (1 + 10);
  for (const DynamicState& state : t.states) {
    const double filled = 1 - std::exp(-state.time_h / 0.4);
    EXPECT_NEAR(nd(state), end * filled, 2e-4 * end) << state.time_h;
    // x V + y V with V of 0.4 m3 each.
    EXPECT_NEAR(state.inventory[1].kmol, 0.4 * 11 * end * filled, 1e-3 * 0.4 * 11 * end);
  }
}

// What was fed is held or was collected.
TEST(Dynamics, CollectedAndHeldAreWhatWasFed) {
  Flowsheet plant = Plant(6, 1);
  plant.products.clear();
  for (const char* stream : {"spent", "raffinate", "strip liquor"}) {
    plant.products.push_back({stream, stream, {"La", "Nd"}, {}, {}});
  }
  plant.dynamics->changes.resize(1);
  plant.dynamics->changes[0].at = 2;
  StreamOperation feed = OfStream("feed");
  feed.flow = 2.0;
  plant.dynamics->changes[0].sets.streams = {feed};
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  for (const DynamicState& state : t.states) {
    double kg = 0;
    for (const DynamicProduct& product : state.products) kg += product.collected_reo_kg;
    for (const ElementAmount& held : state.inventory) {
      if (held.element == "La") kg += 162.904 * held.kmol;
      if (held.element == "Nd") kg += 168.241 * held.kmol;
    }
    const double fed = 0.1 * (162.904 + 168.241) *
                       (std::min(state.time_h, 2.0) + 2 * std::max(0.0, state.time_h - 2));
    EXPECT_NEAR(kg, fed, 1e-3 * fed + 1e-12) << state.time_h;
  }
}

TEST(Dynamics, ASteadyStateIsCollectedAtItsRate) {
  Flowsheet plant = Plant(5, 5);
  plant.dynamics->start = Start::kSteady;
  plant.products[1].min_purity = 0.1;
  plant.products[1].min_recovery = 0.1;
  const Trajectory t = Follow(plant);
  const DynamicProduct& product = t.states.back().products[1];
  EXPECT_NEAR(product.collected_reo_kg, 5 * product.now.reo_kg_per_h, 1e-7);
  EXPECT_NEAR(product.collected_purity, product.now.purity, 1e-7);
  EXPECT_TRUE(product.meets_demands);
  EXPECT_EQ(t.summary.products[1].on_specification_h, 0);
  // Without a demand there is none to meet.
  EXPECT_FALSE(t.states.back().products[0].meets_demands);
  EXPECT_FALSE(t.summary.products[0].on_specification_h);
}

TEST(Dynamics, DemandsAreMetFromTheTimeThatIsTold) {
  Flowsheet plant = Plant(40, 0.25);
  const SimulationResult steady = Steady(plant);
  plant.products[1].min_recovery = 0.95 * steady.figures.products[1].recovery;
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  const auto told = t.summary.products[1].on_specification_h;
  ASSERT_TRUE(told);
  EXPECT_GT(*told, 0.5);
  for (const DynamicState& state : t.states) {
    EXPECT_EQ(state.products[1].meets_demands, state.time_h >= *told) << state.time_h;
  }
  // What is lost again at the end counts for nothing.
  plant.dynamics->changes.resize(1);
  plant.dynamics->changes[0].at = 30;
  StreamOperation acid = OfStream("strip acid");
  acid.hcl = 0.0;
  plant.dynamics->changes[0].sets.streams = {acid};
  EXPECT_FALSE(Follow(plant).summary.products[1].on_specification_h);
}

// Filled, then shut: nothing enters but acid and base, nothing leaves by the strip
// liquor; opened again it ends where the flowsheet does.
TEST(Dynamics, StartsUpThroughTotalReflux) {
  Flowsheet plant = Plant(1e5, 1);
  plant.dynamics->every = 10;
  plant.dynamics->until = 1e5;
  std::vector<Change>& changes = plant.dynamics->changes;
  changes.resize(2);
  changes[0].at = 5;
  StreamOperation feed = OfStream("feed");
  feed.flow = 0.0;
  changes[0].sets.streams = {feed};
  changes[0].sets.sections.resize(1);
  changes[0].sets.sections[0].name = "strip";
  changes[0].sets.sections[0].outlet_share = 0.0;
  changes[1].at = 15;
  changes[1].over = 2;
  feed.flow = 1.0;
  changes[1].sets.streams = {feed};
  changes[1].sets.sections = changes[0].sets.sections;
  changes[1].sets.sections[0].outlet_share = 1.0;
  const auto strip = [](const DynamicState& state) -> const StreamState& {
    return state.streams[2];
  };
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  ASSERT_EQ(strip(t.states[1]).name, "strip liquor");
  EXPECT_EQ(t.states[1].time_h, 10);
  EXPECT_EQ(strip(t.states[1]).flow_m3_per_h, 0);
  EXPECT_THAT(strip(t.states[1]).metals, IsEmpty());
  EXPECT_EQ(t.states[1].products[1].now.recovery, 0);
  EXPECT_LT(t.summary.balance_error, 1e-10);
  ExpectSteady(t.states.back(), Steady(plant));
}

TEST(Dynamics, StartsFromTheSteadyStateOfAnotherOperation) {
  Flowsheet plant = Plant(1, 1);
  plant.dynamics->start = Start::kSteady;
  StreamOperation feed = OfStream("feed");
  feed.flow = 0.05;
  plant.dynamics->initially.streams = {feed};
  plant.dynamics->initially.sections.resize(1);
  plant.dynamics->initially.sections[0].name = "strip";
  plant.dynamics->initially.sections[0].outlet_share = 0.1;
  Flowsheet closed = plant;
  closed.streams[0].flow = 0.05;
  closed.circuits[0].sections[3].outlet_share = 0.1;
  const Trajectory t = Follow(plant);
  ASSERT_TRUE(t.summary.complete) << t.summary.message;
  ExpectSteady(t.states.front(), Steady(closed));
  ExpectSteady(t.states.back(), Steady(closed));
}

TEST(Dynamics, IsCancelledBetweenSteps) {
  std::atomic<bool> cancel = false;
  DynamicOptions options;
  options.cancel = &cancel;
  const Chemistry chemistry = testing::SmallChemistry();
  int seen = 0;
  const DynamicSummary summary = SimulateDynamic(
      Plant(100, 1), chemistry, options, [&](const DynamicState&) { cancel = ++seen == 3; });
  EXPECT_EQ(seen, 3);
  EXPECT_FALSE(summary.complete);
  EXPECT_EQ(summary.end_time_h, 2);
  EXPECT_THAT(summary.message, HasSubstr("stopped at 2 h of 100 h: cancelled"));
  EXPECT_LT(summary.balance_error, 1e-10);
}

TEST(Dynamics, SaysWhyItCannotStart) {
  Flowsheet plant = Plant(10, 1);
  Draw draw;
  draw.name = "side";
  draw.stage = 2;
  draw.flow = 50.0;
  plant.circuits[0].sections[2].draws = {draw};
  const Trajectory t = Follow(plant);
  EXPECT_FALSE(t.summary.complete);
  EXPECT_THAT(t.summary.message, HasSubstr("draw"));
  EXPECT_THAT(t.states, IsEmpty());
}

TEST(Dynamics, FlagsAreThoseOfTheEnd) {
  Flowsheet plant = Plant(1e5, 1e5);
  plant.circuits[0].organic.flow = 1.2;
  plant.streams[2].flow = 0.03;
  const DynamicSummary summary = Follow(plant).summary;
  const std::vector<Flag> expected = Steady(plant).flags;
  EXPECT_FALSE(expected.empty());
  ASSERT_EQ(summary.flags.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    EXPECT_EQ(summary.flags[k].code, expected[k].code);
    EXPECT_EQ(summary.flags[k].message, expected[k].message);
    EXPECT_EQ(summary.flags[k].stages, expected[k].stages);
  }
}

}  // namespace
}  // namespace raffinate::optimizer
