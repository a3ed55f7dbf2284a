// Memory of one lane group: W cascades of one shape, solved side by side.
#pragma once

#include "kernels/detail/pack.h"

namespace raffinate::kernels::detail {

inline constexpr int kMaxComponents = 32;
inline constexpr double kWater = 1e-14;  ///< ionic product of water at 298 K [mol2/L2]
/// Smallest molarity that enters a Jacobian; keeps absent components regular.
inline constexpr double kTrace = 1e-40;

/// What the cascades of a lane group have in common. Charges and dimer numbers
/// are uniform so that D needs one exponential per distinct pair (m, z).
struct Shape {
  int components = 0;
  bool mass_action = true;  ///< false: constant beta (no proton, no free dimer)
  bool linear = false;      ///< constant D: nothing to iterate
  bool bypass = false;      ///< any stage of any lane has efficiency below one
  bool recycle = false;     ///< any lane has a closed organic loop
  int groups = 0;
  double group_charge[kMaxComponents] = {};
  double group_dimers[kMaxComponents] = {};
  int group[kMaxComponents] = {};
  double charge[kMaxComponents] = {};
  double dimers[kMaxComponents] = {};
};

/// How many components a kernel is compiled for: sizes its local arrays, and
/// where it is exact, unrolls its loops.
template <int B>
struct AtMost {
  static constexpr int kBound = B;
  RAFFINATE_HD static int Count(const Shape& shape) { return shape.components; }
};
template <int B>
struct Exactly {
  static constexpr int kBound = B;
  RAFFINATE_HD static constexpr int Count(const Shape&) { return B; }
};

/// Access to an array of numbers: next to each other on the CPU (a number is a
/// pack of lanes), a batch apart on the GPU (a number is a double).
template <class T>
struct Dense {
  T* data = nullptr;
  RAFFINATE_HD T& operator[](long k) const { return data[k]; }
  RAFFINATE_HD Dense At(long k) const { return {data + k}; }
};
template <class T>
struct Strided {
  T* data = nullptr;
  long stride = 1;
  RAFFINATE_HD T& operator[](long k) const { return data[k * stride]; }
  RAFFINATE_HD Strided At(long k) const { return {data + k * stride, stride}; }
};

/// All arrays of a lane group. N is the largest stage count of the group, M the
/// component count. Counted in numbers of type T.
template <class T, template <class> class Array>
struct Workspace {
  // Per lane.
  Array<T> count;    // [1] stages of the lane
  Array<T> recycle;  // [1]
  Array<T> rate;     // [1] 1 / time step of the pseudo-transient, 0 for Newton
  Array<T> ln_k;     // [M]
  // Per stage.
  Array<T> aq_up, aq_down, aq_draw, org_up, org_down, org_draw, bypass_up, bypass_draw;  // [N]
  Array<T> anions, extractant;                                                           // [N]
  Array<T> ln_h, ln_s, old_ln_h, old_ln_s;  // [N] unknowns, and those of the last time step
  Array<T> step_h, step_s;                  // [N] Newton step
  Array<T> q_h, q_s;                        // [N] closure residual over its derivative
  Array<T> inv_h, inv_s;                    // [N] 1 / derivative of the closures
  // Per stage and component.
  Array<T> feed_up, feed_down;  // [N*M] [kmol/h]
  Array<T> old_amount;          // [N*M] holdup at the last time step [kmol/h * 1 time unit]
  Array<T> x, y, d;             // [N*M] molarities, distribution coefficients
  Array<T> inverse, source;     // [N*M] of the transport recursion
  Array<T> passed;              // [N*M] share of the loop that reaches a stage (recycle only)
  Array<T> c;                   // [N*M] right-hand side of the block recursion
  Array<T> recycled;            // [M] [kmol/h]
  // Blocks.
  Array<T> block;      // [N*M*M] inverse stage blocks
  Array<T> reflected;  // [N*M*M] reflection matrices (recycle only)

  /// Calls f(array, numbers) for every array, in a fixed order.
  template <class F>
  RAFFINATE_HD void ForEach(const Shape& shape, long n, F&& f) {
    const long m = shape.components;
    f(count, 1L), f(recycle, 1L), f(rate, 1L), f(ln_k, m), f(recycled, m);
    f(aq_up, n), f(aq_down, n), f(aq_draw, n), f(org_up, n), f(org_down, n), f(org_draw, n);
    f(bypass_up, n), f(bypass_draw, n), f(anions, n), f(extractant, n);
    f(ln_h, n), f(ln_s, n), f(old_ln_h, n), f(old_ln_s, n), f(step_h, n), f(step_s, n);
    f(q_h, n), f(q_s, n), f(inv_h, n), f(inv_s, n);
    f(feed_up, n * m), f(feed_down, n * m), f(old_amount, n * m), f(x, n * m), f(y, n * m);
    f(d, n * m), f(inverse, n * m), f(source, n * m), f(c, n * m);
    f(passed, shape.recycle ? n * m : 0L);
    f(block, n * m * m);
    f(reflected, shape.recycle ? n * m * m : 0L);
  }
};

/// Numbers of type T that a lane group needs.
inline long WorkspaceSize(const Shape& shape, long stages) {
  long total = 0;
  Workspace<double, Dense> layout;
  layout.ForEach(shape, stages, [&](auto&, long size) { total += size; });
  return total;
}

}  // namespace raffinate::kernels::detail
