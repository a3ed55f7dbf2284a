// Chemistry files: what must be refused, and how it is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "service/data/chemistry_data.h"

namespace raffinate::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kElements =
    "source: a table\n"
    "elements:\n"
    "  Nd: {charge: 3, mass: 144.242 g/mol, oxide: Nd2O3, oxide_mass: 168.2405 g/mol}\n"
    "  Na: {charge: 1, mass: 22.99 g/mol}\n";

std::string SystemWith(const std::string& constants) {
  return "extractant_systems:\n"
         "  X:\n"
         "    law: mass_action_dimer\n"
         "    basis: dimer\n"
         "    unit: mol/L\n"
         "    validity: {medium: chloride, not_stated: [ph, free_extractant, loading, "
         "temperature]}\n"
         "    loading_limit: {share: 0.8, class: assumed, source: a guess}\n"
         "    source: a paper\n"
         "    constants:\n" +
         constants;
}

std::string Refusal(std::string_view elements, const std::string& text) {
  const std::vector<ChemistryFile> files = {{"x.yaml", text}, {kElementsFile, elements}};
  const auto read = ReadChemistry(files);
  return read.ok() ? "accepted" : std::string(read.status().message());
}

TEST(ReadChemistry, AcceptsAGoodFile) {
  EXPECT_EQ(Refusal(kElements, SystemWith("      Nd: {log10_k: -2, class: fitted, source: us}\n")),
            "accepted");
}

TEST(ReadChemistry, NamesFileAndLineOfAnUnknownElement) {
  EXPECT_THAT(
      Refusal(kElements, SystemWith("      Xx: {log10_k: -2, class: fitted, source: us}\n")),
      AllOf(HasSubstr("x.yaml:10"), HasSubstr("unknown element 'Xx'")));
}

TEST(ReadChemistry, RefusesTwoConstantsForOneElement) {
  EXPECT_THAT(
      Refusal(kElements, SystemWith("      Nd: {log10_k: -2, class: fitted, source: us}\n"
                                    "      Nd: {log10_k: -3, class: fitted, source: us}\n")),
      AllOf(HasSubstr("x.yaml:11"), HasSubstr("Nd")));
}

TEST(ReadChemistry, RefusesNumbersWithoutClassOrSource) {
  EXPECT_THAT(Refusal(kElements, SystemWith("      Nd: {log10_k: -2}\n")),
              AllOf(HasSubstr("x.yaml:10"), HasSubstr("class"), HasSubstr("source")));
}

// A good file with one line changed. What is missing is told at its system.
std::string RefusalWithout(const std::string& line, const std::string& instead = "") {
  std::string text = SystemWith("      Nd: {log10_k: -2, class: fitted, source: us}\n");
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  text.replace(at, line.size(), instead);
  return Refusal(kElements, text);
}

TEST(ReadChemistry, RefusesAPriceWithoutUnitDateClassOrSource) {
  const std::string refusal = Refusal(kElements, "prices:\n  NaOH: {value: -1}\n");
  for (const char* what : {"x.yaml:2", "found -1", "unit", "date", "class", "source"}) {
    EXPECT_THAT(refusal, HasSubstr(what));
  }
  EXPECT_EQ(Refusal(kElements,
                    "prices:\n  Nd2O3: {value: 50, unit: USD/kg, date: 2024, elements: [Nd], "
                    "min_purity: 0.99, class: assumed, source: a guess}\n"),
            "accepted");
}

TEST(ReadChemistry, RefusesAFactorInAnotherUnitThanIsRead) {
  EXPECT_THAT(
      Refusal(kElements,
              "factors:\n  mixer_residence: {value: 0.1, unit: h, date: 2024, class: assumed, "
              "source: a guess}\n"),
      AllOf(HasSubstr("x.yaml:2"), HasSubstr("found h"), HasSubstr("in min")));
}

TEST(ReadChemistry, RefusesASystemWithoutBasis) {
  EXPECT_THAT(
      RefusalWithout("    basis: dimer\n"),
      AllOf(HasSubstr("x.yaml:2"), HasSubstr("extractant_systems.X.basis"), HasSubstr("DIMER")));
}

TEST(ReadChemistry, RefusesASystemWithoutUnitOrWithAnotherQuantity) {
  EXPECT_THAT(RefusalWithout("    unit: mol/L\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("extractant_systems.X.unit")));
  EXPECT_THAT(RefusalWithout("mol/L", "g/L"),
              AllOf(HasSubstr("x.yaml:5"), HasSubstr("extractant_systems.X.unit"),
                    HasSubstr("found 'g/L'")));
}

TEST(ReadChemistry, RefusesASystemWithoutSource) {
  EXPECT_THAT(RefusalWithout("    source: a paper\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("extractant_systems.X.source")));
  EXPECT_THAT(RefusalWithout(", source: us"),
              AllOf(HasSubstr("x.yaml:10"), HasSubstr("extractant_systems.X.constants.Nd.source")));
}

TEST(ReadChemistry, RefusesASystemWithoutRange) {
  EXPECT_THAT(RefusalWithout("ph, "),
              AllOf(HasSubstr("x.yaml:6"), HasSubstr("extractant_systems.X.validity.min_ph"),
                    HasSubstr("not_stated")));
  EXPECT_THAT(RefusalWithout("medium: chloride, "), HasSubstr("validity.medium"));
}

TEST(ReadChemistry, RefusesASystemWithoutLoadingLimit) {
  EXPECT_THAT(RefusalWithout("    loading_limit: {share: 0.8, class: assumed, source: a guess}\n"),
              HasSubstr("extractant_systems.X.loading_limit"));
}

TEST(ReadChemistry, RefusesANegativeD) {
  EXPECT_THAT(Refusal(kElements,
                      "extractant_systems:\n"
                      "  X:\n"
                      "    law: constant_d\n"
                      "    source: a paper\n"
                      "    constants:\n"
                      "      Nd: {d: -2, class: fitted, source: us}\n"),
              AllOf(HasSubstr("x.yaml:6"), HasSubstr("extractant_systems.X.constants.Nd.d"),
                    HasSubstr("found -2")));
}

TEST(ReadChemistry, RefusesAKThatIsNoNumber) {
  EXPECT_THAT(RefusalWithout("-2", "nan"),
              AllOf(HasSubstr("x.yaml:10"), HasSubstr("constants.Nd.log10_k")));
  EXPECT_THAT(RefusalWithout("-2", "-200"), AllOf(HasSubstr("x.yaml:10"), HasSubstr("positive K")));
}

TEST(ReadChemistry, ReadsTemperaturesAndConcentrationsWithTheirUnits) {
  const std::vector<ChemistryFile> files = {
      {kElementsFile, kElements},
      {"x.yaml",
       "extractant_systems:\n"
       "  X:\n"
       "    law: mass_action_dimer\n"
       "    basis: monomer\n"
       "    unit: mmol/L\n"
       "    validity: {min_ph: 1, max_ph: 2, min_free_extractant: 50 mmol/L,\n"
       "               max_free_extractant: 1 mol/L, max_loading: 12 %, medium: chloride,\n"
       "               min_temperature: 298.15 K, max_temperature: 40 degC}\n"
       "    loading_limit: {share: 80 %, class: assumed, source: a guess}\n"
       "    source: a paper\n"
       "    doi: 10.1000/182\n"
       "    constants:\n"
       "      Nd: {log10_k: -2, standard_error: 0.02, class: fitted, source: us}\n"}};
  const auto read = ReadChemistry(files);
  ASSERT_TRUE(read.ok()) << read.status();
  const auto& system = read->extractant_systems(0);
  EXPECT_EQ(system.basis(), v1::ExtractantSystem::MONOMER);
  EXPECT_DOUBLE_EQ(system.validity().min_free_extractant_mol_per_l(), 0.05);
  EXPECT_DOUBLE_EQ(system.validity().max_loading(), 0.12);
  EXPECT_NEAR(system.validity().min_temperature_celsius(), 25, 1e-9);
  EXPECT_EQ(system.validity().max_temperature_celsius(), 40);
  EXPECT_EQ(system.constants(0).log10_standard_error(), 0.02);
}

TEST(ReadChemistry, RefusesHydroxidesAndLimitsWithoutClassOrSource) {
  EXPECT_THAT(Refusal(kElements,
                      "hydroxides:\n"
                      "  Nd: {solids: {cr: {log10_ks: 18}}, log10_hydrolysis: [-8]}\n"
                      "limits: {min_organic_to_aqueous: 30, max_organic_to_aqueous: 20}\n"),
              AllOf(HasSubstr("x.yaml:2"), HasSubstr("hydroxides.Nd.solids.cr.class"),
                    HasSubstr("hydroxides.Nd.hydrolysis_source"), HasSubstr("limits.class"),
                    HasSubstr("found 30, above max_organic_to_aqueous 20")));
}

TEST(ReadChemistry, RefusesANegativeMass) {
  EXPECT_THAT(Refusal("source: a table\nelements:\n  Na: {charge: 1, mass: -23 g/mol}\n", ""),
              AllOf(HasSubstr("elements.yaml:3"), HasSubstr("-23"), HasSubstr("positive")));
}

TEST(ReadChemistry, RefusesAnOxideLighterThanItsElement) {
  EXPECT_THAT(Refusal("source: a table\nelements:\n"
                      "  Nd: {charge: 3, mass: 144 g/mol, oxide: Nd2O3, oxide_mass: 100 g/mol}\n",
                      ""),
              AllOf(HasSubstr("elements.yaml:3"), HasSubstr("heavier")));
}

TEST(ReadChemistry, RefusesConstantsOfAnotherLaw) {
  EXPECT_THAT(Refusal(kElements, SystemWith("      Nd: {beta: 2, class: fitted, source: us}\n")),
              AllOf(HasSubstr("log10_k"), HasSubstr("beta"), HasSubstr("MASS_ACTION_DIMER")));
}

TEST(ReadChemistry, ReportsEveryProblemOfEveryFileAtOnce) {
  const std::string message =
      Refusal("source: a table\nelements:\n  Nd: {charge: 3, mass: -1 g/mol}\n",
              "feeds:\n"
              "  f:\n"
              "    metals: {Xx: 1 mol/L, Nd: -1 mol/L}\n");
  EXPECT_THAT(message, AllOf(HasSubstr("elements.yaml:3"), HasSubstr("unknown element Xx"),
                             HasSubstr("found -1"), HasSubstr("no source given")));
}

TEST(ReadChemistry, ReadsElementsFirstWhateverTheOrder) {
  const std::string system = SystemWith("      Nd: {log10_k: -2, class: fitted, source: us}\n");
  const std::vector<ChemistryFile> files = {{"a.yaml", system}, {kElementsFile, kElements}};
  EXPECT_TRUE(ReadChemistry(files).ok());
  const std::vector<ChemistryFile> twice = {
      {"a.yaml", system}, {"b.yaml", system}, {kElementsFile, kElements}};
  const auto read = ReadChemistry(twice);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(std::string(read.status().message()),
              AllOf(HasSubstr("b.yaml"), HasSubstr("X"), HasSubstr("a.yaml:2"),
                    Not(HasSubstr("unknown element"))));
}

}  // namespace
}  // namespace raffinate::service
