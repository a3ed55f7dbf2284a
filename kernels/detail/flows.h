// The flows of one stage, in the shortest form that fits.
#pragma once

#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// The flows of one stage, with the holdup of a time step drawn off.
template <class T>
struct Flows {
  static constexpr bool kHolds = true;
  T aq_up, aq_down, aq_out, org_up, org_down, org_out;
  T bypass_up, bypass_draw, contact;

  /// Whether the phases pass the stage in opposite directions and nothing leaves between.
  RAFFINATE_HD bool Opposed() const { return AllZero(aq_up + aq_out + org_down + org_out); }

  template <template <class> class Array>
  RAFFINATE_HD Flows(const Workspace<T, Array>& w, long j)
      : aq_up(w.aq_up[j]),
        aq_down(w.aq_down[j]),
        org_up(w.org_up[j]),
        org_down(w.org_down[j]),
        bypass_up(w.bypass_up[j]),
        bypass_draw(w.bypass_draw[j]) {
    const T aq_draw = w.aq_draw[j], org_draw = w.org_draw[j];
    // Stages beyond the lane's own hold nothing.
    const T rate = Select(Less(T(static_cast<double>(j)), w.count[0]), w.rate[0], T(0.0));
    aq_out = aq_draw + rate * (aq_up + aq_down + aq_draw);
    org_out = org_draw + rate * (org_up + org_down + org_draw);
    contact = T(1.0) - bypass_up - bypass_draw;
  }
};

/// A number that is always zero: formulas with it become shorter.
struct Nothing {};
RAFFINATE_HD constexpr Nothing operator*(Nothing, Nothing) { return {}; }
RAFFINATE_HD constexpr Nothing operator+(Nothing, Nothing) { return {}; }
RAFFINATE_HD constexpr Nothing operator-(Nothing, Nothing) { return {}; }
template <class T>
RAFFINATE_HD Nothing operator*(Nothing, const T&) {
  return {};
}
template <class T>
RAFFINATE_HD Nothing operator*(const T&, Nothing) {
  return {};
}
template <class T>
RAFFINATE_HD T operator+(Nothing, const T& a) {
  return a;
}
template <class T>
RAFFINATE_HD T operator+(const T& a, Nothing) {
  return a;
}
template <class T>
RAFFINATE_HD T operator-(Nothing, const T& a) {
  return -a;
}
template <class T>
RAFFINATE_HD T operator-(const T& a, Nothing) {
  return a;
}

/// The flows of a stage that the phases pass in opposite directions, without entrainment, draws
/// and holdup, as most do.
template <class T>
struct OpposedFlows {
  static constexpr bool kHolds = false;  ///< nothing is drawn off: there is no time step
  Nothing aq_up;
  T aq_down;
  Nothing aq_out;
  T org_up;
  Nothing org_down, org_out;
  T bypass_up, bypass_draw, contact;

  RAFFINATE_HD explicit OpposedFlows(const Flows<T>& f)
      : aq_down(f.aq_down),
        org_up(f.org_up),
        bypass_up(f.bypass_up),
        bypass_draw(f.bypass_draw),
        contact(f.contact) {}
};

}  // namespace raffinate::kernels::detail
