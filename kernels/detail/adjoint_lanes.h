// Drives one lane group through adjoints: W solved cascades side by side.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/detail/adjoint.h"
#include "kernels/detail/input.h"
#include "kernels/detail/level.h"
#include "kernels/detail/subnormal.h"
#include "kernels/gradient.h"

namespace raffinate::kernels::detail {

/// Solved tasks of one shape. The gradients already have the right sizes.
struct AdjointQueue {
  const GradientTask* tasks = nullptr;
  std::vector<CascadeGradient>* gradients = nullptr;
  const int* order = nullptr;  ///< indices into tasks
  int begin = 0, end = 0;      ///< range of `order` to differentiate
};

template <class Size, class T, template <class> class Array = Dense>
class AdjointGroup {
 public:
  using Traits = LaneTraits<T>;
  static constexpr int W = Traits::kLanes;

  AdjointGroup(const Shape& shape, int max_stages) : shape_(shape), stages_(max_stages) {
    long total = 0;
    const auto each = [&](auto&& f) {
      w_.ForEach(shape_, stages_, f);
      factors_.ForEach(shape_, stages_, f);
      adjoint_.ForEach(shape_, stages_, f);
    };
    each([&](Array<T>&, long size) { total += size; });
    memory_.assign((total + 1) * W + W, 0.0);
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(memory_.data());
    T* next = reinterpret_cast<T*>((address + alignof(T) - 1) / alignof(T) * alignof(T));
    each([&](Array<T>& array, long size) {
      array.data = next;
      next += size;
    });
  }

  void Run(const AdjointQueue& queue) {
    for (int t = queue.begin; t < queue.end; t += W) {
      const int lanes = std::min(W, queue.end - t);
      size_t seeds = 0;
      for (int lane = 0; lane < W; ++lane) {
        // Lanes without a task repeat the first one.
        const GradientTask& task = queue.tasks[queue.order[lane < lanes ? t + lane : t]];
        Load(lane, task);
        seeds = std::max(seeds, task.seeds.size());
      }
      Factor<Size, T, Array>(shape_, stages_, w_, factors_);
      for (size_t k = 0; k < seeds; ++k) {
        for (int lane = 0; lane < lanes; ++lane) {
          const GradientTask& task = queue.tasks[queue.order[t + lane]];
          if (k < task.seeds.size()) Seed(lane, task, task.seeds[k]);
        }
        SolveAdjoint<Size, T, Array>(shape_, stages_, w_, factors_, adjoint_, AnyAbove);
        for (int lane = 0; lane < lanes; ++lane) {
          const int index = queue.order[t + lane];
          if (k < queue.tasks[index].seeds.size()) {
            Store(lane, queue.tasks[index], &queue.gradients[index][k]);
          }
        }
      }
    }
  }

 private:
  static void Put(Array<T>& array, long k, int lane, double value) {
    Traits::Set(array[k], lane, value);
  }
  static double At(const Array<T>& array, long k, int lane) { return Traits::Get(array[k], lane); }

  static bool AnyAbove(const T& largest, const T& limit) {
    for (int lane = 0; lane < W; ++lane) {
      if (Traits::Get(largest, lane) > Traits::Get(limit, lane)) return true;
    }
    return false;
  }

  void Load(int lane, const GradientTask& task) {
    const Cascade& cascade = *task.cascade;
    const long n = cascade.stages(), m = shape_.components;
    ForEachInput(cascade, w_, [&](Array<T>& array, long k, double v) { Put(array, k, lane, v); });
    for (long k = 0; k < stages_ * m; ++k) {
      Put(w_.feed_up, k, lane, 0.0);
      Put(w_.feed_down, k, lane, 0.0);
    }
    ForEachFeed(cascade, [&](bool up, long k, double v) {
      Put(up ? w_.feed_up : w_.feed_down, k, lane, v);
    });
    ForEachMaster(task.solution->state, shape_.masters,
                  [&](long k, double v) { Put(w_.ln, k, lane, v); });
    PadLane(shape_, w_, lane, n, stages_);
    Seed(lane, task, SolutionSeed());
  }

  void Seed(int lane, const GradientTask& task, const SolutionSeed& seed) {
    const long n = task.cascade->stages(), m = shape_.components;
    const auto put = [&](Array<T>& array, const std::vector<double>& values, long own, long all) {
      for (long k = 0; k < own; ++k) Put(array, k, lane, values.empty() ? 0.0 : values[k]);
      for (long k = own; k < all; ++k) Put(array, k, lane, 0.0);
    };
    put(adjoint_.by_x, seed.x, n * m, stages_ * m);
    put(adjoint_.by_y, seed.y, n * m, stages_ * m);
    put(adjoint_.by_in, seed.rising, n * m, stages_ * m);
    put(adjoint_.by_ln, seed.ln_masters, n * shape_.masters, stages_ * shape_.masters);
  }

  void Store(int lane, const GradientTask& task, CascadeGradient* gradient) const {
    const long n = task.cascade->stages(), m = shape_.components;
    const Adjoint<T, Array>& a = adjoint_;
    for (long j = 0; j < n; ++j) {
      StageFlows& f = gradient->flows[j];
      f.aq_up = At(a.aq_up, j, lane), f.aq_down = At(a.aq_down, j, lane);
      f.aq_draw = At(a.aq_draw, j, lane), f.org_up = At(a.org_up, j, lane);
      f.org_down = At(a.org_down, j, lane), f.org_draw = At(a.org_draw, j, lane);
      f.bypass_up = At(a.bypass_up, j, lane), f.bypass_draw = At(a.bypass_draw, j, lane);
      const long masters = shape_.masters;
      gradient->anions[j] = At(a.given, j * masters, lane);
      gradient->extractant[j] = At(a.given, j * masters + 1, lane);
      for (long k = 2; k < masters; ++k) {
        gradient->totals[j * (masters - 2) + k - 2] = At(a.given, j * masters + k, lane);
      }
    }
    for (size_t k = 0; k < gradient->shift.size(); ++k) {
      gradient->shift[k] = At(a.theta, static_cast<long>(k), lane);
    }
    for (long k = 0; k < n * m; ++k) {
      gradient->feed_up[k] = At(a.above, k, lane);
      gradient->feed_down[k] = At(a.lambda, k, lane);
    }
    for (long i = 0; i < m; ++i) gradient->log10_k[i] = 2.302585092994045684 * At(a.ln_k, i, lane);
    gradient->recycle = At(a.recycle, 0, lane);
  }

  Shape shape_;
  long stages_;
  std::vector<double> memory_;
  Workspace<T, Array> w_;
  Factors<T, Array> factors_;
  Adjoint<T, Array> adjoint_;
};

/// Differentiates a queue on lanes of type T, with arrays of a type like Dense.
template <class T, template <class> class Array = Dense>
void RunAdjoints(const Shape& shape, int max_stages, const AdjointQueue& queue) {
  const FlushSubnormals flushed;
  using Any = AtMost<kMaxComponents>;
  if (shape.table != nullptr) {
    AdjointGroup<Tabled<Any>, T, Array>(shape, max_stages).Run(queue);
  } else {
    AdjointGroup<Any, T, Array>(shape, max_stages).Run(queue);
  }
}

}  // namespace raffinate::kernels::detail
