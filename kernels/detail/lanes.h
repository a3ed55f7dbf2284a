// Drives one lane group: loads tasks into lanes, iterates all lanes together,
// and refills a lane when its task is done.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "kernels/cascade.h"
#include "kernels/detail/control.h"
#include "kernels/detail/input.h"
#include "kernels/detail/level.h"
#include "kernels/detail/newton.h"
#include "kernels/detail/sharpen.h"
#include "kernels/detail/subnormal.h"
#include "kernels/detail/workspace.h"
#include "kernels/solve.h"

namespace raffinate::kernels::detail {

/// Tasks of one shape, taken one after the other by the lanes of all threads, so that
/// none waits for others that have more to do. The arrays of their solutions already
/// have the right sizes.
struct Queue {
  const Task* tasks = nullptr;
  Solution* solutions = nullptr;
  const int* order = nullptr;  ///< indices into tasks
  int size = 0;                ///< of `order`
  std::atomic<int> next{0};    ///< first of `order` that nobody has taken
};

template <class Size, class T, template <class> class Array = Dense>
class LaneGroup {
 public:
  using Traits = LaneTraits<T>;
  static constexpr int W = Traits::kLanes;

  LaneGroup(const Shape& shape, int max_stages)
      : shape_(shape), stages_(max_stages), memory_(WorkspaceSize(shape, max_stages) + 8) {
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(memory_.data());
    T* next = reinterpret_cast<T*>((address + alignof(T) - 1) / alignof(T) * alignof(T));
    w_.ForEach(shape_, max_stages, [&](Array<T>& array, long size) {
      array.data = next;
      for (long k = 0; k < size; ++k) next[k] = T(0.0);
      next += size;
    });
    for (int lane = 0; lane < W; ++lane) {
      task_[lane] = -1;
      PadLane(shape_, w_, lane, 0, stages_);
    }
  }

  void Run(Queue& queue, const SolveOptions& options) {
    Limits limits;
    limits.tolerance = options.tolerance;
    limits.step_tolerance = options.step_tolerance;
    limits.max_warm_iterations = options.max_warm_iterations;
    limits.max_iterations = options.max_iterations;
    int busy = 0;
    for (int lane = 0; lane < W; ++lane) busy += Load(lane, queue);
    while (busy > 0) {
      if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
        for (int lane = 0; lane < W; ++lane) {
          if (control_[lane].phase != Control::Phase::kIdle) {
            Store(lane, queue, SolveStatus::kCancelled);
          }
        }
        return;
      }
      long n = 1;
      for (int lane = 0; lane < W; ++lane) n = std::max<long>(n, stages_of_[lane]);
      residual_ = Evaluate<Size, T, Array>(shape_, n, w_);
      bool any = false;
      for (int lane = 0; lane < W; ++lane) {
        Control& c = control_[lane];
        steps_[lane] = false;
        if (c.phase == Control::Phase::kIdle) continue;
        const Control::Action action =
            c.AfterResidual(Traits::Get(residual_.value, lane),
                            static_cast<int>(Traits::Get(residual_.stage, lane)), limits);
        switch (action) {
          case Control::Action::kStep:
            steps_[lane] = any = true;
            break;
          case Control::Action::kDone:
            if (Sharpen(shape_, w_, stages_of_[lane], lane, c)) {
              has_level_[lane] = true;
              SetRate(lane);
              break;
            }
            Store(lane, queue,
                  c.phase == Control::Phase::kSolved ? SolveStatus::kSolved
                                                     : SolveStatus::kNotConverged);
            busy += Load(lane, queue) - 1;
            break;
          default:
            if (action == Control::Action::kTakeBack && !has_level_[lane] && c.composed) {
              Compose(lane, queue.tasks[task_[lane]]);
            }
            Of(lane).Change(action, c);
            has_level_[lane] = true;
            SetRate(lane);
        }
      }
      if (!any) continue;
      TakeStep(n, limits);
    }
  }

 private:
  void TakeStep(long n, const Limits& limits) {
    T largest(0.0);
    const long unknowns = n * Size::Masters(shape_);
    for (long k = 0; k < unknowns; ++k) {
      const T step = Abs(w_.step[k]);
      largest = Max(largest, step);
      // Not a number compares false: make it large.
      largest = Select(Less(step, T(1e300)), largest, T(1e300));
    }
    T limit(0.0);
    for (int lane = 0; lane < W; ++lane) {
      // A lane whose time level or task has just changed is evaluated first.
      if (!steps_[lane]) continue;
      Traits::Set(limit, lane, control_[lane].AfterStep(Traits::Get(largest, lane), limits));
      SetRate(lane);
      Put(w_.closed, 0, lane, 0.0);
    }
    for (long k = 0; k < unknowns; ++k) w_.ln[k] += Cut(w_.step[k], limit);
  }

  void SetRate(int lane) { Traits::Set(w_.rate[0], lane, control_[lane].rate); }

  void Put(Array<T>& array, long k, int lane, double value) { Traits::Set(array[k], lane, value); }
  double At(const Array<T>& array, long k, int lane) const { return Traits::Get(array[k], lane); }

  Lane<T, Array> Of(int lane) { return {shape_, w_, stages_of_[lane], lane}; }

  /// Lays the neighbour's molarities where Lane::KeepLevel takes them from. Few need them.
  void Compose(int lane, const Task& task) {
    const long size = static_cast<long>(task.warm_x->size());
    for (long k = 0; k < size; ++k) Put(w_.old_amount, k, lane, (*task.warm_x)[k]);
  }

  /// Removes what the last task left, as far as the next one does not overwrite it.
  void Clear(int lane, const Queue& queue) {
    if (task_[lane] >= 0) {
      ForEachFeed(*queue.tasks[task_[lane]].cascade, [&](bool up, long k, double) {
        Put(up ? w_.feed_up : w_.feed_down, k, lane, 0.0);
      });
    }
    control_[lane] = Control();
    steps_[lane] = false;
    stages_of_[lane] = 0;
    Put(w_.count, 0, lane, 0.0);
    Put(w_.recycle, 0, lane, 0.0);
    Put(w_.rate, 0, lane, 0.0);
    Put(w_.closed, 0, lane, 0.0);
    if (!has_level_[lane]) return;
    has_level_[lane] = false;
    for (long k = 0; k < static_cast<long>(stages_) * shape_.components; ++k) {
      Put(w_.old_amount, k, lane, 0.0);
    }
  }

  /// The stages that the lane's last task had beyond `stages`, as if they were not there.
  void Pad(int lane, long stages) {
    PadLane(shape_, w_, lane, stages, in_use_[lane]);
    in_use_[lane] = stages;
  }

  /// Loads the next task of the queue; 0 when there is none.
  int Load(int lane, Queue& queue) {
    Clear(lane, queue);
    const int next = queue.next.fetch_add(1, std::memory_order_relaxed);
    if (next >= queue.size) {
      Pad(lane, 0);
      return 0;
    }
    task_[lane] = queue.order[next];
    const Task& task = queue.tasks[task_[lane]];
    const Cascade& cascade = *task.cascade;
    const long n = cascade.stages();
    stages_of_[lane] = n;
    const auto put = [&](Array<T>& array, long k, double v) { Put(array, k, lane, v); };
    ForEachInput(cascade, w_, put);
    ForEachFeed(cascade, [&](bool up, long k, double v) {
      Put(up ? w_.feed_up : w_.feed_down, k, lane, v);
    });
    Pad(lane, n);
    const bool warm = IsWarm(task);
    control_[lane].Begin(warm, shape_.linear, warm && IsComposed(task));
    if (warm) {
      ForEachStart(task, w_, put);
    } else {
      Of(lane).Fill();
      has_level_[lane] = true;
    }
    SetRate(lane);
    return 1;
  }

  void Store(int lane, Queue& queue, SolveStatus status) {
    const Control& control = control_[lane];
    Solution& s = queue.solutions[task_[lane]];
    const int m = shape_.components;
    const long n = stages_of_[lane];
    s.status = status;
    s.iterations = control.iterations;
    s.residual = control.residual;
    s.worst_stage = control.worst_stage;
    s.cold = control.cold;
    s.rescued = control.rescued;
    ForEachMaster(s.state, shape_.masters, [&](long k, double& v) { v = At(w_.ln, k, lane); });
    for (long k = 0; k < n * m; ++k) {
      s.x[k] = At(w_.x, k, lane);
      s.y[k] = s.x[k] * At(w_.d, k, lane);
    }
    for (int i = 0; i < m; ++i) s.recycled[i] = At(w_.recycled, i, lane);
  }

  Shape shape_;
  int stages_;
  std::vector<T> memory_;
  Workspace<T, Array> w_;
  Residual<T> residual_{T(0.0), T(0.0)};
  Control control_[W];
  bool steps_[W] = {};      ///< takes part in the present Newton step
  bool has_level_[W] = {};  ///< old_amount is in use
  long stages_of_[W] = {};
  long in_use_[W] = {};  ///< stages that are not padded
  int task_[W];          ///< the last; -1: there was none
};

/// Runs a queue on lanes of type T, with arrays of a type like Dense.
template <class T, template <class> class Array = Dense>
void RunLanes(const Shape& shape, int max_stages, Queue& queue, const SolveOptions& options) {
  const FlushSubnormals flushed;
  // One bound for every component count: where the compiler knows a small one it
  // unrolls loops until they need more registers than there are.
  using Any = AtMost<kMaxComponents>;
  if (shape.table != nullptr) {
    LaneGroup<Tabled<Any>, T, Array>(shape, max_stages).Run(queue, options);
  } else if (!shape.one_wave) {
    LaneGroup<Any, T, Array>(shape, max_stages).Run(queue, options);
  } else if (shape.bypass || shape.recycle) {
    LaneGroup<WithOpposed<OneWave<Any>>, T, Array>(shape, max_stages).Run(queue, options);
  } else {
    LaneGroup<WithOpposed<OneWave<Plain<Any>>>, T, Array>(shape, max_stages).Run(queue, options);
  }
}

}  // namespace raffinate::kernels::detail
