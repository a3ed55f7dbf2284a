#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "raffinate/v1/simulator.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;

TEST(Simulate, PrintsFiguresStreamsAndStages) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign());
  const Outcome outcome = folder.Run({"simulate", "design.yaml", "--stages"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word :
       {"Converged in ", "product", "left", "raffinate", "wastewater", "m3/t REO", "free acid",
        "feed", "section", "extraction", "no theoretical minimum: "}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Simulate, ShowsSeveralCircuitsAndWhatPassesBetweenThem) {
  const Folder folder;
  folder.Write("train.yaml", R"(
streams:
  feed: {flow: 1 m3/h, metals: {La: 0.1 mol/L, Nd: 0.1 mol/L}, hcl: 0.01 mol/L}
  scrub acid: {flow: 0.1 m3/h, hcl: 1 mol/L}
circuits:
  front:
    extractant: {system: P507-HCl, concentration: 1 mol/L}
    organic: {flow: 1 m3/h, loop: open, saponification: 30 %}
    sections:
      extraction: {stages: 6, inlets: [feed, returned], outlet: raffinate}
  back:
    extractant: {system: P507-HCl}
    organic: {from: loaded organic of front, outlet: extract}
    sections:
      scrub: {stages: 4, inlets: [scrub acid], outlet: scrub liquor}
splits:
  scrub liquor: {returned: 80 %, bleed: {}}
products:
  neodymium: {stream: extract, elements: [Nd]}
)");
  const Outcome outcome = folder.Run({"simulate", "train.yaml", "--stages"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word : {"Recycles between circuits closed to ", "front > back", "back > front",
                           "bleed", "organic of back", "O/A"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  const Outcome followed = folder.Run({"simulate", "train.yaml", "--sensitivities"});
  EXPECT_EQ(followed.code, 0) << followed.err;
  for (const char* word : {"Sensitivities: per cent of the figure", "circuits.front.organic.flow",
                           "circuits.back.sections.scrub.efficiency", "splits.scrub liquor"}) {
    EXPECT_THAT(followed.out, HasSubstr(word));
  }
}

TEST(Simulate, SaysHowFarFromTheTheoreticalMinimumItIs) {
  const Folder folder;
  folder.Write("battery.yaml", R"(
extractant_systems:
  limit:
    law: constant_beta
    source: a test
    constants:
      Pr: {beta: 1, class: assumed, source: a test}
      Nd: {beta: 2, class: assumed, source: a test}
streams:
  feed: {flow: 1 m3/h, metals: {Pr: 0.5 mol/L, Nd: 0.5 mol/L}}
  scrub acid: {flow: 1 m3/h, hcl: 1.5 mol/L}
circuits:
  battery:
    extractant: {system: limit, concentration: 2 mol/L}
    organic: {flow: 2 m3/h, loop: open}
    sections:
      extraction: {stages: 60, inlets: [feed], outlet: raffinate}
      scrub: {stages: 60, inlets: [scrub acid]}
products:
  praseodymium: {stream: raffinate, elements: [Pr]}
  neodymium: {stream: loaded organic, elements: [Nd]}
)");
  const Outcome outcome = folder.Run({"simulate", "battery.yaml"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  // S = 0.5 + 1/(2 - 1), W = 1/(2 - 1).
  EXPECT_THAT(
      outcome.out,
      HasSubstr(
          "organic: 1.33 x the theoretical minimum (Underwood S_min 1.50 mol/mol, cut Pr | Nd)\n"));
  EXPECT_THAT(outcome.out, HasSubstr("acid: 1.50 x the theoretical minimum of "));
  EXPECT_THAT(outcome.out, HasSubstr("base: no theoretical minimum: this law counts metal"));
  const Outcome json = folder.Run({"simulate", "battery.yaml", "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"cut\": \"Pr | Nd\""));
  EXPECT_THAT(json.out, HasSubstr("\"organic_over_minimum\": 1.33333333"));
}

TEST(Simulate, GivesJsonThatReadsBack) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign());
  const Outcome outcome = folder.Run({"simulate", "design.yaml", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  v1::SimulateResponse response;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(outcome.out, &response).ok());
  EXPECT_THAT(outcome.out, HasSubstr("\"base_kg_per_t_reo\": 0"));
  const v1::Figures& figures = response.simulation().figures();
  ASSERT_EQ(figures.products_size(), 1);
  // Kremser: (E - 1) / (E^5 - 1), E = 2.
  EXPECT_NEAR(figures.products(0).recovery(), 1.0 / 31, 1e-11);
  EXPECT_EQ(response.simulation().stages_size(), 4);
}

TEST(Simulate, GivesALineOfJsonPerFile) {
  const Folder folder;
  folder.Write("a.yaml", SmallDesign());
  const Outcome outcome = folder.Run({"simulate", "a.yaml", "a.yaml", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 2);
  const std::string first = outcome.out.substr(0, outcome.out.find('\n') + 1);
  EXPECT_EQ(outcome.out, first + first);
}

TEST(Simulate, TakesTheJsonThatItPrints) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign());
  const Outcome first = folder.Run({"simulate", "design.yaml", "--json"});
  v1::SimulateResponse response;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(first.out, &response).ok());
  google::protobuf::util::JsonPrintOptions print;
  print.preserve_proto_field_names = true;
  print.always_print_primitive_fields = true;
  std::string flowsheet;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(response.simulation().flowsheet(),
                                                          &flowsheet, print)
                  .ok());
  folder.Write("again.json", flowsheet);
  const Outcome second = folder.Run({"simulate", "again.json", "--json"});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(first.out, second.out);
}

TEST(Simulate, DevicesAndThreadsGiveTheSameFigures) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign());
  const Outcome one = folder.Run({"simulate", "design.yaml", "--device", "cpu", "--threads", "1"});
  const Outcome two = folder.Run({"simulate", "design.yaml", "--device", "cpu", "--threads", "2"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(one.out, two.out);
}

}  // namespace
}  // namespace raffinate::cli
