// Files made to hurt: too large, too deep, exploding, mutilated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "raffinate/v1/chemistry.pb.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::vector<FileProblem> Problems(const std::string& text, ReadOptions options = {},
                                  FileFormat format = FileFormat::kYaml) {
  v1::Flowsheet flowsheet;
  return ReadText(text, "f", format, options, &flowsheet).problems;
}

TEST(ReaderLimits, RefusesALargeFileUnread) {
  const std::string path = testing::TempDir() + "/raffinate_large.yaml";
  { std::ofstream file(path); }
  // Sparse: takes no space, and would take long to read.
  std::filesystem::resize_file(path, 100u << 20);
  v1::Flowsheet flowsheet;
  const auto start = std::chrono::steady_clock::now();
  const ReadResult result = ReadFile(path, {}, &flowsheet);
  const auto taken = std::chrono::steady_clock::now() - start;
  ASSERT_THAT(result.problems, SizeIs(1));
  EXPECT_EQ(result.problems[0].message,
            "found a file of 100.0 MiB; a flowsheet file has at most 4.0 MiB");
  EXPECT_EQ(result.problems[0].file, path);
  EXPECT_LT(taken, std::chrono::milliseconds(50));
  std::filesystem::remove(path);
}

TEST(ReaderLimits, RefusesALargeText) {
  EXPECT_THAT(Problems(std::string(2000, '#'), {.max_bytes = 1000}), SizeIs(1));
}

TEST(ReaderLimits, NamesWhatIsNoFile) {
  v1::Flowsheet flowsheet;
  EXPECT_EQ(ReadFile("/does/not/exist.yaml", {}, &flowsheet).problems.at(0).message,
            "no such file");
  EXPECT_THAT(ReadFile(testing::TempDir(), {}, &flowsheet).problems.at(0).message,
              HasSubstr("a directory"));
}

TEST(ReaderLimits, RefusesDeepNesting) {
  for (const char* open : {"[", "{", "{a: ", "- "}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += open;
    const auto problems = Problems(text);
    ASSERT_THAT(problems, SizeIs(1)) << open;
    EXPECT_THAT(problems[0].message, HasSubstr("nested more than 64 levels deep")) << open;
    EXPECT_EQ(problems[0].line, 1) << open;
  }
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "circuits { ";
  EXPECT_FALSE(Problems(text, {}, FileFormat::kText).empty());
}

TEST(ReaderLimits, RefusesAliasBombs) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) text += before + ", ";
    text += before + "]\n";
  }
  const auto problems = Problems(text);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("more than 200000 values"));
  EXPECT_GT(problems[0].line, 1);
}

TEST(ReaderLimits, CutsALongListOfProblems) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "unknown_" + std::to_string(i) + ": 1\n";
  const auto problems = Problems(text, {.max_problems = 10});
  ASSERT_THAT(problems, SizeIs(11));
  EXPECT_EQ(problems[0].line, 1);
  EXPECT_EQ(problems[9].line, 10);
  EXPECT_EQ(problems[10].message, "and 49990 more problems");
}

TEST(ReaderLimits, ReadsTheLargestFileInSeconds) {
  std::string text = "products:\n";
  for (int i = 0; text.size() < (4u << 20) - 100; ++i) {
    text += "  p" + std::to_string(i) + ": {stream: s, elements: [Nd, Pr], purity: \">= 99 %\"}\n";
  }
  v1::Flowsheet flowsheet;
  const auto start = std::chrono::steady_clock::now();
  const ReadResult result =
      ReadText(text, "f", FileFormat::kYaml, {.max_nodes = 10'000'000}, &flowsheet);
  EXPECT_TRUE(result.ok()) << FormatProblem(result.problems.at(0));
  EXPECT_GT(flowsheet.products_size(), 50'000);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

// A mutilated file is read or refused with a place, and never more than that.
TEST(ReaderLimits, SurvivesMutilatedFiles) {
  const unsigned seed = std::random_device()();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&random](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const std::vector<std::string> pieces = {"{",         "}",       "[",        "]",
                                           ": ",        "- ",      "\n",       "  ",
                                           "\"",        "'",       "&a ",      "*a",
                                           "? ",        "|\n",     ">",        "#",
                                           "%",         ".inf",    ".nan",     "1e999",
                                           "-1",        "null",    "~",        "---\n",
                                           "...\n",     "min: ",   "value: ",  "\t",
                                           "!!x ",      "g/L REO", "\xC3\x28", std::string(1, '\0'),
                                           ",",         "@",       "`",        "\\u",
                                           "1e-999",    "m^9999",  "flow: ",   "10 m3/h",
                                           "choices: ", "<<: "};
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = GoodYaml();
    const std::size_t edits = 1 + below(4);
    for (std::size_t k = 0; k < edits && !text.empty(); ++k) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text.erase(at, 1 + below(20));
          break;
        case 1:
          text.insert(at, pieces[below(pieces.size())]);
          break;
        case 2:
          text[at] = static_cast<char>(below(256));
          break;
        default:
          text.resize(at);
      }
    }
    v1::Flowsheet flowsheet;
    const auto format = static_cast<FileFormat>(1 + below(3));
    const ReadResult result = ReadText(text, "f", format, SampleOptions(), &flowsheet);
    refused += !result.ok();
    for (const FileProblem& problem : result.problems) {
      ASSERT_FALSE(problem.message.empty()) << text;
      ASSERT_GE(problem.line, 0);
    }
    ASSERT_TRUE(flowsheet.IsInitialized());
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace raffinate::service
