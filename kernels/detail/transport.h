// Transport of every component for a given profile of free proton and free
// dimer: independent tridiagonal systems, solved without subtractions, so that
// molarities stay positive and balances close to rounding at any magnitude.
//
// Going up the cascade, what a stage sends up is affine in what comes down to
// it, Up = a + R * Dn; Q = 1 - R is carried instead of R:
//   den = gu + gw + gd * (1 - E + E * Q)      E = 1 - bypass
//   R'  = (gu + bypass_up R gd) / den
//   Q'  = (gw + gd * (bypass_draw + (1 - bypass_draw) * Q)) / den
// with gu, gd, gw the flows (aqueous + D * organic) up, down and drawn. A time
// step of the pseudo-transient adds rate * outflow to gw and rate * holdup to
// the feed.
//
// Stages beyond a lane's own count pass everything upwards and send nothing
// down: they need no special treatment.
#pragma once

#include "kernels/detail/table.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// The flows of one stage, with the holdup of a time step drawn off.
template <class T>
struct Flows {
  T aq_up, aq_down, aq_out, org_up, org_down, org_out;
  T bypass_up, bypass_draw, contact;

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

/// The masters of all stages, before anything waits for them: one after the other they would be
/// as slow as a single one is, and of single numbers the compiler does several at once.
template <class T, template <class> class Array>
RAFFINATE_HD void SetValues(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const long masters = stages * shape.masters;
  RAFFINATE_INDEPENDENT
  for (long k = 0; k < masters; ++k) w.value[k] = Exp(w.ln[k]);
}

/// S^m / h^z of every group of components with the same m and z. With mass action after SetValues.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SetFactors(const Shape& shape, long j, Workspace<T, Array>& w, T* factor) {
  if (shape.whole_powers) {
    const T h = w.value[2 * j], s = w.value[2 * j + 1];
    const T ratio = s / h;
    for (int g = 0; g < shape.groups; ++g) {
      const int m = static_cast<int>(shape.group_dimers[g]);
      const int z = static_cast<int>(shape.group_charge[g]);
      factor[g] =
          m >= z ? Power(ratio, z) * Power(s, m - z) : Power(ratio, m) * Power(T(1.0) / h, z - m);
    }
    return;
  }
  const T ln_h = w.ln[2 * j], ln_s = w.ln[2 * j + 1];
  for (int g = 0; g < shape.groups; ++g) {
    factor[g] = Exp(T(shape.group_dimers[g]) * ln_s - T(shape.group_charge[g]) * ln_h);
  }
}

/// D of every component of a stage by the table, and what Newton needs of it. After SetValues.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SetTabled(const Shape& shape, long j, Workspace<T, Array>& w) {
  const int m = Size::Count(shape), masters = Size::Masters(shape);
  const TableStage<T, Array> stage(shape, j, w);
  for (int i = 0; i < m; ++i) {
    const long ji = j * m + i;
    T slope[kMaxMasters], of_x[kMaxMasters], of_y[kMaxMasters];
    w.d[ji] = w.k[i] * stage.Component(i, w.shift[ji], slope, of_x, of_y);
    for (int k = 0; k < masters; ++k) {
      w.slope[ji * masters + k] = slope[k];
      w.of_x[ji * masters + k] = of_x[k];
      w.of_y[ji * masters + k] = of_y[k];
    }
  }
}

/// From the bottom to the top: distribution coefficients and the recursion.
/// Leaves the source of every stage in x, where Descend turns it into the
/// molarity, and what returns around a closed loop in `recycled`.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void Rise(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  const T rate = w.rate[0];
  T up[Size::kBound], q[Size::kBound], passed[Size::kBound];
  for (int i = 0; i < m; ++i) up[i] = zero, q[i] = one, passed[i] = one;
  if (Size::kTable || shape.mass_action) SetValues(shape, stages, w);
  for (long j = 0; j < stages; ++j) {
    const Flows<T> f(w, j);
    T factor[Size::kBound];
    if constexpr (Size::kTable) {
      SetTabled<Size>(shape, j, w);
    } else {
      SetFactors<Size>(shape, j, w, factor);
    }
    RAFFINATE_INDEPENDENT
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      T d;
      if constexpr (Size::kTable) {
        d = w.d[ji];
      } else {
        w.d[ji] = d = w.k[i] * factor[shape.group[i]];
      }
      const T gu = f.aq_up + f.org_up * d;
      const T gd = f.aq_down + f.org_down * d;
      const T gw = f.aq_out + f.org_out * d;
      const T in = up[i] + w.feed_up[ji];
      const T added = w.feed_down[ji] + rate * w.old_amount[ji];
      w.below[ji] = q[i];
      if (!Size::Bypass(shape)) {
        const T kept = gw + gd * q[i];
        const T inverse = one / (gu + kept);
        const T s = in + added;
        w.inverse[ji] = inverse;
        w.x[ji] = s;
        const T r = gu * inverse;
        up[i] = r * s;
        q[i] = kept * inverse;
        if (Size::Recycle(shape)) {
          w.passed[ji] = passed[i];
          passed[i] = passed[i] * r;
        }
        continue;
      }
      const T s = f.contact * in + added;
      const T inverse = one / (gu + gw + gd * (f.bypass_up + f.bypass_draw + f.contact * q[i]));
      const T r = (gu + f.bypass_up * (one - q[i]) * gd) * inverse;
      w.inverse[ji] = inverse;
      w.x[ji] = s;
      up[i] = r * s + f.bypass_up * in;
      q[i] = (gw + gd * (f.bypass_draw + (one - f.bypass_draw) * q[i])) * inverse;
      if (Size::Recycle(shape)) {
        w.passed[ji] = passed[i];
        passed[i] = passed[i] * (r * f.contact + f.bypass_up);
      }
    }
  }
  if (!Size::Recycle(shape)) return;
  for (int i = 0; i < m; ++i) {
    w.recycled[i] = w.recycle[0] * up[i] / (one - w.recycle[0] * passed[i]);
  }
}

}  // namespace raffinate::kernels::detail
