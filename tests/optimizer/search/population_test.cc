// Whole populations against the serial search that they must repeat bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/search/evolution.h"
#include "optimizer/search/offspring.h"
#include "optimizer/search/random_stream.h"
#include "optimizer/search/selection.h"
#include "optimizer/search/variation.h"
#include "tests/optimizer/search/serial_search.h"
#include "tests/optimizer/search/test_problems.h"
#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

kernels::Device Cpu(int threads) {
  kernels::Device device;
  device.threads = threads;
  return device;
}

// Some feasible, some not, some not solved, some with the genes of others; `ties` has values
// of few kinds.
std::vector<Candidate> RandomPool(std::mt19937_64& random, std::size_t size, int objectives,
                                  double feasible, bool ties) {
  std::uniform_real_distribution<double> share(0, 1);
  std::vector<Candidate> pool(size);
  for (std::size_t i = 0; i < size; ++i) {
    Candidate& c = pool[i];
    for (int k = 0; k < 3; ++k) c.genes.push_back(share(random));
    if (i > 0 && share(random) < 0.05) c.genes = pool[random() % i].genes;
    c.solved = share(random) < 0.95;
    for (int j = 0; j < objectives && c.solved; ++j) {
      c.objectives.push_back(ties ? static_cast<double>(random() % 6) : share(random));
    }
    if (share(random) >= feasible) {
      c.violation = ties ? 1 + static_cast<double>(random() % 4) : share(random);
    }
  }
  return pool;
}

void ExpectSame(const Selected& selected, std::span<const Candidate> pool, int objectives,
                std::size_t keep) {
  ASSERT_EQ(selected.survivors, serial::Survivors(pool, objectives, keep));
  std::vector<Candidate> next;
  for (const std::size_t i : selected.survivors) next.push_back(pool[i]);
  const std::vector<Standing> standings = serial::Stand(next, objectives);
  ASSERT_EQ(selected.standings.size(), standings.size());
  for (std::size_t n = 0; n < standings.size(); ++n) {
    ASSERT_EQ(selected.standings[n].rank, standings[n].rank) << n;
    ASSERT_EQ(selected.standings[n].crowding, standings[n].crowding) << n;
  }
}

TEST(SelectSurvivors, AreThoseOfTheSerialSearch) {
  std::mt19937_64 random(testing::TestSeed());
  for (int objectives = 1; objectives <= 9; ++objectives) {
    for (const double feasible : {0.0, 0.3, 1.0}) {
      for (const bool ties : {false, true}) {
        for (const std::size_t size : {1u, 2u, 7u, 64u, 600u}) {
          SCOPED_TRACE(::testing::Message() << objectives << " objectives, " << feasible
                                            << " feasible, ties " << ties << ", " << size);
          const auto pool = RandomPool(random, size, objectives, feasible, ties);
          for (const std::size_t keep : {size / 4 + 1, size / 2 + 1, size - size / 20, size + 1}) {
            ExpectSame(SelectSurvivors(Cpu(1), pool, objectives, keep), pool, objectives,
                       std::min(keep, size));
          }
        }
      }
    }
  }
}

TEST(SelectSurvivors, OfLargePopulationsAreThoseOfTheSerialSearch) {
  std::mt19937_64 random(testing::TestSeed());
  for (const int objectives : {1, 2, 3, 5}) {
    for (const double feasible : {0.4, 1.0}) {
      SCOPED_TRACE(::testing::Message() << objectives << " objectives, " << feasible);
      const auto pool = RandomPool(random, 12000, objectives, feasible, /*ties=*/false);
      for (const int threads : {1, 3}) {
        ExpectSame(SelectSurvivors(Cpu(threads), pool, objectives, 6000), pool, objectives, 6000);
      }
    }
  }
}

std::vector<Variable> MixedVariables(int reals) {
  std::vector<Variable> variables{testing::Integer(1, 3), testing::Category(3)};
  for (int k = 0; k < reals; ++k) variables.push_back(testing::Real(0, 2));
  return variables;
}

TEST(MakeOffspring, IsThatOfTheSerialSearch) {
  std::mt19937_64 random(testing::TestSeed());
  for (const int reals : {0, 1, 8}) {  // nearly all children of the first repeat others
    for (const std::size_t size : {4u, 50u, 3000u}) {
      const std::vector<Variable> variables = MixedVariables(reals);
      const GeneSpace space(variables);
      std::vector<Candidate> population(size);
      std::vector<Standing> standings(size);
      for (std::uint32_t i = 0; i < size; ++i) {
        RandomStream own(7, RandomStream::Purpose::kSample, 0, i);
        population[i].genes = RandomGenes(space, own);
        population[i].state = {static_cast<double>(i)};
        standings[i] = {static_cast<int>(random() % 4), static_cast<double>(random() % 9)};
      }
      for (const double differential : {0.02, 0.5, 0.98}) {
        const std::size_t count = size + 1;
        const Offspring expected =
            serial::MakeOffspring(space, population, standings, 11, 3, differential, count);
        for (const int threads : {1, 3}) {
          const Offspring made =
              MakeOffspring(space, population, standings, 11, 3, differential, count, threads);
          ASSERT_EQ(made.parent, expected.parent);
          ASSERT_EQ(made.made_by, expected.made_by);
          ASSERT_EQ(made.candidates.size(), expected.candidates.size());
          for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(made.candidates[i].genes, expected.candidates[i].genes) << i;
            ASSERT_EQ(made.candidates[i].state, expected.candidates[i].state) << i;
          }
        }
      }
    }
  }
}

// Remembers what it was asked to evaluate.
class Recorder : public Problem {
 public:
  explicit Recorder(testing::FunctionProblem problem) : problem_(std::move(problem)) {}
  const std::vector<Variable>& variables() const override { return problem_.variables(); }
  int objectives() const override { return problem_.objectives(); }
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override {
    problem_.Evaluate(batch, cancel);
    last.assign(batch.begin(), batch.end());
  }

  std::vector<Candidate> last;

 private:
  testing::FunctionProblem problem_;
};

bool SameGenes(const std::vector<Candidate>& a, const std::vector<Candidate>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Candidate& x, const Candidate& y) { return x.genes == y.genes; });
}

// Generation after generation: what the serial search makes of the last population is what
// is kept, and so the whole search is the same.
TEST(Evolution, KeepsWhatTheSerialSearchKeeps) {
  const std::vector<std::pair<std::string, testing::FunctionProblem>> problems{
      {"ZDT1", testing::Zdt(1)},
      {"ZDT3", testing::Zdt(3)},
      {"DTLZ2", testing::Dtlz(2)},
      {"DTLZ7", testing::Dtlz(7)},
      {"Osyczka", testing::OsyczkaKundu()},
      {"Rotated", testing::Rotated(5)}};
  for (const auto& [name, problem] : problems) {
    for (const std::int64_t seed : {1, 2, 3}) {
      for (const int population : {24, 100, 2500}) {
        if (population == 2500 && seed > 1) continue;
        SCOPED_TRACE(::testing::Message() << name << " seed " << seed << " of " << population);
        Recorder recorder(problem);
        SearchOptions options;
        options.seed = seed;
        options.population = population;
        options.device.threads = 2;
        Evolution evolution(&recorder, options, 0);
        const std::atomic<bool> cancel{false};
        std::vector<Candidate> pool;
        for (int generation = 0; generation < (population == 2500 ? 4 : 30); ++generation) {
          evolution.Step(cancel);
          pool.insert(pool.end(), recorder.last.begin(), recorder.last.end());
          std::vector<Candidate> kept;
          for (const std::size_t i : serial::Survivors(pool, problem.objectives(),
                                                       static_cast<std::size_t>(population))) {
            kept.push_back(pool[i]);
          }
          ASSERT_TRUE(SameGenes(evolution.population(), kept)) << "generation " << generation;
          pool = std::move(kept);
        }
      }
    }
  }
}

}  // namespace
}  // namespace raffinate::optimizer
