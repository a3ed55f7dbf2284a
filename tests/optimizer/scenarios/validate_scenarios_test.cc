// What is wrong with scenarios is said where it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer/run.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

auto Wrong(const std::string& field, const std::string& description) {
  return AllOf(Field(&Violation::field, field),
               Field(&Violation::description, HasSubstr(description)));
}

Flowsheet UncertainPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.1, 0.02};
  flowsheet.scenarios.emplace();
  return flowsheet;
}

Violations Examine(const Flowsheet& flowsheet, Purpose purpose = Purpose::kTest) {
  return Validate(flowsheet, testing::SmallChemistry(), purpose);
}

TEST(ValidateScenarios, AcceptsWhatIsRight) {
  EXPECT_THAT(Examine(UncertainPlant()), IsEmpty());
  EXPECT_THAT(Examine(UncertainPlant(), Purpose::kSimulate), IsEmpty());
}

TEST(ValidateScenarios, NothingIsUncertain) {
  EXPECT_THAT(Examine(testing::SmallPlant()),
              ElementsAre(Wrong("scenarios", "nothing is uncertain")));
  EXPECT_THAT(Examine(testing::SmallPlant(), Purpose::kSimulate), IsEmpty());
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.scenarios.emplace().constants = true;
  EXPECT_THAT(Examine(flowsheet), ElementsAre(Wrong("scenarios", "log10_error")));
}

TEST(ValidateScenarios, UncertainValues) {
  Flowsheet flowsheet = UncertainPlant();
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.1, 0.0};
  EXPECT_THAT(Examine(flowsheet),
              ElementsAre(Wrong("streams[0].metals[0].mol_per_l.uncertain.sd", "above 0")));
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{-0.1, 0.02};
  EXPECT_THAT(Examine(flowsheet),
              Contains(Wrong("streams[0].metals[0].mol_per_l.uncertain.value", "found -0.1")));
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.1, std::nullopt, 0.2, 0.1};
  EXPECT_THAT(Examine(flowsheet),
              ElementsAre(Wrong("streams[0].metals[0].mol_per_l.uncertain.uniform", "0.2 to 0.1")));
}

TEST(ValidateScenarios, HowTheyCount) {
  Flowsheet flowsheet = UncertainPlant();
  flowsheet.scenarios->count = 1;
  flowsheet.scenarios->probability = 1;
  flowsheet.scenarios->demands = Statistic::kNominal;
  flowsheet.scenarios->log10_error = 0.1;
  EXPECT_THAT(Examine(flowsheet), ElementsAre(Wrong("scenarios.count", "found 1"),
                                              Wrong("scenarios.demands", "NOMINAL"),
                                              Wrong("scenarios.probability", "demands: worst"),
                                              Wrong("scenarios.log10_error", "constants: true")));
}

TEST(ValidateScenarios, Assays) {
  Flowsheet flowsheet = UncertainPlant();
  Assays& feed = flowsheet.scenarios->assays.emplace_back();
  feed.stream = "feeed";
  Assays& other = flowsheet.scenarios->assays.emplace_back();
  other.stream = "feed";
  other.samples = {{{{"Pr", 0.1}}, {}}, {{{"La", Range{0.1, 0.2, {}, {}, false}}}, 30.0}, {}};
  EXPECT_THAT(Examine(flowsheet),
              ElementsAre(Wrong("scenarios.assays[0].stream", "feed"),
                          Wrong("scenarios.assays[1].samples[0].metals[0].element", "La"),
                          Wrong("scenarios.assays[1].samples[1].metals[0].mol_per_l", "no range"),
                          Wrong("scenarios.assays[1].samples[1].hcl_mol_per_l.value", "found 30"),
                          Wrong("scenarios.assays[1].samples[2]", "is empty")));
}

}  // namespace
}  // namespace raffinate::optimizer
