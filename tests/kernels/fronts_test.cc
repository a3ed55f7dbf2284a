#include "kernels/detail/fronts.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "bench/corpus/corpus.h"
#include "gtest/gtest.h"
#include "kernels/circuit.h"
#include "kernels/detail/control.h"
#include "kernels/solve.h"

namespace raffinate::kernels {
namespace {

using detail::Fronts;

constexpr int kStages = 200;

/// A front of some stages' width that stands at `at`.
double Profile(double stage, double at) { return 1.5 * std::tanh((stage - at) / 3); }

/// One time step in which fronts went from `before` to `after`.
void Step(Fronts& fronts, double time, const std::vector<double>& before,
          const std::vector<double>& after) {
  std::vector<double> change(kStages);
  double largest = 0;
  for (int j = 0; j < kStages; ++j) {
    double sum = 0;
    for (size_t f = 0; f < before.size(); ++f) sum += Profile(j, after[f]) - Profile(j, before[f]);
    change[j] = std::abs(sum);
    largest = std::max(largest, change[j]);
  }
  fronts.Follow(kStages, time, largest, [&](long j) { return change[j]; });
}

TEST(Fronts, TellsHowFarFrontsGoWithStepsOfAnyLength) {
  // Two fronts, up at 2 and down at 3 stages per unit of time.
  Fronts fronts;
  double up = 40, down = 160;
  for (const double time : {1.0, 1.5, 2.0, 2.5}) {
    Step(fronts, time, {up, down}, {up + 2 * time, down - 3 * time});
    up += 2 * time, down -= 3 * time;
  }
  ASSERT_EQ(fronts.count, 2);
  EXPECT_NEAR(fronts.way[0], 2 * 2.5, 0.05);
  EXPECT_NEAR(fronts.way[1], -3 * 2.5, 0.05);
}

TEST(Fronts, NeedsTwoStepsToKnowASpeedAndAThirdToTrustIt) {
  Fronts fronts;
  Step(fronts, 1, {40}, {45});
  EXPECT_FALSE(fronts.Any());
  Step(fronts, 1, {45}, {50});
  EXPECT_FALSE(fronts.Any());
  Step(fronts, 1, {50}, {55});
  EXPECT_TRUE(fronts.Any());
}

TEST(Fronts, FollowsNothingThatSettlesWhereItIs) {
  Fronts fronts;
  for (double size = 1; size > 0.02; size *= 0.5) {
    fronts.Follow(kStages, 1, size, [&](long j) { return j >= 90 && j < 110 ? size : 0; });
    EXPECT_FALSE(fronts.Any());
  }
}

TEST(Fronts, FollowsNothingAfterANewFrontOrAStart) {
  Fronts fronts;
  for (int k = 0; k < 3; ++k) Step(fronts, 1, {40. + 5 * k}, {45. + 5 * k});
  ASSERT_TRUE(fronts.Any());
  Step(fronts, 1, {55, 150}, {60, 155});
  EXPECT_FALSE(fronts.Any());
  Step(fronts, 0, {60, 155}, {65, 160});
  Step(fronts, 1, {65, 160}, {70, 165});
  EXPECT_FALSE(fronts.Any());
}

// A front that keeps its speed, in stages that are alike up to `wall`.
struct Leap {
  bool done = false;
  long first = 0, last = 0, by = 0;
};
Leap TryLeap(Fronts& fronts, int wall) {
  Leap leap;
  leap.done = fronts.Leap(
      kStages, [&](long j, bool) { return j + 1 < wall; },
      [&](long first, long last, long by) {
        leap = {true, first, last, by};
      });
  return leap;
}

TEST(Fronts, LeapsToTheEndOfAlikeStagesAndTakesItsTailsAlong) {
  Fronts fronts;
  for (int k = 0; k < 4; ++k) Step(fronts, 1, {30. + 5 * k}, {35. + 5 * k});
  const long begin = fronts.begin[0], end = fronts.end[0];
  const double at = fronts.at[0];
  const Leap leap = TryLeap(fronts, 150);
  ASSERT_TRUE(leap.done);
  EXPECT_LT(leap.first, begin);
  EXPECT_GT(leap.last, end);
  // Half its width is left before the wall.
  EXPECT_NEAR(static_cast<double>(leap.last + leap.by), 150 - 0.5 * (leap.last - leap.first), 2);
  EXPECT_EQ(fronts.begin[0], begin + leap.by);
  EXPECT_EQ(fronts.end[0], end + leap.by);
  EXPECT_DOUBLE_EQ(fronts.at[0], at + static_cast<double>(leap.by));
}

TEST(Fronts, DoesNotLeapWhereItStandsBetweenUnlikeStagesOrChangesSpeed) {
  Fronts fronts;
  for (int k = 0; k < 4; ++k) Step(fronts, 1, {30. + 5 * k}, {35. + 5 * k});
  EXPECT_FALSE(TryLeap(fronts, 45).done);
  Step(fronts, 1, {50}, {56});
  Step(fronts, 1, {56}, {63.5});
  ASSERT_TRUE(fronts.Any());
  EXPECT_FALSE(TryLeap(fronts, 150).done);
}

TEST(Fronts, FrontsThatApproachEachOtherDoNotPass) {
  Fronts fronts;
  for (int k = 0; k < 4; ++k) {
    Step(fronts, 1, {20. + 5 * k, 180. - 5 * k}, {25. + 5 * k, 175. - 5 * k});
  }
  ASSERT_EQ(fronts.count, 2);
  std::vector<Leap> leaps;
  ASSERT_TRUE(fronts.Leap(
      kStages, [](long, bool) { return true; },
      [&](long first, long last, long by) {
        leaps.push_back({true, first, last, by});
      }));
  ASSERT_EQ(leaps.size(), 2U);
  EXPECT_GT(leaps[0].by, 10);
  EXPECT_LT(leaps[1].by, -10);
  EXPECT_LE(leaps[0].last + leaps[0].by, leaps[1].first + leaps[1].by);
}

TEST(Fronts, AFrontThatComesBackLeapsHalfAsFarEachTime) {
  Fronts fronts;
  double at = 20, speed = 4;
  long last = 0;
  int leaps = 0;
  for (int k = 0; k < 200; ++k) {
    Step(fronts, 1, {at}, {at + speed});
    at += speed;
    if (!fronts.Any()) continue;
    Leap leap = TryLeap(fronts, kStages);
    if (!leap.done) continue;
    EXPECT_GT(static_cast<double>(leap.by) * speed, 0);
    if (leaps > 0) {
      EXPECT_LE(std::abs(leap.by), std::abs(last) / 2 + 1);
    }
    last = leap.by;
    ++leaps;
    // Always too far.
    at += static_cast<double>(leap.by);
    speed = -speed;
  }
  EXPECT_GT(leaps, 2);
  EXPECT_LE(leaps, Fronts::kLeaps);
}

/// Solutions of children that stand beyond the point at which a component changes the end
/// by which it leaves: its front crosses the whole cascade. With prediction of it alone
/// they take 0.7 iterations per stage, without any 1.6.
class Crossing {
 public:
  explicit Crossing(int stages) {
    constexpr int kParent = 6, kChildren = 32;
    const Circuit parent = bench::BenchmarkCircuit(stages, 16, kParent);
    Cascade cascade;
    EXPECT_EQ(Assemble(parent, &cascade), "");
    const Task cold{&cascade, nullptr};
    Solve(device_, {&cold, 1}, SolveOptions(), {&parent_, 1});
    cascades_.resize(kChildren);
    for (int s = 0; s < kChildren; ++s) {
      EXPECT_EQ(Assemble(bench::Perturbed(parent, 0.01, 7000 + s), &cascades_[s]), "");
    }
  }

  std::vector<Solution> Rescued(const std::vector<double>* x) const {
    std::vector<Task> tasks;
    for (const Cascade& cascade : cascades_) tasks.push_back({&cascade, &parent_.state, x});
    std::vector<Solution> solutions(tasks.size());
    Solve(device_, tasks, SolveOptions(), solutions);
    for (const Solution& s : solutions) EXPECT_EQ(s.status, SolveStatus::kSolved);
    std::erase_if(solutions, [](const Solution& s) { return !s.rescued; });
    return solutions;
  }

  const std::vector<double>& parent_x() const { return parent_.x; }

 private:
  const Device device_{Device::Kind::kCpu, 0, 1};
  Solution parent_;
  std::vector<Cascade> cascades_;
};

double Iterations(const std::vector<Solution>& solutions) {
  double sum = 0;
  for (const Solution& s : solutions) sum += s.iterations;
  return sum / static_cast<double>(solutions.size());
}

TEST(Fronts, ACrossingTakesFewIterationsHoweverManyStages) {
  const Crossing crossing(300);
  const std::vector<Solution> rescued = crossing.Rescued(&crossing.parent_x());
  ASSERT_GT(rescued.size(), 4U);
  EXPECT_LT(Iterations(rescued), 100);
}

TEST(Fronts, TheNeighboursCompositionSavesIterationsAndIsIgnoredWhereItDoesNotFit) {
  const Crossing crossing(100);
  const std::vector<Solution> with = crossing.Rescued(&crossing.parent_x());
  const std::vector<Solution> without = crossing.Rescued(nullptr);
  ASSERT_GT(with.size(), 4U);
  EXPECT_LT(Iterations(with), Iterations(without));
  const std::vector<double> short_x(7, 0.1);
  const std::vector<Solution> unfit = crossing.Rescued(&short_x);
  ASSERT_EQ(unfit.size(), without.size());
  for (size_t k = 0; k < unfit.size(); ++k) EXPECT_EQ(unfit[k].x, without[k].x);
  // Either way is one to the same state.
  ASSERT_EQ(with.size(), without.size());
  for (size_t k = 0; k < with.size(); ++k) {
    for (size_t j = 0; j < with[k].state.ln_h.size(); ++j) {
      EXPECT_NEAR(with[k].state.ln_h[j], without[k].state.ln_h[j], 1e-6);
    }
  }
}

// What leaps led astray begins again without any, once.
TEST(Fronts, LeapsThatLeadNowhereEndInAColdStartWithoutThem) {
  using detail::Control;
  const detail::Limits limits;
  Control control;
  control.Begin(/*warm=*/false, /*linear=*/false);
  control.BeginTransient(Control::kFirstRate);
  control.fronts.leaps = 2;
  control.iterations = limits.max_iterations / 2 - 1;
  EXPECT_EQ(control.AfterResidual(10, 0, limits), Control::Action::kStep);
  ++control.iterations;
  EXPECT_EQ(control.AfterResidual(10, 0, limits), Control::Action::kColdStart);
  EXPECT_EQ(control.phase, Control::Phase::kStart);
  EXPECT_EQ(control.fronts.leaps, Fronts::kLeaps);  // none is left
  control.BeginTransient(Control::kFirstRate);
  EXPECT_EQ(control.AfterResidual(10, 0, limits), Control::Action::kStep);
  control.iterations = limits.max_iterations;
  EXPECT_EQ(control.AfterResidual(10, 0, limits), Control::Action::kDone);
  EXPECT_EQ(control.phase, Control::Phase::kFailed);
}

// Circuits that were not solved while fronts leapt at constant loading, too.
TEST(Fronts, ConstantLoadingGoesWithoutLeaps) {
  for (const std::uint64_t seed : {1000400, 1000490, 1000901}) {
    Cascade cascade;
    ASSERT_EQ(Assemble(RandomCircuit(bench::Kind::kConstantBeta, seed, {2, 400, 2, 20}), &cascade),
              "");
    const Task task{&cascade, nullptr};
    Solution solution;
    Solve(Device{Device::Kind::kCpuScalar, 0, 1}, {&task, 1}, SolveOptions(), {&solution, 1});
    EXPECT_EQ(solution.status, SolveStatus::kSolved) << seed;
  }
}

}  // namespace
}  // namespace raffinate::kernels
