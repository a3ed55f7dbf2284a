#include "optimizer/search/nondominated_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>

#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

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

TEST(NonDominatedRanks, AgreeWithTheDefinition) {
  std::mt19937_64 random(testing::TestSeed());
  for (int m = 1; m <= 6; ++m) {
    for (int character = 0; character < 5; ++character) {
      for (const int n : {1, 2, 3, 10, 25, 60, 200}) {
        const std::vector<double> values = RandomSet(random, n, m, character);
        ASSERT_EQ(NonDominatedRanks(values, m), BruteForce(values, m))
            << "objectives " << m << " character " << character << " points " << n;
      }
    }
  }
}

TEST(NonDominatedRanks, DoNotDependOnTheOrderOfTheRows) {
  std::mt19937_64 random(testing::TestSeed());
  for (int m = 1; m <= 4; ++m) {
    for (int character = 0; character < 5; ++character) {
      const int n = 300;
      const std::vector<double> values = RandomSet(random, n, m, character);
      const std::vector<int> ranks = NonDominatedRanks(values, m);
      std::vector<int> order(n);
      std::iota(order.begin(), order.end(), 0);
      std::shuffle(order.begin(), order.end(), random);
      std::vector<double> shuffled;
      for (const int i : order) {
        shuffled.insert(shuffled.end(), &values[i * m], &values[i * m] + m);
      }
      const std::vector<int> shuffled_ranks = NonDominatedRanks(shuffled, m);
      for (int i = 0; i < n; ++i) ASSERT_EQ(shuffled_ranks[i], ranks[order[i]]);
    }
  }
}

TEST(NonDominatedRanks, OfNothingAreNone) { EXPECT_TRUE(NonDominatedRanks({}, 3).empty()); }

// One front of everything is the worst case of pairwise methods: 10,000 points make
// 5e7 comparisons there, which alone would take about as long as is allowed here.
TEST(NonDominatedRanks, SortsTenThousandPointsQuickly) {
  std::mt19937_64 random(testing::TestSeed());
  for (int m = 2; m <= 4; ++m) {
    for (const int character : {0, 3}) {
      const std::vector<double> values = RandomSet(random, 10000, m, character);
      const auto start = std::chrono::steady_clock::now();
      const std::vector<int> ranks = NonDominatedRanks(values, m);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      if (character == 3) {
        EXPECT_LE(*std::max_element(ranks.begin(), ranks.end()), 3);
      }
      EXPECT_LT(took.count(), 2.0) << m << " objectives, character " << character;
    }
  }
}

}  // namespace
}  // namespace raffinate::optimizer
