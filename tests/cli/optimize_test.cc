#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "clients/cli/json.h"
#include "raffinate/v1/optimizations.pb.h"
#include "raffinate/v1/simulator.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

template <class M>
M Parse(const std::string& json) {
  M message;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &message).ok()) << json;
  return message;
}

TEST(Optimize, PrintsTheSetAndWritesTheFiles) {
  const Folder folder;
  folder.Write("small.yaml", SmallProblem(800));
  const Outcome outcome = folder.Run({"optimize", "small.yaml"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word : {"light", "purity", "recovery", "acid", "base", "wastewater", "stages",
                           "kg/t", "Results in results/small/", "pareto.json"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
  EXPECT_THAT(outcome.err, HasSubstr("800 evaluations"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\r"))) << "a live line without a terminal";
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;

  const auto set = Parse<v1::ListFlowsheetsResponse>(folder.Read("results/small/pareto.json"));
  ASSERT_GT(set.flowsheets_size(), 2);
  EXPECT_EQ(set.total_size(), set.flowsheets_size());
  const std::string csv = folder.Read("results/small/pareto.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), set.flowsheets_size() + 1);
  EXPECT_THAT(csv, HasSubstr("light.purity"));
  EXPECT_THAT(csv, HasSubstr("circuits.main.organic.flow [m3/h]"));
  EXPECT_THAT(csv, HasSubstr("circuits.main.sections.extraction.stages"));
  EXPECT_THAT(folder.Contents(), testing::Contains(testing::Key("results/small/log.txt")));
  EXPECT_THAT(folder.Contents(), testing::Not(testing::Contains(testing::Key(HasSubstr(".part")))));
}

TEST(Optimize, EachFlowsheetSimulatesToItsReportedFigures) {
  const Folder folder;
  folder.Write("small.yaml", SmallProblem(400));
  ASSERT_EQ(folder.Run({"optimize", "small.yaml", "-o", "out"}).code, 0);
  const auto set = Parse<v1::ListFlowsheetsResponse>(folder.Read("out/pareto.json"));
  ASSERT_GT(set.flowsheets_size(), 0);
  std::vector<std::string> arguments = {"simulate", "--json"};
  for (int i = 1; i <= set.flowsheets_size(); ++i) {
    char name[64];
    std::snprintf(name, sizeof(name), "out/flowsheet-%03d.yaml", i);
    arguments.push_back(name);
  }
  const Outcome outcome = folder.Run(arguments);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream lines(outcome.out);
  for (const v1::Simulation& reported : set.flowsheets()) {
    std::string line;
    std::getline(lines, line);
    const auto response = Parse<v1::SimulateResponse>(line);
    // Not within some tolerance: bit for bit.
    EXPECT_EQ(ToJson(response.simulation().figures()), ToJson(reported.figures()));
    EXPECT_EQ(ToJson(response.simulation().flowsheet()), ToJson(reported.flowsheet()));
  }
}

TEST(Optimize, TheSameSeedGivesTheSameBytesOnAnyNumberOfThreads) {
  const Folder folder;
  folder.Write("small.yaml", SmallProblem(400));
  const Outcome one = folder.Run({"optimize", "small.yaml", "--json", "--threads", "1"});
  const Outcome two = folder.Run({"optimize", "small.yaml", "--json", "--threads", "3"});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(one.out, two.out);
  EXPECT_EQ(one.out, folder.Read("results/small/pareto.json"));
  const Outcome other = folder.Run({"optimize", "small.yaml", "--json", "--seed", "8"});
  ASSERT_EQ(other.code, 0) << other.err;
  EXPECT_NE(one.out, other.out);
}

TEST(Optimize, ReplacesItsOwnFilesAndNoOthers) {
  const Folder folder;
  folder.Write("small.yaml", SmallProblem(400));
  std::filesystem::create_directories(folder.path() / "out");
  folder.Write("out/flowsheet-999.yaml", "old");
  folder.Write("out/flowsheet-mine.yaml", "mine");
  folder.Write("out/notes.txt", "mine");
  ASSERT_EQ(folder.Run({"optimize", "small.yaml", "-o", "out"}).code, 0);
  const auto contents = folder.Contents();
  EXPECT_EQ(contents.count("out/flowsheet-999.yaml"), 0u);
  EXPECT_EQ(contents.count("out/flowsheet-001.yaml"), 1u);
  EXPECT_EQ(folder.Read("out/flowsheet-mine.yaml"), "mine");
  EXPECT_EQ(folder.Read("out/notes.txt"), "mine");
}

TEST(Optimize, RefusesAnOutputThatIsAFile) {
  const Folder folder;
  folder.Write("small.yaml", SmallProblem(400));
  folder.Write("out", "mine");
  const Outcome outcome = folder.Run({"optimize", "small.yaml", "-o", "out"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--output out is not a folder"));
  EXPECT_EQ(folder.Read("out"), "mine");
}

TEST(Optimize, SaysWhenNothingMeetsTheDemands) {
  const Folder folder;
  std::string text = SmallProblem(200);
  // All of the praseodymium and nearly no neodymium: not at these constants.
  text.replace(text.find(">= 20 %"), 7, ">= 99.9 %");
  folder.Write("hard.yaml", text);
  const Outcome outcome = folder.Run({"optimize", "hard.yaml"});
  EXPECT_EQ(outcome.code, 1) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("no flowsheet that was tried meets all demands"));
  // The nearest one, and what it misses.
  EXPECT_THAT(outcome.err, HasSubstr("recovery"));
  EXPECT_THAT(folder.Contents(), testing::Contains(testing::Key("results/hard/pareto.json")));
}

TEST(Optimize, FirstCtrlCWritesTheBestSoFar) {
  const Folder folder;
  folder.Write("long.yaml", SmallProblem(2'000'000'000));
  Process process(folder.path(), {"optimize", "long.yaml"});
  ASSERT_TRUE(process.WaitForError("on the Pareto front")) << process.Wait().err;
  process.Signal(SIGINT);
  const Outcome outcome = process.Wait();
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("the best so far was written"));
  EXPECT_THAT(outcome.out, HasSubstr("purity"));
  const auto set = Parse<v1::ListFlowsheetsResponse>(folder.Read("results/long/pareto.json"));
  EXPECT_GT(set.flowsheets_size(), 0);
}

TEST(Optimize, SecondSignalEndsAtOnce) {
  const Folder folder;
  folder.Write("long.yaml", SmallProblem(2'000'000'000));
  Process process(folder.path(), {"optimize", "long.yaml"});
  ASSERT_TRUE(process.WaitForError("evaluations")) << process.Wait().err;
  // Of two kinds, because two pending signals of one kind are one.
  process.Signal(SIGINT);
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 130);
}

}  // namespace
}  // namespace raffinate::cli
