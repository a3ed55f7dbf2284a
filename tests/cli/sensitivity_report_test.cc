// The table of sensitivities, from messages made by hand.
#include "clients/cli/sensitivity_report.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/leaf_names.h"

namespace raffinate::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Simulation Parse(const std::string& text) {
  v1::Simulation message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

std::string LineWith(const std::string& text, const std::string& word) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(word) != std::string::npos) return line;
  }
  ADD_FAILURE() << "no " << word << " in\n" << text;
  return "";
}

// Two products, one lever without effect and one at 0.
v1::Simulation Simulation() {
  return Parse(R"(
    flowsheet {
      streams { name: "scrub acid" flow_m3_per_h { value: 2 } hcl_mol_per_l { value: 4 }
                metals { element: "Nd" mol_per_l { value: 0.1 } } }
      circuits { name: "c" sections { name: "s" stages { value: 5 } } }
      products { name: "heavy" stream: "strip" elements: "Dy" }
      constraints { figure: "min_ph" } }
    sensitivities {
      levers { field: "streams[0].flow_m3_per_h" value: 2 unit: "m3/h" }
      levers { field: "streams[0].metals[0].mol_per_l" value: 0.1 unit: "mol/L" }
      levers { field: "streams[0].hcl_mol_per_l" value: 4 unit: "mol/L" }
      levers { field: "circuits[0].sections[0].aqueous_entrainment" value: 0 unit: "1" }
      levers { field: "circuits[0].sections[0].organic_entrainment" value: 0 unit: "1" }
      figures { figure: "purity" product: "heavy" value: 0.999 unit: "1"
                derivatives: [-0.001, 0, 1e-9, -0.25, 0] }
      figures { figure: "impurity" product: "heavy" value: 0.001 unit: "1"
                derivatives: [0.001, 0, -1e-9, 0.25, 0] }
      figures { figure: "reagents" value: 500 unit: "kg/t" derivatives: [125, 3, 0.00001, 0, 0] }
      figures { figure: "min_ph" value: -0.5 unit: "1" derivatives: [0, -50, 0, 0, 0] }
      figures { figure: "organic" value: 10 unit: "m3/h" derivatives: [1, 1, 1, 1, 1] } })");
}

TEST(NameInFile, FollowsNamesAndKeysEvenOfLeavesThatHaveTheirDefault) {
  const v1::Flowsheet flowsheet = Simulation().flowsheet();
  EXPECT_EQ(NameInFile(flowsheet, "streams[0].flow_m3_per_h"), "streams.scrub acid.flow");
  EXPECT_EQ(NameInFile(flowsheet, "streams[0].metals[0].mol_per_l"),
            "streams.scrub acid.metals.Nd");
  EXPECT_EQ(NameInFile(flowsheet, "circuits[0].organic.flow_m3_per_h"), "circuits.c.organic.flow");
  EXPECT_EQ(NameInFile(flowsheet, "circuits[0].sections[0].efficiency"),
            "circuits.c.sections.s.efficiency");
  for (const char* nowhere : {"streams[7].flow_m3_per_h", "streams.flow", "x", "streams[a]", ""}) {
    EXPECT_EQ(NameInFile(flowsheet, nowhere), nowhere);
  }
}

TEST(SensitivityReport, IsEmptyWithoutSensitivities) {
  v1::Simulation simulation = Simulation();
  simulation.clear_sensitivities();
  EXPECT_EQ(SensitivityReport(simulation), "");
}

TEST(SensitivityReport, ShowsProductsObjectivesAndDemandsStrongestFirst) {
  const std::string report = SensitivityReport(Simulation());
  // Defaults are purity, told by what it lacks, reagents and wastewater.
  EXPECT_THAT(report, AllOf(HasSubstr("impurity"), HasSubstr("reagents"), HasSubstr("min ph"),
                            Not(HasSubstr(" purity")), Not(HasSubstr("organic  "))));
  // 0.001 * 0.02 / 0.001 = 2 %; 125 * 0.02 / 500 = 0.5 %.
  EXPECT_THAT(LineWith(report, "scrub acid.flow"), AllOf(HasSubstr("+2.00"), HasSubstr("+0.500")));
  // 3 * 0.001 / 500 is below 0.001 %; -50 * 0.001 is a change of pH.
  EXPECT_THAT(LineWith(report, "metals.Nd"), AllOf(HasSubstr(" -  "), HasSubstr("-0.050")));
  EXPECT_LT(report.find("scrub acid.flow"), report.find("metals.Nd"));
  EXPECT_THAT(report, Not(HasSubstr("hcl")));
  EXPECT_THAT(report, HasSubstr("1 of 3 left out: below 0.001 %\n"));
}

TEST(SensitivityReport, GivesDerivativesForNumbersThatAreZero) {
  const std::string report = SensitivityReport(Simulation());
  EXPECT_THAT(LineWith(report, "aqueous_entrainment"), HasSubstr("+0.250"));
  EXPECT_THAT(report, Not(HasSubstr("organic_entrainment")));
  EXPECT_THAT(report, HasSubstr("1 of 2 left out: below 0.001 % for a hundredth of the unit\n"));
}

TEST(SensitivityReport, KeepsWithinTheWidthWhateverTheNumberOfFigures) {
  v1::Simulation simulation = Simulation();
  for (int p = 0; p < 9; ++p) {
    const std::string name = "product number " + std::to_string(p);
    simulation.mutable_flowsheet()->add_products()->set_name(name);
    for (const char* figure : {"impurity", "recovery"}) {
      auto* added = simulation.mutable_sensitivities()->add_figures();
      *added = simulation.sensitivities().figures(1);
      added->set_figure(figure);
      added->set_product(name);
    }
  }
  const std::string report = SensitivityReport(simulation);
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  for (int p = 0; p < 9; ++p) {
    EXPECT_THAT(report, HasSubstr("product number " + std::to_string(p)));
  }
}

}  // namespace
}  // namespace raffinate::cli
