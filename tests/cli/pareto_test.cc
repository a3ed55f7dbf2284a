#include "clients/cli/pareto.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "clients/cli/decisions.h"
#include "clients/cli/figures.h"
#include "clients/cli/minimum.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;

template <class M>
M Parse(const std::string& text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

v1::Flowsheet Question() {
  return Parse<v1::Flowsheet>(R"(
    streams { name: "scrub, hot" flow_m3_per_h { range { min: 1 max: 2 } }
              metals { element: "Nd" mol_per_l { choices { values: [1, 2] } } } }
    circuits { name: "c" extractant { system { choices { values: ["a", "b"] } } }
               sections { name: "s" stages { range { min: 1 max: 9 } } efficiency { value: 1 } } }
    objectives { direction: MINIMIZE figure: "stage_flow" }
    objectives { direction: MAXIMIZE figure: "reo" })");
}

v1::ListFlowsheetsResponse Answers(int count) {
  v1::ListFlowsheetsResponse set;
  for (int i = 0; i < count; ++i) {
    v1::Simulation* simulation = set.add_flowsheets();
    *simulation = Parse<v1::Simulation>(R"(
      flowsheet {
        streams { name: "scrub, hot" flow_m3_per_h { value: 1.1 }
                  metals { element: "Nd" mol_per_l { value: 2 } } }
        circuits { name: "c" extractant { system { value: "a" } }
                   sections { name: "s" stages { value: 5 } } } }
      figures { products { product: "heavy" purity: 0.99995 recovery: 0.5 reo_kg_per_h: 7.25 }
                acid_kg_per_t_reo: 412.25 stage_flow_m3_per_h: 33 })");
    simulation->mutable_figures()->set_stages(i + 1);
  }
  return set;
}

TEST(Decisions, AreTheOpenLeavesByTheirNamesInTheFile) {
  std::vector<std::string> names, values;
  for (const Decision& decision : DecisionsOf(Question())) {
    names.push_back(decision.name + "|" + decision.unit);
    values.push_back(ValueOf(decision, Answers(1).flowsheets(0).flowsheet()));
  }
  EXPECT_THAT(names, testing::ElementsAre(
                         "streams.scrub, hot.flow|m3/h", "streams.scrub, hot.metals.Nd|mol/L",
                         "circuits.c.extractant.system|", "circuits.c.sections.s.stages|"));
  EXPECT_THAT(values, testing::ElementsAre("1.1", "2", "a", "5"));
}

TEST(Figures, AreFoundByShortAndLongNames) {
  for (const char* name : {"acid", "acid_kg_per_t_reo", "stages", "stage_flow", "wastewater", "reo",
                           "purity", "max_loading"}) {
    EXPECT_NE(FindFigure(name), nullptr) << name;
  }
  EXPECT_EQ(FindFigure("acid"), FindFigure("acid_kg_per_t_reo"));
  EXPECT_EQ(FindFigure("nonsense"), nullptr);
  EXPECT_EQ(FindFigure("products"), nullptr);
  EXPECT_EQ(FigureUnit(FindFigure("wastewater")), "m3/t REO");
}

TEST(Pareto, TableShowsProductsReagentsAndObjectives) {
  EXPECT_EQ(ParetoTable(Question(), Answers(1), 0),
            "               heavy                                               heavy\n"
            "#   purity  recovery   acid  base  wastewater  stages  stage flow    reo\n"
            "         %         %   kg/t  kg/t        m3/t                m3/h   kg/h\n"
            "------------------------------------------------------------------------\n"
            "1  99.9950     50.00  412.2     0           0       1          33  7.250\n"
            "kg/t, m3/t: per tonne REO in the products\n");
}

TEST(Pareto, ShowsHowFarAboveTheTheoreticalMinimumBaseIs) {
  v1::ListFlowsheetsResponse set = Answers(2);
  set.mutable_flowsheets(0)->mutable_figures()->set_base_over_minimum(1.3721);
  const std::string table = ParetoTable(Question(), set, 0);
  EXPECT_THAT(table, HasSubstr("acid  base   base  wastewater"));
  EXPECT_THAT(table, HasSubstr("kg/t  kg/t  x min"));
  EXPECT_THAT(table, HasSubstr("412.2     0   1.37 "));
  EXPECT_THAT(table, HasSubstr("412.2     0      - "));
  EXPECT_THAT(table, HasSubstr("x min: times the theoretical minimum (Underwood)\n"));
  const std::string csv = ParetoCsv(Question(), set);
  EXPECT_THAT(csv, HasSubstr(",base_over_minimum,"));
  EXPECT_THAT(csv, HasSubstr(",33,,1.3721,,"));
  EXPECT_THAT(csv, HasSubstr(",33,,,,"));
}

TEST(Minimum, IsToldInWords) {
  v1::Figures figures = Parse<v1::Figures>(R"(
    base_kg_per_t_reo: 548 organic_over_minimum: 1.3 base_over_minimum: 1.37
    acid_over_minimum: 1.456
    minimum { cut: "Nd+Pr | Dy" separation_factor: 1.55 organic_mol_per_mol: 3.575
              min_organic_mol_per_mol: 2.75 scrub_mol_per_mol: 2.6 min_scrub_mol_per_mol: 1.8
              stages: 60 min_stages: 21.25 min_base_kg_per_t_reo: 420 released_acid_kg_per_t_reo: 27
              min_acid_kg_per_t_reo: 380 })");
  EXPECT_THAT(
      DescribeMinimum(figures),
      testing::ElementsAre(
          "base: 1.37 x the theoretical minimum (Underwood S_min 2.75 mol/mol, cut Nd+Pr | Dy)",
          "base: 548 fed + 27 released as acid into the raffinate, at least 420 kg/t REO",
          "acid: 1.46 x the theoretical minimum of 380 kg/t REO",
          "fluxes: S 3.58, 1.30 x the theoretical minimum; W 2.60, at least 1.80 mol/mol",
          "stages: 60, at least 21.2 at total reflux (Fenske, separation factor 1.55)"));
  v1::Figures designed = figures;
  *designed.mutable_minimum()->mutable_xu() = Parse<v1::XuDesign>(
      "organic_mol_per_mol: 3.25 scrub_mol_per_mol: 2.5 extraction_stages: 23.125 scrub_stages: "
      "31.0625");
  EXPECT_EQ(
      DescribeMinimum(designed).back(),
      "Xu's optimum for this split: S 3.25, W 2.50 mol/mol, 23.1 extraction + 31.1 scrub stages");
  designed.mutable_minimum()->clear_xu();
  designed.mutable_minimum()->set_xu_reason("3 streams share the metals");
  EXPECT_EQ(DescribeMinimum(designed).back(), "Xu's optimum: none: 3 streams share the metals");
  figures.clear_base_over_minimum();
  figures.mutable_minimum()->set_base_reason("no base is used");
  figures.mutable_minimum()->set_separation_factor_stage(31);
  const std::vector<std::string> without = DescribeMinimum(figures);
  EXPECT_EQ(without[0],
            "organic: 1.30 x the theoretical minimum (Underwood S_min 2.75 mol/mol, cut Nd+Pr | "
            "Dy)");
  EXPECT_EQ(without[1], "base: no theoretical minimum: no base is used");
  EXPECT_THAT(without.back(), HasSubstr("separation factor 1.55 as at stage 31)"));
  EXPECT_THAT(DescribeMinimum(Parse<v1::Figures>(R"(minimum { reason: "no product is named" })")),
              testing::ElementsAre("no theoretical minimum: no product is named"));
  EXPECT_TRUE(DescribeMinimum(v1::Figures()).empty());
}

TEST(Pareto, TableKeepsBothEndsOfALongSet) {
  const std::string table = ParetoTable(Question(), Answers(100), 5);
  for (const char* row : {"\n1  ", "\n25  ", "\n50  ", "\n75  ", "\n100  "}) {
    EXPECT_THAT(table, HasSubstr(row));
  }
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4 + 5 + 1);
}

TEST(Pareto, CsvHasEveryFigureAndDecision) {
  const std::string csv = ParetoCsv(Question(), Answers(2));
  EXPECT_THAT(csv, testing::StartsWith("flowsheet,heavy.purity,heavy.recovery,"));
  EXPECT_THAT(csv, HasSubstr(",acid_kg_per_t_reo,"));
  EXPECT_THAT(csv, HasSubstr(",\"streams.scrub, hot.flow [m3/h]\","));
  EXPECT_THAT(csv, HasSubstr("\n1,0.99995,0.5,"));
  EXPECT_THAT(csv, testing::EndsWith(",1.1,2,a,5\n"));
}

TEST(Pareto, AnEmptySetIsNoTable) {
  EXPECT_EQ(ParetoTable(Question(), {}, 0), "");
  EXPECT_THAT(ParetoCsv(Question(), {}), testing::StartsWith("flowsheet,"));
}

}  // namespace
}  // namespace raffinate::cli
