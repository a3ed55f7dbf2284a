// A cascade evaluated on its own, in doubles or in extended precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/detail/pack.h"

// The solver's own transport and closures over long double: converged far beyond
// what double can show, so that differences are good to ten digits.
namespace raffinate::kernels::detail {
using Long = long double;
inline Long Select(bool mask, Long yes, Long no) { return mask ? yes : no; }
inline Long Max(Long a, Long b) { return a > b ? a : b; }
inline Long Abs(Long a) { return a < 0 ? -a : a; }
inline bool Less(Long a, Long b) { return a < b; }
inline Long Exp(Long a) { return std::exp(a); }
}  // namespace raffinate::kernels::detail

#include "kernels/detail/input.h"
#include "kernels/detail/newton.h"
#include "kernels/shape.h"

namespace raffinate::kernels::testing {

using detail::Dense;
using detail::Long;

/// One cascade with the masters of a state, in numbers of type T.
template <class T>
class Evaluation {
 public:
  Evaluation(const Cascade& cascade, const State& start) {
    const Task task{&cascade, nullptr};
    shape = GroupByShape({&task, 1})[0].shape;
    stages = cascade.stages();
    memory_.assign(detail::WorkspaceSize(shape, stages), T(0));
    T* next = memory_.data();
    w.ForEach(shape, stages, [&](Dense<T>& array, long size) {
      array.data = next;
      next += size;
    });
    detail::ForEachInput(cascade, w, [](Dense<T>& a, long k, double v) { a[k] = v; });
    detail::ForEachFeed(cascade,
                        [&](bool up, long k, double v) { (up ? w.feed_up : w.feed_down)[k] = v; });
    detail::ForEachMaster(start, shape.masters, [&](long k, double v) { w.ln[k] = v; });
  }

  void Evaluate() {
    using Any = detail::AtMost<detail::kMaxComponents>;
    if (shape.table != nullptr) {
      EvaluateAs<detail::Tabled<Any>>();
    } else {
      EvaluateAs<Any>();
    }
  }
  /// As the kernel for shapes of this kind does. Returns the largest scaled closure.
  template <class Size>
  T EvaluateAs() {
    return detail::Evaluate<Size, T, Dense>(shape, stages, w).value;
  }

  detail::Shape shape;
  long stages = 0;
  detail::Workspace<T, Dense> w;

 private:
  std::vector<T> memory_;
};

/// One cascade in extended precision.
class LongCascade : public Evaluation<Long> {
 public:
  using Evaluation::Evaluation;

  /// Newton to the end of long double. Returns the size of the last step.
  Long Converge() {
    Long largest = 0;
    for (int k = 0; k < 12; ++k) {
      Evaluate();
      largest = 0;
      if (shape.linear) return 0;
      for (long i = 0; i < stages * shape.masters; ++i) {
        w.ln[i] += w.step[i];
        largest = std::max(largest, std::abs(w.step[i]));
        if (std::isnan(w.step[i])) return w.step[i];
      }
      if (largest < 1e-16L) break;
    }
    return largest;
  }

  /// What rises into stage j, of component i.
  Long Rising(long j, long i) const {
    const long m = shape.components;
    Long up = shape.recycle ? w.recycled[i] : 0.0L;
    for (long l = 0;; ++l) {
      const Long in = up + w.feed_up[l * m + i];
      if (l == j) return in;
      const Long x = w.x[l * m + i], y = x * w.d[l * m + i];
      up = w.aq_up[l] * x + w.org_up[l] * y + w.bypass_up[l] * in;
    }
  }
};

}  // namespace raffinate::kernels::testing
