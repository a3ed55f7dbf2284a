// raffinate simulate --scenarios and robust optimizations, run as people run them.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
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
