#include "bench/cost_law.h"

#include <cmath>

#include "gtest/gtest.h"

namespace raffinate::bench {
namespace {

TEST(CostLaw, FindsTheLawThatMadeTheTimes) {
  std::vector<Cost> costs;
  for (const double n : {40., 100., 300.}) {
    for (const double m : {4., 16.}) {
      costs.push_back({n, m, 2e-9 * std::pow(n, 1.1) * std::pow(m, 1.4)});
    }
  }
  CostLaw law = FitCostLaw(costs);
  EXPECT_NEAR(law.seconds, 2e-9, 1e-17);
  EXPECT_NEAR(law.stages, 1.1, 1e-9);
  EXPECT_NEAR(law.components, 1.4, 1e-9);
  EXPECT_LT(law.largest_error, 1e-9);
  costs.back().seconds *= 2;
  law = FitCostLaw(costs);
  EXPECT_GT(law.largest_error, 0.1);
}

TEST(CostLaw, NeedsSizesThatTellStagesFromComponents) {
  EXPECT_EQ(FitCostLaw({{40, 4, 1e-6}, {100, 8, 1e-5}}).seconds, 0);
  EXPECT_EQ(FitCostLaw({{10, 2, 1e-6}, {20, 4, 1e-5}, {40, 8, 1e-4}}).seconds, 0);
}

}  // namespace
}  // namespace raffinate::bench
