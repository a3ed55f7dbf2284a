#include "optimizer/search/islands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "optimizer/search/byte_stream.h"
#include "tests/optimizer/search/test_problems.h"

namespace raffinate::optimizer {
namespace {

using testing::FunctionProblem;
using ::testing::HasSubstr;
using testing::Real;
using testing::RunToEnd;
using testing::Zdt;

// May be asked from several threads at once, unlike a FunctionProblem.
class Shared : public Problem {
 public:
  Shared(std::vector<Variable> variables, int objectives, std::function<void(Candidate&)> function)
      : variables_(std::move(variables)), objectives_(objectives), function_(std::move(function)) {}

  const std::vector<Variable>& variables() const override { return variables_; }
  int objectives() const override { return objectives_; }
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>&) override {
    for (Candidate& c : batch) {
      c.solved = true;
      function_(c);
    }
  }

 private:
  std::vector<Variable> variables_;
  int objectives_;
  std::function<void(Candidate&)> function_;
};

// Two objectives and a demand; what comes out depends a little on the warm start, so that a
// lost state shows.
Shared Warm() {
  return Shared(std::vector<Variable>(4, Real(0, 1)), 2, [](Candidate& c) {
    const double warm = c.state.empty() ? 0 : c.state[0];
    double rest = 0;
    for (int k = 1; k < 4; ++k) rest += (c.genes[k] - 0.3) * (c.genes[k] - 0.3);
    c.objectives = {c.genes[0] + rest, 1 - c.genes[0] + rest + 1e-6 * warm};
    c.violation = std::max(0.0, c.genes[1] - 0.6);
    c.solved = c.genes[3] < 0.95;
    c.state = {0.5 * warm + c.genes[1]};
  });
}

SearchOptions Options(int islands, int workers) {
  SearchOptions options;
  options.population = 62;  // not the same on every island
  options.max_evaluations = 62 * 30 + 5;
  options.archive_size = 30;
  options.stagnation_generations = 1000;
  options.islands = islands;
  options.workers = workers;
  return options;
}

std::unique_ptr<Search> Start(Problem& problem, const SearchOptions& options) {
  auto search = Search::Create(&problem, options);
  EXPECT_TRUE(search.ok()) << search.status();
  return std::move(*search);
}

TEST(Islands, AnyNumberOfWorkersGivesTheSame) {
  Shared problem = Warm();
  const auto one = RunToEnd(problem, Options(4, 1));
  ASSERT_GT(one->Pareto().size(), 5u);
  EXPECT_EQ(one->progress().evaluations, Options(4, 1).max_evaluations);
  EXPECT_EQ(one->stop_reason(), "evaluations");
  for (const int workers : {2, 3, 9}) {
    const auto several = RunToEnd(problem, Options(4, workers));
    // Byte for byte: every population, the archive and everything else.
    EXPECT_EQ(several->Checkpoint(), one->Checkpoint()) << workers;
    EXPECT_EQ(several->progress().hypervolume, one->progress().hypervolume);
  }
  SearchOptions other = Options(4, 1);
  other.seed = 2;
  const auto another = RunToEnd(problem, other);
  EXPECT_NE(another->Pareto().front().genes, one->Pareto().front().genes);
}

TEST(Islands, CheckpointAtEveryGenerationContinuesToTheSameEnd) {
  Shared problem = Warm();
  const auto whole = Start(problem, Options(3, 1));
  std::vector<std::string> checkpoints{whole->Checkpoint()};
  while (whole->Step(false)) checkpoints.push_back(whole->Checkpoint());
  checkpoints.push_back(whole->Checkpoint());
  ASSERT_GT(checkpoints.size(), 25u);  // past several migrations
  for (const std::string& checkpoint : checkpoints) {
    const auto search = Start(problem, Options(3, 2));
    ASSERT_TRUE(search->Restore(checkpoint).ok());
    EXPECT_EQ(search->Checkpoint(), checkpoint);
    while (search->Step(false)) {
    }
    ASSERT_EQ(search->Checkpoint(), whole->Checkpoint());
    EXPECT_EQ(search->stop_reason(), whole->stop_reason());
    EXPECT_EQ(search->progress().evaluations, whole->progress().evaluations);
    EXPECT_EQ(search->progress().converged_share, whole->progress().converged_share);
  }
}

TEST(Islands, CancelBetweenIslandsLosesNothing) {
  Shared quiet = Warm();
  const auto whole = RunToEnd(quiet, Options(3, 1));
  // Cancels while the second island of a generation is evaluated: the first is ready.
  std::atomic<bool> cancel = false;
  long left = -1;
  Shared inner = Warm();
  Shared problem(inner.variables(), 2, [&](Candidate& c) {
    std::vector<Candidate> one{c};
    inner.Evaluate(one, cancel);
    c = one[0];
    if (left >= 0 && left-- == 0) cancel = true;
  });
  const auto search = Start(problem, Options(3, 1));
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(search->Step(cancel));
  const auto before = search->Pareto();
  const int generations = search->progress().generations;
  left = 30;  // islands have 20 or 21
  EXPECT_FALSE(search->Step(cancel));
  EXPECT_EQ(search->stop_reason(), "cancelled");
  EXPECT_EQ(search->progress().generations, generations);
  EXPECT_EQ(search->Pareto().size(), before.size());
  EXPECT_FALSE(search->Step(cancel));  // still cancelled

  // Both the search itself and one that takes its checkpoint end as if nothing had been.
  const std::string halfway = search->Checkpoint();
  cancel = false;
  while (search->Step(cancel)) {
  }
  EXPECT_EQ(search->Checkpoint(), whole->Checkpoint());
  const auto resumed = Start(quiet, Options(3, 2));
  ASSERT_TRUE(resumed->Restore(halfway).ok());
  EXPECT_EQ(resumed->Checkpoint(), halfway);
  while (resumed->Step(false)) {
  }
  EXPECT_EQ(resumed->Checkpoint(), whole->Checkpoint());
}

TEST(Islands, OneIslandIsThePlainSearch) {
  Shared problem = Warm();
  const SearchOptions options = Options(1, 3);
  const auto search = RunToEnd(problem, options);
  SearchOptions plain;
  plain.population = options.population;
  plain.max_evaluations = options.max_evaluations;
  plain.archive_size = options.archive_size;
  plain.stagnation_generations = options.stagnation_generations;
  EXPECT_EQ(search->Checkpoint(), RunToEnd(problem, plain)->Checkpoint());
}

// One candidate of the first sample of the first island is far better than its flat
// surroundings: no other island finds it by chance.
TEST(Islands, WhatOneIslandFindsSpreadsAroundTheRing) {
  constexpr int kWhich = 5;
  int evaluated = 0;
  double planted = -1;
  Shared problem(std::vector<Variable>(3, Real(0, 1)), 1, [&](Candidate& c) {
    if (evaluated++ == kWhich) planted = c.genes[0];
    c.objectives = {c.genes[0] == planted ? 0.0 : 1.0};
  });
  SearchOptions options = Options(4, 1);
  options.max_evaluations = 0;
  const auto search = Start(problem, options);
  const auto islands_with_it = [&] {
    const std::string bytes = search->Checkpoint();
    ByteReader r(bytes);
    for (int i = 0; i < 4; ++i) r.Unsigned();  // magic, version, fingerprint, generations
    ByteWriter gene;
    gene.Put(planted);
    int with = 0;
    for (int i = 0; i < options.islands; ++i) {
      with += r.Text().find(gene.bytes()) != std::string::npos;
    }
    EXPECT_TRUE(r.ok());
    return with;
  };
  std::vector<int> seen;
  for (int i = 1; i <= 40; ++i) {
    ASSERT_TRUE(search->Step(false));
    if (i % 10 == 9) seen.push_back(islands_with_it());
  }
  seen.push_back(islands_with_it());
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4, 4}));
}

TEST(Islands, ReachAKnownFront) {
  FunctionProblem problem = Zdt(1);
  SearchOptions options;
  options.population = 100;
  options.max_evaluations = 40000;
  options.islands = 4;
  const auto search = RunToEnd(problem, options);
  EXPECT_GT(testing::ParetoHypervolume(*search, {1.1, 1.1}), 0.99 * testing::ZdtCeiling(1));
}

TEST(Islands, DamagedOrForeignCheckpointIsRefusedAndChangesNothing) {
  Shared problem = Warm();
  const auto source = Start(problem, Options(3, 1));
  for (int i = 0; i < 12; ++i) source->Step(false);
  const std::string good = source->Checkpoint();
  const auto search = Start(problem, Options(3, 1));
  search->Step(false);
  const std::string before = search->Checkpoint();
  for (std::size_t at = 0; at < good.size(); at += 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 5);
    ASSERT_EQ(search->Restore(bad).code(), absl::StatusCode::kDataLoss) << at;
    // Also where the checksum matches: an island tells by its own.
    bad.resize(good.size() - 8);
    bad[24] = static_cast<char>(bad[24] ^ 64);  // the generations
    ByteWriter checksum;
    checksum.Put(Fnv1a(bad));
    ASSERT_FALSE(search->Restore(bad + checksum.bytes()).ok()) << at;
    ASSERT_FALSE(search->Restore(good.substr(0, at)).ok()) << at;
    ASSERT_EQ(search->Checkpoint(), before);
  }
  constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;
  EXPECT_EQ(Start(problem, Options(4, 1))->Restore(good).code(), kRefused);
  EXPECT_EQ(Start(problem, Options(1, 1))->Restore(good).code(), absl::StatusCode::kDataLoss);
  const auto plain = Start(problem, Options(1, 1));
  plain->Step(false);
  EXPECT_EQ(search->Restore(plain->Checkpoint()).code(), kRefused);
  EXPECT_TRUE(search->Restore(good).ok());
}

TEST(Islands, RefusesWhatCannotBeShared) {
  Shared problem = Warm();
  const auto refused = [&](int islands, int population, long evaluations) {
    SearchOptions options;
    options.islands = islands;
    options.population = population;
    options.max_evaluations = evaluations;
    return std::string(Search::Create(&problem, options).status().message());
  };
  EXPECT_THAT(refused(0, 0, 0), HasSubstr("islands: found 0, must be 1 to 64"));
  EXPECT_THAT(refused(65, 0, 0), HasSubstr("islands: found 65"));
  EXPECT_THAT(refused(8, 31, 0), HasSubstr("population: found 31, must be 0 (chosen) or at least"));
  EXPECT_THAT(refused(8, 32, 7), HasSubstr("max_evaluations: found 7"));
  EXPECT_EQ(refused(64, 0, 0), "");
}

}  // namespace
}  // namespace raffinate::optimizer
