// What is printed of an extractant system.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "clients/cli/extractant_constants.h"

namespace raffinate::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

v1::ExtractantSystem Parse(const char* text) {
  v1::ExtractantSystem system;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &system));
  return system;
}

TEST(ExtractantText, ACorrelationIsReadAsItIsWritten) {
  const v1::ExtractantSystem system = Parse(R"(
      name: "c" law: CORRELATION basis: MONOMER unit: "0.03 mol/L" medium: SULPHATE
      ligands { name: "sulphate" charge: 2 log10_protonation: 1.99 provenance: REFERENCE
                source: "a code" doi: "10.1/x" }
      constants { element: "Nd" log10_k: -1.62372 extractants: 3 provenance: FITTED source: "s"
                  terms { coefficient: 0.31183 ph: 1 } terms { coefficient: 0.03763 ph: 1 c: 1 }
                  terms { coefficient: -0.38096 log_c: 1 } }
      constants { element: "Sc" log10_k: 2.8 extractants: 3 provenance: MEASURED source: "t" })");
  EXPECT_EQ(Terms(system.constants(0)), "0.31183 pH + 0.03763 pH C - 0.38096 lg C");
  EXPECT_EQ(Terms(system.constants(1)), "-");
  const std::string head = Head(system);
  EXPECT_THAT(head, HasSubstr("C free monomer in units of 0.03 mol/L"));
  EXPECT_THAT(head, HasSubstr("aqueous:  sulphate, ideal"));
  EXPECT_THAT(head, HasSubstr("ligand:   sulphate, charge -2, log10 of H 1.99 (reference): a code "
                              "doi:10.1/x"));
  EXPECT_THAT(head, Not(HasSubstr("second:")));
  EXPECT_THAT(Constants(system),
              ContainsRegex("Nd +-1.6237 +- +0.31183 pH .* lg C +3 +fitted +\\[1\\]"));
}

TEST(ExtractantText, PowersOfATermAreShown) {
  v1::EquilibriumConstant constant;
  auto* term = constant.add_terms();
  term->set_coefficient(-2);
  term->set_ph(2);
  term->set_log_c(3);
  term->set_loading(1);
  EXPECT_EQ(Terms(constant), "-2 pH^2 (lg C)^3 L");
}

TEST(ExtractantText, SolvationShowsExponentsAndEnthalpies) {
  const v1::ExtractantSystem system = Parse(R"(
      name: "s" law: SOLVATION medium: NITRATE reference_temperature_celsius: 35
      constants { element: "Nd" log10_k: 0.5 extractants: 3 anions: 3 enthalpy_kj_per_mol: -43.3
                  provenance: MEASURED source: "s" }
      constants { element: "H" log10_k: -0.6 extractants: 1 provenance: REFERENCE source: "t" })");
  const std::string head = Head(system);
  EXPECT_THAT(head, HasSubstr("D = K X^n E^p, X free nitrate"));
  EXPECT_THAT(head, HasSubstr("holds at: 35 degC, elsewhere by their enthalpies"));
  const std::string constants = Constants(system);
  EXPECT_THAT(constants, ContainsRegex("Nd +0.5000 +- +3 +3 +-43.3 +measured +\\[1\\]"));
  EXPECT_THAT(constants, ContainsRegex("H +-0.6000 +- +- +1 +- +reference +\\[2\\]"));
}

TEST(ExtractantText, ComplexesAndSpeciesHaveTablesOfTheirOwn) {
  const v1::ExtractantSystem system = Parse(R"(
      name: "m" law: MASS_ACTION_DIMER basis: DIMER unit: "mol/L" activity: SIT
      proton_epsilon: 0.12 second_extractant: "TBP"
      constants { element: "Eu" log10_k: 1 dimers: 3 epsilon: 0.23 provenance: FITTED source: "s"
                  species { log10_k: -1 dimers: 2.5 second: 1 }
                  complexes { ligand: "chloride" log10_beta: [0.76, -0.05] provenance: REFERENCE
                              source: "t" } })");
  EXPECT_THAT(Head(system), HasSubstr("SIT, constants at ionic strength 0, epsilon of H 0.12"));
  EXPECT_THAT(Head(system), HasSubstr("second:   TBP"));
  const std::string constants = Constants(system);
  EXPECT_THAT(constants, ContainsRegex("Eu +1.0000 +- +3 +0.23 +fitted +\\[1\\]"));
  EXPECT_THAT(constants, ContainsRegex("Eu +-1.0000 +2.5 +1"));
  EXPECT_THAT(constants, ContainsRegex("Eu +chloride +0.76, -0.05 +reference +\\[2\\]"));
  EXPECT_THAT(constants, HasSubstr("[2] t"));
}

}  // namespace
}  // namespace raffinate::cli
