#include "optimizer/search/hopeless.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "optimizer/search/search.h"
#include "tests/optimizer/search/test_problems.h"

namespace raffinate::optimizer {
namespace {

const std::atomic<bool> kGoOn{false};

/// Minimizes x and y of [0, 10]; x is known before an evaluation, y is not. Demanded: x + y >= 4,
/// of which x <= 9 is known beforehand.
class Foreseeing : public testing::FunctionProblem {
 public:
  explicit Foreseeing(bool foresees)
      : FunctionProblem({testing::Real(0, 10), testing::Real(0, 10)}, 2,
                        [](Candidate& c) {
                          c.objectives = c.genes;
                          c.violation = std::max(0.0, 4 - c.genes[0] - c.genes[1]) +
                                        std::max(0.0, c.genes[0] - 9);
                        }),
        foresees_(foresees) {}
  bool foresees() const override { return foresees_; }
  void Foresee(std::span<const Candidate> batch, std::span<Foreseen> foreseen) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      foreseen[i].objectives = {batch[i].genes[0], -std::numeric_limits<double>::infinity()};
      foreseen[i].violation = std::max(0.0, batch[i].genes[0] - 9);
    }
  }

 private:
  bool foresees_;
};

/// Minimizes x alone, which is known.
class Known : public testing::FunctionProblem {
 public:
  Known()
      : FunctionProblem({testing::Real(0, 10), testing::Real(0, 10)}, 1, [](Candidate& c) {
          c.objectives = {c.genes[0]};
          c.violation = std::max(0.0, c.genes[1] - c.genes[0]);
        }) {}
  bool foresees() const override { return true; }
  void Foresee(std::span<const Candidate> batch, std::span<Foreseen> foreseen) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      foreseen[i].objectives = {batch[i].genes[0]};
    }
  }
};

ParetoArchive ArchiveOf(Problem& problem, std::vector<double> genes) {
  std::vector<Candidate> best(1);
  best[0].genes = std::move(genes);
  problem.Evaluate(best, kGoOn);
  ParetoArchive archive(10, problem.objectives());
  archive.Insert(best);
  return archive;
}

Offspring Children(const std::vector<std::vector<double>>& genes) {
  Offspring offspring;
  for (std::size_t i = 0; i < genes.size(); ++i) {
    offspring.candidates.emplace_back().genes = genes[i];
    offspring.made_by.push_back(i % 2 == 0 ? Operator::kSimulatedBinary : Operator::kDifferential);
    offspring.parent.push_back(static_cast<std::uint32_t>(i));
  }
  return offspring;
}

TEST(Hopeless, IsWhatAMemberDominatesWhateverComes) {
  Known problem;
  const ParetoArchive archive = ArchiveOf(problem, {5, 1});
  Offspring offspring = Children({{6, 0}, {4, 0}, {5, 0}, {7, 0}});
  LeaveOutHopeless(problem, archive, &offspring);
  // Equal is not dominated.
  ASSERT_EQ(offspring.candidates.size(), 2U);
  EXPECT_EQ(offspring.candidates[0].genes[0], 4);
  EXPECT_EQ(offspring.candidates[1].genes[0], 5);
  EXPECT_EQ(offspring.parent, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(offspring.made_by,
            (std::vector<Operator>{Operator::kDifferential, Operator::kSimulatedBinary}));
}

TEST(Hopeless, AnUnknownObjectiveMayAlwaysBeBetter) {
  Foreseeing problem(true);
  const ParetoArchive archive = ArchiveOf(problem, {2, 2});
  Offspring offspring = Children({{8, 5}, {9.5, 0}});
  LeaveOutHopeless(problem, archive, &offspring);
  // The second is sure to miss a demand.
  ASSERT_EQ(offspring.candidates.size(), 1U);
  EXPECT_EQ(offspring.candidates[0].genes[0], 8);
}

TEST(Hopeless, IsNothingBeforeTheDemandsAreMet) {
  Foreseeing problem(true);
  const ParetoArchive archive = ArchiveOf(problem, {1, 1});
  ASSERT_TRUE(archive.members().empty());
  Offspring offspring = Children({{9.5, 0}, {9.9, 0}});
  LeaveOutHopeless(problem, archive, &offspring);
  EXPECT_EQ(offspring.candidates.size(), 2U);
}

TEST(Hopeless, AnEighthStaysInAnyCase) {
  Known problem;
  const ParetoArchive archive = ArchiveOf(problem, {1, 0});
  Offspring offspring = Children(std::vector<std::vector<double>>(17, {8, 0}));
  LeaveOutHopeless(problem, archive, &offspring);
  EXPECT_EQ(offspring.candidates.size(), 3U);
  EXPECT_EQ(offspring.parent, (std::vector<std::uint32_t>{0, 1, 2}));
}

// Nothing can be better than where it ends, and still it ends by its evaluations, of which every
// one was made.
TEST(Hopeless, ASearchEndsWhereAllIsHopeless) {
  Known problem;
  SearchOptions options;
  options.population = 32;
  options.max_evaluations = 2000;
  const auto search = testing::RunToEnd(problem, options);
  EXPECT_EQ(search->stop_reason(), "evaluations");
  EXPECT_EQ(search->progress().evaluations, 2000);
  int evaluated = 0;
  for (const int size : problem.batches) evaluated += size;
  EXPECT_EQ(evaluated, 2000);
  EXPECT_EQ(search->Pareto()[0].objectives[0], 0);
}

}  // namespace
}  // namespace raffinate::optimizer
