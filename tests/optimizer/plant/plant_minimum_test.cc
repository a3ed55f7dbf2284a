// The theoretical minimum beside the result of several circuits.
#include <gmock/gmock.h>

#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;

TheoreticalMinimum MinimumOf(const Flowsheet& flowsheet) {
  return testing::SimulatePlant(flowsheet, testing::SmallChemistry()).figures.minimum;
}

// Where a battery is divided into circuits is nothing to theory.
TEST(PlantMinimum, OneBatteryWrittenAsTwoCircuitsNeedsTheSame) {
  const Figures one = testing::SimulatePlant(testing::Battery(), testing::SmallChemistry()).figures;
  const Figures two =
      testing::SimulatePlant(testing::BatteryOfTwo(), testing::SmallChemistry()).figures;
  ASSERT_EQ(one.minimum.reason, "");
  ASSERT_EQ(two.minimum.reason, "");
  EXPECT_EQ(two.minimum.cut, one.minimum.cut);
  EXPECT_NEAR(two.minimum.min_organic_mol_per_mol / one.minimum.min_organic_mol_per_mol, 1, 1e-8);
  EXPECT_NEAR(*two.minimum.min_base_kg_per_t_reo / *one.minimum.min_base_kg_per_t_reo, 1, 1e-8);
  EXPECT_NEAR(two.minimum.separation_factor, one.minimum.separation_factor, 1e-9);
  // All acid of the raffinate counts as released, also what the scrub and the feed brought.
  EXPECT_GE(*two.base_over_minimum, *one.base_over_minimum * (1 - 1e-8));
  EXPECT_GE(*two.base_over_minimum, 1);
  EXPECT_FALSE(two.minimum.scrub_mol_per_mol.has_value());
}

TEST(PlantMinimum, SaysWhyThereIsNone) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  flowsheet.streams[1].metals = {{"La", 0.01}};
  EXPECT_THAT(MinimumOf(flowsheet).reason, HasSubstr("the theory knows one feed"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.products.clear();
  EXPECT_EQ(MinimumOf(flowsheet).reason, "no product is named");

  // The raffinate goes on to another extractant.
  flowsheet = testing::Battery();
  ExtractantSystem other = testing::SmallChemistry().systems.at("P507");
  other.name = "another";
  flowsheet.extractant_systems = {other};
  Circuit next = flowsheet.circuits[0];
  next.name = "next";
  next.system = std::string("another");
  next.sections[0].inlets = {{next.sections[0].outlet, {}}};
  next.sections[0].outlet = "last raffinate";
  next.sections[1].inlets = {{"more acid", {}}};
  flowsheet.streams.push_back(flowsheet.streams[1]);
  flowsheet.streams.back().name = "more acid";
  flowsheet.products[0].stream = "last raffinate";
  flowsheet.circuits.push_back(next);
  EXPECT_THAT(MinimumOf(flowsheet).reason, HasSubstr("P507 and another"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.streams[0].metals.pop_back();
  EXPECT_EQ(MinimumOf(flowsheet).reason, "only La is fed");
}

}  // namespace
}  // namespace raffinate::optimizer
