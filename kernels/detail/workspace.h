// Memory of one lane group: W cascades of one shape, solved side by side.
#pragma once

#include "kernels/detail/pack.h"
#include "kernels/equilibrium.h"

namespace raffinate::kernels::detail {

inline constexpr int kMaxComponents = 32;
inline constexpr double kWater = 1e-14;  ///< ionic product of water at 298 K [mol2/L2]
/// Smallest molarity that enters a Jacobian; keeps absent components regular.
inline constexpr double kTrace = 1e-40;

/// Total of a ligand where no stream brings any [mol/L].
inline constexpr double kNoLigand = 1e-30;

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
  /// All masters act on D by one number alone: S/h where every component gives off a proton per
  /// dimer that it takes, S with constant loading.
  bool one_wave = false;
  double group_charge[kMaxComponents] = {};
  double group_dimers[kMaxComponents] = {};
  int group[kMaxComponents] = {};
  double charge[kMaxComponents] = {};
  double dimers[kMaxComponents] = {};
  int masters = 2;                          ///< unknowns per stage
  const EquilibriumTable* table = nullptr;  ///< of Law::kTable; where the kernel runs
};

/// How many components a kernel is compiled for, which sizes its local arrays,
/// and what else of the shape it knows.
template <int B>
struct AtMost {
  static constexpr int kBound = B;
  static constexpr bool kTable = false;
  static constexpr int kMasters = 2;  ///< bound
  RAFFINATE_HD static constexpr int Masters(const Shape&) { return 2; }
  /// Numbers of a stage that send waves through the cascade when they change (newton.h).
  static constexpr bool kOneWave = false;
  static constexpr bool kOpposed = false;  ///< has code of its own for OpposedFlows
  static constexpr int kWaves = 2;         ///< bound
  RAFFINATE_HD static constexpr int Waves(const Shape&) { return 2; }
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

/// For shapes of one wave: 10 M^2 operations instead of 14 M^2 (newton.h).
template <class Size>
struct OneWave : Size {
  static constexpr bool kOneWave = true;
  static constexpr int kWaves = 1;
  RAFFINATE_HD static constexpr int Waves(const Shape&) { return 1; }
};

/// With less to compute in stages whose phases pass in opposite directions and hold nothing
/// (flows.h). Not for devices: of threads side by side some would wait for the others' kind.
template <class Size>
struct WithOpposed : Size {
  static constexpr bool kOpposed = true;
};

/// For laws by a table.
template <class Size>
struct Tabled : Size {
  static constexpr bool kTable = true;
  static constexpr int kMasters = kMaxMasters;
  RAFFINATE_HD static int Masters(const Shape& shape) { return shape.masters; }
  static constexpr int kWaves = kMaxMasters;
  RAFFINATE_HD static int Waves(const Shape& shape) { return shape.masters; }
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
/// component count, K the number of masters (2 but for tables: free proton and free
/// dimer). Counted in numbers of type T. Nothing is larger than N*M*K: that is what a
/// candidate costs in memory.
template <class T, template <class> class Array>
struct Workspace {
  // Per lane.
  Array<T> count;     // [1] stages of the lane
  Array<T> recycle;   // [1]
  Array<T> rate;      // [1] 1 / time step of the pseudo-transient, 0 for Newton
  Array<T> closed;    // [1] stages whose closures `step` brings (detail/sharpen.h), else 0
  Array<T> k;         // [M] K, D or beta
  Array<T> recycled;  // [M] [kmol/h]
  // Per stage.
  Array<T> aq_up, aq_down, aq_draw, org_up, org_down, org_draw, bypass_up, bypass_draw;  // [N]
  // Per stage and master, [N*K].
  Array<T> given;       // what closes it: anions, total extractant, ... [mol/L]
  Array<T> ln, old_ln;  // the unknowns, and those of the last time step
  Array<T> value;       // their exponentials (not at constant beta)
  Array<T> step;        // Newton step
  // Per stage and component.
  Array<T> feed_up, feed_down;  // [N*M] [kmol/h]
  // [N*M] holdup at the last time step [kmol/h * 1 time unit]; in a slot of a device, before the
  // first of them, the neighbour's molarities [mol/L].
  Array<T> old_amount;
  Array<T> x, d;            // [N*M] aqueous molarities, distribution coefficients
  Array<T> below, inverse;  // [N*M] of the transport recursion
  Array<T> turn;            // [N*M*K] Newton step per amount that comes from below
  Array<T> rises, sends;    // [N*M] upward: what passes, what a change of ln D sends
  Array<T> passed;          // [N*M] share of the loop that reaches a stage (recycle only)
  // Tables only.
  Array<T> shift;       // [N*M] added to ln D
  Array<T> slope;       // [N*M*K] of ln D by the masters
  Array<T> of_x, of_y;  // [N*M*K] share in the closures, per aqueous and organic molarity

  /// Calls f(array, numbers) for every array, in a fixed order.
  template <class F>
  RAFFINATE_HD void ForEach(const Shape& shape, long n, F&& f) {
    const long m = shape.components;
    const long nm = n * m, nk = n * shape.masters, nmk = nm * shape.masters;
    f(count, 1L), f(recycle, 1L), f(rate, 1L), f(closed, 1L), f(k, m), f(recycled, m);
    f(aq_up, n), f(aq_down, n), f(aq_draw, n), f(org_up, n), f(org_down, n), f(org_draw, n);
    f(bypass_up, n), f(bypass_draw, n);
    f(given, nk), f(ln, nk), f(old_ln, nk), f(value, nk), f(step, nk);
    f(feed_up, nm), f(feed_down, nm), f(old_amount, nm), f(x, nm), f(d, nm);
    f(below, nm), f(inverse, nm), f(turn, nmk), f(rises, nm), f(sends, nm);
    f(passed, shape.recycle ? nm : 0L);
    const bool table = shape.table != nullptr;
    f(shift, table ? nm : 0L);
    f(slope, table ? nmk : 0L), f(of_x, table ? nmk : 0L), f(of_y, table ? nmk : 0L);
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
