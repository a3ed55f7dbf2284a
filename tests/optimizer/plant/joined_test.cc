// One circuit written as two, and the order in which circuits are written.
#include <algorithm>

#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

using testing::ExpectSame;
using testing::SimulatePlant;
using testing::StreamOf;

constexpr double kSame = 1e-9;

TEST(Joined, OneBatteryWrittenAsTwoCircuits) {
  const Chemistry chemistry = testing::SmallChemistry();
  const SimulationResult one = SimulatePlant(testing::Battery(), chemistry);
  const SimulationResult two = SimulatePlant(testing::BatteryOfTwo(), chemistry);
  ExpectSame(StreamOf(two, "raffinate"), StreamOf(one, "raffinate"), kSame);
  StreamState organic = StreamOf(two, "loaded organic of washing");
  ExpectSame(organic, StreamOf(one, "loaded organic"), kSame);
  EXPECT_NEAR(organic.free_dimer_mol_per_l, StreamOf(one, "loaded organic").free_dimer_mol_per_l,
              kSame);
  EXPECT_NEAR(two.figures.base_kg_per_t_reo, one.figures.base_kg_per_t_reo,
              kSame * one.figures.base_kg_per_t_reo);
  EXPECT_NEAR(two.figures.wastewater_m3_per_t_reo, one.figures.wastewater_m3_per_t_reo,
              kSame * one.figures.wastewater_m3_per_t_reo);
  EXPECT_EQ(two.figures.stages, one.figures.stages);
  EXPECT_DOUBLE_EQ(two.figures.organic_m3_per_h, one.figures.organic_m3_per_h);
  EXPECT_NEAR(two.figures.max_loading, one.figures.max_loading, kSame);
  EXPECT_GT(two.convergence.recycle_iterations, 1);
  EXPECT_LE(two.convergence.recycle_residual, 1e-10);
  EXPECT_LE(two.convergence.balance_error, 1e-9);
}

TEST(Joined, AClosedLoopThroughTwoCircuits) {
  const Chemistry chemistry = testing::SmallChemistry();
  const Flowsheet whole = testing::SmallPlant(), parts = testing::LoopOfTwo();
  const SimulationResult one = SimulatePlant(whole, chemistry),
                         two = SimulatePlant(parts, chemistry);
  for (const char* name : {"spent", "raffinate", "strip liquor"}) {
    ExpectSame(StreamOf(two, name), StreamOf(one, name), 1e-8);
  }
  EXPECT_LE(two.convergence.balance_error, 1e-9);
}

// Carry-over takes either phase along with the other, through both joints.
TEST(Joined, EntrainmentCrossesWithItsStream) {
  const Chemistry chemistry = testing::SmallChemistry();
  Flowsheet whole = testing::Battery(), parts = testing::BatteryOfTwo();
  for (Flowsheet* flowsheet : {&whole, &parts}) {
    for (Circuit& circuit : flowsheet->circuits) {
      for (Section& section : circuit.sections) {
        section.aqueous_entrainment = 0.02;
        section.organic_entrainment = 0.03;
      }
    }
  }
  const SimulationResult one = SimulatePlant(whole, chemistry),
                         two = SimulatePlant(parts, chemistry);
  ExpectSame(StreamOf(two, "raffinate"), StreamOf(one, "raffinate"), 1e-8);
  ExpectSame(StreamOf(two, "loaded organic of washing"), StreamOf(one, "loaded organic"), 1e-8);
}

TEST(Joined, TheOrderOfCircuitsDoesNotMatter) {
  const Chemistry chemistry = testing::SmallChemistry();
  const Flowsheet flowsheet = testing::BatteryOfTwo();
  Flowsheet turned = flowsheet;
  std::reverse(turned.circuits.begin(), turned.circuits.end());
  const SimulationResult one = SimulatePlant(flowsheet, chemistry),
                         two = SimulatePlant(turned, chemistry);
  for (const StreamState& stream : one.streams) {
    ExpectSame(StreamOf(two, stream.name), stream, kSame);
  }
}

TEST(Joined, ADividedStreamIsTheStream) {
  const Chemistry chemistry = testing::SmallChemistry();
  const Flowsheet flowsheet = testing::Battery();
  Flowsheet divided = flowsheet;
  divided.splits = {{"scrub acid", {{"one", 0.25}, {"two", {}}}},
                    {"raffinate", {{"first half", 0.5}, {"second half", 0.5}}}};
  divided.circuits[0].sections[1].inlets = {{"one", {}}, {"two", {}}};
  divided.products[0].stream = "first half";
  const SimulationResult one = SimulatePlant(flowsheet, chemistry),
                         two = SimulatePlant(divided, chemistry);
  EXPECT_NEAR(two.figures.products[0].recovery, one.figures.products[0].recovery / 2, 1e-12);
  EXPECT_NEAR(two.figures.products[0].purity, one.figures.products[0].purity, 1e-12);
  EXPECT_NEAR(StreamOf(two, "second half").flow_m3_per_h,
              StreamOf(one, "raffinate").flow_m3_per_h / 2, 1e-12);
  // Acid is counted once, however many ways it takes.
  EXPECT_NEAR(two.figures.acid_kg_per_t_reo, 2 * one.figures.acid_kg_per_t_reo,
              1e-9 * one.figures.acid_kg_per_t_reo);
}

TEST(Joined, MakeUpTakesThePlaceOfABleed) {
  const Chemistry chemistry = testing::SmallChemistry();
  Flowsheet flowsheet = testing::SmallPlant();
  Organic& organic = flowsheet.circuits[0].organic;
  organic.loop = Loop::kOpen;
  organic.flow = 0.0;
  organic.make_up = 0.05;
  organic.from = "returned";
  flowsheet.splits = {{"loaded organic", {{"returned", {}}, {"bleed", 0.05}}}};
  const SimulationResult result = SimulatePlant(flowsheet, chemistry);
  EXPECT_NEAR(StreamOf(result, "organic").flow_m3_per_h, 1, 1e-12);
  EXPECT_NEAR(StreamOf(result, "bleed").flow_m3_per_h, 0.05, 1e-12);
  EXPECT_LE(result.convergence.balance_error, 1e-9);
}

}  // namespace
}  // namespace raffinate::optimizer
