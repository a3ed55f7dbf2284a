#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "optimizer/search/byte_stream.h"
#include "optimizer/search/search.h"
#include "tests/optimizer/search/test_problems.h"
#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

using testing::FunctionProblem;

// Objectives that depend on the warm start, so that a lost state shows.
FunctionProblem WarmStarted() {
  FunctionProblem base = testing::OsyczkaKundu();
  const auto shared = std::make_shared<FunctionProblem>(base);
  return FunctionProblem(base.variables(), 2, [shared](Candidate& c) {
    const double warm = c.state.empty() ? 0 : c.state[0];
    std::vector<Candidate> one{c};
    shared->Evaluate(one, std::atomic<bool>(false));
    c = one[0];
    c.objectives[1] += 1e-6 * warm;
    c.solved = c.genes[0] < 9.5;
    c.state = {0.5 * warm + c.genes[1], c.genes[2]};
  });
}

SearchOptions Options() {
  SearchOptions options;
  options.population = 24;
  options.max_evaluations = 24 * 25 + 5;
  options.archive_size = 15;
  options.stagnation_generations = 1000;
  return options;
}

std::unique_ptr<Search> Start(Problem& problem, const SearchOptions& options) {
  auto search = Search::Create(&problem, options);
  EXPECT_TRUE(search.ok()) << search.status();
  return std::move(*search);
}

void RunOn(Search& search) {
  while (search.Step(false)) {
  }
}

TEST(Checkpoint, AtEveryGenerationContinuesToTheSameEnd) {
  FunctionProblem problem = WarmStarted();
  const auto whole = Start(problem, Options());
  std::vector<std::string> checkpoints{whole->Checkpoint()};
  while (whole->Step(false)) checkpoints.push_back(whole->Checkpoint());
  checkpoints.push_back(whole->Checkpoint());
  ASSERT_EQ(checkpoints.size(), 27u);
  ASSERT_GT(whole->Pareto().size(), 3u);
  for (const std::string& checkpoint : checkpoints) {
    FunctionProblem again = WarmStarted();
    const auto search = Start(again, Options());
    ASSERT_TRUE(search->Restore(checkpoint).ok());
    EXPECT_EQ(search->Checkpoint(), checkpoint);
    RunOn(*search);
    // Byte for byte: archive, population and everything else.
    ASSERT_EQ(search->Checkpoint(), whole->Checkpoint());
    EXPECT_EQ(search->stop_reason(), whole->stop_reason());
    EXPECT_EQ(search->progress().hypervolume, whole->progress().hypervolume);
    EXPECT_EQ(search->progress().converged_share, whole->progress().converged_share);
  }
}

TEST(Checkpoint, OfAnotherProblemOrOtherOptionsIsRefused) {
  FunctionProblem problem = WarmStarted();
  const auto search = Start(problem, Options());
  search->Step(false);
  const std::string checkpoint = search->Checkpoint();
  const auto refused = [&](Problem& other, const SearchOptions& options) {
    return Start(other, options)->Restore(checkpoint).code();
  };
  constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;
  FunctionProblem other = testing::BinhKorn();
  EXPECT_EQ(refused(other, Options()), kRefused);
  std::vector<Variable> variables = problem.variables();
  variables[3].upper = 5;
  FunctionProblem narrower(variables, 2, [](Candidate&) {});
  EXPECT_EQ(refused(narrower, Options()), kRefused);
  SearchOptions options = Options();
  options.seed = 5;
  EXPECT_EQ(refused(problem, options), kRefused);
  options = Options();
  options.population = 28;
  EXPECT_EQ(refused(problem, options), kRefused);
  options = Options();
  options.archive_size = 16;
  EXPECT_EQ(refused(problem, options), kRefused);
}

TEST(Checkpoint, OfAnotherVersionIsRefused) {
  FunctionProblem problem = WarmStarted();
  const auto search = Start(problem, Options());
  std::string bytes = search->Checkpoint();
  bytes[8] = 99;  // the version follows the magic of eight bytes
  ByteWriter checksum;
  checksum.Put(Fnv1a(std::string_view(bytes).substr(0, bytes.size() - 8)));
  bytes.replace(bytes.size() - 8, 8, checksum.bytes());
  EXPECT_EQ(search->Restore(bytes).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(Checkpoint, DamagedAnywhereIsDataLossAndChangesNothing) {
  std::mt19937_64 random(testing::TestSeed());
  FunctionProblem problem = WarmStarted();
  const auto source = Start(problem, Options());
  for (int i = 0; i < 12; ++i) source->Step(false);
  const std::string good = source->Checkpoint();
  const auto search = Start(problem, Options());
  search->Step(false);
  const std::string before = search->Checkpoint();
  for (int trial = 0; trial < 1500; ++trial) {
    std::string bad = good;
    const std::size_t at = random() % bad.size();
    switch (trial % 4) {
      case 0:
        bad[at] = static_cast<char>(bad[at] ^ (1 + random() % 255));
        break;
      case 1:
        bad.resize(at);
        break;
      case 2:
        bad.erase(at, 1 + random() % 64);
        break;
      default:
        bad.insert(at, 1 + random() % 64, static_cast<char>(random()));
    }
    ASSERT_EQ(search->Restore(bad).code(), absl::StatusCode::kDataLoss) << "trial " << trial;
    ASSERT_EQ(search->Checkpoint(), before);
  }
  EXPECT_EQ(search->Restore("").code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(search->Restore(good).ok());
}

// Damage under a checksum that matches: every length and count is checked as well.
TEST(Checkpoint, ForgedContentsNeverCrash) {
  std::mt19937_64 random(testing::TestSeed());
  FunctionProblem problem = WarmStarted();
  const auto source = Start(problem, Options());
  for (int i = 0; i < 12; ++i) source->Step(false);
  const std::string good = source->Checkpoint();
  const auto search = Start(problem, Options());
  int refused = 0;
  for (int trial = 0; trial < 1500; ++trial) {
    std::string bad = good.substr(0, good.size() - 8);
    if (trial % 3 == 0) bad.resize(24 + random() % (bad.size() - 24));
    for (int n = 0; n < 3; ++n)
      bad[24 + random() % (bad.size() - 24)] = static_cast<char>(random());
    ByteWriter checksum;
    checksum.Put(Fnv1a(bad));
    const absl::Status status = search->Restore(bad + checksum.bytes());
    if (!status.ok()) {
      ++refused;
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss);
    } else {
      search->Step(false);
    }
  }
  EXPECT_GE(refused, 500);  // all that were cut short, at least
}

}  // namespace
}  // namespace raffinate::optimizer
