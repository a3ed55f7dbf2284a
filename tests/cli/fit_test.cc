// raffinate fit and its tables.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "raffinate/v1/chemistry.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr char kData[] = RAFFINATE_DATA "/equilibria/pc88a-hcl.csv";

v1::FitExtractantSystemResponse Answer(const Outcome& outcome) {
  v1::FitExtractantSystemResponse response;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(outcome.out, &response).ok())
      << outcome.err;
  return response;
}

// The fitted file predicts as the fit did, and keeps what it knows.
TEST(Fit, WritesASystemThatPredictsAsItWasFitted) {
  const Folder folder;
  const Outcome fit = folder.Run({"fit", kData, "--extractant", "P507-HCl", "--name", "mine",
                                  "--residuals", "r.csv", "--json"});
  ASSERT_EQ(fit.code, 0) << fit.err;
  EXPECT_THAT(fit.err, HasSubstr("mine.yaml"));
  const auto fitted = Answer(fit);
  const Outcome again = folder.Run({"fit", kData, "--extractant", "mine", "--file", "mine.yaml",
                                    "--parameters", "none", "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  const auto compared = Answer(again);
  EXPECT_NEAR(compared.after().rms_of_feed(), fitted.after().rms_of_feed(), 1e-6);
  EXPECT_EQ(compared.parameters_size(), 0);
  const Outcome show = folder.Run({"extractants", "show", "mine", "--file", "mine.yaml", "--json"});
  ASSERT_EQ(show.code, 0) << show.err;
  v1::EvaluateExtractantSystemResponse shown;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(show.out, &shown).ok());
  const auto& system = shown.extractant_system();
  // log10 K and the slope of seven elements.
  EXPECT_EQ(system.covariance_size(), 14);
  EXPECT_EQ(system.covariance(3).values_size(), 14);
  EXPECT_EQ(system.constants(0).provenance(), v1::EquilibriumConstant::FITTED);
  EXPECT_GT(system.constants(0).log10_standard_error(), 0);
  // A header, and a line for every value.
  const std::string residuals = folder.Read("r.csv");
  EXPECT_EQ(std::count(residuals.begin(), residuals.end(), '\n'), 1 + fitted.residuals_size());
}

TEST(Fit, PrintsErrorsAgreementAndNotes) {
  const Outcome fit =
      Folder().Run({"fit", kData, "--extractant", "P507-HCl", "--loss", "huber", "--rows", "2"});
  ASSERT_EQ(fit.code, 0) << fit.err;
  EXPECT_THAT(fit.out, ContainsRegex("Nd.log10_k +-2.1745 +-[12]\\."));
  for (const char* words : {"95 % interval", "left-out sources", "design effect",
                            "not in the data, hence not in the fitted system: Eu",
                            "source left out", "Largest residuals"}) {
    EXPECT_THAT(fit.out, HasSubstr(words));
  }
}

TEST(Fit, RefusesATableWithLineColumnAndWhatIsRight) {
  const Folder folder;
  const auto refused = [&](const std::string& text, std::vector<std::string> words,
                           std::vector<std::string> more = {}) {
    folder.Write("data.csv", text);
    more.insert(more.begin(), {"fit", "data.csv"});
    const Outcome outcome = folder.Run(more);
    EXPECT_EQ(outcome.code, 2) << text;
    for (const std::string& word : words) EXPECT_THAT(outcome.err, HasSubstr(word));
  };
  const std::string head =
      "source,initial_h_mol_per_l,x_dimer_mol_per_l,Nd_feed_mol_per_l,Nd_raffinate_mol_per_l\n";
  refused("", {"data.csv: is empty"});
  refused(head, {"no row below it"});
  refused("source,initial_h_mol_per_l,Nd_feed_mol_per_l\na,1,1\n",
          {"data.csv:1: the header lacks the column EXTRACTANT_monomer_mol_per_l"});
  refused("source,ph,x_dimer_mol_per_l,initial_h_mol_per_l,Nd_feed_mol_per_l\na,1,1,1,1\n",
          {"data.csv:1: column 2 (ph): unknown column; known are source"});
  refused(head + "a,0.1,0.5,0.1\n", {"data.csv:2: found 4 cells; the header has 5 columns"});
  refused(head + "a,0.1,0.5,0.1,0.05\n\na,0.1,0.5,much,0.05\n",
          {"data.csv:4: column 4 (Nd_feed_mol_per_l): found 'much'; a number is needed"});
  refused(head + "a,0.1,0.5,0,0.05\n",
          {"data.csv:2: column 5 (Nd_raffinate_mol_per_l): found 0.05 without a feed of Nd"});
  refused(head + "\"a\nb\",0.1,0.5,0.1,0.05\n,0.1,0.5,0.1,-1\n",
          {"data.csv:4: column 1 (source): is empty", "data.csv:4: column 5"});
  refused(head + "\"a,0.1,0.5,0.1,0.05\n", {"no line of comma-separated values"});
  // Said by the server, told at the line.
  refused(head + "a,0.1,0,0.1,0.05\n",
          {"data.csv:2: extractant_mol_per_l: found 0; it must be above 0"});
  refused(head + "a,0.1,0.5,0.1,0.05\n", {"--parameters: found 'k'"}, {"--parameters", "k"});
  refused(head + "a,0.1,0.5,0.1,0.05\n", {"two temperatures"}, {"--parameters", "enthalpy"});
  refused(head + "a,0.1,0.5,0.1,0.05\n", {"more values than parameters"});
}

}  // namespace
}  // namespace raffinate::cli
