// --extractants: systems from files beside those of the flowsheet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kPlant[] = R"(
streams:
  liquor: {flow: 1 m3/h, metals: {La: 0.1 mol/L, Nd: 0.1 mol/L}, hcl: 0.01 mol/L}
circuits:
  main:
    extractant: {system: mine, concentration: 1 mol/L}
    organic: {flow: 1 m3/h, loop: open}
    sections:
      extraction: {stages: 3, inlets: [liquor], outlet: raffinate}
)";

std::string System(const std::string& name, const std::string& log10_k, double dimers = 3) {
  return "  " + name + ":\n" +
         "    law: mass_action_dimer\n"
         "    basis: dimer\n"
         "    unit: mol/L\n"
         "    validity: {medium: chloride, not_stated: [ph, free_extractant, loading, "
         "temperature]}\n"
         "    source: a test\n"
         "    constants:\n"
         "      La: {log10_k: -3.1765, dimers: 3, class: measured, source: a test}\n"
         "      Nd: {log10_k: " +
         log10_k + ", dimers: " + std::to_string(dimers) + ", class: measured, source: a test}\n";
}

std::string File(const std::string& systems) { return "extractant_systems:\n" + systems; }

TEST(ExtractantFiles, GiveThePlantThatTheSamePastedGives) {
  const Folder folder;
  const std::string plant = folder.Write("plant.yaml", kPlant);
  const std::string pasted = folder.Write("pasted.yaml", File(System("mine", "-2.1746")) + kPlant);
  const std::string mine = folder.Write("mine.yaml", File(System("mine", "-2.1746")));
  // Behind the option stands one file, and the flowsheet may follow it.
  const Outcome beside =
      folder.Run({"simulate", "--extractants", mine, plant, "--stages", "--json"});
  const Outcome inside = folder.Run({"simulate", pasted, "--stages", "--json"});
  ASSERT_EQ(beside.code, 0) << beside.err;
  ASSERT_EQ(inside.code, 0) << inside.err;
  EXPECT_EQ(beside.out, inside.out);
  // Without it the system is not known.
  const Outcome without = folder.Run({"simulate", plant});
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.err, HasSubstr("mine"));
}

TEST(ExtractantFiles, TakeWhatAFitWrote) {
  const Folder folder;
  const Outcome fit = folder.Run({"fit", RAFFINATE_DATA "/equilibria/pc88a-hcl.csv", "--extractant",
                                  "P507-HCl", "--name", "mine"});
  ASSERT_EQ(fit.code, 0) << fit.err;
  const Outcome simulated =
      folder.Run({"simulate", folder.Write("plant.yaml", kPlant), "--extractants", "mine.yaml"});
  ASSERT_EQ(simulated.code, 0) << simulated.err;
  EXPECT_THAT(simulated.out, AllOf(HasSubstr("Rests on mine"), HasSubstr("fitted")));
}

TEST(ExtractantFiles, OfASearchAreInEveryResult) {
  const Folder folder;
  std::string plant = kPlant;
  plant.replace(plant.find("stages: 3"), 9, "stages: {min: 2, max: 4}");
  plant +=
      "products: {light: {stream: raffinate, elements: [La]}}\n"
      "search: {evaluations: 20, population: 8, seed: 1}\n";
  const Outcome optimized =
      folder.Run({"optimize", folder.Write("open.yaml", plant), "--extractants",
                  folder.Write("mine.yaml", File(System("mine", "-2.1746"))), "-o", "set"});
  ASSERT_EQ(optimized.code, 0) << optimized.err;
  EXPECT_EQ(folder.Run({"simulate", "set/flowsheet-001.yaml"}).code, 0);
}

TEST(ExtractantFiles, TellWhatIsWrongAtItsPlace) {
  const Folder folder;
  const std::string plant = folder.Write("plant.yaml", kPlant);
  const std::string good = folder.Write("good.yaml", File(System("other", "-2.1746")));
  const auto run = [&](const std::string& text) {
    return folder.Run({"simulate", plant, "--extractants", good, "--extractants",
                       folder.Write("mine.yaml", text)});
  };
  // Of the text, and of the chemistry behind another file's systems.
  const Outcome word = run(File(System("mine", "many")));
  EXPECT_EQ(word.code, 2);
  EXPECT_THAT(word.err, AllOf(HasSubstr("mine.yaml:10:"),
                              HasSubstr("extractant_systems.mine.constants.Nd.log10_k")));
  const Outcome slope = run(File(System("mine", "-2.1746", -1)));
  EXPECT_EQ(slope.code, 2);
  EXPECT_THAT(slope.err, AllOf(HasSubstr("mine.yaml:10:"),
                               HasSubstr("extractant_systems.mine.constants.Nd.dimers"),
                               Not(HasSubstr("plant.yaml:"))));
  // A name twice, no system at all, no file.
  const Outcome twice = run(File(System("mine", "-2.1746") + System("other", "-2.1746")));
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.err, AllOf(HasSubstr("mine.yaml:11:"), HasSubstr("'other' is defined in"),
                               HasSubstr("good.yaml")));
  const Outcome none = run("name: nothing\n");
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("mine.yaml: holds no extractant_systems"));
  const Outcome missing = folder.Run({"simulate", plant, "--extractants", "no-such.yaml"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("no-such.yaml"));
}

}  // namespace
}  // namespace raffinate::cli
