// Sharp cuts with constant loading, whose impurities are differences of far larger amounts.
#include "kernels/detail/sharpen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "bench/corpus/corpus.h"
#include "kernels/detail/slot.h"
#include "kernels/shape.h"
#include "tests/kernels/extended.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

TEST(WideSum, KeepsWhatASumOfDoublesLoses) {
  const double a = 1 + 0x1p-30;
  detail::WideSum sum;
  sum.AddProduct(a, a);
  detail::WideSum cube;
  cube.AddProduct(a, sum);
  sum.Add(-1);
  sum.Add(-0x1p-29);
  EXPECT_EQ(sum.Value(), 0x1p-60);
  cube.Subtract({1, 0x1p-90});
  cube.Add(-0x1.8p-29);
  EXPECT_EQ(cube.Value(), 0x1.8p-59);
}

// In a cascade with everything that streams can do but a closed loop, at a state where D has no
// rounding. Closures in extended precision are zero but for the last digits of doubles.
TEST(Sharpener, ClosesToTwiceTheDigits) {
  Circuit circuit = RandomCircuit(bench::Kind::kConstantBeta, 7, {40, 40, 6, 6});
  circuit.inlets[1].anions *= 0.5;  // of acid, for which a draw of organic leaves less room
  circuit.efficiency.assign(circuit.stages, 0.9);
  circuit.aqueous_entrainment.assign(circuit.stages, 0.01);
  circuit.organic_entrainment.assign(circuit.stages, 0.02);
  Draw draw;
  draw.stage = circuit.stages / 2;
  draw.share = 0.1;
  circuit.draws.push_back(draw);
  draw.phase = Phase::kOrganic;
  draw.stage += 3;
  circuit.draws.push_back(draw);
  Cascade cascade;
  ASSERT_EQ(Assemble(circuit, &cascade), "");
  const int n = cascade.stages(), m = cascade.size();
  State state;
  state.ln_h.assign(n, 0.0);
  state.ln_s.assign(n, 0.0);
  LongCascade exact(cascade, state);
  exact.Evaluate();
  std::vector<Long> loaded(n, 0.0L);
  for (int k = 0; k < n * m; ++k) loaded[k / m] += exact.w.x[k] * exact.w.d[k];
  for (int j = 0; j < n; ++j) cascade.extractant[j] = static_cast<double>(loaded[j]);
  Evaluation<double> rounded(cascade, state);
  rounded.Evaluate();
  double worst = 0, lost = 0;
  for (int j = 0; j < n; ++j) {
    double sum = 0;
    for (int k = j * m; k < (j + 1) * m; ++k) sum += rounded.w.x[k] * rounded.w.d[k];
    lost = std::max(lost, std::fabs(sum / cascade.extractant[j] - 1));
  }
  detail::Sharpener<double, Dense>(rounded.shape, rounded.w, n, 0).Close();
  EXPECT_EQ(rounded.w.closed[0], n);
  for (int j = 0; j < n; ++j) {
    const Long closure = loaded[j] - cascade.extractant[j];
    const Long off = (rounded.w.step[2 * j + 1] - closure) / cascade.extractant[j];
    worst = std::max(worst, static_cast<double>(std::fabs(off)));
  }
  EXPECT_LT(worst, 3e-18);
  EXPECT_GT(lost, 1e-16);
}

/// By how much the impurities of a solution miss their balance, relative; -1 where there is
/// more of them than a trace. Of two products one has a total that the loading of the top
/// stage gives, and what it has beyond all metals that leave there for the most part is what
/// strays into it, less what strays from it: few numbers, without any transport.
double Missed(const Cascade& c, const Solution& s) {
  const int m = c.size(), top = c.stages() - 1;
  const StageFlows &first = c.flows[0], &last = c.flows[top];
  long double beyond = static_cast<long double>(last.org_up) * c.extractant[top];
  long double strays = 0, gross = 0;
  for (int i = 0; i < m; ++i) {
    long double fed = 0;
    for (int j = 0; j <= top; ++j) {
      fed += FeedAt(c.feed_up, j * m + i);
      fed += FeedAt(c.feed_down, j * m + i);
    }
    const double extract = last.org_up * s.y[top * m + i], raffinate = first.aq_down * s.x[i];
    if (extract > raffinate) beyond -= fed;
    strays += extract > raffinate ? -raffinate : extract;
    gross += std::min(extract, raffinate);
  }
  if (gross > 1e-6L) return -1;
  return static_cast<double>(std::fabs(strays - beyond) / gross);
}

/// Cases of the corpus whose impurities closures in doubles tell to 1e-8 at best.
std::vector<Cascade> SharpCuts() {
  std::vector<Cascade> cuts;
  const bench::CorpusLimits limits{2, 400, 2, 20};
  const auto add = [&](bench::Kind kind, std::uint64_t seed) {
    cuts.emplace_back();
    EXPECT_EQ(Assemble(RandomCircuit(kind, seed, limits), &cuts.back()), "");
  };
  // Where no further Newton step is of use, or all of it is noise.
  for (const int seed : {1000149, 1000914}) add(bench::Kind::kNearPinch, seed);
  for (const int seed : {1000360, 1000385, 1000419, 1000872}) add(bench::Kind::kPure, seed);
  return cuts;
}

TEST(Sharpen, ImpuritiesMeetTheirBalance) {
  const std::vector<Cascade> cuts = SharpCuts();
  std::vector<Task> tasks;
  for (const Cascade& c : cuts) tasks.push_back({&c, nullptr});
  for (const Device& device : {kScalar, Device{Device::Kind::kCpu, 0, 1}}) {
    std::vector<Solution> solutions(tasks.size());
    Solve(device, tasks, SolveOptions(), solutions);
    std::vector<Task> again;
    for (size_t t = 0; t < tasks.size(); ++t) {
      ASSERT_EQ(solutions[t].status, SolveStatus::kSolved) << t;
      const double missed = Missed(cuts[t], solutions[t]);
      EXPECT_GE(missed, 0) << t;
      EXPECT_LE(missed, 1e-10) << t;
      again.push_back({&cuts[t], &solutions[t].state});
    }
    // From a warm start too, which ends in steps without time.
    std::vector<Solution> warm(tasks.size());
    Solve(device, again, SolveOptions(), warm);
    for (size_t t = 0; t < tasks.size(); ++t) {
      ASSERT_EQ(warm[t].status, SolveStatus::kSolved) << t;
      EXPECT_LE(Missed(cuts[t], warm[t]), 1e-10) << t;
    }
  }
}

// In the memory layout of a device, with anything in it.
TEST(Sharpen, ImpuritiesMeetTheirBalanceInASlotOfADevice) {
  for (const Cascade& c : SharpCuts()) {
    const Task task{&c, nullptr};
    const ShapeGroup group = GroupByShape({&task, 1})[0];
    std::vector<double> in(detail::InputSize(task)), out(detail::OutputSize(c));
    detail::WriteInput(task, in.data());
    std::vector<double> memory(detail::WorkspaceSize(group.shape, group.max_stages),
                               std::numeric_limits<double>::quiet_NaN());
    detail::Space w = detail::Lay(group.shape, group.max_stages, memory.data(), 1, 0);
    detail::Control control;
    const long n = detail::LoadInput(group.shape, in.data(), w, control);
    using Size = detail::AtMost<detail::kMaxComponents>;
    while (!detail::AdvanceCandidate<Size>(group.shape, detail::Limits(), n, 1, w, control)) {
    }
    EXPECT_EQ(control.phase, detail::Control::Phase::kSolved);
    EXPECT_TRUE(control.sharpened);
    detail::StoreOutput(group.shape, n, w, out.data());
    Solution s;
    detail::ReadOutput(c, control, out.data(), &s);
    EXPECT_LE(std::fabs(Missed(c, s)), 1e-10);
  }
}

}  // namespace
}  // namespace raffinate::kernels::testing
