// raffinate plot: what the pictures hold, not how they look.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kData[] = RAFFINATE_DATA "/equilibria/pc88a-hcl.csv";
constexpr char kLinked[] = RAFFINATE_EXAMPLES "/magnet-linked-simulate.yaml";
constexpr char kSplit[] = RAFFINATE_EXAMPLES "/nd-pr-split-simulate.yaml";

std::string Svg(const Folder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "plot");
  arguments.insert(arguments.end(), {"-o", "picture.svg"});
  const Outcome outcome = folder.Run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return folder.Read("picture.svg");
}

TEST(Plot, NamesAxesUnitsAndElements) {
  const Folder folder;
  const std::string parity = Svg(folder, {"parity", kData, "--extractant", "P507-HCl"});
  for (const char* words : {"[mol/L]", "share of the feed", ">Nd<", ">Y<", "204 values"}) {
    EXPECT_THAT(parity, HasSubstr(words));
  }
  const std::string extraction = Svg(folder, {"extraction", "P507-HCl"});
  EXPECT_THAT(extraction, HasSubstr("extracted [%]"));
  EXPECT_THAT(extraction, HasSubstr(">Lu<"));
  EXPECT_THAT(extraction, Not(HasSubstr(">Na<")));
  const std::string some = Svg(folder, {"extraction", "P507-HCl", "--elements", "Nd,Na"});
  EXPECT_THAT(some, HasSubstr(">Na<"));
  EXPECT_THAT(some, Not(HasSubstr(">Lu<")));
  EXPECT_THAT(Svg(folder, {"extraction", "P507-HCl", "--distribution"}), HasSubstr("molarity"));
  EXPECT_THAT(Svg(folder, {"isotherm", "P507-HCl", "--element", "Nd", "--ph", "1,1.25"}),
              HasSubstr("pH 1.25"));
  const std::string profile = Svg(folder, {"profile", kSplit});
  for (const char* words : {"aqueous [mol/L]", "loading", "stage", ">Pr<", "scrub"}) {
    EXPECT_THAT(profile, HasSubstr(words));
  }
  EXPECT_THAT(Svg(folder, {"mccabe-thiele", kSplit, "--elements", "Nd,Pr"}),
              HasSubstr("separation factor 1.55"));
}

TEST(Plot, DrawsOneOfSeveralCircuits) {
  const Folder folder;
  const std::string heavy = Svg(folder, {"profile", kLinked, "--circuit", "heavy"});
  EXPECT_THAT(heavy, HasSubstr("magnet-linked-simulate.yaml, heavy"));
  EXPECT_THAT(
      Svg(folder, {"mccabe-thiele", kLinked, "--circuit", "didymium", "--elements", "Pr,Ce"}),
      HasSubstr("separation factor 2.14"));
}

TEST(Plot, WritesPngToo) {
  const Folder folder;
  const Outcome outcome = folder.Run({"plot", "profile", kSplit, "-o", "picture.png"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(folder.Read("picture.png").substr(1, 3), "PNG");
}

TEST(Plot, SaysWhatIsWrong) {
  const Folder folder;
  const auto refused = [&](const std::vector<std::string>& arguments, const char* words) {
    const Outcome outcome = folder.Run(arguments);
    EXPECT_NE(outcome.code, 0);
    EXPECT_THAT(outcome.err, HasSubstr(words));
  };
  refused({"plot", "extraction", "P507-HCl", "-o", "a.gif"}, "written as .svg or .png");
  refused({"plot", "extraction", "P507-HCl", "-o", "no/such/a.svg"}, "cannot be written");
  refused({"plot", "extraction", "P507-HCl", "--elements", "Zz"}, "no constant for 'Zz'");
  refused({"plot", "extraction", "P507-HCl", "--min-ph", "3", "--max-ph", "2"}, "not below");
  refused({"plot", "mccabe-thiele", kSplit, "--elements", "Nd,La"}, "there is no La");
  refused({"plot", "profile", kLinked}, "say which with --circuit: didymium, heavy");
  refused({"plot", "profile", kLinked, "--circuit", "light"}, "there is no 'light'");
  refused({"plot", "profile", kSplit, "--circuit", "a"}, "has one circuit");
  Process without(folder.path(),
                  {"PATH=/nonexistent", RAFFINATE_PROGRAM, "plot", "extraction", "P507-HCl"},
                  "/usr/bin/env");
  const Outcome outcome = without.Wait();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("apt-get install gnuplot-nox"));
}

}  // namespace
}  // namespace raffinate::cli
