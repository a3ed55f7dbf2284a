// raffinate setpoints: in this process and with a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kPlant = absl::StrCat(RAFFINATE_EXAMPLES, "/setpoints/la-nd-plant.yaml");
const std::string kState = absl::StrCat(RAFFINATE_EXAMPLES, "/setpoints/la-nd-state.yaml");

std::string StateOfTheExample() {
  std::ifstream file(kState);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Setpoints, AdviceWithoutAServer) {
  Folder folder;
  const Outcome advise = folder.Run({"setpoints", "advise", kPlant, kState});
  EXPECT_EQ(advise.code, 0) << advise.err;
  EXPECT_THAT(advise.out, AllOf(HasSubstr("streams.strip acid.flow"), HasSubstr("move down"),
                                HasSubstr("neodymium purity >= 99.00 %"), HasSubstr("valid until"),
                                HasSubstr("missing"), Not(HasSubstr("cannot all be met"))));
}

TEST(Setpoints, ProblemsHaveTheirLines) {
  Folder folder;
  folder.Write("state.yaml", absl::StrReplaceAll(StateOfTheExample(), {{"L/h", "kg"}}));
  const Outcome unit = folder.Run({"setpoints", "advise", kPlant, "state.yaml"});
  EXPECT_EQ(unit.code, 2);
  EXPECT_THAT(unit.err, AllOf(HasSubstr("state.yaml:12:"), HasSubstr("kg")));
  folder.Write("state.yaml", absl::StrReplaceAll(StateOfTheExample(),
                                                 {{"  streams.feed liquor.metals.Nd", "#"}}));
  const Outcome missing = folder.Run({"setpoints", "advise", kPlant, "state.yaml"});
  EXPECT_NE(missing.code, 0);
  EXPECT_THAT(missing.err, HasSubstr("streams.feed liquor.metals.Nd (missing)"));
}

class SetpointsServer : public testing::Test {
 protected:
  void SetUp() override { Start("127.0.0.1:0"); }

  void Start(const std::string& at_address) {
    server_.emplace(folder_.path(),
                    std::vector<std::string>{"serve", "--listen", at_address, "--db", "plants.db"});
    ASSERT_TRUE(server_->WaitForOutput("\n")) << server_->Wait().err;
    const std::string line = server_->Output();
    const std::string start = "listens on ";
    const std::size_t at = line.find(start) + start.size();
    address_ = line.substr(at, line.find(',', at) - at);
  }

  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "setpoints");
    arguments.insert(arguments.end(), {"--server", address_});
    return folder_.Run(arguments);
  }

  Folder folder_;
  std::optional<Process> server_;
  std::string address_;
};

TEST_F(SetpointsServer, APlantFromItsRegistrationToItsEnd) {
  const Outcome made = Run({"register", kPlant});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string name = made.out.substr(0, made.out.find('\n'));
  EXPECT_THAT(name, testing::StartsWith("plants/"));
  EXPECT_THAT(Run({"list"}).out, HasSubstr(name));

  const Outcome advise = Run({"advise", name, kState});
  EXPECT_EQ(advise.code, 0) << advise.err;
  // A second command goes on with the numbers of the first.
  folder_.Write("later.yaml", absl::StrReplaceAll(StateOfTheExample(),
                                                  {{"T08:00", "T08:30"}, {"T07:59", "T08:29"}}));
  EXPECT_THAT(Run({"track", name, kState}).out, HasSubstr("answer 1 to state 1: "));
  const Outcome later = Run({"track", name, "later.yaml", "--last-sequence", "1"});
  EXPECT_EQ(later.code, 0) << later.err;
  EXPECT_THAT(later.out, AllOf(HasSubstr("answer 2 to state 2: "), Not(HasSubstr("again"))));
  EXPECT_THAT(Run({"track", name, "--last-sequence", "1"}).out,
              HasSubstr("answer 2 to state 2 (again)"));

  const Outcome moving = Run({"update", name, kState});
  EXPECT_NE(moving.code, 0);
  EXPECT_THAT(moving.err, HasSubstr("at rest"));
  folder_.Write("rest.yaml", StateOfTheExample() + "at_rest: true\n");
  const Outcome update = Run({"update", name, "rest.yaml"});
  EXPECT_EQ(update.code, 0) << update.err;
  EXPECT_THAT(update.out, AllOf(HasSubstr("constants: version 1"), HasSubstr("last answer 2")));
  EXPECT_THAT(Run({"reset", name}).out, HasSubstr("constants: version 0 (as registered)"));
  EXPECT_EQ(Run({"delete", name}).code, 0);
  EXPECT_THAT(Run({"get", name}).err, HasSubstr(absl::StrCat("there is no ", name)));
}

// What was asked for is told, also where its number is below that of an answer that is there.
TEST_F(SetpointsServer, StatesThatWereAnsweredBeforeAreAnsweredAgain) {
  const Outcome made = Run({"register", kPlant});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string name = made.out.substr(0, made.out.find('\n'));
  folder_.Write("later.yaml", absl::StrReplaceAll(StateOfTheExample(),
                                                  {{"T08:00", "T08:30"}, {"T07:59", "T08:29"}}));
  const Outcome later = Run({"track", name, "later.yaml", "--first-state", "5"});
  EXPECT_EQ(later.code, 0) << later.err;
  EXPECT_THAT(later.out, HasSubstr("answer 1 to state 5: "));
  const Outcome late = Run({"track", name, kState, "later.yaml", "--first-state", "4"});
  EXPECT_EQ(late.code, 0) << late.err;
  EXPECT_THAT(late.out, AllOf(HasSubstr("answer 2 to state 4: no advice, OUT_OF_ORDER"),
                              HasSubstr("answer 1 to state 5 (again): ")));

  const Outcome both =
      Run({"track", name, kState, "later.yaml", "--first-state", "4", "--last-sequence", "2"});
  EXPECT_EQ(both.code, 0) << both.err;
  EXPECT_THAT(both.out, AllOf(HasSubstr("answer 2 to state 4 (again): "),
                              HasSubstr("answer 1 to state 5 (again): ")));
  const Outcome held = Run({"track", name, kState, "--first-state", "4", "--last-sequence", "2"});
  EXPECT_EQ(held.code, 1) << "a state without advice";
  EXPECT_THAT(held.out, HasSubstr("answer 2 to state 4 (again): no advice"));
}

// Each state has one answer, also where the server was killed among them.
TEST_F(SetpointsServer, ATrackGoesOnWhenTheServerIsBack) {
  const Outcome made = Run({"register", kPlant});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string name = made.out.substr(0, made.out.find('\n'));
  constexpr int kStates = 600;
  std::vector<std::string> arguments = {"setpoints", "track", name, "--server", address_};
  arguments.insert(arguments.end(), kStates, kState);
  Process track(folder_.path(), arguments);
  ASSERT_TRUE(track.WaitForOutput("answer 3 to state 3"));
  server_->Signal(SIGKILL);
  server_->Wait();
  ASSERT_TRUE(track.WaitForError("the server does not answer"));
  Start(address_);
  const Outcome told = track.Wait();
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr("the server is back"));
  for (int k = 1; k <= kStates; ++k) {
    const std::string start = absl::StrCat("answer ", k, " to state ", k);
    const std::size_t first = told.out.find(start + ":");
    const std::size_t again = told.out.find(start + " (again):");
    ASSERT_TRUE((first == std::string::npos) != (again == std::string::npos)) << start;
    const std::size_t at = std::min(first, again);
    EXPECT_EQ(told.out.find(start, at + 1), std::string::npos) << start;
  }
}

}  // namespace
}  // namespace raffinate::cli
