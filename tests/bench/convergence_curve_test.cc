#include "bench/convergence_curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace raffinate::bench {
namespace {

constexpr double kNothing = INFINITY;

TEST(ConvergenceCurveTest, TakesWhatARunHadByThen) {
  const auto curve = ConvergenceCurve({{{30, 5}, {50, 4}, {90, 2}}}, 100, 4, kNothing);
  ASSERT_EQ(curve.size(), 4);
  EXPECT_EQ(curve[0].evaluations, 25);
  EXPECT_EQ(curve[0].median, kNothing);
  EXPECT_EQ(curve[1].evaluations, 50);
  EXPECT_EQ(curve[1].median, 4);
  EXPECT_EQ(curve[2].median, 4);
  EXPECT_EQ(curve[3].evaluations, 100);
  EXPECT_EQ(curve[3].median, 2);
}

TEST(ConvergenceCurveTest, IsMedianAndQuartilesOfTheRuns) {
  std::vector<std::vector<Milestone>> runs;
  for (const double quality : {4., 1., 3., 5., 2.}) runs.push_back({{10, quality}});
  const auto curve = ConvergenceCurve(runs, 10, 1, kNothing);
  ASSERT_EQ(curve.size(), 1);
  EXPECT_EQ(curve[0].p25, 2);
  EXPECT_EQ(curve[0].median, 3);
  EXPECT_EQ(curve[0].p75, 4);
}

TEST(ConvergenceCurveTest, RunsWithNothingAreTheWorstOfTheSpread) {
  const auto curve = ConvergenceCurve({{{10, 1}}, {{20, 2}}, {}}, 40, 2, kNothing);
  ASSERT_EQ(curve.size(), 2);
  EXPECT_EQ(curve[0].median, 2);
  EXPECT_EQ(curve[0].p25, 1);
  EXPECT_EQ(curve[0].p75, kNothing);
}

}  // namespace
}  // namespace raffinate::bench
