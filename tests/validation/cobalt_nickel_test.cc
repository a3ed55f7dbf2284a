// Cobalt and nickel with Cyanex 272 in sulphate: constants, and a plant of divalent metals.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "optimizer/model/distribution.h"
#include "tests/validation/example.h"

namespace raffinate::validation {
namespace {

using optimizer::Purpose;

constexpr char kSystem[] = "Cyanex272-H2SO4";

double D(const std::string& element, double ph, double free_dimer) {
  for (const auto& each :
       optimizer::Distribution(KnownChemistry().systems.at(kSystem), KnownChemistry(),
                               {.ph = ph, .free_dimer = free_dimer})) {
    if (each.element == element) return each.d;
  }
  return NAN;
}

// pH at which half is extracted at equal volumes, D = 1.
double HalfExtracted(const std::string& element, double free_dimer) {
  const auto* constant = KnownChemistry().systems.at(kSystem).Find(element);
  return -(*constant->log10_k + constant->dimers.value_or(2) * std::log10(free_dimer)) /
         KnownChemistry().elements.at(element).charge;
}

// log10 D = -7.569 + 2 * 5 + 2 log10 0.2 = 1.0331 for Co, -10.475 + 8.6021 = -1.8729 for Ni.
TEST(CobaltNickel, DistributesByTheSquareOfDimerAndProton) {
  EXPECT_NEAR(D("Co", 5, 0.2), 10.791, 0.001);
  EXPECT_NEAR(D("Ni", 5, 0.2), 0.01340, 1e-5);
  EXPECT_NEAR(D("Co", 5.5, 0.2) / D("Co", 5, 0.2), 10, 1e-9);
  EXPECT_NEAR(D("Co", 5, 0.4) / D("Co", 5, 0.2), 4, 1e-9);
  EXPECT_NEAR(D("Li", 6, 0.2) / D("Li", 5, 0.2), 10, 1e-9);
}

// Zn > Mn > Cu > Co > Mg > Ca > Ni, as the abstract on di(1-methylheptyl)phosphinic acid has it.
TEST(CobaltNickel, ExtractsInTheOrderOfPhosphinicAcids) {
  const char* order[] = {"Zn", "Mn", "Cu", "Co", "Mg", "Ca", "Ni"};
  for (std::size_t i = 1; i < std::size(order); ++i) {
    EXPECT_LT(HalfExtracted(order[i - 1], 0.25), HalfExtracted(order[i], 0.25)) << order[i];
  }
  // Cobalt near pH 4.4, nickel a pH and a half above.
  EXPECT_NEAR(HalfExtracted("Co", 0.25), 4.39, 0.01);
  EXPECT_NEAR(HalfExtracted("Ni", 0.25) - HalfExtracted("Co", 0.25), 1.45, 0.01);
}

// Readable sources of Co/Ni: 130 (doi 10.3390/min13020285) to 1500 (doi 10.5277/ppmp/193742).
TEST(CobaltNickel, SeparatesAsPublished) {
  const double beta = D("Co", 5, 0.2) / D("Ni", 5, 0.2);
  EXPECT_GT(beta, 130);
  EXPECT_LT(beta, 1500);
}

// The constants are the means of log10 D - z pH - m log10 S over the isotherm, by the rule that
// their file states; nothing here was tuned.
TEST(CobaltNickel, ConstantsAreThoseOfTheIsotherm) {
  struct Point {
    double ph, share;
  };
  std::map<std::string, std::vector<Point>> isotherm;
  std::ifstream file(RAFFINATE_DATA "/equilibria/cyanex272-h2so4-isotherm.csv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string element, ph, percent;
    std::getline(cells, element, ',');
    std::getline(cells, ph, ',');
    std::getline(cells, percent, ',');
    isotherm[element].push_back({std::stod(ph), std::stod(percent) / 100});
  }
  const std::map<std::string, double> fed_g_per_l = {
      {"Li", 2.52}, {"Ni", 2.05}, {"Co", 16.5}, {"Mn", 2.09}};
  constexpr double kOrganicToAqueous = 2.5, kDimer = 0.4, kOfTheText = 5.27;
  const auto share = [&](const std::string& element, double ph) {
    const auto& points = isotherm.at(element);
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (ph > points[i].ph) continue;
      const double at = (ph - points[i - 1].ph) / (points[i].ph - points[i - 1].ph);
      return points[i - 1].share + std::max(0.0, at) * (points[i].share - points[i - 1].share);
    }
    return points.back().share;
  };
  const auto& system = KnownChemistry().systems.at(kSystem);
  for (const auto& [name, unused] : fed_g_per_l) {
    double sum = 0;
    int count = 0;
    for (const Point& point : isotherm.at(name)) {
      const bool inside = point.share >= 0.03 && point.share <= 0.97 && point.ph <= 7;
      if (point.ph != kOfTheText && !inside) continue;
      double free = kDimer;
      for (const auto& [other, grams] : fed_g_per_l) {
        free -= *system.Find(other)->dimers * share(other, point.ph) * grams /
                KnownChemistry().elements.at(other).mass / kOrganicToAqueous;
      }
      sum += std::log10(point.share / (1 - point.share) / kOrganicToAqueous) -
             KnownChemistry().elements.at(name).charge * point.ph -
             *system.Find(name)->dimers * std::log10(free);
      ++count;
    }
    ASSERT_GE(count, 3) << name;
    EXPECT_NEAR(sum / count, *system.Find(name)->log10_k, 6e-4) << name;
  }
}

TEST(CobaltNickel, ThePlantConservesElementsChargeAndSulphate) {
  const optimizer::Flowsheet flowsheet = Load("cobalt-nickel-simulate.yaml", Purpose::kSimulate);
  const auto result =
      optimizer::Simulate({{flowsheet}}, KnownChemistry(), kernels::Device()).front();
  ASSERT_TRUE(result.convergence.converged) << result.convergence.message;
  // kmol/h, entering positive.
  std::map<std::string, double> elements;
  double sulphate_in = 0, sulphate_out = 0;
  for (const auto& stream : result.streams) {
    if (stream.role == "organic") {
      // Base was metered into it: sodium without sulphate.
      for (const auto& metal : stream.metals) {
        if (metal.element == "Na") elements["Na"] += stream.flow_m3_per_h * metal.mol_per_l;
      }
      continue;
    }
    double equivalents = stream.free_acid_mol_per_l;
    const bool leaves = stream.role == "outlet";
    for (const auto& metal : stream.metals) {
      equivalents += KnownChemistry().elements.at(metal.element).charge * metal.mol_per_l;
      elements[metal.element] += (leaves ? -1 : 1) * stream.flow_m3_per_h * metal.mol_per_l;
    }
    // Every aqueous is neutral.
    EXPECT_NEAR(equivalents / (2 * stream.sulphate_mol_per_l), 1, 1e-9) << stream.name;
    (leaves ? sulphate_out : sulphate_in) += stream.flow_m3_per_h * stream.sulphate_mol_per_l;
  }
  for (const char* element : {"Co", "Ni", "Mn", "Ca", "Mg", "Na"}) {
    EXPECT_NEAR(elements.at(element), 0, 1e-9) << element;
  }
  EXPECT_NEAR(sulphate_out / sulphate_in, 1, 1e-9);
  // Cobalt goes up, nickel stays, and little more base is used than the exchange needs.
  EXPECT_GT(result.figures.products[0].purity, 0.99);
  EXPECT_GT(result.figures.products[0].recovery, 0.999);
  EXPECT_GT(result.figures.products[1].purity, 0.998);
  ASSERT_TRUE(result.figures.base_over_minimum.has_value()) << result.figures.minimum.reason;
  EXPECT_GE(*result.figures.base_over_minimum, 1);
  EXPECT_LT(*result.figures.base_over_minimum, 1.1);
  // Traces stand at the cut, and Xu's two components would be they.
  EXPECT_NE(result.figures.minimum.xu_reason.find("are traces"), std::string::npos)
      << result.figures.minimum.xu_reason;
  // H2SO4, not HCl: what is fed is 0.065 kmol/h.
  const double reo =
      result.figures.products[0].reo_kg_per_h + result.figures.products[1].reo_kg_per_h;
  EXPECT_NEAR(result.figures.acid_kg_per_t_reo * reo / 1000, 0.065 * 98.072, 1e-3);
  EXPECT_NEAR(
      result.figures.minimum.min_acid_kg_per_t_reo.value() * *result.figures.acid_over_minimum,
      result.figures.acid_kg_per_t_reo, 1e-9);
}

}  // namespace
}  // namespace raffinate::validation
