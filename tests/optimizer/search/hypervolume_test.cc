#include "optimizer/search/hypervolume.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

// Inclusion and exclusion over all subsets.
double BruteForce(const std::vector<double>& points, const std::vector<double>& reference) {
  const std::size_t m = reference.size();
  const std::size_t n = points.size() / m;
  double volume = 0;
  for (std::size_t subset = 1; subset < (std::size_t{1} << n); ++subset) {
    std::vector<double> corner(m, -1e300);
    int members = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (!(subset >> i & 1)) continue;
      ++members;
      for (std::size_t j = 0; j < m; ++j) corner[j] = std::max(corner[j], points[i * m + j]);
    }
    double box = 1;
    for (std::size_t j = 0; j < m; ++j) box *= std::max(0.0, reference[j] - corner[j]);
    volume += members % 2 == 1 ? box : -box;
  }
  return volume;
}

TEST(Hypervolume, OfOneBoxIsItsVolume) {
  EXPECT_DOUBLE_EQ(Hypervolume(std::vector<double>{0.5}, std::vector<double>{2}), 1.5);
  EXPECT_DOUBLE_EQ(Hypervolume(std::vector<double>{1, 2}, std::vector<double>{3, 5}), 6);
  EXPECT_DOUBLE_EQ(Hypervolume(std::vector<double>{1, 2, 3}, std::vector<double>{3, 5, 7}), 24);
  EXPECT_DOUBLE_EQ(
      Hypervolume(std::vector<double>{1, 1, 1, 1, 1}, std::vector<double>{2, 3, 2, 3, 2}), 4);
}

TEST(Hypervolume, IsZeroWithoutAPointInside) {
  EXPECT_EQ(Hypervolume({}, std::vector<double>{1, 1}), 0);
  EXPECT_EQ(Hypervolume(std::vector<double>{1, 0, 0, 2}, std::vector<double>{1, 1}), 0);
}

TEST(Hypervolume, AgreesWithInclusionAndExclusion) {
  std::mt19937_64 random(testing::TestSeed());
  for (std::size_t m = 1; m <= 6; ++m) {
    for (int trial = 0; trial < 60; ++trial) {
      const std::size_t n = 1 + random() % 9;
      const bool ties = trial % 2 == 1;
      std::vector<double> points(n * m);
      for (double& v : points) {
        v = ties ? static_cast<double>(random() % 5) / 4
                 : static_cast<double>(random() % 1000003) / 900000;
      }
      const std::vector<double> reference(m, 1.0);
      ASSERT_NEAR(Hypervolume(points, reference), BruteForce(points, reference), 1e-12)
          << m << " objectives, " << n << " points, trial " << trial;
    }
  }
}

// Points on f1 + f2 = 1 in steps of 1/n: a staircase of area (1 + 1/n) / 2 left out.
TEST(Hypervolume, OfALinearFrontIsAnalytic) {
  constexpr int kSteps = 1000;
  std::vector<double> points;
  for (int i = 0; i <= kSteps; ++i) {
    points.push_back(static_cast<double>(i) / kSteps);
    points.push_back(1 - static_cast<double>(i) / kSteps);
  }
  EXPECT_NEAR(Hypervolume(points, std::vector<double>{1, 1}), 0.5 - 0.5 / kSteps, 1e-12);
}

// The lattice front of x + y + z = n: sum over the cells that are dominated.
TEST(Hypervolume, OfALatticeSimplexIsAnalyticInThreeAndFourObjectives) {
  constexpr int kSide = 9;
  std::vector<double> three, four;
  for (int x = 0; x <= kSide; ++x) {
    for (int y = 0; x + y <= kSide; ++y) {
      const int rest = kSide - x - y;
      three.insert(three.end(), {double(x), double(y), double(rest)});
      for (int z = 0; z <= rest; ++z) {
        four.insert(four.end(), {double(x), double(y), double(z), double(rest - z)});
      }
    }
  }
  // Unit cells with integer corner c in [0, n]^m are dominated when sum(c) >= n.
  int cells3 = 0;
  int cells4 = 0;
  for (int x = 0; x <= kSide; ++x) {
    for (int y = 0; y <= kSide; ++y) {
      for (int z = 0; z <= kSide; ++z) {
        cells3 += x + y + z >= kSide;
        for (int w = 0; w <= kSide; ++w) cells4 += x + y + z + w >= kSide;
      }
    }
  }
  EXPECT_DOUBLE_EQ(Hypervolume(three, std::vector<double>(3, kSide + 1.0)), cells3);
  EXPECT_DOUBLE_EQ(Hypervolume(four, std::vector<double>(4, kSide + 1.0)), cells4);
}

}  // namespace
}  // namespace raffinate::optimizer
