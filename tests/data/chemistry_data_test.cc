// The built-in chemistry: what it must say.
#include "service/data/chemistry_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "optimizer/model/distribution.h"

namespace raffinate::service {
namespace {

const v1::ChemistryData& Data() {
  static const v1::ChemistryData data = [] {
    absl::StatusOr<v1::ChemistryData> read = EmbeddedChemistryProto();
    EXPECT_TRUE(read.ok()) << read.status().message();
    return read.value_or(v1::ChemistryData());
  }();
  return data;
}

const optimizer::Chemistry& Chemistry() {
  static const optimizer::Chemistry chemistry = [] {
    absl::StatusOr<optimizer::Chemistry> read = LoadEmbeddedChemistry();
    EXPECT_TRUE(read.ok()) << read.status().message();
    return read.value_or(optimizer::Chemistry());
  }();
  return chemistry;
}

double Log10K(const std::string& system, const std::string& element) {
  const auto it = Chemistry().systems.find(system);
  if (it == Chemistry().systems.end()) return NAN;
  const auto* constant = it->second.Find(element);
  return constant != nullptr && constant->log10_k ? *constant->log10_k : NAN;
}

// Mass of an oxide formula like "Pr6O11" per atom of its element [g/mol].
double OxideMassFromFormula(const std::string& formula, double element_mass) {
  constexpr double kOxygen = 15.999;
  const std::size_t oxygen = formula.rfind('O');
  std::size_t digits = oxygen;
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(formula[digits - 1]))) --digits;
  const std::string of_element = formula.substr(digits, oxygen - digits);
  const std::string of_oxygen = formula.substr(oxygen + 1);
  const double elements = of_element.empty() ? 1 : std::stod(of_element);
  const double oxygens = of_oxygen.empty() ? 1 : std::stod(of_oxygen);
  return element_mass + kOxygen * oxygens / elements;
}

TEST(BuiltInChemistry, OxideMassesFollowFromFormulaAndAtomicMass) {
  for (const v1::Element& element : Data().elements()) {
    if (element.oxide().empty()) continue;
    EXPECT_NEAR(element.oxide_mass_g_per_mol(),
                OxideMassFromFormula(element.oxide(), element.mass_g_per_mol()), 1e-6)
        << element.symbol();
    EXPECT_EQ(element.oxide().rfind(element.symbol(), 0), 0u) << element.symbol();
  }
}

TEST(BuiltInChemistry, QuotesOxidesAsTheTradeDoes) {
  const auto& elements = Chemistry().elements;
  EXPECT_EQ(elements.at("Ce").oxide, "CeO2");
  EXPECT_EQ(elements.at("Pr").oxide, "Pr6O11");
  EXPECT_EQ(elements.at("Tb").oxide, "Tb4O7");
  // Oxide factors, oxide per element by mass.
  EXPECT_NEAR(elements.at("Nd").oxide_mass / elements.at("Nd").mass, 1.1664, 5e-5);
  EXPECT_NEAR(elements.at("Ce").oxide_mass / elements.at("Ce").mass, 1.2284, 5e-5);
  EXPECT_NEAR(elements.at("Pr").oxide_mass / elements.at("Pr").mass, 1.2082, 5e-5);
  EXPECT_NEAR(elements.at("Tb").oxide_mass / elements.at("Tb").mass, 1.1762, 5e-5);
  EXPECT_NEAR(elements.at("Y").oxide_mass / elements.at("Y").mass, 1.2699, 5e-5);
}

TEST(BuiltInChemistry, HasEveryRareEarthAndNoOther) {
  const std::string wanted = "Ce Dy Er Eu Gd Ho La Lu Nd Pr Sc Sm Tb Tm Y Yb";
  std::string found;
  for (const auto& [symbol, element] : Chemistry().elements) {
    if (!element.rare_earth) continue;
    found += (found.empty() ? "" : " ") + symbol;
    EXPECT_EQ(element.charge, 3) << symbol;
  }
  EXPECT_EQ(found, wanted);
}

TEST(BuiltInChemistry, ReagentCationsHaveNoOxide) {
  for (const char* symbol : {"Na", "NH4"}) {
    const auto& element = Chemistry().elements.at(symbol);
    EXPECT_EQ(element.charge, 1) << symbol;
    EXPECT_EQ(element.oxide_mass, 0) << symbol;
    EXPECT_TRUE(element.oxide.empty()) << symbol;
  }
}

TEST(BuiltInChemistry, P507ConstantsAreThoseOfTheReferenceCascade) {
  // Reference case 1 quotes them to four decimals.
  EXPECT_NEAR(Log10K("P507-HCl", "La"), -3.1765, 1.5e-4);
  EXPECT_NEAR(Log10K("P507-HCl", "Nd"), -2.1746, 1.5e-4);
}

// log10 D = a + 3 pH + n log10(S / S_ref) at S = S_ref must give a back.
TEST(BuiltInChemistry, ConstantsGiveThePublishedDistributionAtTheReferenceDimer) {
  struct Row {
    const char* system;
    const char* element;
    double a, n, s_ref;
  };
  const std::vector<Row> rows = {
      {"P507-HCl", "La", -4.0795, 3, 0.5},      {"P507-HCl", "Pr", -3.4086, 3, 0.5},
      {"P507-HCl", "Dy", -0.3905, 3, 0.5},      {"P507-HCl", "Y", 0.1058, 3, 0.5},
      {"D2EHPA-HCl", "La", -1.9853, 2.38, 0.5}, {"D2EHPA-HCl", "Lu", 3.4614, 2.38, 0.5},
      {"D2EHPA-HCl", "Ho", 1.989, 2.38, 0.5},   {"Cyanex272-HCl", "La", -8.1150, 3, 0.3},
      {"Cyanex272-HCl", "Nd", -6.4041, 3, 0.3}, {"Cyanex272-HCl", "Y", -3.7460, 3, 0.3}};
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.system) + " " + row.element);
    const auto* constant = Chemistry().systems.at(row.system).Find(row.element);
    ASSERT_NE(constant, nullptr);
    EXPECT_EQ(constant->dimers, row.n);
    EXPECT_NEAR(*constant->log10_k + row.n * std::log10(row.s_ref), row.a, 6e-6);
  }
}

TEST(BuiltInChemistry, IndustrialSystemHasTheFactorsOfPlants) {
  const auto factor = [](const char* heavy, const char* light) {
    return std::pow(10,
                    Log10K("P507-HCl-industrial", heavy) - Log10K("P507-HCl-industrial", light));
  };
  EXPECT_NEAR(factor("Nd", "Pr"), 1.55, 1e-4);
  EXPECT_NEAR(factor("Pr", "Ce"), 2.03, 1e-4);
  EXPECT_NEAR(factor("Gd", "Eu"), 1.40, 1e-4);
  EXPECT_NEAR(factor("Eu", "Sm"), 2.00, 1e-4);
  for (const char* measured : {"La", "Nd", "Sm", "Dy", "Y"}) {
    EXPECT_EQ(Log10K("P507-HCl-industrial", measured), Log10K("P507-HCl", measured)) << measured;
  }
}

TEST(BuiltInChemistry, ExtractionFollowsTheSeriesOfTheLanthanides) {
  for (const auto& [name, system] : Chemistry().systems) {
    // A correlation's constant is no D; naphthenic acid takes Sm best.
    if (system.law == optimizer::Law::kCorrelation || name == "Naphthenic-HCl") continue;
    double last = -1e9;
    for (const char* element :
         {"La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"}) {
      const auto* constant = system.Find(element);
      if (constant == nullptr) continue;
      EXPECT_GT(*constant->log10_k, last) << name << " " << element;
      last = *constant->log10_k;
    }
  }
}

TEST(BuiltInChemistry, SaponifiesEverySystemWithSodiumAndAmmonium) {
  for (const auto& [name, system] : Chemistry().systems) {
    for (const char* cation : {"Na", "NH4"}) {
      const auto* constant = system.Find(cation);
      ASSERT_NE(constant, nullptr) << name << " " << cation;
      // NaA.HA: one dimer, two monomers.
      if (system.law == optimizer::Law::kMassActionDimer) {
        EXPECT_EQ(constant->dimers, 1) << name << " " << cation;
      } else if (system.law == optimizer::Law::kCorrelation) {
        EXPECT_EQ(constant->extractants, 2) << name << " " << cation;
      }
      EXPECT_EQ(constant->provenance, optimizer::Provenance::kAssumed) << name << " " << cation;
    }
  }
}

double DistributionOf(const std::string& system, const std::string& element,
                      const optimizer::DistributionState& state) {
  for (const auto& each :
       optimizer::Distribution(Chemistry().systems.at(system), Chemistry(), state)) {
    if (each.element == element) return each.d;
  }
  return NAN;
}

// log10 D = (m0 + m1 x) pH + B0 + B1 log10 x, x the volume percent, 9.758 g/L of 322.431 g/mol.
TEST(BuiltInChemistry, SulphateCorrelationIsThatOfPrommis) {
  struct Row {
    const char* element;
    double m0, m1, b0, b1;
  };
  for (const Row& row : {Row{"La", .54, 0, -1.93, 0}, Row{"Nd", .31183, .03763, -1.62372, -.38096},
                         Row{"Dy", 1.70783, .06443, -2.42226, -.02538},
                         Row{"Y", 1.63166, .15166, -2.12601, .26612}}) {
    for (const double percent : {5.0, 20.0}) {
      for (const double ph : {1.0, 2.0}) {
        const double monomer = percent * 9.758 / 322.431;
        const double log10_d =
            (row.m0 + row.m1 * percent) * ph + row.b0 + row.b1 * std::log10(percent);
        EXPECT_NEAR(std::log10(DistributionOf("D2EHPA-H2SO4", row.element,
                                              {.ph = ph, .free_dimer = monomer / 2})),
                    log10_d, 1e-6)
            << row.element;
      }
    }
  }
  EXPECT_NEAR(DistributionOf("D2EHPA-H2SO4", "Sc", {.ph = 1, .free_dimer = 0.1}), 632.4976, 1e-4);
  // Sodium as in D2EHPA-HCl.
  EXPECT_NEAR(DistributionOf("D2EHPA-H2SO4", "Na", {.ph = 3, .free_dimer = 0.2}) /
                  DistributionOf("D2EHPA-HCl", "Na", {.ph = 3, .free_dimer = 0.2}),
              1, 2e-4);
}

TEST(BuiltInChemistry, SolvatesGiveThePublishedDistributionAtTheReference) {
  for (const auto& [element, log10_d] : std::map<std::string, double>{
           {"La", -1.63}, {"Nd", -1.14}, {"Sm", -0.92}, {"Dy", -0.62}, {"Y", -0.67}}) {
    // 3 mol/L of nitrate, 1 mol/L of free TBP.
    EXPECT_NEAR(
        std::log10(DistributionOf("TBP-HNO3", element, {.ph = 0, .free_dimer = 0.5, .anion = 3})),
        log10_d, 1e-4)
        << element;
  }
}

// SIT at 1 mol/L of chloride, gamma(M) / gamma(H)^3, on the constants of D2EHPA-HCl.
TEST(BuiltInChemistry, SitConstantsAreTheConditionalOnesAtOneMolar) {
  const double g = 0.509 / 2.5;
  const double quotient = (-9 * g + 0.23) - 3 * (-g + 0.12);
  for (const char* element : {"La", "Nd", "Dy", "Lu", "Y"}) {
    EXPECT_NEAR(Log10K("D2EHPA-HCl-SIT", element) + quotient, Log10K("D2EHPA-HCl", element), 1e-5)
        << element;
  }
}

TEST(BuiltInChemistry, NaphthenicAcidLeavesYttriumBehind) {
  const optimizer::DistributionState state = {.ph = 4.19, .free_dimer = 0.14392426644858594};
  EXPECT_NEAR(DistributionOf("Naphthenic-HCl", "Y", state), 0.117, 1e-4);
  EXPECT_NEAR(DistributionOf("Naphthenic-HCl", "Sm", state), 0.619, 1e-3);
  for (const auto& each :
       optimizer::Distribution(Chemistry().systems.at("Naphthenic-HCl"), Chemistry(), state)) {
    if (each.element == "Y" || each.element == "Na" || each.element == "NH4") continue;
    EXPECT_GT(each.d, 0.117) << each.element;
  }
}

constexpr const char* kLanthanides[] = {"La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd",
                                        "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"};

TEST(BuiltInChemistry, CoversAllLanthanidesAndYttrium) {
  for (const char* system : {"P507-HCl", "P507-HCl-industrial", "D2EHPA-HCl"}) {
    for (const char* element : kLanthanides) {
      EXPECT_NE(Chemistry().systems.at(system).Find(element), nullptr) << system << " " << element;
    }
    EXPECT_NE(Chemistry().systems.at(system).Find("Y"), nullptr) << system;
  }
}

// The rule that the file states for what nobody measured.
TEST(BuiltInChemistry, HeavyEndOfP507FollowsD2ehpaByItsRule) {
  // log10 D at 0.5 mol/L, so that the dimer exponents of both do not matter.
  const auto at_half = [](const char* system, const char* element) {
    return Log10K(system, element) +
           *Chemistry().systems.at(system).Find(element)->dimers * std::log10(0.5);
  };
  const auto spacing = [&](const char* system, const char* element) {
    return at_half(system, element) - at_half(system, "Dy");
  };
  const double factor = spacing("P507-HCl", "Y") / spacing("D2EHPA-HCl", "Y");
  for (const char* element : {"Ho", "Er", "Tm", "Yb", "Lu"}) {
    EXPECT_NEAR(spacing("P507-HCl", element), factor * spacing("D2EHPA-HCl", element), 2e-4)
        << element;
    const auto* constant = Chemistry().systems.at("P507-HCl").Find(element);
    EXPECT_EQ(constant->provenance, optimizer::Provenance::kExtrapolated) << element;
    EXPECT_GE(*constant->log10_standard_error, 0.1) << element;
  }
  // Li 2019: 1.4 to 1.6, which the rule does not know.
  const double er_y = std::pow(10, Log10K("P507-HCl", "Er") - Log10K("P507-HCl", "Y"));
  EXPECT_GT(er_y, 1.4);
  EXPECT_LT(er_y, 1.6);
}

// Factors over La in the liquor of their source, at its state.
TEST(BuiltInChemistry, ImpuritiesOfD2ehpaKeepTheirFactorsOverLanthanum) {
  const double ph = (1.4691888 + 1.4621554 + 1.4032590) / 3;
  const double s = 48.790 / 322.431 / 2;
  const auto log10_d = [&](const char* element) {
    const double z = Chemistry().elements.at(element).charge;
    const auto* constant = Chemistry().systems.at("D2EHPA-HCl").Find(element);
    return *constant->log10_k + *constant->dimers * std::log10(s) + z * ph;
  };
  const double lanthanum = 0.54 * ph - 1.93;
  for (const auto& [element, d] :
       std::map<const char*, double>{{"Sc", 632.4976}, {"Fe", 0.1496}, {"Al", 0.0531}}) {
    EXPECT_NEAR(log10_d(element) - log10_d("La"), std::log10(d) - lanthanum, 2e-5) << element;
    EXPECT_EQ(Chemistry().systems.at("D2EHPA-HCl").Find(element)->provenance,
              optimizer::Provenance::kAssumed)
        << element;
  }
}

// log10 K = log10 D - 2 pH - 2 log10 S, S = 0.575 mol/L - 2 y: the mean of three flasks each.
TEST(BuiltInChemistry, DivalentMetalsOfD2ehpaAreThoseOfTheirFlasks) {
  std::ifstream file(RAFFINATE_DATA "/equilibria/d2ehpa-h2so4-flasks.csv");
  std::string line;
  std::getline(file, line);
  std::map<std::string, std::vector<double>> found;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    ASSERT_EQ(cells.size(), 4u) << line;
    const double aqueous = std::stod(cells[2]), organic = std::stod(cells[3]);
    const double free = 0.575 - 2 * organic / 1000 / Chemistry().elements.at(cells[0]).mass;
    found[cells[0]].push_back(std::log10(organic / aqueous) - 2 * std::stod(cells[1]) -
                              2 * std::log10(free));
  }
  ASSERT_EQ(found.size(), 4u);
  for (const auto& [element, values] : found) {
    ASSERT_EQ(values.size(), 3u) << element;
    EXPECT_NEAR(Log10K("D2EHPA-HCl", element.c_str()), (values[0] + values[1] + values[2]) / 3,
                0.01)
        << element;
  }
  // The three of magnesium chose 0.575 mol/L.
  for (const double value : found.at("Mg")) EXPECT_NEAR(value, -5.97, 0.03);
}

// Calcium of P507 keeps the factor of D2EHPA over La at the state of its flasks; thorium has the
// published constant of two protons at 1 mol/L of acid.
TEST(BuiltInChemistry, CalciumAndThoriumOfP507FollowTheirRules) {
  const auto log10_d = [](const char* system, const char* element, double ph, double s) {
    const auto* constant = Chemistry().systems.at(system).Find(element);
    return *constant->log10_k + *constant->dimers * std::log10(s) +
           Chemistry().elements.at(element).charge * ph;
  };
  for (const char* system : {"P507-HCl", "P507-HCl-industrial"}) {
    EXPECT_NEAR(log10_d(system, "Ca", 1.8, 0.55) - log10_d(system, "La", 1.8, 0.55),
                log10_d("D2EHPA-HCl", "Ca", 1.8, 0.55) - log10_d("D2EHPA-HCl", "La", 1.8, 0.55),
                0.01)
        << system;
    EXPECT_NEAR(log10_d(system, "Th", 0, 0.4), 3.65 + 3 * std::log10(0.4), 1e-9) << system;
  }
}

TEST(BuiltInChemistry, HydroxidesOfTheLanthanidesGetLessSolubleAlongTheSeries) {
  const auto least = [](const char* element) {
    const auto& solids = Chemistry().hydroxides.at(element).solids;
    EXPECT_FALSE(solids.empty()) << element;
    double ks = INFINITY;
    for (const auto& solid : solids) ks = std::min(ks, solid.log10_ks);
    return ks;
  };
  double last = INFINITY;
  for (const char* element : kLanthanides) {
    // Three compilations and a scatter of half a decade.
    EXPECT_LT(least(element), last + 0.5) << element;
    last = least(element);
  }
  EXPECT_GT(least("La"), least("Lu") + 5);
  EXPECT_GT(least("Y"), least("Er"));
  EXPECT_LT(least("Y"), least("Ho"));
  // Database errors of sign would leave this window.
  for (const auto& [element, hydroxide] : Chemistry().hydroxides) {
    for (const auto& solid : hydroxide.solids) {
      EXPECT_GT(solid.log10_ks, 0) << element;
      EXPECT_LT(solid.log10_ks, 25) << element;
      EXPECT_FALSE(solid.source.empty()) << element;
    }
    for (const double log10_beta : hydroxide.log10_hydrolysis) EXPECT_LT(log10_beta, 0) << element;
  }
}

TEST(BuiltInChemistry, EveryNumberHasClassAndSource) {
  ASSERT_GE(Data().extractant_systems_size(), 4);
  for (const auto& system : Data().extractant_systems()) {
    EXPECT_FALSE(system.source().empty()) << system.name();
    if (system.validity().has_min_ph()) {
      EXPECT_LT(system.validity().min_ph(), system.validity().max_ph()) << system.name();
    }
    EXPECT_FALSE(system.validity().medium().empty()) << system.name();
    EXPECT_FALSE(system.loading_limit().source().empty()) << system.name();
    for (const auto& constant : system.constants()) {
      EXPECT_FALSE(constant.source().empty()) << system.name() << " " << constant.element();
      EXPECT_NE(constant.provenance(), v1::EquilibriumConstant::PROVENANCE_UNSPECIFIED)
          << system.name() << " " << constant.element();
    }
    for (const auto& ligand : system.ligands()) {
      EXPECT_FALSE(ligand.source().empty()) << system.name() << " " << ligand.name();
    }
  }
  for (const auto& feed : Data().feeds()) EXPECT_FALSE(feed.source().empty()) << feed.name();
  EXPECT_FALSE(Data().source().empty());
}

TEST(BuiltInChemistry, MagnetFeedsKeepTheProportionsOfTheirMagnets) {
  const auto check = [](const char* name, const std::map<std::string, double>& weights) {
    const auto& feed = Chemistry().feeds.at(name);
    ASSERT_EQ(feed.mol_per_l.size(), weights.size()) << name;
    double oxide_g_per_l = 0;
    for (const auto& [element, molarity] : feed.mol_per_l) {
      const auto& properties = Chemistry().elements.at(element);
      oxide_g_per_l += molarity * properties.oxide_mass;
      const double ratio =
          molarity * properties.mass / weights.at(element) /
          (feed.mol_per_l.at("Nd") * Chemistry().elements.at("Nd").mass / weights.at("Nd"));
      EXPECT_NEAR(ratio, 1, 4e-3) << name << " " << element;
    }
    EXPECT_NEAR(oxide_g_per_l, 45, 0.01) << name;
  };
  check("magnet-ebike", {{"La", 1.07},
                         {"Ce", 0.15},
                         {"Pr", 5.13},
                         {"Nd", 15.8},
                         {"Sm", 0.09},
                         {"Gd", 3.16},
                         {"Dy", 1.27}});
  check("magnet-hdd", {{"Pr", 3.3}, {"Nd", 22.8}, {"Dy", 1.2}});
}

// What is measured of the clays: Chi Ru'an et al.; Zhang et al. 2016.
TEST(BuiltInChemistry, ClayFeedsKeepTheSumsOfTheirGroups) {
  const auto share = [](const char* name, std::initializer_list<const char*> elements) {
    const auto& feed = Chemistry().feeds.at(name);
    double oxides = 0;
    for (const char* element : elements) {
      const auto found = feed.mol_per_l.find(element);
      if (found == feed.mol_per_l.end()) continue;
      oxides += found->second * Chemistry().elements.at(element).oxide_mass;
    }
    return oxides;  // g/L, of 100
  };
  const char* const yttrium = "ionic-clay-high-yttrium";
  EXPECT_NEAR(share(yttrium, {"Y"}), 64.83, 0.01);
  EXPECT_NEAR(share(yttrium, {"Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"}), 89.40, 0.01);
  EXPECT_NEAR(share(yttrium, {"La", "Ce", "Pr", "Nd", "Sm", "Eu"}), 10.53, 0.01);
  const char* const europium = "ionic-clay-middle-europium";
  EXPECT_NEAR(share(europium, {"Sm", "Eu", "Gd", "Tb", "Dy"}), 15, 0.01);
  EXPECT_NEAR(share(europium, {"Ho", "Er", "Tm", "Yb", "Lu", "Y"}), 29, 0.01);
  EXPECT_NEAR(share(europium, {"La", "Ce", "Pr", "Nd"}), 56, 0.01);
  EXPECT_GT(share(europium, {"Eu"}), 0.5);
  EXPECT_GT(share(europium, {"Y"}), 20);
}

TEST(BuiltInChemistry, FeedOfTheScreeningTaskHasItsChloride) {
  const auto& feed = Chemistry().feeds.at("nd-pr-dilute");
  double charge = feed.hcl_mol_per_l;
  for (const auto& [element, molarity] : feed.mol_per_l) charge += 3 * molarity;
  EXPECT_NEAR(charge, 0.31, 1e-12);
}

TEST(BuiltInEconomics, EveryRareEarthHasAPriceAndEverySystemASolvent) {
  for (const auto& element : Data().elements()) {
    if (!element.rare_earth()) continue;
    int prices = 0;
    for (const auto& price : Data().prices()) {
      prices += price.elements_size() == 1 && price.elements(0) == element.symbol() ? 1 : 0;
    }
    EXPECT_EQ(prices, 1) << element.symbol();
  }
  for (const auto& system : Data().extractant_systems()) {
    int solvents = 0;
    for (const auto& solvent : Data().solvents()) {
      for (const auto& name : solvent.systems()) solvents += name == system.name() ? 1 : 0;
    }
    EXPECT_EQ(solvents, 1) << system.name();
  }
}

// Carbon shares, molar masses and conversions that the files state.
TEST(BuiltInEconomics, DerivedNumbersFollowFromTheirSources) {
  const auto& data = Chemistry().economics;
  EXPECT_NEAR(data.solvents.at("P507").carbon_share, 16 * 12.011 / 306.42, 1e-4);
  EXPECT_NEAR(data.solvents.at("D2EHPA").carbon_share, 16 * 12.011 / 322.42, 1e-4);
  EXPECT_NEAR(data.solvents.at("TBP").carbon_share, 12 * 12.011 / 266.31, 1e-4);
  EXPECT_NEAR(data.prices.at("water").value, 3.86e-3 / 3.785411784e-3, 5e-3);
  EXPECT_NEAR(data.prices.at("heat").value, 4.53e-3 / (1037 * 1.05506e-6), 5e-3);
  EXPECT_NEAR(data.prices.at("NH3").value, 496 / 907.185, 5e-4);
  EXPECT_NEAR(data.prices.at("Lu2O3").value, 4.65e6 / 6.90 / 1000, 0.5);
  EXPECT_NEAR(data.factors.at("mixer_settler_volume").value, 2444 * 3.785411784e-3, 1e-3);
  // The exponent carries the cleaner to the rougher of the same source.
  EXPECT_NEAR(std::pow(61107.0 / 2444, data.factors.at("mixer_settler_exponent").value),
              1285343.0 / 303517, 0.05);
}

}  // namespace
}  // namespace raffinate::service
