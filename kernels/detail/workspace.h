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
  bool whole_powers = false;  ///< mass action with whole charges and dimer numbers
  double group_charge[kMaxComponents] = {};
  double group_dimers[kMaxComponents] = {};
  int group[kMaxComponents] = {};
  double charge[kMaxComponents] = {};
  double dimers[kMaxComponents] = {};
};

/// How many components a kernel is compiled for, which sizes its local arrays,
/// and what else of the shape it knows.
template <int B>
struct AtMost {
  static constexpr int kBound = B;
  RAFFINATE_HD static int Count(const Shape& shape) { return shape.components; }
  RAFFINATE_HD static bool Bypass(const Shape& shape) { return shape.bypass; }
  RAFFINATE_HD static bool Recycle(const Shape& shape) { return shape.recycle; }
};
/// For full contact in every stage and an open organic loop, which most
/// cascades of a search have: a third less to compute.
template <class Size>
struct Plain : Size {
  RAFFINATE_HD static constexpr bool Bypass(const Shape&) { return false; }
  RAFFINATE_HD static constexpr bool Recycle(const Shape&) { return false; }
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
/// component count. Counted in numbers of type T. Nothing is larger than N*M:
/// that is what a candidate costs in memory.
template <class T, template <class> class Array>
struct Workspace {
  // Per lane.
  Array<T> count;     // [1] stages of the lane
  Array<T> recycle;   // [1]
  Array<T> rate;      // [1] 1 / time step of the pseudo-transient, 0 for Newton
  Array<T> k;         // [M] K, D or beta
  Array<T> recycled;  // [M] [kmol/h]
  // Per stage.
  Array<T> aq_up, aq_down, aq_draw, org_up, org_down, org_draw, bypass_up, bypass_draw;  // [N]
  Array<T> anions, extractant;                                                           // [N]
  Array<T> ln_h, ln_s, old_ln_h, old_ln_s;  // [N] unknowns, and those of the last time step
  Array<T> h, s;                            // [N] their exponentials (mass action only)
  Array<T> step_h, step_s;                  // [N] Newton step
  // Per stage and component.
  Array<T> feed_up, feed_down;  // [N*M] [kmol/h]
  Array<T> old_amount;          // [N*M] holdup at the last time step [kmol/h * 1 time unit]
  Array<T> x, d;                // [N*M] aqueous molarities, distribution coefficients
  Array<T> below, inverse;      // [N*M] of the transport recursion
  Array<T> turn_h, turn_s;      // [N*M] Newton step per amount that comes from below
  Array<T> rises, sends;        // [N*M] upward: what passes, what a change of ln D sends
  Array<T> passed;              // [N*M] share of the loop that reaches a stage (recycle only)

  /// Calls f(array, numbers) for every array, in a fixed order.
  template <class F>
  RAFFINATE_HD void ForEach(const Shape& shape, long n, F&& f) {
    const long m = shape.components;
    const long nm = n * m;
    f(count, 1L), f(recycle, 1L), f(rate, 1L), f(k, m), f(recycled, m);
    f(aq_up, n), f(aq_down, n), f(aq_draw, n), f(org_up, n), f(org_down, n), f(org_draw, n);
    f(bypass_up, n), f(bypass_draw, n), f(anions, n), f(extractant, n);
    f(h, n), f(s, n), f(ln_h, n), f(ln_s, n), f(old_ln_h, n), f(old_ln_s, n), f(step_h, n),
        f(step_s, n);
    f(feed_up, nm), f(feed_down, nm), f(old_amount, nm), f(x, nm), f(d, nm);
    f(below, nm), f(inverse, nm), f(turn_h, nm), f(turn_s, nm), f(rises, nm), f(sends, nm);
    f(passed, shape.recycle ? nm : 0L);
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
