#include "optimizer/model/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "optimizer/model/leaves.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;

bool OnlyNumbers(const Flowsheet& flowsheet) {
  bool open = false;
  VisitLeaves(flowsheet,
              [&](const auto& leaf, const Bounds&, const auto&) { open |= IsOpen(leaf); });
  return !open;
}

Flowsheet OpenPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[1].flow = Range{0.03, 0.3, {}, {}, true};
  flowsheet.streams[3].hcl = Choices{{2.0, 4.0, 6.0}};
  flowsheet.circuits[0].system = std::vector<std::string>{"P507", "no-sodium"};
  flowsheet.circuits[0].organic.flow = Range{0.5, 2.0, 0.8, 0.1, false};
  flowsheet.circuits[0].sections[1].stages = Range{3, 12, {}, {}, false};
  flowsheet.circuits[0].sections[2].stages = Choices{{4, 8}};
  return flowsheet;
}

TEST(Decisions, ListsEveryOpenLeafWithItsPath) {
  const Decisions decisions(OpenPlant());
  std::vector<std::string> paths;
  for (const Variable& variable : decisions.variables()) paths.push_back(variable.path);
  EXPECT_THAT(paths,
              ElementsAre("streams[1].flow_m3_per_h", "streams[3].hcl_mol_per_l",
                          "circuits[0].extractant.system", "circuits[0].organic.flow_m3_per_h",
                          "circuits[0].sections[1].stages", "circuits[0].sections[2].stages"));
}

TEST(Decisions, TellsKindsBoundsAndStarts) {
  const Decisions decisions(OpenPlant());
  const auto& v = decisions.variables();
  EXPECT_EQ(v[0].kind, Variable::Kind::kReal);
  EXPECT_TRUE(v[0].log);
  EXPECT_NEAR(v[0].start, std::sqrt(0.03 * 0.3), 1e-12);
  EXPECT_EQ(v[1].kind, Variable::Kind::kCategory);
  EXPECT_EQ(v[1].upper, 2);
  EXPECT_EQ(v[2].kind, Variable::Kind::kCategory);
  EXPECT_EQ(v[2].upper, 1);
  EXPECT_EQ(v[3].start, 0.8);
  EXPECT_EQ(v[3].step, 0.1);
  EXPECT_EQ(v[4].kind, Variable::Kind::kInteger);
  EXPECT_EQ(v[4].lower, 3);
  EXPECT_EQ(v[4].upper, 12);
  EXPECT_EQ(v[4].start, std::round(v[4].start));
  EXPECT_EQ(v[5].kind, Variable::Kind::kCategory);
}

TEST(Decisions, AppliesGenes) {
  const Decisions decisions(OpenPlant());
  const Flowsheet f = decisions.Apply(std::vector<double>{0.1, 2, 1, 0.73, 7, 1});
  ASSERT_TRUE(OnlyNumbers(f));
  EXPECT_EQ(Value(f.streams[1].flow), 0.1);
  EXPECT_EQ(Value(*f.streams[3].hcl), 6.0);
  EXPECT_EQ(Value(f.circuits[0].system), "no-sodium");
  EXPECT_DOUBLE_EQ(Value(f.circuits[0].organic.flow), 0.7);  // 0.5 + 2 * 0.1
  EXPECT_EQ(Value(f.circuits[0].sections[1].stages), 7);
  EXPECT_EQ(Value(f.circuits[0].sections[2].stages), 8);
}

TEST(Decisions, KeepsGenesInBoundsAndOnSteps) {
  const Decisions decisions(OpenPlant());
  const Flowsheet low = decisions.Apply(std::vector<double>{-1, -1, -1, -1, -1, -1});
  EXPECT_EQ(Value(low.streams[1].flow), 0.03);
  EXPECT_EQ(Value(low.circuits[0].sections[1].stages), 3);
  const Flowsheet high = decisions.Apply(std::vector<double>{9, 9, 9, 9, 99, 9});
  EXPECT_EQ(Value(high.streams[1].flow), 0.3);
  EXPECT_DOUBLE_EQ(Value(high.circuits[0].organic.flow), 2.0);
  EXPECT_EQ(Value(high.circuits[0].sections[1].stages), 12);
}

TEST(Decisions, AStepThatDoesNotDivideTheRangeStaysInside) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].flow = Range{0.2, 1.0, {}, 0.3, false};
  const Flowsheet f = Decisions(flowsheet).Apply(std::vector<double>{1.0});
  EXPECT_DOUBLE_EQ(Value(f.streams[0].flow), 0.8);
}

TEST(Decisions, DecidedRealsSurviveTextAndStayInBounds) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> exponent(-8, 2);
  for (int k = 0; k < 1000; ++k) {
    Flowsheet flowsheet = testing::SmallPlant();
    const double min = std::pow(10, exponent(random));
    const double max = min * 3;
    flowsheet.streams[0].flow = Range{min, max, {}, {}, false};
    const double gene = std::uniform_real_distribution<double>(min, max)(random);
    const double value =
        Value(Decisions(flowsheet).Apply(std::vector<double>{gene}).streams[0].flow);
    EXPECT_NEAR(value, gene, 1e-11 * gene);
    EXPECT_GE(value, min);
    EXPECT_LE(value, max);
    char text[40];
    std::snprintf(text, sizeof text, "%.12g", value);
    if (value != min && value != max) {
      EXPECT_EQ(std::strtod(text, nullptr), value) << text;
    }
  }
}

TEST(Decisions, AStageBeyondItsSectionBecomesTheLast) {
  Flowsheet flowsheet = testing::SmallPlant();
  auto& section = flowsheet.circuits[0].sections[1];
  section.stages = Range{3, 12, {}, {}, false};
  section.inlets[0].stage = 9;
  Draw draw;
  draw.name = "side";
  draw.stage = Range{1, 12, {}, {}, false};
  draw.share = 0.1;
  section.draws = {draw};
  const Flowsheet f = Decisions(flowsheet).Apply(std::vector<double>{5, 11});
  EXPECT_EQ(Value(f.circuits[0].sections[1].stages), 5);
  EXPECT_EQ(Value(*f.circuits[0].sections[1].inlets[0].stage), 5);
  EXPECT_EQ(Value(f.circuits[0].sections[1].draws[0].stage), 5);
}

TEST(Decisions, AFlowsheetOfNumbersIsReturnedAsItIs) {
  const Decisions decisions(testing::SmallPlant());
  EXPECT_TRUE(decisions.variables().empty());
  EXPECT_TRUE(OnlyNumbers(decisions.Apply({})));
}

}  // namespace
}  // namespace raffinate::optimizer
