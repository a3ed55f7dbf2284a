#include "tests/optimizer/search/wfg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <vector>

#include "optimizer/search/hypervolume.h"
#include "tests/optimizer/search/known_fronts.h"
#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

using testing::FunctionProblem;

constexpr int kPosition = 4;
constexpr int kVariables = 24;

std::vector<double> ObjectivesAt(FunctionProblem problem, const std::vector<double>& genes) {
  Candidate c;
  c.genes = genes;
  const std::atomic<bool> cancel{false};
  problem.Evaluate({&c, 1}, cancel);
  return c.objectives;
}

// Random positions on the front, and the distances of the paper's section VIII that lead there.
std::vector<double> Optimal(int number, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  std::vector<double> y(kVariables, 0.35);
  for (int i = 0; i < kPosition; ++i) y[static_cast<std::size_t>(i)] = uniform(random);
  const auto undone = [](double mean) {
    const double a = 0.98 / 49.98;
    const double v = a - (1 - 2 * mean) * std::fabs(std::floor(0.5 - mean) + a);
    return std::pow(0.35, 1 / (0.02 + 49.98 * v));
  };
  if (number == 8) {
    double sum = 0;
    for (std::size_t i = 0; i < kVariables; ++i) {
      if (i >= kPosition) y[i] = undone(sum / static_cast<double>(i));
      sum += y[i];
    }
  }
  if (number == 9) {
    double sum = 0.35;
    for (std::size_t i = kVariables - 1; i-- > kPosition;) {
      y[i] = undone(sum / static_cast<double>(kVariables - 1 - i));
      sum += y[i];
    }
  }
  for (std::size_t i = 0; i < kVariables; ++i) y[i] *= 2 * static_cast<double>(i + 1);
  return y;
}

struct Reference {
  int number;
  std::vector<double> objectives;
};

// By pagmo 2.18, variable i at 2 i times the fraction of 0.37 i + 0.11 number. Its WFG8 is another:
// there the distances are biased by the mean of what has been biased before.
TEST(Wfg, EqualsPagmo) {
  const std::vector<Reference> references{
      {1, {2.93603117319807, 0.98625606794324}},
      {2, {1.57973723614686, 3.14629477819334}},
      {3, {1.66157509157509, 2.63157509157509}},
      {4, {1.63563369698748, 3.42598634667804}},
      {5, {1.77627995792982, 3.70181484974286}},
      {6, {2.33985124811592, 2.86432779737191}},
      {7, {1.05162140246297, 4.3379188481624}},
      {9, {2.7348812192743, 1.82687647414501}},
      {1, {2.90354499545007, 0.985668994583718, 0.984288206696375}},
      {2, {1.04317409929944, 1.36110726328314, 2.66907197183652}},
      {3, {1.09928919413919, 1.29614688644689, 4.34157509157509}},
      {4, {1.16987017147291, 2.11651171061287, 5.1534075287983}},
      {5, {1.26977309970907, 2.99452081437307, 4.76775868298767}},
      {6, {1.7113466694834, 1.63662774131787, 5.57713482992952}},
      {7, {0.529295547563078, 0.610576253454896, 6.4922736768219}},
      {9, {2.69899108129577, 1.56078726476788, 2.3200900188532}},
  };
  for (const Reference& reference : references) {
    std::vector<double> genes;
    for (int i = 1; i <= kVariables; ++i) {
      genes.push_back(2.0 * i * std::fmod(0.37 * i + 0.11 * reference.number, 1.0));
    }
    const int m = static_cast<int>(reference.objectives.size());
    const std::vector<double> found = ObjectivesAt(testing::Wfg(reference.number, m), genes);
    for (std::size_t j = 0; j < found.size(); ++j) {
      EXPECT_NEAR(found[j], reference.objectives[j], 1e-12) << "WFG" << reference.number;
    }
  }
}

TEST(Wfg, OptimalDistancesLeadToTheFront) {
  std::mt19937_64 random(testing::TestSeed());
  for (int number = 1; number <= 9; ++number) {
    for (const int m : {2, 3}) {
      const std::vector<double> front = testing::WfgFront(number, m, 20000);
      for (int n = 0; n < 20; ++n) {
        const std::vector<double> f =
            ObjectivesAt(testing::Wfg(number, m), Optimal(number, random));
        double linear = 0, square = 0;
        for (std::size_t j = 0; j < f.size(); ++j) {
          const double share = f[j] / (2 * static_cast<double>(j + 1));
          linear += share;
          square += share * share;
        }
        if (number == 3) {
          EXPECT_NEAR(linear, 1, 1e-9);
        } else if (number > 3) {
          EXPECT_NEAR(square, 1, 1e-9) << "WFG" << number;
        } else {
          // No point of the front is better, and where the surface is the front one is near.
          double nearest = INFINITY;
          for (std::size_t r = 0; r < front.size(); r += f.size()) {
            double least = INFINITY, distance = 0;
            for (std::size_t j = 0; j < f.size(); ++j) {
              least = std::min(least, front[r + j] - f[j]);
              distance = std::max(distance, std::fabs(front[r + j] - f[j]));
            }
            EXPECT_LT(least, 1e-9);
            nearest = std::min(nearest, distance);
          }
          // As near as its points lie to each other.
          if (number == 1) {
            EXPECT_LT(nearest, 0.1);
          }
        }
      }
    }
  }
}

TEST(Wfg, IsFarFromTheFrontAtRandom) {
  std::mt19937_64 random(testing::TestSeed());
  std::uniform_real_distribution<double> uniform;
  for (int number = 1; number <= 9; ++number) {
    const std::vector<double> front = testing::WfgFront(number, 2, 1000);
    std::vector<double> points;
    for (int n = 0; n < 50; ++n) {
      std::vector<double> genes;
      for (int i = 1; i <= kVariables; ++i) genes.push_back(2 * i * uniform(random));
      const std::vector<double> f = ObjectivesAt(testing::Wfg(number, 2), genes);
      points.insert(points.end(), f.begin(), f.end());
    }
    EXPECT_GT(testing::IgdPlus(points, front, 2), 0.02) << "WFG" << number;
  }
}

// Their hypervolumes are known.
TEST(KnownFronts, HaveTheirHypervolume) {
  const std::vector<double> two{1.1, 1.1}, three{1.1, 1.1, 1.1};
  for (const int number : {1, 2, 3, 4, 6}) {
    EXPECT_NEAR(Hypervolume(testing::ZdtFront(number, 20000), two), testing::ZdtCeiling(number),
                2e-4)
        << "ZDT" << number;
  }
  EXPECT_NEAR(Hypervolume(testing::DtlzFront(1, 20000), std::vector<double>{0.6, 0.6, 0.6}),
              0.216 - 0.125 / 6, 1e-3);
  EXPECT_NEAR(Hypervolume(testing::DtlzFront(2, 20000), three), 1.331 - std::numbers::pi / 6, 0.01);
  EXPECT_NEAR(Hypervolume(testing::WfgFront(3, 2, 20000), std::vector<double>{3, 5}), 11, 1e-3);
  EXPECT_NEAR(Hypervolume(testing::WfgFront(4, 2, 20000), std::vector<double>{3, 5}),
              15 - 2 * std::numbers::pi, 1e-3);
  EXPECT_NEAR(Hypervolume(testing::WfgFront(9, 3, 20000), std::vector<double>{3, 5, 7}),
              105 - 8 * std::numbers::pi, 0.3);
  EXPECT_TRUE(testing::WfgFront(3, 3, 100).empty());
}

TEST(KnownFronts, OfDtlz7IsWhatItsProblemGives) {
  const std::vector<double> front = testing::DtlzFront(7, 400);
  ASSERT_FALSE(front.empty());
  for (std::size_t r = 0; r < front.size(); r += 3) {
    std::vector<double> genes(22, 0.0);
    genes[0] = front[r];
    genes[1] = front[r + 1];
    EXPECT_NEAR(ObjectivesAt(testing::Dtlz(7), genes)[2], front[r + 2], 1e-12);
  }
}

TEST(IgdPlus, CountsOnlyWhatIsWorse) {
  const std::vector<double> front{0, 1, 1, 0};
  EXPECT_EQ(testing::IgdPlus(front, front, 2), 0);
  EXPECT_EQ(testing::IgdPlus(std::vector<double>{-1, -1}, front, 2), 0);
  // (0.5, 1.3): 0.5 and 0.3 worse than (0, 1), 1.3 worse than (1, 0).
  EXPECT_NEAR(testing::IgdPlus(std::vector<double>{0.5, 1.3}, front, 2),
              (std::hypot(0.5, 0.3) + 1.3) / 2, 1e-15);
  EXPECT_TRUE(std::isinf(testing::IgdPlus({}, front, 2)));
}

}  // namespace
}  // namespace raffinate::optimizer
