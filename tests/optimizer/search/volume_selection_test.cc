#include "optimizer/search/volume_selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "optimizer/search/hypervolume.h"
#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

constexpr Point3 kReference{1.1, 1.1, 1.1};

// On the positive part of a sphere; `levels` > 0 rounds the first two coordinates, so
// that values repeat.
std::vector<Point3> SphereFront(std::mt19937_64& random, std::size_t size, int levels) {
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<Point3> points;
  while (points.size() < size) {
    double x = uniform(random);
    double y = uniform(random);
    if (levels > 0) {
      x = std::floor(x * levels) / levels;
      y = std::floor(y * levels) / levels;
    }
    const Point3 p{x, y, std::sqrt(std::max(0.0, 1 - x * x - y * y))};
    if (x * x + y * y <= 1 && std::find(points.begin(), points.end(), p) == points.end()) {
      points.push_back(p);
    }
  }
  return points;
}

double Volume(const std::vector<Point3>& points) {
  std::vector<double> flat;
  for (const Point3& p : points) flat.insert(flat.end(), p.begin(), p.end());
  return Hypervolume(flat, kReference);
}

double VolumeWithout(std::vector<Point3> points, std::size_t index) {
  points.erase(points.begin() + static_cast<std::ptrdiff_t>(index));
  return Volume(points);
}

TEST(ExclusiveVolume, IsWhatTheHypervolumeLosesWithoutThePoint) {
  std::mt19937_64 random(testing::TestSeed());
  for (const int levels : {0, 12}) {
    for (int trial = 0; trial < 20; ++trial) {
      const std::vector<Point3> points = SphereFront(random, 30, levels);
      for (std::size_t i = 0; i < points.size(); ++i) {
        EXPECT_NEAR(ExclusiveVolume(points, i, kReference),
                    Volume(points) - VolumeWithout(points, i), 1e-12);
      }
    }
  }
}

TEST(DropLeastVolume3, LosesTheLeastAtEveryStep) {
  std::mt19937_64 random(testing::TestSeed());
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<Point3> points = SphereFront(random, 25, 0);
    const auto kept = DropLeastVolume3(points, kReference, std::vector<bool>(25, false), 10);
    std::vector<Point3> chosen;
    for (const std::size_t i : kept) chosen.push_back(points[i]);
    while (points.size() > 10) {
      std::size_t least = 0;
      for (std::size_t i = 1; i < points.size(); ++i) {
        if (VolumeWithout(points, i) > VolumeWithout(points, least)) least = i;
      }
      points.erase(points.begin() + static_cast<std::ptrdiff_t>(least));
    }
    EXPECT_EQ(chosen, points);
  }
}

TEST(DropLeastVolume3, KeepsWhatIsFixed) {
  std::mt19937_64 random(testing::TestSeed());
  const std::vector<Point3> points = SphereFront(random, 40, 0);
  std::vector<bool> fixed(40, false);
  for (const std::size_t i : {3u, 17u, 38u}) fixed[i] = true;
  const auto kept = DropLeastVolume3(points, kReference, fixed, 5);
  EXPECT_EQ(kept.size(), 5u);
  for (const std::size_t i : {3u, 17u, 38u}) {
    EXPECT_TRUE(std::binary_search(kept.begin(), kept.end(), i));
  }
}

}  // namespace
}  // namespace raffinate::optimizer
