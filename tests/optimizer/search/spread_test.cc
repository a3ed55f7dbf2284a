#include "optimizer/search/spread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(SelectSpread, KeepsTheEndsAndDropsTheCrowdedPoint) {
  const std::vector<double> front{0, 10, 4, 6, 4.1, 5.9, 10, 0};
  EXPECT_THAT(SelectSpread(front, 2, 3), IsSupersetOf({0u, 3u}));
  EXPECT_EQ(SelectSpread(front, 2, 3).size(), 3u);
  EXPECT_THAT(SelectSpread(front, 2, 2), ElementsAre(0, 3));
}

TEST(SelectSpread, DropsRepeatedRowsFirst) {
  const std::vector<double> front{1, 1, 1, 1, 0, 2, 1, 1, 2, 0};
  EXPECT_THAT(SelectSpread(front, 2, 3), ElementsAre(0, 2, 4));
  EXPECT_THAT(SelectSpread(front, 2, 4), ElementsAre(0, 1, 2, 4));
}

TEST(SelectSpread, KeepsTheBestOfEveryObjective) {
  std::mt19937_64 random(testing::TestSeed());
  for (int m = 2; m <= 5; ++m) {
    for (int trial = 0; trial < 20; ++trial) {
      const std::size_t n = 40;
      std::vector<double> front(n * static_cast<std::size_t>(m));
      for (std::size_t i = 0; i < n; ++i) {  // on the positive part of a sphere
        double norm = 0;
        for (int j = 0; j < m; ++j) {
          const double v = static_cast<double>(random() % 1000 + 1);
          front[i * m + j] = v;
          norm += v * v;
        }
        for (int j = 0; j < m; ++j) front[i * m + j] /= std::sqrt(norm);
      }
      const auto kept = SelectSpread(front, m, 8);
      EXPECT_EQ(kept.size(), 8u);
      EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
      for (int j = 0; j < m; ++j) {
        double best = kInfinite;
        double kept_best = kInfinite;
        for (std::size_t i = 0; i < n; ++i) best = std::min(best, front[i * m + j]);
        for (const std::size_t i : kept) kept_best = std::min(kept_best, front[i * m + j]);
        EXPECT_EQ(kept_best, best);
      }
    }
  }
}

}  // namespace
}  // namespace raffinate::optimizer
