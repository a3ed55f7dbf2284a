// The code and memory layout of a device thread, run on the CPU.
#include <gtest/gtest.h>

#include <algorithm>

#include "bench/corpus/corpus.h"
#include "kernels/detail/advance.h"
#include "kernels/detail/input.h"
#include "kernels/shape.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

// A third of the candidates start warm from a neighbour so far off that Newton
// fails and the way back to its state is taken. Candidates of unequal length lie interleaved in one
// block, are advanced a few iterations at a time in turn, and reach what the lane solver reaches.
TEST(DeviceLayout, CandidatesAdvancedInTurnsReachTheAnswerOfTheLanes) {
  SCOPED_TRACE("seed " + std::to_string(Seed()));
  std::vector<Cascade> cascades(bench::kKinds * 4);
  std::vector<Task> tasks;
  for (size_t k = 0; k < cascades.size(); ++k) {
    const auto kind = static_cast<bench::Kind>(k % bench::kKinds);
    ASSERT_EQ(Assemble(RandomCircuit(kind, Seed() + k, {2, 40, 4, 4}), &cascades[k]), "");
    tasks.push_back({&cascades[k], nullptr});
  }
  std::vector<State> far(cascades.size());
  for (size_t k = 0; k < cascades.size(); k += 3) {
    far[k].ln_h.assign(cascades[k].stages(), -12.0);
    far[k].ln_s.assign(cascades[k].stages(), -1.0);
    tasks[k].warm = &far[k];
  }
  std::vector<Solution> expected(tasks.size());
  Solve(kScalar, tasks, SolveOptions(), expected);
  int rescued = 0;
  for (const ShapeGroup& group : GroupByShape(tasks)) {
    const long batch = static_cast<long>(group.order.size());
    const long stages = group.max_stages, m = group.shape.components;
    std::vector<double> memory(detail::WorkspaceSize(group.shape, stages) * batch, 0.0);
    std::vector<detail::Control> control(batch);
    for (long b = 0; b < batch; ++b) {
      detail::Space w = detail::Lay(group.shape, stages, memory.data(), batch, b);
      const Task& task = tasks[group.order[b]];
      const auto put = [](detail::Strided<double>& a, long k, double v) { a[k] = v; };
      detail::ForEachInput(*task.cascade, w, put);
      detail::ForEachFeed(cascades[group.order[b]], [&](bool up, long k, double v) {
        (up ? w.feed_up : w.feed_down)[k] = v;
      });
      control[b].Begin(task.warm != nullptr, group.shape.linear);
      if (task.warm != nullptr) detail::ForEachStart(task, w, put);
    }
    bool running = true;
    while (running) {
      running = false;
      for (long b = 0; b < batch; ++b) {
        if (detail::Ended(control[b])) continue;
        detail::Space w = detail::Lay(group.shape, stages, memory.data(), batch, b);
        running |= !detail::AdvanceCandidate<detail::AtMost<8>>(
            group.shape, detail::Limits(), cascades[group.order[b]].stages(), 3, w, control[b]);
      }
    }
    for (long b = 0; b < batch; ++b) {
      const Solution& s = expected[group.order[b]];
      ASSERT_EQ(control[b].phase, detail::Control::Phase::kSolved);
      rescued += control[b].rescued;
      EXPECT_EQ(control[b].iterations, s.iterations) << "task " << group.order[b];
      const detail::Space w = detail::Lay(group.shape, stages, memory.data(), batch, b);
      for (long k = 0; k < cascades[group.order[b]].stages() * m; ++k) {
        ASSERT_NEAR(w.x[k], s.x[k], 1e-8 * std::max(s.x[k], 1e-25)) << "task " << group.order[b];
      }
    }
  }
  EXPECT_GT(rescued, 0);
}

}  // namespace
}  // namespace raffinate::kernels::testing
