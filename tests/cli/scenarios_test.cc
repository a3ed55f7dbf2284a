// raffinate simulate --scenarios and robust optimizations, run as people run them.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "raffinate/v1/simulator.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;

std::string Magnet() {
  std::ifstream file(std::string(RAFFINATE_EXAMPLES) + "/magnet-simulate.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string UncertainMagnet() {
  return Magnet() + "scenarios: {constants: true, log10_error: 0.02}\n";
}

TEST(Scenarios, AreReportedToPeopleAndMachines) {
  Folder folder;
  folder.Write("design.yaml", UncertainMagnet());
  const Outcome text = folder.Run({"simulate", "design.yaml", "--scenarios", "200"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("Over 200 scenarios (seed 1)"));
  EXPECT_THAT(text.out, HasSubstr("with 95 % confidence"));
  EXPECT_THAT(text.out, HasSubstr("P507-HCl: Nd.log10_k"));
  const Outcome json = folder.Run(
      {"simulate", "design.yaml", "--scenarios", "200", "--scenario-seed", "1", "--json"});
  v1::SimulateResponse response;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &response).ok());
  const v1::Robustness& robustness = response.simulation().robustness();
  EXPECT_EQ(robustness.scenarios(), 200);
  EXPECT_EQ(robustness.solved(), 200);
  EXPECT_GE(robustness.most_probability(), robustness.least_probability());
  EXPECT_GT(robustness.figures_size(), 0);
}

TEST(Scenarios, TakeAssaysFromATable) {
  Folder folder;
  folder.Write("design.yaml", Magnet());
  folder.Write("lots.csv",
               "lot,Nd [g/L REO],hcl [mol/L]\na,26.52,0.01\nb,26.52,\nc,\"26.52\",0.010\n");
  const std::vector<std::string> test = {"simulate", "design.yaml", "--scenarios", "30", "--json"};
  std::vector<std::string> with = test;
  with.insert(with.end(), {"--assays", "feed liquor=lots.csv"});
  const Outcome outcome = folder.Run(with);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  v1::SimulateResponse response;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(outcome.out, &response).ok());
  // All three lots are what the feed is taken to be.
  for (const v1::FigureSpread& figure : response.simulation().robustness().figures()) {
    EXPECT_NEAR(figure.most(), figure.least(), 1e-9 * std::abs(figure.nominal()));
  }
  const v1::Assays& assays = response.simulation().flowsheet().scenarios().assays(0);
  ASSERT_EQ(assays.samples_size(), 3);
  EXPECT_NEAR(assays.samples(2).metals(0).mol_per_l().value(), 26.52 / 168.2405, 1e-9);
  EXPECT_FALSE(assays.samples(1).has_hcl_mol_per_l());
}

TEST(Scenarios, SayWhatIsWrongWithATable) {
  Folder folder;
  folder.Write("design.yaml", Magnet());
  folder.Write("lots.csv", "lot,Nd [g/L REO],hcl [m3/h]\na,26.5,0.01\nb,much,0.01\n");
  const Outcome outcome = folder.Run(
      {"simulate", "design.yaml", "--scenarios", "30", "--assays", "feed liquor=lots.csv"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("lots.csv:2: column 3 (hcl [m3/h])"));
  EXPECT_THAT(outcome.err, HasSubstr("lots.csv:3: column 2 (Nd [g/L REO])"));
  EXPECT_THAT(outcome.err, HasSubstr("much"));
}

TEST(Scenarios, NeedSomethingUncertain) {
  Folder folder;
  folder.Write("design.yaml", Magnet());
  const Outcome outcome = folder.Run({"simulate", "design.yaml", "--scenarios", "10"});
  EXPECT_NE(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("design.yaml"));
  EXPECT_THAT(outcome.err, HasSubstr("nothing is uncertain"));
}

}  // namespace
}  // namespace raffinate::cli
