// raffinate show: a result for people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_replace.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const char kExample[] = RAFFINATE_EXAMPLES "/magnet-economics.yaml";

TEST(Show, PrintsWhereEverythingGoesAndComesFrom) {
  const Folder folder;
  const Outcome simulated = folder.Run({"simulate", kExample, "--json"});
  ASSERT_EQ(simulated.code, 0) << simulated.err;
  folder.Write("result.json", simulated.out);
  const Outcome shown = folder.Run({"show", "result.json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  for (const char* part :
       {"Streams\n", "Circuits\n", "Element balance", "100.0000000", "Reagents\n", "NH3",
        "Stoichiometric floor of one transfer: NaOH", "Effluent, ", "NH4-N", "capital charge",
        "mixed oxides", "of the job", "lost organic", "Rests on P507-HCl", "weakest class: assumed",
        "GB 26451-2011", "given by the job", "electricity: 0.08040 USD/kWh (2023), reference"}) {
    EXPECT_THAT(shown.out, HasSubstr(part));
  }
  // Ammonia leaves with what is no product; the summary of simulate sums to all as well.
  EXPECT_THAT(shown.out, HasSubstr("Element balance, kg/h of the element"));
  const Outcome summary = folder.Run({"simulate", kExample});
  EXPECT_THAT(summary.out, HasSubstr("element  enters"));
  EXPECT_THAT(summary.out, HasSubstr("100.0000000"));
  std::istringstream lines(shown.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 112u) << line;
}

// Iron leaves by the residue, and its caustic stands apart.
TEST(Show, NamesTheResiduesOfAFeed) {
  const Folder folder;
  const Outcome simulated =
      folder.Run({"simulate", RAFFINATE_EXAMPLES "/magnet-scrap-simulate.yaml", "--json"});
  ASSERT_EQ(simulated.code, 0) << simulated.err;
  folder.Write("result.json", simulated.out);
  const Outcome shown = folder.Run({"show", "result.json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  for (const char* part : {"iron hydroxide", "residue", "NaOH      iron hydroxide"}) {
    EXPECT_THAT(shown.out, HasSubstr(part));
  }
}

TEST(Show, SaysWhatIsWrongWithAResidue) {
  const Folder folder;
  folder.Write("design.yaml", R"(
streams:
  liquor:
    flow: 1 m3/h
    metals: {Nd: 10 g/L, Fe: 1 g/L}
    residues:
      liquor: {metals: {Dy: 10 %}, base: naoh}
      cake: {metals: {Fe: 120 %, Na: 5 %}}
circuits:
  one:
    extractant: {system: P507-HCl, concentration: 1 mol/L}
    organic: {flow: 1 m3/h, loop: open}
    sections:
      extraction: {stages: 2, inlets: [liquor], outlet: raffinate}
)");
  const Outcome outcome = folder.Run({"simulate", "design.yaml"});
  EXPECT_EQ(outcome.code, 2);
  for (const char* part :
       {"design.yaml:7", "'liquor' is the name of a stream", "unknown metal 'Dy'",
        "must lie above 0 and reach at most 1 (100 %)", "found Na, which stays dissolved"}) {
    EXPECT_THAT(outcome.err, HasSubstr(part));
  }
}

TEST(Show, TakesTheFolderOfAnOptimization) {
  const Folder folder;
  folder.Write("problem.yaml", SmallProblem(200));
  const Outcome optimized = folder.Run({"optimize", "problem.yaml", "-o", "out"});
  ASSERT_EQ(optimized.code, 0) << optimized.err;
  const Outcome shown = folder.Run({"show", "out", "--flowsheet", "1"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Flowsheet 1 of "));
  // Not in pareto.json: simulated again.
  EXPECT_THAT(shown.out, HasSubstr("Element balance"));
  const Outcome beyond = folder.Run({"show", "out", "--flowsheet", "9999"});
  EXPECT_EQ(beyond.code, 2);
  EXPECT_THAT(beyond.err, HasSubstr("--flowsheet 9999: out has "));
}

TEST(Show, PrintsScenariosAndSensitivitiesOfTheResult) {
  const Folder folder;
  folder.Write("design.yaml",
               absl::StrReplaceAll(SmallDesign(),
                                   {{"flow: 1 m3/h", "flow: {value: 1 m3/h, relative_sd: 2 %}"}}));
  const Outcome json =
      folder.Run({"simulate", "design.yaml", "--scenarios", "20", "--sensitivities", "--json"});
  ASSERT_EQ(json.code, 0) << json.err;
  folder.Write("result.json", json.out);
  const Outcome shown = folder.Run({"show", "result.json"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Over 20 scenarios (seed 1)"));
  EXPECT_THAT(shown.out, HasSubstr("per cent of the figure per per cent of one number"));
}

// What a set says of scenarios is not lost where the rest is simulated again.
TEST(Show, KeepsTheScenariosOfASearch) {
  const Folder folder;
  folder.Write("problem.yaml",
               absl::StrReplaceAll(SmallProblem(60),
                                   {{"flow: 1 m3/h", "flow: {value: 1 m3/h, relative_sd: 2 %}"}}) +
                   "scenarios: {count: 20, demands: mean}\n");
  const Outcome optimized = folder.Run({"optimize", "problem.yaml", "-o", "out"});
  ASSERT_EQ(optimized.code, 0) << optimized.err;
  const Outcome shown = folder.Run({"show", "out"});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Over 100 scenarios"));
  EXPECT_THAT(shown.out, HasSubstr("Element balance"));
}

TEST(Show, SaysWhatIsNoResult) {
  const Folder folder;
  folder.Write("bad.json", "{\"simulation\": 3}");
  const Outcome bad = folder.Run({"show", "bad.json"});
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, HasSubstr("bad.json: not a result"));
  EXPECT_THAT(bad.err, HasSubstr("simulate FILE --json"));
  const Outcome none = folder.Run({"show", "none.json"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("cannot read none.json"));
}

TEST(Show, OverridesAreCheckedWhereTheyAreWritten) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign() + "economics:\n  prices: {NaHO: 0.4}\n");
  const Outcome outcome = folder.Run({"simulate", "design.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("design.yaml:"));
  EXPECT_THAT(outcome.err, HasSubstr("unknown price 'NaHO'; did you mean 'NaOH'"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("defect")));
}

}  // namespace
}  // namespace raffinate::cli
