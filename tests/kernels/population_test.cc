#include "kernels/population/population.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "kernels/population/backend.h"
#include "tests/kernels/oracle/nondominated_sort.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels {
namespace {

using raffinate::kernels::testing::Seed;
using ::testing::Each;
using ::testing::ElementsAre;

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr int kCharacters = 5;

bool Dominates(const double* a, const double* b, int m) {
  bool better = false;
  for (int j = 0; j < m; ++j) {
    if (a[j] > b[j]) return false;
    better = better || a[j] < b[j];
  }
  return better;
}

// By the definition: peels off one front after the other.
std::vector<int> BruteForce(const std::vector<double>& values, int m) {
  const int n = static_cast<int>(values.size()) / m;
  std::vector<int> ranks(n, -1);
  for (int rank = 0, left = n; left > 0; ++rank) {
    std::vector<int> front;
    for (int i = 0; i < n; ++i) {
      if (ranks[i] >= 0) continue;
      bool dominated = false;
      for (int k = 0; k < n && !dominated; ++k) {
        dominated = ranks[k] < 0 && Dominates(&values[k * m], &values[i * m], m);
      }
      if (!dominated) front.push_back(i);
    }
    for (const int i : front) ranks[i] = rank;
    left -= static_cast<int>(front.size());
  }
  return ranks;
}

// Sets of every character: continuous, full of ties, one front, chains.
std::vector<double> RandomSet(std::mt19937_64& random, int n, int m, int character) {
  std::vector<double> values(static_cast<std::size_t>(n * m));
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int j = 0; j < m; ++j) {
      double v = static_cast<double>(random() % 1000003) / 1000003;
      if (character == 1) v = static_cast<double>(random() % 4);
      if (character == 2) v = static_cast<double>(random() % 12) - 6;
      values[i * m + j] = v;
      sum += v;
    }
    if (character == 3) {
      for (int j = 0; j < m; ++j) values[i * m + j] /= sum;
    }
    if (character == 4) {
      for (int j = 1; j < m; ++j) values[i * m + j] = values[i * m] + 0.05 * values[i * m + j];
    }
    if (i > 0 && random() % 10 == 0) {
      std::copy_n(&values[(random() % i) * m], m, &values[i * m]);
    }
  }
  return values;
}

// Row-major values with the candidate fastest.
std::vector<double> Turned(const std::vector<double>& values, int m) {
  const std::size_t rows = values.size() / static_cast<std::size_t>(m);
  std::vector<double> columns(values.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (int j = 0; j < m; ++j) columns[j * rows + i] = values[i * m + j];
  }
  return columns;
}

Device Cpu(int threads) {
  Device device;
  device.threads = threads;
  return device;
}

std::vector<int> AllRanks(const Device& device, const std::vector<double>& values, int m) {
  const std::size_t rows = values.size() / static_cast<std::size_t>(m);
  return Ranks(device, {Turned(values, m), rows, m}, rows);
}

std::vector<double> CrowdingOf(const Device& device, const std::vector<double>& values, int m,
                               const std::vector<int>& front) {
  return Crowding(device, {Turned(values, m), front.size(), m}, front);
}

TEST(Ranks, AgreeWithTheDefinition) {
  std::mt19937_64 random(Seed());
  for (int m = 1; m <= 6; ++m) {
    for (int character = 0; character < kCharacters; ++character) {
      for (const int n : {1, 2, 3, 10, 25, 60, 200}) {
        const std::vector<double> values = RandomSet(random, n, m, character);
        ASSERT_EQ(AllRanks(Cpu(1), values, m), BruteForce(values, m))
            << "objectives " << m << " character " << character << " points " << n;
      }
    }
  }
}

// Some of the sizes are shared out to threads, and nine columns leave bits of the keys out
// of the code of the curve.
TEST(Ranks, AgreeWithDivideAndConquerWithAnyNumberOfThreads) {
  std::mt19937_64 random(Seed());
  for (const int m : {1, 2, 3, 4, 6, 9}) {
    for (int character = 0; character < kCharacters; ++character) {
      const int n = m <= 3 ? 20000 : 4500;
      const std::vector<double> values = RandomSet(random, n, m, character);
      const std::vector<int> expected = oracle::NonDominatedRanks(values, m);
      for (const int threads : {1, 2}) {
        ASSERT_EQ(AllRanks(Cpu(threads), values, m), expected)
            << "objectives " << m << " character " << character << " threads " << threads;
      }
    }
  }
}

TEST(Ranks, DoNotDependOnTheOrderOfTheRows) {
  std::mt19937_64 random(Seed());
  for (int m = 1; m <= 4; ++m) {
    for (int character = 0; character < kCharacters; ++character) {
      const int n = 300;
      const std::vector<double> values = RandomSet(random, n, m, character);
      const std::vector<int> ranks = AllRanks(Cpu(1), values, m);
      std::vector<int> order(n);
      std::iota(order.begin(), order.end(), 0);
      std::shuffle(order.begin(), order.end(), random);
      std::vector<double> shuffled;
      for (const int i : order) {
        shuffled.insert(shuffled.end(), &values[i * m], &values[i * m] + m);
      }
      const std::vector<int> shuffled_ranks = AllRanks(Cpu(1), shuffled, m);
      for (int i = 0; i < n; ++i) ASSERT_EQ(shuffled_ranks[i], ranks[order[i]]);
    }
  }
}

TEST(Ranks, OfTheBestAreWholeWhereOnlySomeAreAskedFor) {
  std::mt19937_64 random(Seed());
  for (int m = 1; m <= 5; ++m) {
    for (int character = 0; character < kCharacters; ++character) {
      const std::vector<double> values = RandomSet(random, 400, m, character);
      const std::vector<double> columns = Turned(values, m);
      const std::vector<int> all = BruteForce(values, m);
      for (const std::size_t enough : {1u, 100u, 399u}) {
        const std::vector<int> some = Ranks(Cpu(1), {columns, 400, m}, enough);
        int worst = -1;
        std::size_t ranked = 0;
        for (const int rank : some) {
          worst = std::max(worst, rank);
          ranked += rank != kUnranked;
        }
        EXPECT_GE(ranked, enough);
        for (std::size_t i = 0; i < all.size(); ++i) {
          ASSERT_EQ(some[i], all[i] <= worst ? all[i] : kUnranked);
        }
      }
    }
  }
}

TEST(Ranks, OfZerosOfEitherSignAreEqual) {
  for (int m = 1; m <= 4; ++m) {
    std::vector<double> values(static_cast<std::size_t>(2 * m), 0.0);
    values[0] = -0.0;
    EXPECT_THAT(AllRanks(Cpu(1), values, m), ElementsAre(0, 0));
  }
}

TEST(Ranks, OfNothingAreNone) { EXPECT_TRUE(Ranks(Cpu(1), {{}, 0, 3}, 10).empty()); }

// As many ranks as rows is the most there can be.
TEST(Ranks, OfAChainFollowIt) {
  for (int m = 1; m <= 4; ++m) {
    std::vector<double> values;
    for (int i = 20000; i-- > 0;) values.insert(values.end(), static_cast<std::size_t>(m), i);
    const std::vector<int> ranks = AllRanks(Cpu(2), values, m);
    for (int i = 0; i < 20000; ++i) ASSERT_EQ(ranks[i], 19999 - i);
  }
}

// Four times the same points on a plane, each time a little farther out.
TEST(Ranks, OfAMillionPointsInLayersAreTheLayers) {
  constexpr std::size_t kPlane = 250'000;
  constexpr int kLayers = 4;
  constexpr std::size_t kRows = kPlane * kLayers;
  std::mt19937_64 random(Seed());
  std::uniform_real_distribution<double> share(0, 1);
  std::vector<double> columns(3 * kRows);
  for (std::size_t i = 0; i < kPlane; ++i) {
    // Multiples of 2^-20, whose sums do not round.
    const double a = std::floor(share(random) * 0x1p20) * 0x1p-20;
    const double b = std::floor(share(random) * 0x1p20) * 0x1p-20;
    const double point[] = {std::min(a, b), std::max(a, b) - std::min(a, b), 1 - std::max(a, b)};
    for (int layer = 0; layer < kLayers; ++layer) {
      for (std::size_t j = 0; j < 3; ++j) {
        columns[j * kRows + layer * kPlane + i] = point[j] + 0.125 * layer;
      }
    }
  }
  const std::vector<int> ranks = Ranks(Cpu(0), {columns, kRows, 3}, kRows);
  for (std::size_t i = 0; i < kRows; ++i) ASSERT_EQ(ranks[i], static_cast<int>(i / kPlane));
}

TEST(Crowding, IsTheGapToTheNeighboursAsShareOfTheRange) {
  // f1 0..10, f2 20..0
  const std::vector<double> front{0, 20, 10, 0, 2, 10, 5, 4};
  const std::vector<double> crowding = CrowdingOf(Cpu(1), front, 2, {0, 0, 0, 0});
  EXPECT_EQ(crowding[0], kInfinite);
  EXPECT_EQ(crowding[1], kInfinite);
  EXPECT_DOUBLE_EQ(crowding[2], 5.0 / 10 + 16.0 / 20);
  EXPECT_DOUBLE_EQ(crowding[3], 8.0 / 10 + 10.0 / 20);
}

TEST(Crowding, OfRepeatedRowsIsZeroAfterTheFirst) {
  const std::vector<double> front{0, 2, 1, 1, 1, 1, 2, 0};
  EXPECT_THAT(CrowdingOf(Cpu(1), front, 2, {0, 0, 0, 0}),
              ElementsAre(kInfinite, 2.0, 0.0, kInfinite));
}

TEST(Crowding, KnowsOnlyItsFront) {
  const std::vector<double> two{0, 2, 0, 20, 1, 1, 4, 10, 2, 0, 20, 0};
  EXPECT_THAT(CrowdingOf(Cpu(1), two, 2, {0, 1, 0, 1, 0, 1}),
              ElementsAre(kInfinite, kInfinite, 2.0, 2.0, kInfinite, kInfinite));
}

TEST(Crowding, OfNothingIsNone) { EXPECT_TRUE(Crowding(Cpu(1), {{}, 0, 2}, {}).empty()); }

TEST(Crowding, IsTheSameWithAnyNumberOfThreads) {
  std::mt19937_64 random(Seed());
  for (int m = 1; m <= 5; ++m) {
    for (int character = 0; character < kCharacters; ++character) {
      const std::vector<double> values = RandomSet(random, 9000, m, character);
      std::vector<int> front(9000);
      for (int& f : front) f = static_cast<int>(random() % 7);
      const std::vector<double> one = CrowdingOf(Cpu(1), values, m, front);
      EXPECT_EQ(CrowdingOf(Cpu(2), values, m, front), one);
      EXPECT_EQ(CrowdingOf(Cpu(5), values, m, front), one);
    }
  }
}

TEST(Population, IsTheSameOnCuda) {
  Device cuda;
  if (const std::string why = ParseDevice("cuda", &cuda); !why.empty()) GTEST_SKIP() << why;
  std::mt19937_64 random(Seed());
  for (int m = 1; m <= 9; ++m) {
    for (int character = 0; character < kCharacters; ++character) {
      constexpr int kRows = 30000;
      const std::vector<double> values = RandomSet(random, kRows, m, character);
      const std::vector<int> ranks = AllRanks(Cpu(0), values, m);
      const std::vector<double> crowding = CrowdingOf(Cpu(0), values, m, ranks);
      SCOPED_TRACE(std::to_string(m) + " columns, character " + std::to_string(character));
      // The device itself: where it fails, Ranks and Crowding answer from the host.
      const std::vector<double> turned = Turned(values, m);
      const Columns columns{turned, kRows, m};
      constexpr int kMostRanks = 1000;
      std::vector<int> own(kRows, kUnranked);
      ASSERT_NO_THROW(population::RankOnCuda(0, columns, kRows, kMostRanks, own));
      for (int i = 0; i < kRows; ++i) {
        // Chains have more ranks than that.
        if (own[i] != kUnranked || ranks[i] < kMostRanks) ASSERT_EQ(own[i], ranks[i]) << i;
      }
      std::vector<double> crowded(kRows);
      ASSERT_NO_THROW(population::CrowdOnCuda(0, columns, ranks, crowded));
      EXPECT_EQ(crowded, crowding);
      // And with the host going on after the most ranks that a device makes.
      EXPECT_EQ(AllRanks(cuda, values, m), ranks);
      EXPECT_EQ(CrowdingOf(cuda, values, m, ranks), crowding);
    }
  }
}

}  // namespace
}  // namespace raffinate::kernels
