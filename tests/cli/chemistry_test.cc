#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "raffinate/v1/chemistry.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

TEST(Chemistry, ListsAndShowsExtractants) {
  const Folder folder;
  const Outcome list = folder.Run({"extractants", "list"});
  EXPECT_EQ(list.code, 0) << list.err;
  for (const char* name : {"P507-HCl", "D2EHPA-HCl", "Cyanex272-HCl"}) {
    EXPECT_THAT(list.out, HasSubstr(name));
    const Outcome show = folder.Run({"extractants", "show", name});
    EXPECT_EQ(show.code, 0) << show.err;
    EXPECT_THAT(show.out, HasSubstr("mass_action_dimer"));
    EXPECT_THAT(show.out, HasSubstr("source: "));
    const Outcome json = folder.Run({"extractants", "show", name, "--json"});
    v1::EvaluateExtractantSystemResponse response;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &response).ok());
    EXPECT_EQ(response.extractant_system().name(), name);
    EXPECT_GT(response.extractant_system().constants_size(), 3);
    EXPECT_EQ(response.elements_size(), response.extractant_system().constants_size());
  }
}

TEST(Chemistry, ShowsConstantsWithClassErrorSourceAndRange) {
  const Outcome show = Folder().Run({"extractants", "show", "P507-HCl"});
  ASSERT_EQ(show.code, 0) << show.err;
  for (const char* word :
       {"free dimer, in mol/L", "0.1 to 2.5", "0.041 to 0.82 mol/L", "25 degC", "nitrate",
        "80 % of it (assumed)", "10.1016/j.hydromet.2021.105588", "weakest:  assumed",
        "interpolated in atomic number", "spacing from Dy of D2EHPA-HCl"}) {
    EXPECT_THAT(show.out, HasSubstr(word));
  }
  EXPECT_THAT(show.out, ContainsRegex("Nd +-2.1745 +0.033 +3 +measured"));
}

v1::EvaluateExtractantSystemResponse Shown(const Outcome& json) {
  v1::EvaluateExtractantSystemResponse response;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &response).ok()) << json.err;
  return response;
}

TEST(Chemistry, ShowsSeparationFactorsAtTheStateAskedFor) {
  const Folder folder;
  const auto at = [&](std::vector<std::string> state) {
    state.insert(state.begin(), {"extractants", "show", "P507-HCl", "--json"});
    return Shown(folder.Run(state));
  };
  const auto element = [](const v1::EvaluateExtractantSystemResponse& response,
                          const std::string& symbol) {
    for (const auto& each : response.elements()) {
      if (each.element() == symbol) return each;
    }
    return v1::ElementDistribution();
  };
  const auto one = at({"--ph", "1", "--free-extractant", "0.5"});
  EXPECT_NEAR(element(one, "Nd").d(), std::pow(10, -3.0776 + 3), 1e-4);
  EXPECT_NEAR(element(one, "Nd").separation_factor(), 2.143, 1e-3);
  EXPECT_EQ(element(one, "Nd").separation_factor_class(), v1::EquilibriumConstant::INTERPOLATED);
  EXPECT_FALSE(element(one, "Nd").depends_on_state());
  EXPECT_TRUE(element(one, "Al").depends_on_state());  // over Na, of another charge
  // Half of 1.25 mol/L is dimer, and a fifth of that is bound.
  const auto loaded = at({"--ph", "1", "--extractant", "1.25", "--loading", "0.2"});
  EXPECT_NEAR(loaded.free_dimer_mol_per_l(), 0.5, 1e-12);
  EXPECT_NEAR(element(loaded, "Nd").d(), element(one, "Nd").d(), 1e-12);
  EXPECT_THAT(folder.Run({"extractants", "show", "P507-HCl", "--ph", "4"}).out,
              HasSubstr("pH 4 is outside the measured range of 0.1 to 2.5"));
}

TEST(Chemistry, RefusesStatesThatCannotBe) {
  const Folder folder;
  for (const auto& [state, says] : std::vector<std::pair<std::vector<std::string>, const char*>>{
           {{"--free-extractant", "0"}, "free_dimer_mol_per_l: found 0"},
           {{"--extractant", "1", "--loading", "1"}, "loading: found 1"},
           {{"--ph", "90"}, "ph: found 90"},
           {{"--loading", "0.5"}, "--extractant"}}) {
    std::vector<std::string> arguments = {"extractants", "show", "P507-HCl"};
    arguments.insert(arguments.end(), state.begin(), state.end());
    const Outcome outcome = folder.Run(arguments);
    EXPECT_EQ(outcome.code, 2) << says;
    EXPECT_THAT(outcome.err, HasSubstr(says));
  }
}

TEST(Chemistry, ShowsASystemOfAFileAndWhatIsWrongWithIt) {
  const Folder folder;
  const std::string good =
      "extractant_systems:\n"
      "  mine:\n"
      "    law: mass_action_dimer\n"
      "    basis: monomer\n"
      "    unit: mol/L\n"
      "    validity: {medium: chloride, not_stated: [ph, free_extractant, loading, temperature]}\n"
      "    source: my notes\n"
      "    constants:\n"
      "      Nd: {log10_k: -2, dimers: 3, source: my notes}\n";
  folder.Write("good.yaml", good);
  const Outcome show = folder.Run({"extractants", "show", "mine", "--file", "good.yaml"});
  EXPECT_EQ(show.code, 0) << show.err;
  EXPECT_THAT(show.out, HasSubstr("free monomer, in mol/L"));
  EXPECT_THAT(show.out, ContainsRegex("Nd +-2.0000 +- +3 +assumed"));
  // log10 K on dimers: -2 + 3 log10 2.
  const auto json =
      Shown(folder.Run({"extractants", "show", "mine", "--file", "good.yaml", "--json"}));
  ASSERT_EQ(json.elements_size(), 1);
  EXPECT_NEAR(json.elements(0).log10_k_dimer(), -2 + 3 * std::log10(2), 1e-12);

  std::string bad = good;
  bad.replace(bad.find("    basis: monomer\n"), 19, "");
  folder.Write("bad.yaml", bad);
  const Outcome refused = folder.Run({"extractants", "show", "mine", "--file", "bad.yaml"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("bad.yaml:2"));
  EXPECT_THAT(refused.err, HasSubstr("extractant_systems.mine.basis"));
  EXPECT_THAT(folder.Run({"extractants", "show", "his", "--file", "good.yaml"}).err,
              HasSubstr("it has mine"));
}

TEST(Chemistry, ListShowsCoverageAndWeakestClass) {
  const Outcome list = Folder().Run({"extractants", "list"});
  EXPECT_THAT(list.out, ContainsRegex("P507-HCl +mass_action_dimer +chloride +assumed +"
                                      "La-Lu Y Fe Al Ca Th Co Ni B Na NH4"));
  EXPECT_THAT(list.out,
              ContainsRegex("D2EHPA-H2SO4 +correlation +sulphate +reference +La-Sm Gd Dy Y"));
  EXPECT_THAT(list.out, ContainsRegex("TBP-HNO3 +solvation +nitrate +extrapolated +La-Dy Y H"));
  EXPECT_THAT(list.out, ContainsRegex("Cyanex272-HCl .*La-Dy Y Na NH4"));
  std::istringstream lines(list.out + Folder().Run({"extractants", "show", "D2EHPA-HCl"}).out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Chemistry, NamesTheNearestExtractant) {
  const Outcome outcome = Folder().Run({"extractants", "show", "P507-HCI"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("P507-HCl"));
}

TEST(Chemistry, ListsFeeds) {
  const Outcome list = Folder().Run({"feeds", "list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("magnet"));
  EXPECT_THAT(list.out, HasSubstr("source: "));
  const Outcome json = Folder().Run({"feeds", "list", "--json"});
  v1::ListFeedsResponse feeds;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &feeds).ok());
  EXPECT_GE(feeds.feeds_size(), 3);
}

}  // namespace
}  // namespace raffinate::cli
