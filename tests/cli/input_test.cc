// Bad files: every problem with file, line and path, exit code 2, and nothing
// written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Bad {
  const char* what;
  const char* from;  // of SmallProblem, replaced by `to`
  const char* to;
  std::vector<std::string> words;  // on standard error
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.what; }

class BadFile : public testing::TestWithParam<Bad> {};

TEST_P(BadFile, IsRefusedAndNothingIsWritten) {
  const Bad& bad = GetParam();
  const std::string text = absl::StrReplaceAll(SmallProblem(100), {{bad.from, bad.to}});
  ASSERT_NE(text, SmallProblem(100));
  const Folder folder;
  folder.Write("bad.yaml", text);
  const auto before = folder.Contents();
  const Outcome outcome = folder.Run({"optimize", "bad.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_EQ(folder.Contents(), before);
  for (const std::string& word : bad.words) EXPECT_THAT(outcome.err, HasSubstr(word));
}

// Lines of SmallProblem: 8 streams, 10 flow, 11 metals, 12 hcl, 15 extractant,
// 16 organic, 18 extraction, 20 light, 22 first objective, 25 search.
const std::vector<Bad> kBad = {
    {"wrong dimension",
     "flow: 1 m3/h",
     "flow: 1 mol/L",
     {"bad.yaml:11:11: streams.feed.flow: found \"1 mol/L\"", "1 problem in the input"}},
    {"unknown key", "metals:", "metal:", {"bad.yaml:12:5: streams.feed.metal", "\"metals\""}},
    {"unknown element",
     "metals: {Nd:",
     "metals: {Ndd:",
     {"bad.yaml:12:", "streams.feed.metals.Ndd"}},
    {"no constant for the element",
     "Pr: 0.01 mol/L}",
     "Pr: 0.01 mol/L, Dy: 0.01 mol/L}",
     {"bad.yaml:", "Dy", "test"}},
    {"unknown extractant", "system: test", "system: tset", {"bad.yaml:16:", "system", "test"}},
    {"empty range",
     "{min: 2, max: 12}",
     "{min: 12, max: 2}",
     {"bad.yaml:19:", "circuits.main.sections.extraction.stages"}},
    {"negative flow", "flow: 1 m3/h", "flow: -1 m3/h", {"bad.yaml:11:", "streams.feed.flow"}},
    {"zero flow", "flow: 1 m3/h", "flow: 0 m3/h", {"bad.yaml:11:", "streams.feed.flow"}},
    {"fractional stages",
     "min: 2, max: 12",
     "min: 2.5, max: 12",
     {"bad.yaml:19:34: circuits.main.sections.extraction.stages.min", "whole number"}},
    {"no such stream for a product",
     "stream: raffinate",
     "stream: rafinate",
     {"bad.yaml:21:", "products.light.stream", "raffinate"}},
    {"no such inlet",
     "inlets: [feed]",
     "inlets: [food]",
     {"bad.yaml:19:", "circuits.main.sections.extraction.inlets[0]", "feed"}},
    {"NaN", "hcl: 0.01 mol/L", "hcl: .nan", {"bad.yaml:13:10: streams.feed.hcl", "finite"}},
    {"infinity", "concentration: 1 mol/L", "concentration: inf mol/L", {"bad.yaml:16:", "finite"}},
    {"charges",
     "hcl: 0.01 mol/L",
     "chloride: 0.001 mol/L",
     {"bad.yaml:", "streams.feed", "charge"}},
    {"impossible demand", ">= 60 %", ">= 101 %", {"bad.yaml:21:", "products.light.purity"}},
    {"unknown figure",
     "{minimize: stages}",
     "{minimize: stagse}",
     {"bad.yaml:25:", "objectives[2]", "stages"}},
    {"unknown law", "law: constant_d", "law: constant_x", {"bad.yaml:4:", "constant_d"}},
    {"truncated", "inlets: [feed], outlet: raffinate}\n", "inlets: [feed", {"not valid YAML"}},
};

INSTANTIATE_TEST_SUITE_P(Input, BadFile, testing::ValuesIn(kBad),
                         [](const testing::TestParamInfo<Bad>& info) {
                           return absl::StrReplaceAll(info.param.what, {{" ", "_"}});
                         });

TEST(Input, AllProblemsOfAFileAreReportedAtOnce) {
  const Folder folder;
  folder.Write("bad.yaml",
               absl::StrReplaceAll(SmallProblem(100), {{"flow: 1 m3/h", "flow: 1 kg"},
                                                       {"min: 2, max: 12", "min: 2, max: 1.5"},
                                                       {"stream: raffinate", "stream: rafinate"},
                                                       {"seed: 7", "sede: 7"}}));
  const Outcome outcome = folder.Run({"optimize", "bad.yaml"});
  EXPECT_EQ(outcome.code, 2);
  // Of the text ...
  EXPECT_THAT(outcome.err, HasSubstr("bad.yaml:11:11: streams.feed.flow"));
  EXPECT_THAT(outcome.err, HasSubstr("extraction.stages.max"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean \"seed\"?"));
  // ... and of what it means.
  EXPECT_THAT(outcome.err, HasSubstr("products.light.stream"));
  EXPECT_THAT(outcome.err, HasSubstr("4 problems in the input; nothing was written"));
}

TEST(Input, ALongListOfProblemsIsCutButCounted) {
  const Folder folder;
  std::string text = SmallProblem(100);
  for (int i = 0; i < 150; ++i) absl::StrAppend(&text, "unknown_", i, ": 1\n");
  folder.Write("long.yaml", text);
  const Outcome outcome = folder.Run({"optimize", "long.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("and 50 more problems"));
  EXPECT_THAT(outcome.err, HasSubstr("150 problems in the input; nothing was written"));
}

TEST(Input, OpenDesignsAreNotSimulated) {
  const Folder folder;
  folder.Write("open.yaml", SmallProblem(100));
  const Outcome outcome = folder.Run({"simulate", "open.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("open.yaml:17:"));
  EXPECT_THAT(outcome.err, HasSubstr("open.yaml:19:"));
}

TEST(Input, ClosedDesignsAreNotOptimized) {
  const Folder folder;
  folder.Write("closed.yaml", SmallDesign());
  const auto before = folder.Contents();
  EXPECT_EQ(folder.Run({"optimize", "closed.yaml"}).code, 2);
  EXPECT_EQ(folder.Contents(), before);
}

TEST(Input, LargeAndMissingFilesAreRefused) {
  const Folder folder;
  folder.Write("large.yaml", "");
  std::filesystem::resize_file(folder.path() / "large.yaml", 100u << 20);
  for (const char* command : {"optimize", "simulate"}) {
    const Outcome large = folder.Run({command, "large.yaml"});
    EXPECT_EQ(large.code, 2);
    EXPECT_THAT(large.err, HasSubstr("large.yaml: found a file of 100.0 MiB"));
    const Outcome missing = folder.Run({command, "missing.yaml"});
    EXPECT_EQ(missing.code, 2);
    EXPECT_THAT(missing.err, HasSubstr("missing.yaml: no such file"));
  }
}

TEST(Input, EveryFileOfACommandIsChecked) {
  const Folder folder;
  folder.Write("a.yaml", "nmae: a\n");
  folder.Write("b.yaml", SmallDesign());
  folder.Write("c.yaml", "streams: 3\n");
  const Outcome outcome = folder.Run({"simulate", "a.yaml", "b.yaml", "c.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("a.yaml:1:1: nmae"));
  EXPECT_THAT(outcome.err, HasSubstr("c.yaml:1:10: streams"));
}

}  // namespace
}  // namespace raffinate::cli
