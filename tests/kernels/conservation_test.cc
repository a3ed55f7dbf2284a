// Every component, anion, extractant and proton closes over random circuits,
// on every backend, and every one of them is solved without a guess.
#include <gtest/gtest.h>

#include "bench/corpus/corpus.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

class RandomCircuits : public ::testing::TestWithParam<int> {};

TEST_P(RandomCircuits, AreSolvedColdAndClose) {
  const bench::Kind kind = static_cast<bench::Kind>(GetParam());
  bench::CorpusLimits limits;
  limits.max_stages = 80;
  limits.max_components = 10;
  std::vector<Circuit> circuits;
  std::vector<Cascade> cascades;
  for (int k = 0; k < 60; ++k) {
    circuits.push_back(RandomCircuit(kind, Seed() + k, limits));
    cascades.emplace_back();
    ASSERT_EQ(Assemble(circuits.back(), &cascades.back()), "") << "seed " << Seed() + k;
  }
  std::vector<Task> tasks;
  for (const Cascade& c : cascades) tasks.push_back({&c, nullptr});
  std::vector<Solution> solutions(tasks.size());
  Solve(Device(), tasks, SolveOptions(), solutions);
  for (size_t k = 0; k < tasks.size(); ++k) {
    SCOPED_TRACE("seed " + std::to_string(Seed() + k));
    ASSERT_EQ(solutions[k].status, SolveStatus::kSolved)
        << "residual " << solutions[k].residual << " at stage " << solutions[k].worst_stage + 1
        << " of " << cascades[k].stages();
    EXPECT_LE(solutions[k].residual, 1e-9);
    EXPECT_LE(BalanceError(circuits[k], cascades[k], solutions[k]), 1e-9);
    for (double x : solutions[k].x) EXPECT_GE(x, 0.0);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, RandomCircuits, ::testing::Range(0, bench::kKinds),
                         [](const auto& info) {
                           std::string name = bench::KindName(static_cast<bench::Kind>(info.param));
                           for (char& c : name) c = c == ' ' ? '_' : c;
                           return name;
                         });

TEST(BalanceError, SeesAProfileThatDoesNotClose) {
  Solved s = SolveCircuit(LanthanumNeodymium(5));
  ASSERT_LE(BalanceError(s.circuit, s.cascade, s.solution), 1e-12);
  s.solution.x[0] *= 1.001;
  EXPECT_GT(BalanceError(s.circuit, s.cascade, s.solution), 1e-5);
}

TEST(Saponification, BaseConsumedEqualsSodiumLeavingInTheAqueous) {
  for (int k = 0; k < 20; ++k) {
    const Circuit c = RandomCircuit(bench::Kind::kClosedLoop, Seed() + k);
    const Solved s = SolveCircuit(c);
    ASSERT_EQ(s.solution.status, SolveStatus::kSolved) << "seed " << Seed() + k;
    double base = 0;
    for (const Inlet& in : c.inlets) {
      if (in.phase == Phase::kOrganic) base += in.flow * in.molarity.back();
    }
    double leaving = 0;
    for (size_t r = 0; r + 1 < s.out.size(); ++r) leaving += s.out[r].aqueous_metals.back();
    EXPECT_NEAR(leaving / base, 1, 1e-9) << "seed " << Seed() + k;
  }
}

}  // namespace
}  // namespace raffinate::kernels::testing
