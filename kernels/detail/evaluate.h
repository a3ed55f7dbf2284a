// What a cascade does for a given profile of free proton and free dimer: the
// transport of every component, the closures (electroneutrality and extractant
// balance) it leaves open, and how every stage would answer to a change.
//
// Transport is an independent tridiagonal system per component, solved without
// subtractions, so that molarities stay positive and balances close to rounding
// at any magnitude. Going up the cascade, what a stage sends up is affine in
// what comes down to it, Up = a + R * Dn; Q = 1 - R is carried instead of R:
//   den = gu + gw + gd * (1 - E + E * Q)      E = 1 - bypass
//   R'  = (gu + bypass_up R gd) / den
//   Q'  = (gw + gd * (bypass_draw + (1 - bypass_draw) * Q)) / den
// with gu, gd, gw the flows (aqueous + D * organic) up, down and drawn. A time
// step of the pseudo-transient adds rate * outflow to gw and rate * holdup to
// the feed. Going down, the stages above are described the same way, seen from
// below: what they return is s * Up, and Z = 1 - s is carried.
//
// Stages beyond a lane's own count pass everything upwards and send nothing
// down: they need no special treatment.
#pragma once

#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Largest scaled closure residual over the stages, and the stage.
template <class T>
struct Residual {
  T value;
  T stage;
};

/// The flows of one stage, with the holdup of a time step drawn off.
template <class T>
struct Flows {
  T aq_up, aq_down, aq_out, org_up, org_down, org_out;
  T bypass_up, bypass_draw, contact;

  template <template <class> class Array>
  RAFFINATE_HD Flows(const Workspace<T, Array>& w, long j, T rate)
      : aq_up(w.aq_up[j]),
        aq_down(w.aq_down[j]),
        org_up(w.org_up[j]),
        org_down(w.org_down[j]),
        bypass_up(w.bypass_up[j]),
        bypass_draw(w.bypass_draw[j]) {
    const T aq_draw = w.aq_draw[j], org_draw = w.org_draw[j];
    aq_out = aq_draw + rate * (aq_up + aq_down + aq_draw);
    org_out = org_draw + rate * (org_up + org_down + org_draw);
    contact = T(1.0) - bypass_up - bypass_draw;
  }
};

template <class T>
RAFFINATE_HD T Power(T base, int exponent) {
  T result(1.0);
  for (int e = 0; e < exponent; ++e) result *= base;
  return result;
}

/// S^m / h^z of every group of components with the same m and z.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SetFactors(const Shape& shape, long j, Workspace<T, Array>& w, T* factor) {
  if (shape.mass_action) {
    w.h[j] = Exp(w.ln_h[j]);
    w.s[j] = Exp(w.ln_s[j]);
  }
  if (shape.whole_powers) {
    const T s = w.s[j];
    const T ratio = s / w.h[j];
    for (int g = 0; g < shape.groups; ++g) {
      const int m = static_cast<int>(shape.group_dimers[g]);
      const int z = static_cast<int>(shape.group_charge[g]);
      factor[g] = m >= z ? Power(ratio, z) * Power(s, m - z)
                         : Power(ratio, m) * Power(T(1.0) / w.h[j], z - m);
    }
    return;
  }
  for (int g = 0; g < shape.groups; ++g) {
    factor[g] = Exp(T(shape.group_dimers[g]) * w.ln_s[j] - T(shape.group_charge[g]) * w.ln_h[j]);
  }
}

/// From the bottom to the top: distribution coefficients and the recursion.
/// Leaves the source of every stage in x, and what goes up past the last stage
/// in `recycled`.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void Rise(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  const T rate = w.rate[0];
  T up[Size::kBound], q[Size::kBound], passed[Size::kBound];
  for (int i = 0; i < m; ++i) up[i] = zero, q[i] = one, passed[i] = one;
  for (long j = 0; j < stages; ++j) {
    const Flows<T> f(w, j, rate);
    T factor[Size::kBound];
    SetFactors<Size>(shape, j, w, factor);
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T d = w.k[i] * factor[shape.group[i]];
      const T gu = f.aq_up + f.org_up * d;
      const T gd = f.aq_down + f.org_down * d;
      const T gw = f.aq_out + f.org_out * d;
      const T in = up[i] + w.feed_up[ji];
      const T s = f.contact * in + w.feed_down[ji] + rate * w.old_amount[ji];
      const T inverse =
          one / (gu + gw + gd * (f.bypass_up + f.bypass_draw + f.contact * q[i]));
      const T r = (gu + f.bypass_up * (one - q[i]) * gd) * inverse;
      w.d[ji] = d;
      w.below[ji] = q[i];
      w.inverse[ji] = inverse;
      w.x[ji] = s;
      up[i] = r * s + f.bypass_up * in;
      q[i] = (gw + gd * (f.bypass_draw + (one - f.bypass_draw) * q[i])) * inverse;
      if (shape.recycle) {
        w.passed[ji] = passed[i];
        passed[i] = passed[i] * (r * f.contact + f.bypass_up);
      }
    }
  }
  if (!shape.recycle) return;
  for (int i = 0; i < m; ++i) {
    w.recycled[i] = w.recycle[0] * up[i] / (one - w.recycle[0] * passed[i]);
  }
}

/// From the top to the bottom: molarities, closure residuals and their
/// derivatives, and the answers of the stages that SolveStep needs.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD Residual<T> Descend(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  const T rate = w.rate[0];
  Residual<T> worst{zero, zero};
  T down[Size::kBound];   // amount that comes down
  T open[Size::kBound];   // Z: what the stages above do not return
  T chain[Size::kBound];  // 1 / (1 - reflection above * reflection below)
  for (int i = 0; i < m; ++i) down[i] = zero, open[i] = one, chain[i] = one;
  for (long j = stages - 1; j >= 0; --j) {
    const Flows<T> f(w, j, rate);
    T charge = zero, bound = zero;
    T j_hh = zero, j_hs = zero, j_sh = zero, j_ss = zero;
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T d = w.d[ji], q = w.below[ji], inverse = w.inverse[ji];
      T s = w.x[ji] + down[i];
      if (shape.recycle) s += f.contact * w.passed[ji] * w.recycled[i];
      const T x = s * inverse;
      const T y = x * d;
      w.x[ji] = x;
      w.y[ji] = y;
      const T gu = f.aq_up + f.org_up * d;
      const T gd = f.aq_down + f.org_down * d;
      down[i] = gd * x;

      // What the stage loses with both neighbours answering, per phase: of an
      // amount in the stage, the neighbours return all but these shares.
      const T z = open[i];
      const T kappa = one - f.bypass_draw - f.bypass_up * z;
      const T kept = f.bypass_draw + f.bypass_up * z + kappa * q;
      const T aq_lost = f.aq_out + z * f.aq_up + kept * f.aq_down;
      const T org_lost = f.org_out + z * f.org_up + kept * f.org_down;
      const T answer = inverse * chain[i];
      w.answer[ji] = answer;
      if (shape.bypass) w.enter[ji] = kappa * answer;
      // A change of ln D takes x by -answer * org_lost * y and y by
      // answer * aq_lost * y.
      const T charge_i = T(shape.charge[i]), dimers_i = T(shape.dimers[i]);
      const T zx = charge_i * x, my = dimers_i * y;
      charge += zx, bound += my;
      const T from_x = charge_i * (answer * org_lost * y);
      const T from_y = dimers_i * (answer * aq_lost * y);
      j_hh += charge_i * from_x, j_hs += dimers_i * from_x;
      j_sh += charge_i * from_y, j_ss += dimers_i * from_y;

      // The stage and all above, seen from below.
      const T aq_alone = f.aq_out + f.aq_down + z * f.aq_up;
      const T org_alone = f.org_out + f.org_down + z * f.org_up;
      const T den = aq_alone + org_alone * d;
      const T by_den = one / den;
      w.falls[ji] = gd * by_den;
      w.forced[ji] = y * (f.org_down * aq_alone - f.aq_down * org_alone) * by_den;
      chain[i] = chain[i] * inverse * den;
      open[i] = (f.aq_out + f.org_out * d + z * gu + gd * (f.bypass_draw + f.bypass_up * z)) *
                by_den;
    }
    if (shape.linear) continue;
    const T capacity = w.extractant[j];
    T error;
    if (shape.mass_action) {
      const T h = w.h[j], s = w.s[j];
      const T oh = T(kWater) / h;
      w.excess_h[j] = charge + h - oh - w.anions[j];
      w.excess_s[j] = s + bound - capacity;
      j_hh += h + oh, j_ss += s;
      error = Max(Abs(w.excess_h[j]) / (charge + h + oh + Abs(w.anions[j])),
                  Abs(w.excess_s[j]) / (s + bound + capacity));
    } else {
      // The proton has no part in the law.
      w.excess_h[j] = zero;
      w.excess_s[j] = bound - capacity;
      j_hh = one, j_ss = Max(j_ss, T(kTrace));
      error = Abs(w.excess_s[j]) / (bound + capacity);
    }
    w.j_hh[j] = j_hh, w.j_hs[j] = -j_hs, w.j_sh[j] = -j_sh, w.j_ss[j] = j_ss;
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    error = Select(active, error, zero);
    const auto larger = Less(worst.value, error);
    worst.value = Select(larger, error, worst.value);
    worst.stage = Select(larger, T(static_cast<double>(j)), worst.stage);
    // A residual that is not a number must not look like a small one.
    worst.value = Select(Less(error, T(1e300)), worst.value, T(1e300));
  }
  return worst;
}

/// Both ways: fills x, y, recycled and what SolveStep needs.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD Residual<T> Evaluate(const Shape& shape, long stages, Workspace<T, Array>& w) {
  Rise<Size, T, Array>(shape, stages, w);
  return Descend<Size, T, Array>(shape, stages, w);
}

}  // namespace raffinate::kernels::detail
