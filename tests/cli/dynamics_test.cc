#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <sstream>

#include "absl/strings/str_replace.h"
#include "raffinate/v1/simulator.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// SmallDesign in time: filled from barren, twice the feed from 4 h on.
std::string SmallTransient() {
  return SmallDesign() + R"(dynamics:
  mixer: 6 min
  settler: 20 min
  start: barren
  until: 12 h
  every: 1 h
  changes:
    - {at: 4 h, over: 1 h, streams: {feed: {flow: 2 m3/h}}}
)";
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Dynamics, PrintsTablesOverTime) {
  const Folder folder;
  folder.Write("plant.yaml", SmallTransient());
  const Outcome outcome = folder.Run({"dynamics", "plant.yaml", "--rows", "4"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* word : {"time", "left", "purity", "collected", "recovery", "pH at stage",
                           "Leaving, mol/L", "raffinate", "Held in mixers and settlers, kmol",
                           "4 of 13 times shown", "12 h in ", "balances close to"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
  for (const std::string& line : Lines(outcome.out)) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Dynamics, GivesOneLineOfJsonPerMessage) {
  const Folder folder;
  folder.Write("plant.yaml", SmallTransient());
  for (const bool stages : {false, true}) {
    std::vector<std::string> arguments = {"dynamics", "plant.yaml", "--json"};
    if (stages) arguments.push_back("--stages");
    const Outcome outcome = folder.Run(arguments);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const std::vector<std::string> lines = Lines(outcome.out);
    ASSERT_EQ(lines.size(), 14u);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      v1::SimulateDynamicResponse response;
      ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(lines[k], &response).ok());
      if (k < 13) {
        EXPECT_NEAR(response.state().time_h(), static_cast<double>(k), 1e-9);
        EXPECT_EQ(response.state().stages_size(), stages ? 4 : 0);
      } else {
        EXPECT_TRUE(response.summary().complete());
        EXPECT_LT(response.summary().balance_error(), 1e-10);
      }
    }
  }
}

TEST(Dynamics, WritesEverythingAsCsv) {
  const Folder folder;
  folder.Write("plant.yaml", SmallTransient());
  const Outcome outcome = folder.Run({"dynamics", "plant.yaml", "--csv", "out.csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::vector<std::string> lines = Lines(folder.Read("out.csv"));
  ASSERT_EQ(lines.size(), 14u);
  for (const char* column :
       {"time_h,", "left.collected_reo_kg", "raffinate.Nd_mol_per_l", "inventory.Pr_kmol",
        "loaded organic.flow_m3_per_h", "last_stage_ph"}) {
    EXPECT_THAT(lines[0], HasSubstr(column));
  }
  const auto commas = [](const std::string& s) { return std::count(s.begin(), s.end(), ','); };
  for (const std::string& line : lines) EXPECT_EQ(commas(line), commas(lines[0]));
  const Outcome lost = folder.Run({"dynamics", "plant.yaml", "--csv", "nowhere/out.csv"});
  EXPECT_EQ(lost.code, 2);
  EXPECT_THAT(lost.err, HasSubstr("nowhere"));
}

TEST(Dynamics, ProblemsAreShownAtTheirPlace) {
  const Folder folder;
  folder.Write("bad.yaml",
               absl::StrReplaceAll(SmallTransient(), {{"feed: {flow: 2", "fed: {flow: 2"},
                                                      {"until: 12 h", "until: 3 h"}}));
  const Outcome outcome = folder.Run({"dynamics", "bad.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("bad.yaml:29:12: dynamics.changes[0].at: "));
  EXPECT_THAT(outcome.err, HasSubstr("dynamics.changes[0].streams.fed"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'feed'?"));
  EXPECT_THAT(outcome.err, HasSubstr("2 problems in the input"));
  folder.Write("steady.yaml", SmallDesign());
  const Outcome missing = folder.Run({"dynamics", "steady.yaml"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("steady.yaml:1:1: dynamics: missing"));
}

TEST(Dynamics, TheBlockChangesNothingElse) {
  const Folder folder;
  folder.Write("with.yaml", SmallTransient());
  folder.Write("without.yaml", SmallDesign());
  const Outcome with = folder.Run({"simulate", "with.yaml"});
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(with.out, folder.Run({"simulate", "without.yaml"}).out);
}

TEST(Dynamics, CtrlCPrintsWhatThereIs) {
  const Folder folder;
  folder.Write("long.yaml",
               absl::StrReplaceAll(SmallTransient(), {{"until: 12 h", "until: 10000 h"},
                                                      {"stages: 4", "stages: 200"}}));
  Process process(folder.path(), {"dynamics", "long.yaml", "--csv", "out.csv"});
  ASSERT_TRUE(process.WaitForError("h of 10000 h"));
  process.Signal(SIGINT);
  const Outcome outcome = process.Wait();
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Leaving, mol/L"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("10000 h in")));
  EXPECT_THAT(outcome.err, HasSubstr("stopped by a signal"));
  EXPECT_THAT(folder.Read("out.csv"), HasSubstr("time_h"));
}

TEST(Dynamics, RunsOnAServer) {
  const Folder folder;
  folder.Write("plant.yaml", SmallTransient());
  Process server(folder.path(), {"serve", "--listen", "127.0.0.1:0", "--db", "jobs.db"});
  ASSERT_TRUE(server.WaitForOutput("listens on "));
  const std::string out = server.Output();
  const std::size_t at = out.find("listens on ") + 11;
  const std::string address = out.substr(at, out.find(',', at) - at);
  const Outcome there = folder.Run({"dynamics", "plant.yaml", "--server", address});
  EXPECT_EQ(there.code, 0) << there.err;
  EXPECT_EQ(there.out, folder.Run({"dynamics", "plant.yaml"}).out);
  EXPECT_EQ(folder.Run({"dynamics", "plant.yaml", "--server", "127.0.0.1:1"}).code, 4);
}

}  // namespace
}  // namespace raffinate::cli
