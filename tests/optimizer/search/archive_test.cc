#include "optimizer/search/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;

Candidate Make(std::vector<double> objectives, double violation = 0, double gene = 0) {
  Candidate c;
  c.genes = {gene};
  c.objectives = std::move(objectives);
  c.violation = violation;
  c.solved = true;
  return c;
}

TEST(ParetoArchive, KeepsWhatIsFeasibleAndNotDominatedInOrder) {
  ParetoArchive archive(10, 2);
  EXPECT_TRUE(archive.Insert(
      std::vector{Make({3, 1}), Make({1, 3}), Make({3, 3}), Make({0, 0}, 0.1), Make({2, 2})}));
  EXPECT_THAT(archive.Objectives(), ElementsAre(1, 3, 2, 2, 3, 1));
  EXPECT_TRUE(archive.Insert(std::vector{Make({2, 1})}));
  EXPECT_THAT(archive.Objectives(), ElementsAre(1, 3, 2, 1));
}

TEST(ParetoArchive, SaysWhenNothingChanged) {
  ParetoArchive archive(10, 2);
  archive.Insert(std::vector{Make({1, 3}), Make({3, 1})});
  EXPECT_FALSE(archive.Insert(std::vector{Make({4, 4}), Make({1, 1}, 1)}));
  EXPECT_FALSE(archive.Insert(std::vector{Make({1, 3}, 0, 7)}));
  EXPECT_EQ(archive.members()[0].genes[0], 0) << "of equal objectives the first seen stays";
}

TEST(ParetoArchive, StaysWithinItsCapacityAndKeepsTheEnds) {
  ParetoArchive archive(5, 2);
  for (int round = 0; round < 4; ++round) {
    std::vector<Candidate> batch;
    for (int i = 0; i <= 100; i += 1 + round) batch.push_back(Make({i / 100.0, 1 - i / 100.0}));
    archive.Insert(batch);
    ASSERT_EQ(archive.members().size(), 5u);
    EXPECT_EQ(archive.members().front().objectives[0], 0);
    EXPECT_EQ(archive.members().back().objectives[0], 1);
  }
}

TEST(ParetoArchive, RemembersTheLeastViolated) {
  ParetoArchive archive(5, 1);
  EXPECT_EQ(archive.least_violated(), nullptr);
  Candidate unsolved = Make({0}, 0);
  unsolved.solved = false;
  archive.Insert(std::vector{unsolved});
  EXPECT_FALSE(archive.least_violated()->solved);
  archive.Insert(std::vector{Make({0}, 5, 1), Make({0}, 3, 2), Make({0}, 3, 3)});
  EXPECT_EQ(archive.least_violated()->genes[0], 2);
  archive.Insert(std::vector{unsolved, Make({0}, 4)});
  EXPECT_EQ(archive.least_violated()->genes[0], 2);
  EXPECT_TRUE(archive.members().empty());
}

}  // namespace
}  // namespace raffinate::optimizer
