// Environmental and economic figures of the examples, with the data of the program.
#include <cmath>
#include <filesystem>
#include <map>

#include "tests/validation/example.h"

namespace raffinate::validation {
namespace {

using optimizer::PlantReport;
using optimizer::Purpose;
using optimizer::SimulationResult;

SimulationResult SimulateExample(const std::string& name) {
  return optimizer::Simulate({{Load(name, Purpose::kSimulate)}}, KnownChemistry(),
                             kernels::Device())
      .front();
}

TEST(Plant, EveryElementOfEveryExampleLeaves) {
  int plants = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RAFFINATE_EXAMPLES)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".yaml" || name.find("optimize") != std::string::npos) continue;
    const SimulationResult result = SimulateExample(name);
    if (!result.plant) continue;
    ++plants;
    std::map<std::string, double> shares;
    for (const auto& exit : result.plant->elements) shares[exit.element] += exit.share;
    EXPECT_FALSE(shares.empty()) << name;
    for (const auto& [element, share] : shares)
      EXPECT_NEAR(share, 1, 1e-9) << name << " " << element;
  }
  EXPECT_GE(plants, 5);
}

/// Whether the report of an example adds up to its figures.
void ExpectAlike(const std::string& name) {
  SCOPED_TRACE(name);
  const SimulationResult result = SimulateExample(name);
  ASSERT_TRUE(result.plant.has_value());
  const PlantReport& plant = *result.plant;
  double acid = 0, base = 0;
  for (const auto& use : plant.reagents) {
    if (use.name == "HCl") acid += use.kg_per_t_reo;
    if (use.name == "NaOH") base += use.kg_per_t_reo;
  }
  EXPECT_NEAR(acid, result.figures.acid_kg_per_t_reo, 1e-9 * acid);
  EXPECT_NEAR(base, result.figures.base_kg_per_t_reo, 1e-9 * base);
  for (const auto& species : plant.effluent) {
    if (species.name != "Cl") continue;
    EXPECT_NEAR(species.kg_per_t_reo, result.figures.chloride_kg_per_t_reo, 1e-3);
  }
  EXPECT_NEAR(*result.figures.plant.base_over_floor,
              result.figures.base_kg_per_t_reo / plant.base_floor_kg_per_t_reo, 1e-9);
  double cost = 0;
  for (const auto& line : plant.costs) cost += line.usd_per_kg_reo;
  EXPECT_NEAR(cost, *result.figures.plant.cost_usd_per_kg_reo, 1e-9 * cost);
  EXPECT_NEAR(*result.figures.plant.margin_usd_per_kg_reo,
              *result.figures.plant.revenue_usd_per_kg_reo - cost, 1e-9);
}

TEST(Plant, ReportAndFiguresCountAlike) {
  ExpectAlike("magnet-simulate.yaml");
  ExpectAlike("magnet-linked-simulate.yaml");  // two circuits
}

TEST(Plant, EachValueUsedHasASourceOrIsTheJobs) {
  const SimulationResult result = SimulateExample("magnet-economics.yaml");
  ASSERT_TRUE(result.plant.has_value());
  int own = 0;
  for (const auto& datum : result.plant->data) {
    EXPECT_NE(datum.source.empty(), !datum.overridden) << datum.name;
    EXPECT_FALSE(datum.unit.empty()) << datum.name;
    own += datum.overridden ? 1 : 0;
  }
  // Two prices, the hours, a limit and a product's price.
  EXPECT_EQ(own, 5);
}

// On ammonia the effluent passes the 15 mg/L of GB 26451-2011 by far; the raw
// effluents of plants hold 300 to 5000 mg/L.
TEST(Plant, AmmoniaNitrogenPassesItsLimit) {
  const SimulationResult result = SimulateExample("magnet-economics.yaml");
  ASSERT_TRUE(result.plant.has_value());
  bool found = false;
  for (const auto& species : result.plant->effluent) {
    if (species.name != "NH4-N") continue;
    found = true;
    EXPECT_EQ(*species.limit_mg_per_l, 15);
    EXPECT_GT(species.mg_per_l, 300);
    EXPECT_LT(species.mg_per_l, 5000);
    EXPECT_NEAR(*species.over_limit, species.mg_per_l / 15, 1e-9);
  }
  EXPECT_TRUE(found);
  EXPECT_GT(*result.figures.plant.magnesium_kg_per_t_reo, 0);
}

// Every solver's flow twice: twice the plant, the same per tonne but for what is
// bought by the shift or by the power law of equipment.
TEST(Plant, GrowsWithTheFlows) {
  optimizer::Flowsheet small = Load("magnet-simulate.yaml", Purpose::kSimulate);
  optimizer::Flowsheet large = small;
  for (auto& stream : large.streams) stream.flow = 2 * std::get<double>(stream.flow);
  auto& organic = large.circuits[0].organic.flow;
  organic = 2 * std::get<double>(organic);
  const auto results = optimizer::Simulate({{small}, {large}}, KnownChemistry(), kernels::Device());
  const auto &a = results[0].figures.plant, &b = results[1].figures.plant;
  EXPECT_NEAR(*b.settler_area_m2 / *a.settler_area_m2, 2, 1e-9);
  EXPECT_NEAR(*b.reo_inventory_kg / *a.reo_inventory_kg, 2, 1e-6);
  EXPECT_NEAR(*b.electricity_kwh_per_t_reo / *a.electricity_kwh_per_t_reo, 1, 1e-6);
  EXPECT_NEAR(*b.co2e_kg_per_kg_reo / *a.co2e_kg_per_kg_reo, 1, 1e-6);
  EXPECT_NEAR(*b.base_over_floor / *a.base_over_floor, 1, 1e-6);
  EXPECT_LT(*b.installed_cost_usd, 2 * *a.installed_cost_usd);
}

}  // namespace
}  // namespace raffinate::validation
