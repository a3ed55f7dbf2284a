// Figures of a plant that can be computed on paper.
#include "optimizer/economics/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "optimizer/economics/elements.h"
#include "optimizer/economics/reagents.h"
#include "tests/optimizer/economics/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::kLa2O3;
using testing::kNd2O3;
using testing::SmallBalance;
using testing::UnitData;

constexpr double kReo = kNd2O3 + kLa2O3;  // kg/h

double Use(const PlantReport& report, const std::string& name, const std::string& purpose) {
  for (const ReagentUse& use : report.reagents) {
    if (use.name == name && use.purpose == purpose) return use.kg_per_h;
  }
  return 0;
}

const EffluentSpecies& Species(const PlantReport& report, const std::string& name) {
  for (const EffluentSpecies& species : report.effluent) {
    if (species.name == name) return species;
  }
  ADD_FAILURE() << "no " << name;
  static const EffluentSpecies kNone;
  return kNone;
}

double Cost(const PlantReport& report, const std::string& name) {
  for (const CostLine& line : report.costs) {
    if (line.name == name) return line.usd_per_h;
  }
  return 0;
}

TEST(Plant, FloorOfOneTransferIsThreeMolesPerMole) {
  PlantBalance balance = SmallBalance();
  // Nothing but Nd, so that per tonne REO is per tonne Nd2O3.
  balance.outlets[0].products.clear();
  balance.products[0].wanted = {false, false, false};
  const PlantEvaluation plant = EvaluatePlant(balance, UnitData(), {});
  EXPECT_NEAR(plant.report.base_floor_kg_per_t_reo, 3 * 39.997 / kNd2O3 * 1000, 1e-9);
  EXPECT_NEAR(plant.report.base_floor_kg_per_t_reo, 713.2, 0.05);
  EXPECT_NEAR(plant.report.acid_floor_kg_per_t_reo, 3 * 36.461 / kNd2O3 * 1000, 1e-9);
  EXPECT_NEAR(plant.report.acid_floor_kg_per_t_reo, 650.2, 0.05);
  // 3 kmol NaOH and 6 keq HCl were used.
  EXPECT_NEAR(*plant.figures.base_over_floor, 1, 1e-12);
  EXPECT_NEAR(*plant.figures.acid_over_floor, 2, 1e-12);
}

TEST(Plant, NoFloorWhereTheOrganicCarriesNothingOut) {
  PlantBalance balance = SmallBalance();
  balance.outlets[1].carried = false;
  const PlantEvaluation plant = EvaluatePlant(balance, UnitData(), {});
  EXPECT_FALSE(plant.figures.base_over_floor.has_value());
  EXPECT_FALSE(plant.figures.acid_over_floor.has_value());
}

TEST(Plant, CountsReagentsOnceAndNotThoseOfTheFeed) {
  const PlantReport report = EvaluatePlant(SmallBalance(), UnitData(), {}).report;
  EXPECT_NEAR(Use(report, "NaOH", "streams"), 3 * 39.997, 1e-9);
  EXPECT_NEAR(Use(report, "HCl", "streams"), 6 * 36.461, 1e-9);
  EXPECT_NEAR(Use(report, "water", "streams"), 5000, 1e-9);
  EXPECT_EQ(Use(report, "NaCl", "streams"), 0);
}

TEST(Plant, SodiumWithoutHydroxideCameAsSalt) {
  PlantBalance balance = SmallBalance();
  balance.inlets[1].metals[2] = 5;
  const std::vector<ReagentUse> uses = ComputeReagents(balance);
  EXPECT_THAT(
      uses, Contains(AllOf(Field(&ReagentUse::name, "NaCl"),
                           Field(&ReagentUse::kg_per_h, ::testing::DoubleNear(2 * 58.443, 1e-9)))));
}

TEST(Plant, LosesOrganicByDropletsAndSolubility) {
  const PlantReport report = EvaluatePlant(SmallBalance(), UnitData(), {}).report;
  // 1 L/m3 of droplets in 15 m3/h; 300 kg/m3 extractant, the rest of the volume diluent.
  EXPECT_NEAR(Use(report, "P507", "entrainment"), 0.015 * 300, 1e-12);
  EXPECT_NEAR(Use(report, "kerosene", "entrainment"), 0.015 * (1 - 300.0 / 900) * 800, 1e-12);
  EXPECT_NEAR(Use(report, "P507", "solubility"), 15 * 0.010, 1e-12);
  EXPECT_NEAR(Use(report, "kerosene", "solubility"), 15 * 0.005, 1e-12);
  const double carbon = 0.6 * (4.5 + 0.15) + 0.8 * (8 + 0.075);
  EXPECT_NEAR(Species(report, "organic carbon").kg_per_h, carbon, 1e-12);
}

TEST(Plant, SimulatedDropletsStandInForTheFactor) {
  PlantBalance balance = SmallBalance();
  balance.outlets[0].organic = 0.1;
  balance.outlets[1].organic = 0.1;
  const PlantReport report = EvaluatePlant(balance, UnitData(), {}).report;
  EXPECT_NEAR(Use(report, "P507", "entrainment"), 0.2 * 300, 1e-12);
}

TEST(Plant, EffluentIsWithoutWhatIsWantedAndHeldAgainstLimits) {
  PlantBalance balance = SmallBalance();
  balance.elements.push_back({"NH4", 1, 18.039, 18.039, "", false, true});
  for (PlantInlet& inlet : balance.inlets) inlet.metals.push_back(0);
  for (PlantOutlet& outlet : balance.outlets) {
    outlet.metals.push_back(0);
    outlet.aqueous_metals.push_back(0);
  }
  for (PlantProduct& product : balance.products) product.wanted.push_back(false);
  balance.circuits[0].organic_metals.push_back(0);
  balance.inlets[1].nh4oh = 0.3;
  balance.inlets[1].metals[3] = 0.3;
  balance.outlets[0].metals[3] = balance.outlets[0].aqueous_metals[3] = 0.3;
  const PlantEvaluation plant = EvaluatePlant(balance, UnitData(), {});
  EXPECT_EQ(Species(plant.report, "La").kg_per_h, 0);
  EXPECT_EQ(Species(plant.report, "Nd").kg_per_h, 0);
  EXPECT_NEAR(Species(plant.report, "Na").mg_per_l, 3 * 22.990 / 15 * 1000, 1e-9);
  EXPECT_NEAR(Species(plant.report, "Cl").kg_per_h, 12 * 35.453, 1e-9);
  const double nitrogen = 0.3 * 14.007 / 15 * 1000;  // 280 mg/L
  EXPECT_NEAR(*Species(plant.report, "NH4-N").over_limit, nitrogen / 15, 1e-9);
  EXPECT_NEAR(*plant.figures.effluent_over_limit, nitrogen / 15, 1e-9);
  EXPECT_FALSE(Species(plant.report, "Na").over_limit.has_value());
  // A job can limit what data/ does not, and raise what it does.
  EconomicsSettings own;
  own.limits = {{"Na", 100}, {"NH4-N", 1000}};
  const PlantEvaluation limited = EvaluatePlant(balance, UnitData(), own);
  EXPECT_NEAR(*limited.figures.effluent_over_limit, 3 * 22.990 / 15 * 1000 / 100, 1e-9);
}

TEST(Plant, ElementsOfTheInletsAllLeave) {
  PlantBalance balance = SmallBalance();
  balance.outlets[0].aqueous_metals = {0.9, 0, 3};
  balance.outlets[0].metals = {0.9, 0.02, 3};
  balance.outlets[0].organic = 0.01;
  balance.outlets[0].products.clear();
  balance.outlets[1].metals = {0.1, 0.98, 0};
  const std::vector<ElementExit> exits = ComputeElementExits(balance);
  for (const PlantElement& element : balance.elements) {
    double sum = 0;
    for (const ElementExit& exit : exits) {
      if (exit.element == element.symbol) sum += exit.share;
    }
    EXPECT_NEAR(sum, 1, 1e-12) << element.symbol;
  }
  const auto find = [&](const char* element, ElementExit::Kind kind) {
    for (const ElementExit& exit : exits) {
      if (exit.element == element && exit.kind == kind) return exit.share;
    }
    return 0.0;
  };
  EXPECT_NEAR(find("La", ElementExit::Kind::kLoss), 0.9, 1e-12);
  EXPECT_NEAR(find("La", ElementExit::Kind::kImpurity), 0.1, 1e-12);
  EXPECT_NEAR(find("Nd", ElementExit::Kind::kEntrained), 0.02, 1e-12);
  EXPECT_NEAR(find("Nd", ElementExit::Kind::kProduct), 0.98, 1e-12);
}

// Iron that never enters, and a tenth of the Nd, precipitated with caustic.
TEST(Plant, ResiduesOfTheFeedAreExitsAndTheirBaseIsCountedApartFromTheFloor) {
  PlantBalance balance = SmallBalance();
  balance.elements.push_back({"Fe", 3, 55.845, 79.8435, "Fe2O3", false, false});
  for (PlantInlet& inlet : balance.inlets) inlet.metals.push_back(0);
  for (PlantOutlet& outlet : balance.outlets) {
    outlet.metals.push_back(0);
    outlet.aqueous_metals.push_back(0);
  }
  for (PlantProduct& product : balance.products) product.wanted.push_back(false);
  balance.circuits[0].organic_metals.push_back(0);
  const double base_floor = ComputeEquivalents(balance).base_floor;
  const double base = ComputeEquivalents(balance).base;
  balance.inlets[0].residues = {{"cake", 6.3, 0, {0, 0.1, 0, 2}}};
  balance.inlets[0].metals[1] = 0.9;
  balance.inlets[0].metals[2] = 6.3;
  balance.outlets[1].metals[1] = balance.outlets[1].aqueous_metals[1] = 0.9;
  balance.outlets[0].metals[2] = balance.outlets[0].aqueous_metals[2] = 9.3;
  for (const ElementExit& exit : ComputeElementExits(balance)) {
    if (exit.element == "Fe") {
      EXPECT_EQ(exit.stream, "cake");
      EXPECT_EQ(exit.kind, ElementExit::Kind::kResidue);
      EXPECT_NEAR(exit.share, 1, 1e-12);
      EXPECT_NEAR(exit.kg_per_h, 2 * 55.845, 1e-9);
    }
    if (exit.element == "Nd") {
      EXPECT_NEAR(exit.share, exit.stream == "cake" ? 0.1 : 0.9, 1e-12) << exit.stream;
    }
    if (exit.element == "Na") {
      EXPECT_NEAR(exit.share, 1, 1e-12);
    }
  }
  const PlantReport report = EvaluatePlant(balance, UnitData(), {}).report;
  EXPECT_NEAR(Use(report, "NaOH", "cake"), 6.3 * 39.997, 1e-9);
  EXPECT_EQ(ComputeEquivalents(balance).base, base);
  EXPECT_NEAR(ComputeEquivalents(balance).base_floor, base_floor * 0.9, 1e-12);
}

TEST(Plant, MixerSettlersFollowTheFlows) {
  EconomicsData data = UnitData();
  data.factors["mixer_residence"].value = 6;  // 0.1 h
  data.factors["settler_rate"].value = 3;
  data.factors["settler_depth"].value = 0.5;
  data.factors["mixer_settler_volume"].value = 4;
  data.factors["mixer_settler_cost"].value = 100;
  data.factors["mixer_settler_exponent"].value = 0.5;
  const PlantEvaluation plant = EvaluatePlant(SmallBalance(), data, {});
  const SectionEquipment& section = plant.report.equipment.at(0);
  EXPECT_EQ(section.stages, 2);
  EXPECT_NEAR(section.mixer_m3, 2 * 3, 1e-12);
  EXPECT_NEAR(section.settler_m2, 2 * 10, 1e-12);
  // 3 + 5 m3 a stage, two thirds organic.
  EXPECT_NEAR(section.organic_m3, 2 * 8 * 2.0 / 3, 1e-12);
  EXPECT_NEAR(section.reo_kg, 8.0 / 3 * 0.1 * kLa2O3 + 16.0 / 3 * 0.2 * kNd2O3, 1e-9);
  EXPECT_NEAR(section.installed_usd, 2 * 100 * std::sqrt(8.0 / 4), 1e-9);
  EXPECT_NEAR(*plant.figures.settler_area_m2, 20, 1e-12);
}

TEST(Plant, CostGrowsInProportionToEachPrice) {
  const PlantEvaluation once = EvaluatePlant(SmallBalance(), UnitData(), {});
  EconomicsSettings dear;
  for (const NeededDatum& each : NeededPrices()) dear.prices.emplace_back(each.name, 3.0);
  const PlantEvaluation thrice = EvaluatePlant(SmallBalance(), UnitData(), dear);
  for (const char* line : {"NaOH", "HCl", "water", "P507", "kerosene", "electricity", "labour"}) {
    EXPECT_GT(Cost(once.report, line), 0) << line;
    EXPECT_NEAR(Cost(thrice.report, line), 3 * Cost(once.report, line), 1e-9) << line;
  }
  EXPECT_NEAR(Cost(thrice.report, "maintenance"), Cost(once.report, "maintenance"), 1e-12);
  // And alone: only its own line moves.
  EconomicsSettings caustic;
  caustic.prices = {{"NaOH", 2}};
  const PlantEvaluation one = EvaluatePlant(SmallBalance(), UnitData(), caustic);
  EXPECT_NEAR((*one.figures.cost_usd_per_kg_reo - *once.figures.cost_usd_per_kg_reo) * kReo,
              3 * 39.997, 1e-9);
}

TEST(Plant, CapitalChargeIsTheAnnuity) {
  EconomicsData data = UnitData();
  data.factors["interest_rate"].value = 0.1;
  data.factors["plant_life"].value = 2;
  data.factors["operating_hours"].value = 1000;
  const PlantEvaluation plant = EvaluatePlant(SmallBalance(), data, {});
  // Two payments of a year's worth pay the capital back at 10 %.
  const double payment = Cost(plant.report, "capital charge") * 1000;
  EXPECT_NEAR(payment / 1.1 + payment / 1.21, *plant.figures.installed_cost_usd, 1e-9);
  data.factors["interest_rate"].value = 0;
  const PlantEvaluation free = EvaluatePlant(SmallBalance(), data, {});
  EXPECT_NEAR(Cost(free.report, "capital charge") * 2000, *free.figures.installed_cost_usd, 1e-9);
}

TEST(Plant, SellsByGradeAndOtherwiseAsMixedOxides) {
  PlantBalance balance = SmallBalance();
  const auto price = [&balance](double purity) {
    balance.products[1].purity = purity;
    return EvaluatePlant(balance, UnitData(), {}).report.products.at(1).price_usd_per_kg;
  };
  EXPECT_EQ(price(0.99995), 80);
  EXPECT_EQ(price(0.999), 50);
  EXPECT_EQ(price(0.9), 25);  // half of the lowest grade
  EconomicsSettings own;
  own.product_prices = {{"heavy", 7}};
  const PlantEvaluation plant = EvaluatePlant(balance, UnitData(), own);
  EXPECT_EQ(plant.report.products.at(1).price_usd_per_kg, 7);
  EXPECT_NEAR(*plant.figures.revenue_usd_per_kg_reo, (7 * kNd2O3 + 2 * kLa2O3) / kReo, 1e-12);
}

TEST(Plant, AllocationSumsToTheWhole) {
  for (const Allocation allocation : {Allocation::kByRevenue, Allocation::kByMass}) {
    EconomicsSettings own;
    own.allocation = allocation;
    const PlantEvaluation plant = EvaluatePlant(SmallBalance(), UnitData(), own);
    double share = 0, cost = 0, co2e = 0;
    for (const ProductEconomics& product : plant.report.products) {
      share += product.allocation;
      cost += product.cost_usd_per_kg * product.reo_kg_per_h;
      co2e += product.co2e_kg_per_kg * product.reo_kg_per_h;
    }
    EXPECT_NEAR(share, 1, 1e-12);
    EXPECT_NEAR(cost, *plant.figures.cost_usd_per_kg_reo * kReo, 1e-9 * cost);
    EXPECT_NEAR(co2e, *plant.figures.co2e_kg_per_kg_reo * kReo, 1e-9 * co2e);
  }
  EconomicsSettings mass;
  mass.allocation = Allocation::kByMass;
  EXPECT_NEAR(EvaluatePlant(SmallBalance(), UnitData(), mass).report.products.at(0).allocation,
              kLa2O3 / kReo, 1e-12);
}

TEST(Plant, NamesWhatItUsedAndWhoGaveIt) {
  EconomicsSettings own;
  own.prices = {{"NaOH", 2}};
  const PlantReport report = EvaluatePlant(SmallBalance(), UnitData(), own).report;
  int found = 0;
  for (const UsedDatum& datum : report.data) {
    if (datum.kind != UsedDatum::Kind::kPrice) continue;
    if (datum.name == "NaOH") {
      ++found;
      EXPECT_TRUE(datum.overridden);
      EXPECT_EQ(datum.value, 2);
      EXPECT_EQ(datum.source, "");
    }
    if (datum.name == "HCl") {
      ++found;
      EXPECT_FALSE(datum.overridden);
      EXPECT_EQ(datum.source, "a test");
    }
    // What was not used is not named.
    EXPECT_NE(datum.name, "MgO");
  }
  EXPECT_EQ(found, 2);
  EXPECT_EQ(report.weakest, Provenance::kAssumed);
  EXPECT_THAT(report.notes, Contains(HasSubstr("assumed")));
}

TEST(Plant, TwoCircuitsAreTheSumOfBoth) {
  const PlantBalance one = SmallBalance();
  PlantBalance two = one;
  two.circuits.push_back(one.circuits[0]);
  for (PlantInlet inlet : one.inlets) two.inlets.push_back(inlet);
  for (PlantOutlet outlet : one.outlets) {
    outlet.circuit = 1;
    two.outlets.push_back(outlet);
  }
  const PlantFigures a = EvaluatePlant(one, UnitData(), {}).figures;
  const PlantFigures b = EvaluatePlant(two, UnitData(), {}).figures;
  // Twice the plant and twice the product: per kilogram nothing changes but the labour.
  EXPECT_NEAR(*b.water_m3_per_t_reo, *a.water_m3_per_t_reo, 1e-9);
  EXPECT_NEAR(*b.extractant_loss_kg_per_t_reo, *a.extractant_loss_kg_per_t_reo, 1e-9);
  EXPECT_NEAR(*b.co2e_kg_per_kg_reo, *a.co2e_kg_per_kg_reo, 1e-9);
  EXPECT_NEAR(*b.base_over_floor, *a.base_over_floor, 1e-12);
  EXPECT_NEAR(*b.settler_area_m2, 2 * *a.settler_area_m2, 1e-9);
  EXPECT_NEAR(*b.installed_cost_usd, 2 * *a.installed_cost_usd, 1e-6);
  EXPECT_LT(*b.cost_usd_per_kg_reo, *a.cost_usd_per_kg_reo);
}

}  // namespace
}  // namespace raffinate::optimizer
