// Environmental and economic figures of the examples, with the data of the program.
#include <cmath>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "optimizer/model/composition.h"
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

/// The shares of every element sum to 1, and what is fed has a share.
void ExpectAllLeave(const optimizer::Flowsheet& flowsheet, const SimulationResult& result) {
  std::map<std::string, double> shares;
  for (const auto& exit : result.elements) shares[exit.element] += exit.share;
  for (const auto& [element, share] : shares) EXPECT_NEAR(share, 1, 1e-9) << element;
  for (const auto& stream : flowsheet.streams) {
    for (const auto& metal : optimizer::MetalsOf(stream, KnownChemistry())) {
      // A flowsheet takes an element out of its feed by 0.
      const double* fed = std::get_if<double>(&metal.mol_per_l);
      if (fed != nullptr && *fed == 0) continue;
      EXPECT_TRUE(shares.contains(metal.element)) << metal.element;
    }
  }
}

// Those without reagents too: constant separation factors, no products.
TEST(Plant, EveryElementOfEveryExampleLeaves) {
  for (const auto& entry : std::filesystem::directory_iterator(RAFFINATE_EXAMPLES)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".yaml" || name.find("optimize") != std::string::npos) continue;
    SCOPED_TRACE(name);
    const SimulationResult result = SimulateExample(name);
    ASSERT_TRUE(result.convergence.converged);
    ExpectAllLeave(result.flowsheet, result);
  }
}

// Flows, feeds, residues and droplets at random, of one circuit and of two.
TEST(Plant, EveryElementOfRandomPlantsLeaves) {
  const unsigned seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  const auto factor = [&](double low, double high) {
    return std::uniform_real_distribution(low, high)(random);
  };
  int solved = 0;
  constexpr int kPlants = 40;
  for (int k = 0; k < kPlants; ++k) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", plant " << k);
    optimizer::Flowsheet f =
        Load(k % 2 == 0 ? "magnet-scrap-simulate.yaml" : "magnet-linked-simulate.yaml",
             Purpose::kSimulate);
    for (auto& stream : f.streams) {
      stream.flow = std::get<double>(stream.flow) * factor(0.8, 1.2);
      if (stream.feed.empty()) continue;
      stream.metals = optimizer::MetalsOf(stream, KnownChemistry());
      for (auto& metal : stream.metals) {
        metal.mol_per_l = std::get<double>(metal.mol_per_l) * factor(0.5, 1.2);
      }
      stream.residues = {
          {"first", {{"Nd", factor(0.001, 0.3)}, {"Dy", factor(0.001, 1)}}, optimizer::Base::kNaOH},
          {"second", {{"Nd", factor(0.001, 0.3)}}, {}}};
      for (const char* whole : {"Fe", "La"}) {
        for (const auto& metal : stream.metals) {
          if (metal.element == whole) stream.residues[1].metals.push_back({whole, 1});
        }
      }
    }
    for (auto& circuit : f.circuits) {
      for (auto& section : circuit.sections) section.organic_entrainment = factor(0, 0.01);
    }
    const SimulationResult result =
        optimizer::Simulate({{f}}, KnownChemistry(), kernels::Device()).front();
    if (!result.convergence.converged) continue;
    ++solved;
    ExpectAllLeave(f, result);
    // A residue holds what it was told to, before anything else happens.
    for (const auto& exit : result.elements) {
      if (exit.element == "Dy" && exit.stream == "first") {
        EXPECT_NEAR(exit.share, f.streams[0].residues[0].metals[1].share, 1e-12);
      }
    }
  }
  EXPECT_GE(solved, kPlants * 3 / 4) << "seed " << seed;
}

// The scrap of examples/magnet-scrap-simulate.yaml: iron with the residue, cobalt, nickel and boron
// with the raffinate; and what is recovered is counted from the scrap, not from what iron left.
TEST(Plant, EachElementOfMagnetScrapHasItsExit) {
  const SimulationResult result = SimulateExample("magnet-scrap-simulate.yaml");
  ASSERT_TRUE(result.convergence.converged);
  const auto share = [&](const std::string& element, const std::string& stream) {
    double sum = 0;
    for (const auto& exit : result.elements) {
      if (exit.element == element && exit.stream == stream) sum += exit.share;
    }
    return sum;
  };
  EXPECT_GT(share("Fe", "iron hydroxide"), 0.999);
  for (const char* element : {"Co", "Ni", "B"}) EXPECT_GT(share(element, "raffinate"), 0.99);
  for (const auto& product : result.figures.products) {
    if (product.product != "didymium") continue;
    EXPECT_LT(product.recovery, 1 - share("Nd", "iron hydroxide") + 1e-3);
    EXPECT_GT(product.purity, 0.99);
  }
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
