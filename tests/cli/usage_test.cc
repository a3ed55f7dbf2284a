// What the command line refuses, and what it says about itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Usage, HelpNamesEveryCommandAndExitCode) {
  const Outcome help = Folder().Run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* word :
       {"optimize", "simulate", "dynamics", "serve", "submit", "watch", "list", "get", "cancel",
        "delete", "show", "extractants", "feeds", "doctor", "completion", "Exit codes",
        "  3  stopped by Ctrl-C", "  4  server not reachable"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
  EXPECT_THAT(help.err, IsEmpty());
}

TEST(Usage, VersionIsPrinted) {
  const Outcome version = Folder().Run({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("raffinate [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Usage, WrongCommandLinesEndWithTwoAndAReason) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nonsense"},
      {"optimize"},
      {"simulate"},
      {"optimize", "a.yaml", "--nonsense"},
      {"optimize", "a.yaml", "--evaluations", "0"},
      {"optimize", "a.yaml", "--evaluations", "many"},
      {"optimize", "a.yaml", "--wall-time", "10 m3/h"},
      {"optimize", "a.yaml", "--wall-time", "-1"},
      {"optimize", "a.yaml", "--threads", "-1"},
      {"optimize", "a.yaml", "--server", "localhost:1", "--device", "cpu"},
      {"dynamics"},
      {"dynamics", "a.yaml", "--stages"},
      {"dynamics", "a.yaml", "--rows", "-1"},
      {"serve", "--queue", "0"},
      {"serve", "--listen", "nonsense"},
      {"serve", "--listen", "127.0.0.1:99999"},
      {"serve", "--listen", ":7410"},
      {"get"},
      {"get", "x", "--full"},
      {"extractants"},
      {"extractants", "show"},
      {"completion", "tcsh"}};
  for (const auto& arguments : wrong) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const Folder folder;
    const Outcome outcome = folder.Run(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_FALSE(outcome.err.empty());
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(folder.Contents(), IsEmpty());
  }
}

TEST(Usage, AnUnknownCommandIsNamedBesideThoseThatThereAre) {
  const Folder folder;
  const Outcome command = folder.Run({"optimze", "a.yaml"});
  EXPECT_EQ(command.code, 2);
  EXPECT_THAT(command.err,
              HasSubstr("there is no command 'optimze'; there are optimize, simulate, "));
  const Outcome of_group = folder.Run({"setpoints", "advice", "a.yaml"});
  EXPECT_EQ(of_group.code, 2);
  EXPECT_THAT(of_group.err,
              HasSubstr("there is no command 'setpoints advice'; there are register"));
}

TEST(Usage, UnknownDeviceIsNamedWithTheRightOnes) {
  const Folder folder;
  folder.Write("a.yaml", SmallDesign());
  const Outcome outcome = folder.Run({"simulate", "a.yaml", "--device", "abacus"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("abacus"));
  EXPECT_THAT(outcome.err, HasSubstr("cpu"));
}

TEST(Usage, DoctorFindsAllWell) {
  const Outcome doctor = Folder().Run({"doctor"});
  EXPECT_EQ(doctor.code, 0) << doctor.out << doctor.err;
  EXPECT_THAT(doctor.out, StartsWith("version  ok   raffinate "));
  for (const char* word :
       {"device   ok   cpu: ", "cuda", "extractant systems", "units database of UDUNITS-2",
        "check    ok   four stages at constant D on cpu: recovery 0.032258064516",
        "check    ok   four stages at constant D on cpu-scalar", "all is well"}) {
    EXPECT_THAT(doctor.out, HasSubstr(word));
  }
}

}  // namespace
}  // namespace raffinate::cli
