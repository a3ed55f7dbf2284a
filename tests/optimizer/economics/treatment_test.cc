// Neutralization and zero liquid discharge.
#include "optimizer/economics/treatment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer/economics/evaluate.h"
#include "tests/optimizer/economics/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::SmallBalance;
using testing::UnitData;

double Recovered(const PlantReport& report, const std::string& name) {
  for (const RecoveredStream& stream : report.recovered) {
    if (stream.name == name) return stream.kg_per_h;
  }
  return 0;
}

double Use(const PlantReport& report, const std::string& name) {
  double kg = 0;
  for (const ReagentUse& use : report.reagents) {
    if (use.name == name && use.purpose == "neutralization") kg += use.kg_per_h;
  }
  return kg;
}

const EnergyUse* Energy(const PlantReport& report, const std::string& name) {
  for (const EnergyUse& use : report.energy) {
    if (use.name == name) return &use;
  }
  return nullptr;
}

// 3 kmol/h of free acid leave the plant.
TEST(Neutralization, TakesOneEquivalentPerEquivalent) {
  const auto with = [](Neutralizer neutralizer) {
    EconomicsSettings own;
    own.neutralizer = neutralizer;
    return EvaluatePlant(SmallBalance(), UnitData(), own).report;
  };
  EXPECT_NEAR(Use(with(Neutralizer::kSodiumHydroxide), "NaOH"), 3 * 39.997, 1e-9);
  EXPECT_NEAR(Use(with(Neutralizer::kAmmonia), "NH3"), 3 * 17.031, 1e-9);
  EXPECT_NEAR(Use(with(Neutralizer::kCalciumHydroxide), "Ca(OH)2"), 1.5 * 74.092, 1e-9);
  EXPECT_NEAR(Use(with(Neutralizer::kMagnesiumOxide), "MgO"), 1.5 * 40.304, 1e-9);
  const PlantReport bicarbonate = with(Neutralizer::kMagnesiumBicarbonate);
  EXPECT_NEAR(Use(bicarbonate, "MgO"), 1.5 * 40.304, 1e-9);
  // Two CO2 a magnesium, nine tenths of it used again.
  EXPECT_NEAR(Use(bicarbonate, "CO2"), 3 * 44.009 * 0.1, 1e-9);
  for (const EffluentSpecies& species : bicarbonate.effluent) {
    if (species.name == "H+") {
      EXPECT_EQ(species.kg_per_h, 0);
    }
    if (species.name == "Mg") {
      EXPECT_NEAR(species.kg_per_h, 1.5 * 24.305, 1e-9);
    }
  }
}

TEST(ZeroLiquidDischarge, DischargesNothing) {
  EconomicsSettings own;
  own.treatment = Treatment::kEvaporationCrystallization;
  const PlantEvaluation plant = EvaluatePlant(SmallBalance(), UnitData(), own);
  EXPECT_EQ(*plant.figures.effluent_over_limit, 0);
  for (const EffluentSpecies& species : plant.report.effluent) {
    EXPECT_FALSE(species.limit_mg_per_l.has_value()) << species.name;
  }
}

TEST(ZeroLiquidDischarge, RecoversSaltAndWaterOfTheEffluent) {
  EconomicsSettings own;
  own.treatment = Treatment::kEvaporationCrystallization;
  const PlantReport report = EvaluatePlant(SmallBalance(), UnitData(), own).report;
  const double salt = 3 * (22.990 + 35.453);
  EXPECT_NEAR(Recovered(report, "NaCl"), salt, 1e-9);
  EXPECT_NEAR(Recovered(report, "water"), 15000, 1e-9);
  // Brine of a quarter salt: 3 kg water per kg; 1 kWh per m3 and per tonne.
  EXPECT_NEAR(Energy(report, "evaporation")->electricity_kw, 15 - 3 * salt / 1000, 1e-9);
  EXPECT_NEAR(Energy(report, "crystallization")->electricity_kw, 4 * salt / 1000, 1e-9);
  // Water in the same amount need not be bought.
  for (const CostLine& line : report.costs) EXPECT_NE(line.name, "water");
  EXPECT_THAT(report.notes, Contains(HasSubstr("not crystallized")));
}

TEST(SprayRoasting, GivesAcidAndMagnesiaBack) {
  EconomicsSettings own;
  own.treatment = Treatment::kSprayRoasting;
  own.neutralizer = Neutralizer::kMagnesiumOxide;
  EconomicsData data = UnitData();
  data.factors["roasting_reaction"].value = 100;
  data.factors["roasting_efficiency"].value = 0.5;
  const PlantReport report = EvaluatePlant(SmallBalance(), data, own).report;
  EXPECT_NEAR(Recovered(report, "MgO"), 1.5 * 40.304, 1e-9);
  EXPECT_NEAR(Recovered(report, "HCl"), 3 * 36.461, 1e-9);
  EXPECT_NEAR(Recovered(report, "NaCl"), 3 * (22.990 + 35.453), 1e-9);
  const double salt = 1.5 * (24.305 + 2 * 35.453);
  EXPECT_NEAR(Energy(report, "spray roasting")->heat_mj_per_h, (1.5 * 100 + 3 * salt) / 0.5, 1e-9);
  // The magnesia goes round; of the 6 keq of acid 3 come back.
  for (const CostLine& line : report.costs) {
    if (line.name == "MgO") {
      EXPECT_NEAR(line.usd_per_h, 0, 1e-9);
    }
    if (line.name == "HCl") {
      EXPECT_NEAR(line.usd_per_h, 3 * 36.461, 1e-9);
    }
  }
}

TEST(SprayRoasting, SaysWhenThereIsNothingToRoast) {
  EconomicsSettings own;
  own.treatment = Treatment::kSprayRoasting;
  const PlantReport report = EvaluatePlant(SmallBalance(), UnitData(), own).report;
  EXPECT_EQ(Energy(report, "spray roasting"), nullptr);
  EXPECT_THAT(report.notes, Contains(HasSubstr("nothing to roast")));
}

}  // namespace
}  // namespace raffinate::optimizer
