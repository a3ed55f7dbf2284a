#include "optimizer/search/gene_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Variable Make(Variable::Kind kind, double lower, double upper, double step = 0, bool log = false) {
  Variable v;
  v.path = "circuit.flow";
  v.kind = kind;
  v.lower = lower;
  v.upper = upper;
  v.start = lower;
  v.step = step;
  v.log = log;
  return v;
}

TEST(GeneSpace, DecodesTheEndsOfEveryKind) {
  const std::vector<Variable> variables{
      Make(Variable::Kind::kReal, -2, 6), Make(Variable::Kind::kReal, 0.1, 10, 0, true),
      Make(Variable::Kind::kInteger, 3, 9), Make(Variable::Kind::kCategory, 0, 2),
      Make(Variable::Kind::kReal, 1, 2, 0.3)};
  const GeneSpace space(variables);
  const double ends[5] = {6, 10, 9, 2, 1.9};
  for (int i = 0; i < space.size(); ++i) {
    EXPECT_EQ(space.Decode(i, 0), variables[i].lower) << i;
    EXPECT_NEAR(space.Decode(i, 1), ends[i], 1e-12) << i;
    EXPECT_EQ(space.Decode(i, -5), space.Decode(i, 0)) << i;
    EXPECT_EQ(space.Decode(i, 5), space.Decode(i, 1)) << i;
  }
  EXPECT_NEAR(space.Decode(1, 0.5), 1, 1e-12);
}

TEST(GeneSpace, StaysInBoundsAndOnTheLattice) {
  const std::vector<Variable> variables{
      Make(Variable::Kind::kReal, 0.1, 0.7, 0.1), Make(Variable::Kind::kInteger, 2, 60, 4),
      Make(Variable::Kind::kInteger, 1, 1000, 0, true),
      Make(Variable::Kind::kReal, 1, 7, 0.5, true), Make(Variable::Kind::kReal, 0.3, 0.9, 0, true)};
  const GeneSpace space(variables);
  for (int i = 0; i < space.size(); ++i) {
    for (int k = 0; k <= 1000; ++k) {
      const double gene = space.Decode(i, k / 1000.0);
      ASSERT_GE(gene, variables[i].lower);
      ASSERT_LE(gene, variables[i].upper);
      if (space.values(i) > 0) {
        const double step = variables[i].step > 0 ? variables[i].step : 1;
        const double position = (gene - variables[i].lower) / step;
        ASSERT_NEAR(position, std::round(position), 1e-9);
        ASSERT_EQ(space.Decode(i, space.Encode(i, gene)), gene);
      } else {
        ASSERT_NEAR(space.Encode(i, gene), k / 1000.0, 1e-12);
      }
    }
  }
}

TEST(GeneSpace, GivesEveryLatticeValueAnEqualCell) {
  const GeneSpace space({Make(Variable::Kind::kInteger, 0, 4)});
  std::vector<int> hits(5, 0);
  for (int k = 0; k < 1000; ++k) ++hits[static_cast<int>(space.Decode(0, (k + 0.5) / 1000))];
  EXPECT_THAT(hits, ElementsAre(200, 200, 200, 200, 200));
}

TEST(GeneSpace, CountsAndEnumeratesFiniteSpaces) {
  const GeneSpace space(
      {Make(Variable::Kind::kInteger, 1, 3), Make(Variable::Kind::kCategory, 0, 1)});
  EXPECT_EQ(space.points(100), 6);
  EXPECT_EQ(space.points(5), 0);
  EXPECT_THAT(space.Point(4), ElementsAre(2, 1));
  const GeneSpace continuum({Make(Variable::Kind::kReal, 1, 3)});
  EXPECT_EQ(continuum.points(1000000), 0);
  const GeneSpace fixed({Make(Variable::Kind::kReal, 2, 2)});
  EXPECT_EQ(fixed.points(10), 1);
  EXPECT_EQ(fixed.Decode(0, 0.9), 2);
}

TEST(GeneSpace, RefusesEveryUnusableVariableAtOnce) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  std::vector<Variable> variables{
      Make(Variable::Kind::kReal, 2, 1),      Make(Variable::Kind::kReal, 0, 1, 0, true),
      Make(Variable::Kind::kInteger, 0.5, 3), Make(Variable::Kind::kReal, 0, 1, -1),
      Make(Variable::Kind::kReal, kNan, 1),   Make(Variable::Kind::kCategory, 1, 3),
      Make(Variable::Kind::kReal, 0, 1)};
  variables.back().start = 2;
  const absl::Status status = GeneSpace::Check(variables);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("variables[" + std::to_string(i) + "] (circuit.flow)"));
  }
  EXPECT_EQ(GeneSpace::Check({}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(GeneSpace::Check({Make(Variable::Kind::kReal, 0, 1)}).ok());
}

}  // namespace
}  // namespace raffinate::optimizer
