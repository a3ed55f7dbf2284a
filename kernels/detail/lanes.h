// Drives one lane group: loads tasks into lanes, iterates all lanes together,
// and refills a lane when its task is done.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/cascade.h"
#include "kernels/detail/control.h"
#include "kernels/detail/newton.h"
#include "kernels/detail/transport.h"
#include "kernels/detail/workspace.h"
#include "kernels/solve.h"

namespace raffinate::kernels::detail {

template <class T>
struct LaneTraits;

template <>
struct LaneTraits<double> {
  static constexpr int kLanes = 1;
  static double Get(const double& v, int) { return v; }
  static void Set(double& v, int, double value) { v = value; }
};

#if !defined(__CUDACC__)
template <int W>
struct LaneTraits<Pack<W>> {
  static constexpr int kLanes = W;
  static double Get(const Pack<W>& v, int lane) { return v[lane]; }
  static void Set(Pack<W>& v, int lane, double value) { v.Set(lane, value); }
};
#endif

/// Tasks of one shape, taken one after the other by lanes.
struct Queue {
  const Task* tasks = nullptr;
  Solution* solutions = nullptr;
  const int* order = nullptr;  ///< indices into tasks
  int begin = 0, end = 0;      ///< range of `order` that is still to be taken
};

template <class T>
class LaneGroup {
 public:
  using Traits = LaneTraits<T>;
  static constexpr int W = Traits::kLanes;

  LaneGroup(const Shape& shape, int max_stages)
      : shape_(shape), stages_(max_stages), memory_(WorkspaceSize(shape, max_stages) + 8) {
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(memory_.data());
    T* next = reinterpret_cast<T*>((address + alignof(T) - 1) / alignof(T) * alignof(T));
    w_.ForEach(shape_, max_stages, [&](Dense<T>& array, long size) {
      array.data = next;
      for (long k = 0; k < size; ++k) next[k] = T(0.0);
      next += size;
    });
    for (int lane = 0; lane < W; ++lane) Park(lane);
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
      Evaluate(n);
      bool again = true;
      while (again) {
        again = false;
        for (int lane = 0; lane < W; ++lane) {
          Control& c = control_[lane];
          if (c.phase == Control::Phase::kIdle || decided_[lane]) continue;
          decided_[lane] = true;
          switch (c.AfterResidual(Traits::Get(residual_.value, lane),
                                  static_cast<int>(Traits::Get(residual_.stage, lane)), limits)) {
            case Control::Action::kStep:
              break;
            case Control::Action::kAccept:
              KeepLevel(lane);
              SetRate(lane);
              again = true;
              break;
            case Control::Action::kTakeBack:
              ReturnToLevel(lane);
              SetRate(lane);
              again = true;
              break;
            case Control::Action::kColdStart:
              Fill(lane);
              SetRate(lane);
              again = true;
              break;
            case Control::Action::kDone:
              Store(lane, queue,
                    c.phase == Control::Phase::kSolved ? SolveStatus::kSolved
                                                       : SolveStatus::kNotConverged);
              --busy;
              if (Load(lane, queue) != 0) {
                ++busy;
                again = true;
                n = std::max<long>(n, stages_of_[lane]);
                // A new task is evaluated and decided on with the others.
                decided_[lane] = false;
              }
              break;
          }
        }
        if (again) Evaluate(n);
      }
      if (busy == 0) return;
      SolveStep<T, Dense>(shape_, n, w_);
      TakeStep(n, limits);
      for (int lane = 0; lane < W; ++lane) decided_[lane] = false;
    }
  }

 private:
  void Evaluate(long n) {
    SolveTransport<T, Dense>(shape_, n, w_);
    residual_ = Close<T, Dense>(shape_, n, w_);
  }

  void TakeStep(long n, const Limits& limits) {
    T largest(0.0);
    for (long j = 0; j < n; ++j) {
      largest = Max(largest, Max(Abs(w_.step_h[j]), Abs(w_.step_s[j])));
      // Not a number compares false: make it large.
      largest = Select(Less(Abs(w_.step_h[j]) + Abs(w_.step_s[j]), T(1e300)), largest, T(1e300));
    }
    T scale(0.0);
    for (int lane = 0; lane < W; ++lane) {
      if (control_[lane].phase == Control::Phase::kIdle) continue;
      Traits::Set(scale, lane, control_[lane].AfterStep(Traits::Get(largest, lane), limits));
    }
    const auto moves = Less(T(0.0), scale);
    for (long j = 0; j < n; ++j) {
      w_.ln_h[j] += Select(moves, scale * w_.step_h[j], T(0.0));
      w_.ln_s[j] += Select(moves, scale * w_.step_s[j], T(0.0));
    }
  }

  void SetRate(int lane) { Traits::Set(w_.rate[0], lane, control_[lane].rate); }

  void Put(Dense<T>& array, long k, int lane, double value) { Traits::Set(array[k], lane, value); }
  double At(const Dense<T>& array, long k, int lane) const { return Traits::Get(array[k], lane); }

  /// Takes the present molarities as the holdup of the next time step.
  void KeepLevel(int lane) {
    const int m = shape_.components;
    for (long j = 0; j < stages_of_[lane]; ++j) {
      const double aq = At(w_.aq_up, j, lane) + At(w_.aq_down, j, lane) + At(w_.aq_draw, j, lane);
      const double org =
          At(w_.org_up, j, lane) + At(w_.org_down, j, lane) + At(w_.org_draw, j, lane);
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        Put(w_.old_amount, ji, lane, aq * At(w_.x, ji, lane) + org * At(w_.y, ji, lane));
      }
      Put(w_.old_ln_h, j, lane, At(w_.ln_h, j, lane));
      Put(w_.old_ln_s, j, lane, At(w_.ln_s, j, lane));
    }
  }

  void ReturnToLevel(int lane) {
    for (long j = 0; j < stages_of_[lane]; ++j) {
      Put(w_.ln_h, j, lane, At(w_.old_ln_h, j, lane));
      Put(w_.ln_s, j, lane, At(w_.old_ln_s, j, lane));
    }
  }

  /// Fills the cascade as an operator would before start-up: every stage with
  /// the aqueous that passes it unextracted, and with metal-free organic that
  /// carries what its own inlets bring.
  void Fill(int lane) {
    if (!shape_.mass_action) return FillConstantLoading(lane);
    const int m = shape_.components;
    const long n = stages_of_[lane];
    std::vector<double> passing(m, 0.0);
    const auto aqueous = [&](long j) {
      return At(w_.aq_up, j, lane) + At(w_.aq_down, j, lane) + At(w_.aq_draw, j, lane);
    };
    for (long j = n - 1; j >= 0; --j) {
      for (int i = 0; i < m; ++i) passing[i] += At(w_.feed_down, j * m + i, lane);
      const double stay = At(w_.aq_down, j, lane) / aqueous(j);
      for (int i = 0; i < m; ++i) {
        Put(w_.old_amount, j * m + i, lane, passing[i]);
        passing[i] *= stay;
      }
    }
    std::fill(passing.begin(), passing.end(), 0.0);
    for (long j = 0; j < n; ++j) {
      double bound = 0;
      for (int i = 0; i < m; ++i) {
        passing[i] += At(w_.feed_up, j * m + i, lane);
        bound += shape_.dimers[i] * passing[i];
        const long ji = j * m + i;
        Put(w_.old_amount, ji, lane, At(w_.old_amount, ji, lane) + passing[i]);
      }
      const double org =
          At(w_.org_up, j, lane) + At(w_.org_down, j, lane) + At(w_.org_draw, j, lane);
      const double total = At(w_.extractant, j, lane);
      const double free = std::max(total - bound / org, 0.05 * total);
      double charge = 0;
      for (int i = 0; i < m; ++i) {
        charge += shape_.charge[i] * At(w_.old_amount, j * m + i, lane) / aqueous(j);
      }
      const double acid = At(w_.anions, j, lane) - charge;
      const double h = acid > 0 ? std::max(acid, 1e-4) : 1e-4;
      Put(w_.ln_h, j, lane, std::log(h));
      Put(w_.ln_s, j, lane, std::log(std::max(free, 1e-12)));
    }
  }

  /// With constant loading the totals of both phases are known in every stage;
  /// both start with the composition of all feeds together.
  void FillConstantLoading(int lane) {
    const int m = shape_.components;
    const long n = stages_of_[lane];
    std::vector<double> share(m, 0.0), up(n + 1, 0.0);
    std::vector<double> feed_up(n, 0.0), feed_down(n, 0.0);
    double all = 0;
    for (long j = 0; j < n; ++j) {
      for (int i = 0; i < m; ++i) {
        const double a = At(w_.feed_up, j * m + i, lane), b = At(w_.feed_down, j * m + i, lane);
        feed_up[j] += a;
        feed_down[j] += b;
        share[i] += a + b;
        all += a + b;
      }
    }
    double weighted = 0;
    for (int i = 0; i < m; ++i) {
      share[i] = all > 0 ? share[i] / all : 1.0 / m;
      weighted += shape_.dimers[i] * share[i] * std::exp(At(w_.ln_k, i, lane));
    }
    const auto organic = [&](long j) {
      return At(w_.org_up, j, lane) + At(w_.org_down, j, lane) + At(w_.org_draw, j, lane);
    };
    const auto aqueous = [&](long j) {
      return At(w_.aq_up, j, lane) + At(w_.aq_down, j, lane) + At(w_.aq_draw, j, lane);
    };
    for (long j = 0; j < n; ++j) {
      up[j + 1] = At(w_.org_up, j, lane) * At(w_.extractant, j, lane) +
                  At(w_.bypass_up, j, lane) * (up[j] + feed_up[j]);
    }
    double down = 0;
    for (long j = n - 1; j >= 0; --j) {
      const double loaded = organic(j) * At(w_.extractant, j, lane);
      const double contact = 1 - At(w_.bypass_up, j, lane) - At(w_.bypass_draw, j, lane);
      const double total = contact * (up[j] + feed_up[j]) + feed_down[j] + down - loaded;
      const double dissolved = std::max(total, 1e-3 * loaded);
      down = dissolved * At(w_.aq_down, j, lane) / aqueous(j) +
             loaded * At(w_.org_down, j, lane) / organic(j);
      for (int i = 0; i < m; ++i) {
        Put(w_.old_amount, j * m + i, lane, (dissolved + loaded) * share[i]);
      }
      Put(w_.ln_h, j, lane, 0.0);
      const double metal = dissolved / aqueous(j) * weighted;
      Put(w_.ln_s, j, lane, std::log(At(w_.extractant, j, lane) / metal));
    }
  }

  /// An idle lane holds one harmless stage.
  void Park(int lane) {
    control_[lane] = Control();
    stages_of_[lane] = 0;
    Put(w_.count, 0, lane, 0.0);
    Put(w_.recycle, 0, lane, 0.0);
    Put(w_.rate, 0, lane, 0.0);
    for (long j = 0; j < stages_; ++j) {
      for (Dense<T>* a : {&w_.aq_up, &w_.aq_down, &w_.aq_draw, &w_.org_up, &w_.org_down,
                          &w_.org_draw, &w_.anions, &w_.extractant}) {
        Put(*a, j, lane, 1.0);
      }
      for (Dense<T>* a : {&w_.bypass_up, &w_.bypass_draw, &w_.ln_h, &w_.ln_s}) {
        Put(*a, j, lane, 0.0);
      }
    }
  }

  /// Loads the next task of the queue; 0 when there is none.
  int Load(int lane, Queue& queue) {
    Park(lane);
    if (queue.begin >= queue.end) return 0;
    task_[lane] = queue.order[queue.begin++];
    const Task& task = queue.tasks[task_[lane]];
    const Cascade& cascade = *task.cascade;
    const int m = shape_.components;
    const long n = cascade.stages();
    stages_of_[lane] = n;
    Put(w_.count, 0, lane, static_cast<double>(n));
    Put(w_.recycle, 0, lane, cascade.recycle);
    for (int i = 0; i < m; ++i) {
      Put(w_.ln_k, i, lane, cascade.components[i].log10_k * 2.302585092994045684);
    }
    for (long j = 0; j < n; ++j) {
      const StageFlows& f = cascade.flows[j];
      Put(w_.aq_up, j, lane, f.aq_up);
      Put(w_.aq_down, j, lane, f.aq_down);
      Put(w_.aq_draw, j, lane, f.aq_draw);
      Put(w_.org_up, j, lane, f.org_up);
      Put(w_.org_down, j, lane, f.org_down);
      Put(w_.org_draw, j, lane, f.org_draw);
      Put(w_.bypass_up, j, lane, f.bypass_up);
      Put(w_.bypass_draw, j, lane, f.bypass_draw);
      Put(w_.anions, j, lane, cascade.anions[j]);
      Put(w_.extractant, j, lane, cascade.extractant[j]);
    }
    for (long k = 0; k < n * m; ++k) {
      Put(w_.feed_up, k, lane, cascade.feed_up[k]);
      Put(w_.feed_down, k, lane, cascade.feed_down[k]);
      Put(w_.old_amount, k, lane, 0.0);
    }
    const bool warm = task.warm != nullptr && static_cast<long>(task.warm->ln_h.size()) == n &&
                      static_cast<long>(task.warm->ln_s.size()) == n;
    control_[lane].Begin(warm, shape_.linear);
    if (warm) {
      for (long j = 0; j < n; ++j) {
        Put(w_.ln_h, j, lane, task.warm->ln_h[j]);
        Put(w_.ln_s, j, lane, task.warm->ln_s[j]);
      }
    } else {
      Fill(lane);
    }
    SetRate(lane);
    decided_[lane] = false;
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
    s.state.ln_h.resize(n);
    s.state.ln_s.resize(n);
    s.x.resize(n * m);
    s.y.resize(n * m);
    s.recycled.resize(m);
    for (long j = 0; j < n; ++j) {
      s.state.ln_h[j] = At(w_.ln_h, j, lane);
      s.state.ln_s[j] = At(w_.ln_s, j, lane);
    }
    for (long k = 0; k < n * m; ++k) {
      s.x[k] = At(w_.x, k, lane);
      s.y[k] = At(w_.y, k, lane);
    }
    for (int i = 0; i < m; ++i) s.recycled[i] = At(w_.recycled, i, lane);
  }

  Shape shape_;
  int stages_;
  std::vector<T> memory_;
  Workspace<T, Dense> w_;
  Residual<T> residual_{T(0.0), T(0.0)};
  Control control_[W];
  bool decided_[W] = {};
  long stages_of_[W] = {};
  int task_[W] = {};
};

}  // namespace raffinate::kernels::detail
