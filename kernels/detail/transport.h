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

#include "kernels/detail/flows.h"
#include "kernels/detail/table.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

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

/// What goes up from stage to stage, per component.
template <class Size, class T>
struct Rising {
  T up[Size::kBound];      // [kmol/h]
  T q[Size::kBound];       // Q, what a stage and all below do not return of what comes down
  T passed[Size::kBound];  // share of what goes around the loop (closed loop only)
};

/// One stage of Rise, with flows of type F.
template <class Size, class F, class T, template <class> class Array>
RAFFINATE_HD void RiseThrough(const Shape& shape, const F& f, long j, const T* factor,
                              Workspace<T, Array>& w, Rising<Size, T>& rising) {
  const int m = Size::Count(shape);
  const T one(1.0);
  RAFFINATE_INDEPENDENT
  for (int i = 0; i < m; ++i) {
    const long ji = j * m + i;
    T d;
    if constexpr (Size::kTable) {
      d = w.d[ji];
    } else {
      w.d[ji] = d = w.k[i] * factor[shape.group[i]];
    }
    const auto gu = f.aq_up + f.org_up * d;
    const auto gd = f.aq_down + f.org_down * d;
    const auto gw = f.aq_out + f.org_out * d;
    const T in = rising.up[i] + w.feed_up[ji], q = rising.q[i];
    T added = w.feed_down[ji];
    if constexpr (F::kHolds) added += w.rate[0] * w.old_amount[ji];
    w.below[ji] = q;
    if (!Size::Bypass(shape)) {
      const T kept = gw + gd * q;
      const T inverse = one / (gu + kept);
      const T s = in + added;
      w.inverse[ji] = inverse;
      w.x[ji] = s;
      const T r = gu * inverse;
      rising.up[i] = r * s;
      rising.q[i] = kept * inverse;
      if (Size::Recycle(shape)) {
        w.passed[ji] = rising.passed[i];
        rising.passed[i] = rising.passed[i] * r;
      }
      continue;
    }
    const T s = f.contact * in + added;
    const T inverse = one / (gu + gw + gd * (f.bypass_up + f.bypass_draw + f.contact * q));
    const T r = (gu + f.bypass_up * (one - q) * gd) * inverse;
    w.inverse[ji] = inverse;
    w.x[ji] = s;
    rising.up[i] = r * s + f.bypass_up * in;
    rising.q[i] = (gw + gd * (f.bypass_draw + (one - f.bypass_draw) * q)) * inverse;
    if (Size::Recycle(shape)) {
      w.passed[ji] = rising.passed[i];
      rising.passed[i] = rising.passed[i] * (r * f.contact + f.bypass_up);
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
  Rising<Size, T> rising;
  for (int i = 0; i < m; ++i) {
    rising.up[i] = zero;
    rising.q[i] = rising.passed[i] = one;
  }
  if (Size::kTable || shape.mass_action) SetValues(shape, stages, w);
  for (long j = 0; j < stages; ++j) {
    T factor[Size::kBound];
    if constexpr (Size::kTable) {
      SetTabled<Size>(shape, j, w);
    } else {
      SetFactors<Size>(shape, j, w, factor);
    }
    const Flows<T> f(w, j);
    if (Size::kOpposed && f.Opposed()) {
      RiseThrough(shape, OpposedFlows<T>(f), j, factor, w, rising);
    } else {
      RiseThrough(shape, f, j, factor, w, rising);
    }
  }
  if (!Size::Recycle(shape)) return;
  for (int i = 0; i < m; ++i) {
    w.recycled[i] = w.recycle[0] * rising.up[i] / (one - w.recycle[0] * rising.passed[i]);
  }
}

}  // namespace raffinate::kernels::detail
