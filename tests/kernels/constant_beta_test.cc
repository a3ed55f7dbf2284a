// The constant-separation-factor limit, where theory has exact answers.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/theory/binary.h"
#include "kernels/theory/fenske.h"
#include "kernels/theory/underwood.h"
#include "tests/kernels/oracle/constant_beta.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

/// Smaller of the two product purities of a binary with feed fraction `f`.
double WorstPurity(double beta, double f, double s, int stages, int feed_stage) {
  const Solved solved = SolveCircuit(ConstantBeta({beta, 1}, {f, 1 - f}, stages, feed_stage, s, f));
  EXPECT_EQ(solved.solution.status, SolveStatus::kSolved);
  if (solved.out.empty()) return 0;
  const auto& top = solved.extract().metals;
  const auto& bottom = solved.raffinate().metals;
  return std::min(top[0] / Sum(top), bottom[1] / Sum(bottom));
}

TEST(ConstantBeta, LittleMoreThanTheLeastOrganicReachesAnyPurity) {
  const double s_min = theory::BinaryMinimumFluxes(1.5, 0.6, theory::FeedPhase::kAqueous)->organic;
  EXPECT_NEAR(s_min, 0.6 + 1 / 0.5, 1e-12);
  double last = 0;
  for (const int stages : {100, 200, 400}) {
    const double purity = WorstPurity(1.5, 0.6, 1.02 * s_min, stages, stages / 2);
    EXPECT_GT(purity, last);
    last = purity;
  }
  EXPECT_GT(last, 0.999999);
}

TEST(ConstantBeta, LittleLessNeverDoesHoweverManyStagesAreAdded) {
  const double s_min = theory::BinaryMinimumFluxes(1.5, 0.6, theory::FeedPhase::kAqueous)->organic;
  const double at_200 = WorstPurity(1.5, 0.6, 0.98 * s_min, 200, 100);
  const double at_400 = WorstPurity(1.5, 0.6, 0.98 * s_min, 400, 200);
  EXPECT_LT(at_400, 0.995);
  EXPECT_NEAR(at_200, at_400, 1e-3);
}

TEST(ConstantBeta, FenskeIsTheLimitOfInfiniteReflux) {
  // ln[(P/(1-P))^2] / ln beta stages separate to 4N at both ends: 45.43.
  const double fenske = 2 * std::log(0.9999 / 0.0001) / std::log(1.5);
  const auto purity = [](int stages) {
    return WorstPurity(1.5, 0.5, 2e6, stages, (stages + 1) / 2);
  };
  EXPECT_LT(purity(static_cast<int>(std::floor(fenske))), 0.9999);
  EXPECT_GT(purity(static_cast<int>(std::ceil(fenske))), 0.9999);
}

TEST(ConstantBeta, AFrontInBalanceStandsWhereBothProductsLoseAlike) {
  // Drawn off is exactly what is fed of each, so that at steady state as much of
  // one goes astray as of the other. Where the front stands hangs on that alone:
  // on 3e-12 of the feed in the last case.
  for (const int stages : {60, 70, 80}) {
    for (const double s : {5.0, 8.0, 10.0}) {
      SCOPED_TRACE(std::to_string(stages) + " stages, s " + std::to_string(s));
      const Solved solved =
          SolveCircuit(ConstantBeta({2, 1}, {0.5, 0.5}, stages, stages / 2, s, 0.5));
      ASSERT_EQ(solved.solution.status, SolveStatus::kSolved);
      const double down = solved.raffinate().metals[0], up = solved.extract().metals[1];
      EXPECT_LT(down, 1e-8);
      EXPECT_NEAR(down, up, 4e-16 * s);
    }
  }
}

TEST(ConstantBeta, UnderwoodBoundsAThreeComponentCutFromBothSides) {
  theory::MixtureFeed feed;
  feed.beta = {4, 2, 1};
  feed.moles = {1.0 / 3, 1.0 / 3, 1.0 / 3};
  const auto least = theory::MinimumFluxesForCut(feed, 1);
  ASSERT_TRUE(least.ok());
  EXPECT_NEAR(least->organic, 1.07175, 5e-6);
  const auto recovery = [&](double factor) {
    const Solved s = SolveCircuit(ConstantBeta({4, 2, 1}, {1.0 / 3, 1.0 / 3, 1.0 / 3}, 300, 150,
                                               factor * least->organic, 1.0 / 3));
    EXPECT_EQ(s.solution.status, SolveStatus::kSolved);
    return s.out.empty() ? 0.0 : s.extract().metals[0] * 3;
  };
  EXPECT_GT(recovery(1.02), 0.999999);
  EXPECT_LT(recovery(0.98), 0.999);
}

TEST(ConstantBeta, AgreesWithAPlainSolverStageByStage) {
  oracle::ConstantBetaProblem plain;
  plain.beta = {2.8, 2.0, 1.0};
  plain.feed = {0.39, 0.10, 0.51};
  plain.stages = 30;
  plain.feed_stage = 12;
  plain.organic_flux = 1.7;
  plain.organic_product = 0.4;
  const oracle::ConstantBetaProfile expected = oracle::SolveConstantBeta(plain);
  ASSERT_TRUE(expected.converged);
  const Solved s = SolveCircuit(ConstantBeta(plain.beta, plain.feed, 30, 12, 1.7, 0.4));
  ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
  for (int j = 0; j < 30; ++j) {
    double total = 0;
    for (int i = 0; i < 3; ++i) total += s.solution.y[j * 3 + i];
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(s.solution.y[j * 3 + i] / total, expected.y[j][i], 1e-8) << j << " " << i;
    }
  }
}

TEST(ConstantBeta, ScalingAllFactorsChangesNothing) {
  const Solved a = SolveCircuit(ConstantBeta({2, 1.4, 1}, {0.3, 0.3, 0.4}, 40, 20, 2, 0.4));
  const Solved b = SolveCircuit(ConstantBeta({200, 140, 100}, {0.3, 0.3, 0.4}, 40, 20, 2, 0.4));
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(a.extract().metals[i] / b.extract().metals[i], 1, 1e-9);
  }
}

TEST(ConstantBeta, LessMetalThanTheOrganicHoldsHasNoSteadyState) {
  // 1.5 mol would leave with the organic of 1 mol fed, 2 mol reach the feed stage and are held.
  Solved s = SolveCircuit(ConstantBeta({2, 1}, {0.5, 0.5}, 10, 5, 2.0, 1.5));
  EXPECT_EQ(s.solution.status, SolveStatus::kNoSteadyState);
  EXPECT_EQ(s.solution.iterations, 0);
  EXPECT_EQ(s.solution.worst_stage, 0);
  EXPECT_NEAR(s.solution.residual, 0.5, 1e-12);
  // What lacks goes to nothing with the cause, to and beyond the limit.
  double last = s.solution.residual;
  for (const double product : {1.3, 1.1, 1.01, 1.0001}) {
    s = SolveCircuit(ConstantBeta({2, 1}, {0.5, 0.5}, 10, 5, 2.0, product));
    EXPECT_EQ(s.solution.status, SolveStatus::kNoSteadyState);
    EXPECT_NEAR(s.solution.residual, product - 1, 1e-12);
    EXPECT_LT(s.solution.residual, last);
    last = s.solution.residual;
  }
}

TEST(ConstantBeta, TheLittleThatTheOrganicLeavesIsEnough) {
  const Solved s = SolveCircuit(ConstantBeta({2, 1}, {0.5, 0.5}, 10, 5, 2.0, 0.999));
  ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
  EXPECT_NEAR(s.raffinate().metals[0] + s.raffinate().metals[1], 0.001, 1e-9);
}

// Neighbours in the batch that have one are solved all the same, on every backend.
TEST(ConstantBeta, ShortagesDoNotDisturbABatch) {
  std::vector<Cascade> cascades(9);
  std::vector<Task> tasks(9);
  for (int k = 0; k < 9; ++k) {
    const double product = k % 3 == 1 ? 1.2 : 0.5 + 0.01 * k;
    ASSERT_EQ(Assemble(ConstantBeta({2, 1}, {0.5, 0.5}, 10, 5, 2.0, product), &cascades[k]), "");
    tasks[k].cascade = &cascades[k];
  }
  for (const Device::Kind kind : {Device::Kind::kCpu, Device::Kind::kCpuScalar}) {
    std::vector<Solution> solutions(9);
    Solve({.kind = kind, .threads = 2}, tasks, {}, solutions);
    for (int k = 0; k < 9; ++k) {
      EXPECT_EQ(solutions[k].status,
                k % 3 == 1 ? SolveStatus::kNoSteadyState : SolveStatus::kSolved)
          << k;
      EXPECT_EQ(solutions[k].x.empty(), k % 3 == 1) << k;
    }
  }
}

TEST(ConstantBeta, MoreAcidThanTheOrganicHoldsIsRefused) {
  Cascade cascade;
  const std::string error = Assemble(ConstantBeta({2, 1}, {0.5, 0.5}, 10, 5, 1.0, -0.2), &cascade);
  EXPECT_NE(error.find("more than the organic holds"), std::string::npos) << error;
}

}  // namespace
}  // namespace raffinate::kernels::testing
