// The code and memory layout of a device thread, run on the CPU.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "bench/corpus/corpus.h"
#include "kernels/detail/slot.h"
#include "kernels/shape.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

// Three slots work off all candidates of a shape, a turn each in turn, as threads
// of a warp do. Candidates are of unequal length; a third of them start warm from a
// neighbour so far off that Newton fails and the way back to its state is taken.
// Every one reaches what the lane solver reaches, in as many iterations.
TEST(DeviceLayout, SlotsThatTakeOneCandidateAfterTheOtherReachTheAnswerOfTheLanes) {
  SCOPED_TRACE("seed " + std::to_string(Seed()));
  std::vector<Cascade> cascades(bench::kKinds * 4);
  std::vector<Task> tasks;
  for (size_t k = 0; k < cascades.size(); ++k) {
    const auto kind = static_cast<bench::Kind>(k % bench::kKinds);
    ASSERT_EQ(Assemble(RandomCircuit(kind, Seed() + k, {2, 40, 4, 4}), &cascades[k]), "");
    tasks.push_back({&cascades[k], nullptr});
  }
  std::vector<State> far(cascades.size());
  std::vector<std::vector<double>> far_x(cascades.size());
  for (size_t k = 0; k < cascades.size(); k += 3) {
    far[k].ln_h.assign(cascades[k].stages(), -12.0);
    far[k].ln_s.assign(cascades[k].stages(), -1.0);
    far[k].ln_more.assign(cascades[k].totals.size(), -3.0);
    tasks[k].warm = &far[k];
    // Every other one with molarities to go on from.
    if (k % 2 != 0) continue;
    far_x[k].assign(cascades[k].flows.size() * cascades[k].components.size(), 0.01);
    tasks[k].warm_x = &far_x[k];
  }
  std::vector<Solution> expected(tasks.size());
  Solve(kScalar, tasks, SolveOptions(), expected);
  int rescued = 0;
  for (const ShapeGroup& group : GroupByShape(tasks)) {
    constexpr int kSlots = 3;
    const int count = static_cast<int>(group.order.size());
    std::vector<long> in_at(1, 0), out_at(1, 0);
    for (const int t : group.order) {
      in_at.push_back(in_at.back() + detail::InputSize(tasks[t]));
      out_at.push_back(out_at.back() + detail::OutputSize(cascades[t]));
    }
    std::vector<double> in(in_at.back()), out(out_at.back());
    for (int c = 0; c < count; ++c) {
      detail::WriteInput(tasks[group.order[c]], in.data() + in_at[c]);
    }
    std::vector<detail::Control> control(count);
    const detail::Records records{in.data(),     in_at.data(),   out.data(),
                                  out_at.data(), control.data(), count};
    // What is in the slots before their first candidate must not matter.
    std::vector<double> memory(detail::WorkspaceSize(group.shape, group.max_stages) * kSlots,
                               std::numeric_limits<double>::quiet_NaN());
    detail::Worker workers[kSlots];
    bool working[kSlots] = {true, true, true};
    int taken = 0;
    for (bool any = true; any;) {
      any = false;
      for (int slot = 0; slot < kSlots; ++slot) {
        if (!working[slot]) continue;
        detail::Space w = detail::Lay(group.shape, group.max_stages, memory.data(), kSlots, slot);
        const auto next = [&] { return taken++; };
        using Size = detail::AtMost<8>;
        const auto turn = [&]<class Of>(Of) {
          return detail::Turn<Of>(group.shape, detail::Limits(), records, w, workers[slot], next);
        };
        working[slot] = group.shape.table != nullptr ? turn(detail::Tabled<Size>())
                        : group.shape.one_wave       ? turn(detail::OneWave<Size>())
                                                     : turn(Size());
        any |= working[slot];
      }
    }
    for (int c = 0; c < count; ++c) {
      const int t = group.order[c];
      const Solution& s = expected[t];
      ASSERT_EQ(control[c].phase, detail::Control::Phase::kSolved);
      rescued += control[c].rescued;
      EXPECT_EQ(control[c].iterations, s.iterations) << "task " << t;
      Solution found;
      detail::ReadOutput(cascades[t], control[c], out.data() + out_at[c], &found);
      ASSERT_EQ(found.x.size(), s.x.size());
      for (size_t k = 0; k < s.x.size(); ++k) {
        ASSERT_NEAR(found.x[k], s.x[k], 1e-8 * std::max(s.x[k], 1e-25)) << "task " << t;
        ASSERT_NEAR(found.y[k], s.y[k], 1e-8 * std::max(s.y[k], 1e-25)) << "task " << t;
      }
      for (size_t i = 0; i < s.recycled.size(); ++i) {
        ASSERT_NEAR(found.recycled[i], s.recycled[i], 1e-8 * std::max(s.recycled[i], 1e-25));
      }
    }
  }
  EXPECT_GT(rescued, 0);
}

}  // namespace
}  // namespace raffinate::kernels::testing
