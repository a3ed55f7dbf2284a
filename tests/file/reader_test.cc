#include "service/file/reader.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "raffinate/v1/chemistry.pb.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

using google::protobuf::util::MessageDifferencer;

template <class M>
M Read(const std::string& text, FileFormat format = FileFormat::kYaml) {
  M message;
  const ReadResult result = ReadText(text, "test", format, SampleOptions(), &message);
  for (const FileProblem& problem : result.problems) ADD_FAILURE() << FormatProblem(problem);
  return message;
}

// The stream `s` of a file whose stream has the one line `line`.
v1::Stream ReadStream(const std::string& line) {
  const auto flowsheet = Read<v1::Flowsheet>("streams:\n  s:\n    " + line + "\n");
  return flowsheet.streams_size() == 1 ? flowsheet.streams(0) : v1::Stream();
}

TEST(Reader, ReadsEveryFormOfTheFormat) {
  const auto got = Read<v1::Flowsheet>(GoodYaml());
  v1::Flowsheet want;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    name: "Nd/Pr split" description: "A sample."
    streams {
      name: "feed" flow_m3_per_h { value: 10 } hcl_mol_per_l { value: 0.1 }
      metals { element: "Nd" mol_per_l { value: 0.14859680041369349 } }
      metals { element: "Pr" mol_per_l { range { min: 0.0070968462608775144
                                                 max: 0.014193692521755029 } } }
      metals { element: "Dy" mol_per_l { choices { values: [0.001, 0.002] } } }
    }
    streams { name: "scrub" flow_m3_per_h { value: 2 } hcl_mol_per_l { value: 4.5 } }
    circuits {
      name: "main"
      extractant { system { value: "P507-HCl" } concentration_mol_per_l { value: 1.5 } }
      organic {
        flow_m3_per_h { range { min: 8 max: 60 start: 10 step: 2 log: true } }
        loop: OPEN saponification { value: 0.35 } base: NAOH
      }
      sections { name: "extraction" stages { range { min: 8 max: 60 } }
                 inlets { stream: "feed" } outlet: "raffinate" }
      sections { name: "scrub" stages { value: 10 }
                 inlets { stream: "scrub" stage { value: 10 } }
                 draws { name: "mid" phase: AQUEOUS stage { choices { values: [2, 4] } }
                         share { value: 0.1 } } }
    }
    products { name: "heavy" stream: "loaded organic" elements: ["Nd", "Dy"]
               min_purity: 0.999 min_recovery: 0.95 }
    objectives { direction: MAXIMIZE figure: "purity" product: "heavy" }
    objectives { direction: MINIMIZE figure: "acid_kg_per_t_reo" }
    objectives { direction: MINIMIZE figure: "stages" }
    constraints { figure: "stages" max: 60 }
    search { max_evaluations: 1000 max_wall_time_s: 300 seed: 7 })",
                                                            &want));
  MessageDifferencer differencer;
  differencer.set_float_comparison(MessageDifferencer::APPROXIMATE);
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(want, got)) << difference;
  // Exact where decimal arithmetic is.
  EXPECT_EQ(got.products(0).min_purity(), 0.999);
  EXPECT_EQ(got.circuits(0).organic().saponification().value(), 0.35);
  EXPECT_EQ(got.streams(0).metals(0).mol_per_l().value(), 25 / 168.2405);
}

TEST(Reader, TakesWhatTheApiPrintsAsJson) {
  const auto want = Read<v1::Flowsheet>(GoodYaml());
  for (const bool own_names : {true, false}) {
    for (const bool defaults : {true, false}) {
      for (const bool blanks : {true, false}) {
        google::protobuf::util::JsonPrintOptions print;
        print.preserve_proto_field_names = own_names;
        print.always_print_primitive_fields = defaults;
        print.add_whitespace = blanks;
        std::string json;
        ASSERT_TRUE(google::protobuf::util::MessageToJsonString(want, &json, print).ok());
        EXPECT_TRUE(MessageDifferencer::Equals(want, Read<v1::Flowsheet>(json, FileFormat::kJson)))
            << json;
      }
    }
  }
}

TEST(Reader, TakesTextFormat) {
  const auto want = Read<v1::Flowsheet>(GoodYaml());
  std::string text;
  ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(want, &text));
  EXPECT_TRUE(MessageDifferencer::Equals(want, Read<v1::Flowsheet>(text, FileFormat::kText)));
}

TEST(Reader, TakesFriendlyJson) {
  const auto got = Read<v1::Flowsheet>(
      "{\n\t\"streams\": {\"a\": {\"flow\": \"10 L/min\", \"feed\": \"\\ud83d\\ude00\\t\"}}}",
      FileFormat::kJson);
  EXPECT_DOUBLE_EQ(got.streams(0).flow_m3_per_h().value(), 0.6);
  EXPECT_EQ(got.streams(0).feed(), "\U0001F600\t");
}

TEST(Reader, ConvertsConcentrationsOfMetals) {
  struct Case {
    const char* text;
    double mol_per_l;
  };
  for (const Case& c :
       {Case{"25 g/L", 25 / 144.242}, Case{"25 g/L REO", 25 / 168.2405},
        Case{"25 g REO/L", 25 / 168.2405}, Case{"25 mg/L", 0.025 / 144.242},
        Case{"25 kg/m3 REO", 25 / 168.2405}, Case{"0.2 mol/L", 0.2}, Case{"0.2 mol/l", 0.2},
        Case{"200 mol/m3", 0.2}, Case{"200 mmol/L", 0.2}, Case{"0 g/L REO", 0},
        Case{"25g/L", 25 / 144.242}, Case{"{value: 25 g/L}", 25 / 144.242},
        Case{"{concentration: 25 g/L REO}", 25 / 168.2405},
        Case{"{mol_per_l: {value: 0.25}}", 0.25}, Case{"{mol_per_l: 0.25}", 0.25}}) {
    const v1::Stream stream = ReadStream(std::string("metals: {Nd: ") + c.text + "}");
    ASSERT_EQ(stream.metals_size(), 1) << c.text;
    EXPECT_DOUBLE_EQ(stream.metals(0).mol_per_l().value(), c.mol_per_l) << c.text;
    EXPECT_EQ(stream.metals(0).element(), "Nd");
  }
}

TEST(Reader, TakesListsWhereMapsAreUsual) {
  const v1::Stream stream = ReadStream(
      "metals: [{element: Nd, concentration: 1 g/L}, {concentration: 1 g/L, element: Pr}]");
  ASSERT_EQ(stream.metals_size(), 2);
  EXPECT_DOUBLE_EQ(stream.metals(1).mol_per_l().value(), 1 / 140.90766);
}

TEST(Reader, TakesOneValueForAListOfOne) {
  const auto got = Read<v1::Flowsheet>(
      "circuits: {c: {sections: {s: {inlets: feed}}}}\nproducts: {p: {elements: Nd}}\n");
  ASSERT_EQ(got.circuits(0).sections(0).inlets_size(), 1);
  EXPECT_EQ(got.circuits(0).sections(0).inlets(0).stream(), "feed");
  EXPECT_EQ(got.products(0).elements(0), "Nd");
}

TEST(Reader, ElementsThatYamlTakesForTruthAreNames) {
  const auto got = Read<v1::Flowsheet>("products: {p: {elements: [Y, No, Nd, \"null\"]}}");
  ASSERT_EQ(got.products(0).elements_size(), 4);
  EXPECT_EQ(got.products(0).elements(0), "Y");
  EXPECT_EQ(got.products(0).elements(1), "No");
  EXPECT_EQ(got.products(0).elements(3), "null");
}

TEST(Reader, ReadsChemistry) {
  const auto got = Read<v1::ChemistryData>(R"(
elements:
  Nd: {charge: 3, mass: 144.242 g/mol, oxide: Nd2O3, oxide_mass: 0.1682405 kg/mol, rare_earth: true}
extractant_systems:
  P507-HCl:
    law: mass_action_dimer
    constants:
      Nd: {log10_k: -1.2e0, dimers: 3, class: measured, source: a paper}
feeds:
  one: {metals: {Nd: 25 g/L REO}, hcl: 10 mmol/L}
)");
  EXPECT_EQ(got.elements(0).symbol(), "Nd");
  EXPECT_DOUBLE_EQ(got.elements(0).oxide_mass_g_per_mol(), 168.2405);
  EXPECT_EQ(got.extractant_systems(0).law(), v1::ExtractantSystem::MASS_ACTION_DIMER);
  EXPECT_EQ(got.extractant_systems(0).constants(0).provenance(), v1::EquilibriumConstant::MEASURED);
  EXPECT_EQ(got.extractant_systems(0).constants(0).log10_k(), -1.2);
  EXPECT_DOUBLE_EQ(got.feeds(0).metals(0).mol_per_l(), 25 / 168.2405);
  EXPECT_DOUBLE_EQ(got.feeds(0).hcl_mol_per_l(), 0.01);
}

TEST(Reader, FollowsAliases) {
  const auto got =
      Read<v1::Flowsheet>("streams:\n  a: &acid {flow: 1 m3/h, hcl: 6 mol/L}\n  b: *acid\n");
  ASSERT_EQ(got.streams_size(), 2);
  EXPECT_EQ(got.streams(1).hcl_mol_per_l().value(), 6);
  EXPECT_EQ(got.streams(1).name(), "b");
}

TEST(Reader, TakesByteOrderMarkAndWindowsLines) {
  const auto got =
      Read<v1::Flowsheet>("\xEF\xBB\xBFname: a\r\nstreams:\r\n  b:\r\n    feed: c\r\n");
  EXPECT_EQ(got.name(), "a");
  EXPECT_EQ(got.streams(0).feed(), "c");
}

TEST(Reader, ChoosesTheFormatByTheEnding) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "raffinate_reader_endings";
  std::filesystem::create_directories(folder);
  const auto read = [&folder](const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    v1::Flowsheet flowsheet;
    const ReadResult result = ReadFile(folder / name, {}, &flowsheet);
    EXPECT_TRUE(result.ok()) << FormatProblem(result.problems.front());
    return flowsheet.name();
  };
  EXPECT_EQ(read("a.yaml", "name: x"), "x");
  EXPECT_EQ(read("a.yml", "name: x"), "x");
  EXPECT_EQ(read("a.json", "{\"name\":\t\"x\"}"), "x");
  EXPECT_EQ(read("a.textproto", "name: \"x\""), "x");
  EXPECT_EQ(read("a.txtpb", "name: 'x'"), "x");
  EXPECT_EQ(read("noending", "name: x"), "x");
}

}  // namespace
}  // namespace raffinate::service
