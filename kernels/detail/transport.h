// Transport of every component for a given profile of free proton and free
// dimer: independent tridiagonal systems, solved without subtractions, so that
// molarities stay positive and balances close to rounding at any magnitude.
//
// Going up the cascade, what a stage sends up is affine in what comes down to
// it, Up = a + R * Dn. Q = 1 - R is carried instead of R:
//   den = gu + gw + gd * (1 - E + E * Q)      E = 1 - bypass
//   R'  = (gu + bypass_up * R * gd) / den
//   Q'  = (gw + gd * (bypass_draw + (1 - bypass_draw) * Q)) / den
// with gu, gd, gw the flows (aqueous + D * organic) up, down and drawn. A time
// step of the pseudo-transient adds rate * outflow to gw and rate * holdup to
// the feed.
#pragma once

#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Fills d, x, y and recycled for the present ln_h, ln_s.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SolveTransport(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  const T rate = w.rate[0];
  const T count = w.count[0];
  T up[Size::kBound], q[Size::kBound], passed[Size::kBound], k[Size::kBound];
  for (int i = 0; i < m; ++i) {
    up[i] = zero, q[i] = one, passed[i] = one;
    k[i] = Exp(w.ln_k[i]);
  }
  for (long j = 0; j < stages; ++j) {
    const auto active = Less(T(static_cast<double>(j)), count);
    const T aq_up = w.aq_up[j], aq_down = w.aq_down[j], aq_draw = w.aq_draw[j];
    const T org_up = w.org_up[j], org_down = w.org_down[j], org_draw = w.org_draw[j];
    const T aq_hold = rate * (aq_up + aq_down + aq_draw);
    const T org_hold = rate * (org_up + org_down + org_draw);
    const T bu = w.bypass_up[j], bd = w.bypass_draw[j];
    const T contact = one - bu - bd;
    T factor[Size::kBound];
    for (int g = 0; g < shape.groups; ++g) {
      factor[g] = Exp(T(shape.group_dimers[g]) * w.ln_s[j] - T(shape.group_charge[g]) * w.ln_h[j]);
    }
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T d = k[i] * factor[shape.group[i]];
      const T gu = aq_up + org_up * d;
      const T gd = aq_down + org_down * d;
      const T gw = (aq_draw + aq_hold) + (org_draw + org_hold) * d;
      const T in = up[i] + w.feed_up[ji];
      const T s = contact * in + w.feed_down[ji] + rate * w.old_amount[ji];
      const T inverse = one / (gu + gw + gd * (bu + bd + contact * q[i]));
      const T r = (gu + bu * (one - q[i]) * gd) * inverse;
      w.d[ji] = d;
      w.inverse[ji] = inverse;
      w.source[ji] = s;
      up[i] = Select(active, r * s + bu * in, up[i]);
      q[i] = Select(active, (gw + gd * (bd + (one - bd) * q[i])) * inverse, q[i]);
      if (shape.recycle) {
        w.passed[ji] = passed[i];
        passed[i] = Select(active, passed[i] * (r * contact + bu), passed[i]);
      }
    }
  }
  T down[Size::kBound], loop[Size::kBound];
  for (int i = 0; i < m; ++i) {
    down[i] = zero;
    loop[i] = zero;
    if (shape.recycle) loop[i] = w.recycle[0] * up[i] / (one - w.recycle[0] * passed[i]);
    w.recycled[i] = loop[i];
  }
  for (long j = stages - 1; j >= 0; --j) {
    const auto active = Less(T(static_cast<double>(j)), count);
    const T contact = one - w.bypass_up[j] - w.bypass_draw[j];
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      T s = w.source[ji] + down[i];
      if (shape.recycle) s += contact * w.passed[ji] * loop[i];
      const T x = s * w.inverse[ji];
      w.x[ji] = Select(active, x, zero);
      w.y[ji] = Select(active, x * w.d[ji], zero);
      down[i] = Select(active, (w.aq_down[j] + w.org_down[j] * w.d[ji]) * x, down[i]);
    }
  }
}

}  // namespace raffinate::kernels::detail
