#include "optimizer/fit/statistics.h"

#include <gtest/gtest.h>

#include <vector>

namespace raffinate::optimizer::fit {
namespace {

TEST(Statistics, AgreeByDefinition) {
  const std::vector<Comparison> comparisons = {{"a", "Nd", 0.1, 0.05, 0.06},
                                               {"a", "Nd", 0.2, 0.15, 0.13}};
  const Agreement a = Agree(comparisons);
  EXPECT_EQ(a.values, 2);
  EXPECT_NEAR(a.rms, 0.1, 1e-12);
  EXPECT_NEAR(a.bias, 0, 1e-12);
  EXPECT_NEAR(a.largest, 0.1, 1e-12);
  EXPECT_NEAR(a.r_squared, 1 - (1e-4 + 4e-4) / (2 * 0.05 * 0.05), 1e-12);
}

// Every value of a group the same: one value each is what there is.
TEST(Statistics, GroupsThatAreAllBiasCountOnce) {
  std::vector<Comparison> comparisons;
  for (const double bias : {-0.02, 0.01, 0.03}) {
    for (int i = 0; i < 10; ++i) {
      comparisons.push_back({std::to_string(bias), "Nd", 1, 0.5, 0.5 + bias});
    }
  }
  const Grouping g = GroupResiduals(comparisons);
  EXPECT_NEAR(g.correlation, 1, 1e-9);
  EXPECT_NEAR(g.design_effect, 10, 1e-9);
}

TEST(Statistics, GroupsWithoutBiasCountEveryValue) {
  std::vector<Comparison> comparisons;
  for (int group = 0; group < 4; ++group) {
    for (int i = 0; i < 10; ++i) {
      comparisons.push_back({std::to_string(group), "Nd", 1, 0.5, 0.5 + (i % 2 == 0 ? 0.1 : -0.1)});
    }
  }
  EXPECT_EQ(GroupResiduals(comparisons).design_effect, 1);
}

// Tables of Student's t.
TEST(Statistics, StudentQuantiles) {
  EXPECT_NEAR(*StudentQuantile(3), 3.182, 0.006);
  EXPECT_NEAR(*StudentQuantile(10), 2.228, 0.001);
  EXPECT_NEAR(*StudentQuantile(30), 2.042, 0.001);
  EXPECT_FALSE(StudentQuantile(2.9).has_value());
}

}  // namespace
}  // namespace raffinate::optimizer::fit
