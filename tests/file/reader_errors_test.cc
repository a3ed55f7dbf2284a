// Every kind of bad input: the line, the path as the user wrote it, what was
// found and what would be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ReadResult Problems(const std::string& text, FileFormat format = FileFormat::kYaml) {
  v1::Flowsheet flowsheet;
  return ReadText(text, "bad.yaml", format, SampleOptions(), &flowsheet);
}

// A problem at `line` (and `column` unless 0) of `path` that says all `words`.
testing::Matcher<FileProblem> Problem(int line, int column, const std::string& path,
                                      const std::vector<std::string>& words) {
  std::vector<testing::Matcher<FileProblem>> all;
  all.push_back(testing::Field("line", &FileProblem::line, line));
  if (column > 0) all.push_back(testing::Field("column", &FileProblem::column, column));
  all.push_back(testing::Field("path", &FileProblem::path, path));
  for (const std::string& word : words) {
    all.push_back(testing::Field("message", &FileProblem::message, HasSubstr(word)));
  }
  return testing::AllOfArray(all);
}

struct Bad {
  const char* what;
  const char* text;
  int line;
  int column;
  const char* path;
  std::vector<std::string> words;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.what; }

class BadInput : public testing::TestWithParam<Bad> {};

TEST_P(BadInput, IsRefusedWithItsPlaceAndCure) {
  const Bad& bad = GetParam();
  const ReadResult result = Problems(bad.text);
  for (const FileProblem& problem : result.problems) {
    SCOPED_TRACE(FormatProblem(problem));
    EXPECT_EQ(problem.file, "bad.yaml");
  }
  EXPECT_THAT(result.problems, ElementsAre(Problem(bad.line, bad.column, bad.path, bad.words)));
}

const std::vector<Bad> kBad = {
    {"unknown key",
     "streams:\n  s:\n    flwo: 1 m3/h\n",
     3,
     5,
     "streams.s.flwo",
     {"unknown key \"flwo\"", "did you mean \"flow\"?", "name, flow, feed, metals, hcl"}},
    {"unknown key far from all",
     "nonsense: 1\n",
     1,
     1,
     "nonsense",
     {"unknown key", "Known: name, description, extractant_systems"}},
    {"duplicate key", "name: a\nname: b\n", 2, 1, "name", {"given twice", "first on line 1"}},
    {"duplicate under both names",
     "streams:\n  s:\n    flow: 1 m3/h\n    flow_m3_per_h: 2\n",
     4,
     5,
     "streams.s.flow_m3_per_h",
     {"given twice (as flow)", "first on line 3"}},
    {"duplicate map entry",
     "streams:\n  s: {feed: a}\n  s: {feed: b}\n",
     3,
     3,
     "streams.s",
     {"given twice, first on line 2"}},
    {"wrong dimension",
     "streams:\n  s:\n    flow: 10 mol/L\n",
     3,
     11,
     "streams.s.flow",
     {"found \"10 mol/L\"", "mol/L\" does not convert to m3/h", "right would be \"10 m3/h\""}},
    {"reciprocal unit",
     "streams: {s: {flow: 10 h/m3}}",
     1,
     21,
     "streams.s.flow",
     {"does not convert to m3/h"}},
    {"unknown unit",
     "streams: {s: {hcl: 4 molar}}",
     1,
     20,
     "streams.s.hcl",
     {"\"molar\" is not a known unit", "right would be \"4 mol/L\""}},
    {"missing unit",
     "streams: {s: {flow: 10}}",
     1,
     21,
     "streams.s.flow",
     {"found \"10\" without a unit", "right would be \"10 m3/h\""}},
    {"missing unit in a range",
     "streams: {s: {flow: {min: 8, max: 9 m3/h}}}",
     1,
     27,
     "streams.s.flow.min",
     {"without a unit", "\"8 m3/h\""}},
    {"range written with a dash",
     "streams: {s: {flow: 8 - 60 m3/h}}",
     1,
     21,
     "streams.s.flow",
     {"a range is written {min: .., max: ..}"}},
    {"decimal comma",
     "streams: {s: {flow: \"1,5 m3/h\"}}",
     1,
     21,
     "streams.s.flow",
     {"decimals are written with a point"}},
    {"metal without unit",
     "streams: {s: {metals: {Nd: 25}}}",
     1,
     28,
     "streams.s.metals.Nd",
     {"without a unit", "\"25 mol/L\"", "\"25 g/L\"", "\"25 g/L REO\""}},
    {"metal in a wrong unit",
     "streams: {s: {metals: {Nd: 25 m3/h}}}",
     1,
     28,
     "streams.s.metals.Nd",
     {"does not convert to mol/L", "g/L REO"}},
    {"unknown element by mass",
     "streams: {s: {metals: {Ndd: 25 g/L}}}",
     1,
     29,
     "streams.s.metals.Ndd",
     {"unknown element \"Ndd\"", "did you mean \"Nd\"?"}},
    {"oxide of sodium",
     "streams: {s: {metals: {Na: 25 g/L REO}}}",
     1,
     28,
     "streams.s.metals.Na",
     {"Na is not quoted as oxide"}},
    {"REO of an acid",
     "streams: {s: {hcl: 5 g/L REO}}",
     1,
     20,
     "streams.s.hcl",
     {"REO is a basis for concentrations of metals only"}},
    {"REO in mol",
     "streams: {s: {metals: {Nd: 1 mol/L REO}}}",
     1,
     28,
     "streams.s.metals.Nd",
     {"REO goes with a mass"}},
    {"fractional count",
     "circuits: {c: {sections: {s: {stages: 12.5}}}}",
     1,
     39,
     "circuits.c.sections.s.stages",
     {"found \"12.5\"", "a whole number is needed"}},
    {"fractional count in a range",
     "circuits: {c: {sections: {s: {stages: {min: 1.5, max: 3}}}}}",
     1,
     45,
     "circuits.c.sections.s.stages.min",
     {"found \"1.5\"", "a whole number is needed"}},
    {"negative count",
     "circuits: {c: {sections: {s: {stages: -3}}}}",
     1,
     39,
     "circuits.c.sections.s.stages",
     {"found \"-3\"", "a count is not negative"}},
    {"count with a unit",
     "circuits: {c: {sections: {s: {stages: 3 m3/h}}}}",
     1,
     39,
     "circuits.c.sections.s.stages",
     {"whole number without a unit"}},
    {"count too large",
     "circuits: {c: {sections: {s: {stages: 1e12}}}}",
     1,
     39,
     "circuits.c.sections.s.stages",
     {"found \"1e12\"", "from 0 to 2147483647"}},
    {"count not a number",
     "circuits: {c: {sections: {s: {stages: ten}}}}",
     1,
     39,
     "circuits.c.sections.s.stages",
     {"found \"ten\"", "whole number such as 12"}},
    {"NaN", "streams: {s: {flow: .nan}}", 1, 21, "streams.s.flow", {"finite"}},
    {"infinity", "streams: {s: {flow: -.inf m3/h}}", 1, 21, "streams.s.flow", {"finite"}},
    {"infinity in words",
     "streams: {s: {flow: Infinity m3/h}}",
     1,
     21,
     "streams.s.flow",
     {"finite"}},
    {"overflow",
     "streams: {s: {flow: 1e999 m3/h}}",
     1,
     21,
     "streams.s.flow",
     {"found \"1e999 m3/h\"", "1e308"}},
    {"overflow by the unit",
     "streams: {s: {flow: 1e308 km3/s}}",
     1,
     21,
     "streams.s.flow",
     {"finite"}},
    {"not a number",
     "streams: {s: {flow: ten m3/h}}",
     1,
     21,
     "streams.s.flow",
     {"found \"ten m3/h\"", "right would be \"2.5 m3/h\""}},
    {"value and range",
     "streams: {s: {flow: {value: 1 m3/h, min: 1 m3/h, max: 2 m3/h}}}",
     1,
     21,
     "streams.s.flow",
     {"found a range and a value", "right would be one of them"}},
    {"choices and range",
     "streams: {s: {flow: {choices: [1 m3/h], max: 2 m3/h}}}",
     1,
     21,
     "streams.s.flow",
     {"found a range and choices"}},
    {"half a range",
     "streams: {s: {flow: {min: 1 m3/h}}}",
     1,
     21,
     "streams.s.flow",
     {"found a range without max"}},
    {"no choices",
     "streams: {s: {flow: {choices: []}}}",
     1,
     31,
     "streams.s.flow.choices",
     {"found no choice", "at least one"}},
    {"bad choice",
     "streams: {s: {flow: {choices: [1 m3/h, 2]}}}",
     1,
     40,
     "streams.s.flow.choices[1]",
     {"without a unit"}},
    {"list for a number",
     "streams: {s: {flow: [1 m3/h, 2 m3/h]}}",
     1,
     21,
     "streams.s.flow",
     {"found a list", "{choices: [1 m3/h, 2 m3/h]}"}},
    {"unknown key in a number",
     "streams: {s: {flow: {minn: 1 m3/h}}}",
     1,
     22,
     "streams.s.flow.minn",
     {"did you mean \"min\"?"}},
    {"empty map for a number",
     "streams: {s: {flow: {}}}",
     1,
     21,
     "streams.s.flow",
     {"found an empty map"}},
    {"nothing",
     "streams:\n  s:\n    flow:\n    hcl: 1 mol/L\n",
     3,
     5,
     "streams.s.flow",
     {"found nothing"}},
    {"nothing in a map", "streams:\n  s:\n", 2, 3, "streams.s", {"found nothing"}},
    {"scalar for a map",
     "circuits: {c: {organic: 5}}",
     1,
     25,
     "circuits.c.organic",
     {"found \"5\"", "a map with the keys flow, loop, saponification, base"}},
    {"scalar for a stream",
     "streams: {s: 10 m3/h}",
     1,
     14,
     "streams.s",
     {"found \"10 m3/h\"", "a map with the keys name, flow"}},
    {"scalar for all streams",
     "streams: feed\n",
     1,
     10,
     "streams",
     {"found \"feed\"", "a map from name to value"}},
    {"map for a list",
     "objectives: {maximize: purity}",
     1,
     13,
     "objectives",
     {"found a map", "a list, each entry after \"- \""}},
    {"map for a word", "name: {a: b}", 1, 7, "name", {"found a map", "one value"}},
    {"root is a list", "- a\n- b\n", 1, 1, "", {"found a list", "a map with the keys name"}},
    {"root is a word", "hello\n", 1, 1, "", {"found \"hello\"", "a map with the keys"}},
    {"demand without sign",
     "products: {p: {purity: 99.9 %}}",
     1,
     24,
     "products.p.purity",
     {"found \"99.9 %\"", "a demand is written \">= 99.9 %\""}},
    {"demand with a wrong sign",
     "products: {p: {purity: \"< 99.9 %\"}}",
     1,
     24,
     "products.p.purity",
     {"found \"< 99.9 %\"", "\">= 99.9 %\""}},
    {"demand in a wrong unit",
     "products: {p: {purity: \">= 99.9 g/L\"}}",
     1,
     24,
     "products.p.purity",
     {"does not convert to 1", "35 %"}},
    {"demand without quotes",
     "products:\n  p:\n    purity: >= 99.9 %\n",
     3,
     0,
     "",
     {"quotes, as in \">= 99 %\""}},
    {"unknown enum",
     "circuits: {c: {organic: {loop: opne}}}",
     1,
     32,
     "circuits.c.organic.loop",
     {"found \"opne\"", "did you mean \"open\"?", "closed, open"}},
    {"unknown truth",
     "streams: {s: {flow: {min: 1 m3/h, max: 2 m3/h, log: yes}}}",
     1,
     53,
     "streams.s.flow.log",
     {"found \"yes\"", "true or false"}},
    {"two directions",
     "objectives:\n- {maximize: purity, minimize: stages}\n",
     2,
     22,
     "objectives[0].minimize",
     {"an objective has one"}},
    {"direction twice",
     "objectives:\n- {maximize: purity, figure: stages}\n",
     2,
     22,
     "objectives[0].figure",
     {"already said by maximize"}},
    {"unknown key in an objective",
     "objectives: [{maximise: purity}]",
     1,
     15,
     "objectives[0].maximise",
     {"did you mean \"maximize\"?"}},
    {"name beside its key",
     "streams:\n  s:\n    name: t\n",
     3,
     11,
     "streams.s",
     {"the name \"t\" below the key \"s\""}},
    {"unit where none belongs",
     "constraints: [{figure: stages, max: 5 m3}]",
     1,
     37,
     "constraints[0].max",
     {"found \"5 m3\"", "plain number"}},
    {"key that is a list",
     "streams:\n  ? [a, b]\n  : {feed: x}\n",
     2,
     5,
     "streams",
     {"found a list where the name belongs"}},
    {"tab", "streams:\n\ts:\n", 2, 1, "", {"indented with a tab"}},
    {"truncated flow map", "streams: {s: {flow: 1 m3/h", 1, 0, "", {"not valid YAML", "complete?"}},
    {"truncated quote", "name: \"abc\nfeed", 2, 0, "", {"not valid YAML"}},
    {"two documents", "name: a\n---\nname: b\n", 3, 1, "", {"second document"}},
    {"empty", "", 0, 0, "", {"empty"}},
    {"only a comment", "# nothing\n", 0, 0, "", {"empty"}},
    {"not UTF-8", "name: a\nfeed: \xC3\x28\n", 2, 7, "", {"0xC3", "UTF-8"}},
    {"UTF-16", "\xFF\xFEn\0a\0", 1, 1, "", {"0xFF", "UTF-8"}},
    {"control byte", "name: a\x04\n", 1, 8, "", {"0x04"}},
    {"tag", "name: !!binary abc\n", 1, 7, "", {"tag"}},
    {"alias of itself", "streams: &a\n  s: *a\n", 2, 6, "", {"alias of a value that contains it"}},
    {"unknown alias", "name: *x\n", 1, 0, "", {"not valid YAML"}},
};

INSTANTIATE_TEST_SUITE_P(Reader, BadInput, testing::ValuesIn(kBad),
                         [](const testing::TestParamInfo<Bad>& info) {
                           std::string name = info.param.what;
                           for (char& c : name) {
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           }
                           return name;
                         });

TEST(ReaderErrors, ReportsAllProblemsOfAFileInOrder) {
  const ReadResult result = Problems(R"(nmae: x
streams:
  feed:
    flow: 10
    metals: {Nd: 25 m3/h, Pr: .inf}
  scrub:
    flow: {min: 8, max: 60 m3/h}
circuits:
  main:
    sections:
      s: {stages: 2.5, inlets: 7, loop: open}
)");
  EXPECT_THAT(result.problems,
              ElementsAre(Problem(1, 1, "nmae", {"did you mean \"name\"?"}),
                          Problem(4, 11, "streams.feed.flow", {}),
                          Problem(5, 18, "streams.feed.metals.Nd", {}),
                          Problem(5, 31, "streams.feed.metals.Pr", {}),
                          Problem(7, 17, "streams.scrub.flow.min", {}),
                          Problem(11, 19, "circuits.main.sections.s.stages", {}),
                          Problem(11, 35, "circuits.main.sections.s.loop", {"unknown key"})));
}

TEST(ReaderErrors, KeepsWhatCouldBeRead) {
  v1::Flowsheet flowsheet;
  const ReadResult result = ReadText("name: a\nstreams: {s: {flow: 1, hcl: 2 mol/L}}", "f",
                                     FileFormat::kYaml, {}, &flowsheet);
  EXPECT_THAT(result.problems, SizeIs(1));
  EXPECT_EQ(flowsheet.name(), "a");
  EXPECT_EQ(flowsheet.streams(0).hcl_mol_per_l().value(), 2);
}

TEST(ReaderErrors, PrintsFileLineColumnAndPath) {
  const ReadResult result = Problems("streams: {s: {flow: 10}}");
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_EQ(FormatProblem(result.problems[0]),
            "bad.yaml:1:21: streams.s.flow: found \"10\" without a unit; right would be "
            "\"10 m3/h\"");
}

TEST(ReaderErrors, TextFormatHasLinesToo) {
  EXPECT_THAT(Problems("name: 'a'\nstreams { flwo: 1 }", FileFormat::kText).problems,
              ElementsAre(Problem(2, 15, "", {"flwo"})));
  EXPECT_THAT(Problems("streams {\n  flow_m3_per_h { value: inf }\n}", FileFormat::kText).problems,
              ElementsAre(Problem(2, 19, "streams[0].flow_m3_per_h.value", {"finite"})));
  EXPECT_THAT(
      Problems("circuits { sections {\n stages { value: -1 } } }", FileFormat::kText).problems,
      ElementsAre(Problem(2, 11, "circuits[0].sections[0].stages.value", {"not negative"})));
  EXPECT_THAT(Problems("streams { name: 'a'", FileFormat::kText).problems, SizeIs(1));
  EXPECT_THAT(Problems("  \n", FileFormat::kText).problems,
              ElementsAre(Problem(0, 0, "", {"empty"})));
}

TEST(ReaderErrors, JsonHasLinesToo) {
  EXPECT_THAT(
      Problems("{\n  \"streams\": [\n    {\"flow_m3_per_h\": {\"valeu\": 1}}]}", FileFormat::kJson)
          .problems,
      ElementsAre(Problem(3, 24, "streams[0].flow_m3_per_h.valeu", {"did you mean \"value\"?"})));
  EXPECT_THAT(Problems("{\"name\": \"a\"", FileFormat::kJson).problems, SizeIs(1));
  EXPECT_THAT(Problems("{\"name\": null}", FileFormat::kJson).problems, IsEmpty());
}

}  // namespace
}  // namespace raffinate::service
