// Newton's step for the closures (electroneutrality and extractant balance) of
// all stages at once, with transport satisfied exactly.
//
// With transport eliminated the unknowns are two per stage, e = (d ln h, d ln S),
// and couple through the components: a change of ln D_i = m_i ln S - z_i ln h in
// one stage sends a wave of component i up and one down, each damped from stage
// to stage as it would be at constant D. The Jacobian is therefore sequentially
// semiseparable of order M:
//   J_jk = P_j T_(j-1) ... T_(k+1) Q_k   for k below j   (waves going up)
//   J_jk = U_j F_(j+1) ... F_(k-1) V_k   for k above j   (waves going down)
// with diagonal M x M matrices T and F. Elimination from the top to the bottom
// carries one M x M matrix C: what the stages above return of a wave from below
// by changing their h and S (what they return at constant D is in the
// coefficients already). Per stage
//   B  = J_jj - U C Q                   2 x 2
//   V' = V - F C Q,  P' = P - U C T
//   C' = F C T + V' inv(B) P'
// That costs 14 M^2 operations, where elimination of all components of a stage
// at once (a block tridiagonal system) costs 2 M^3, and nothing of size M^2 is
// kept. No pivoting: every trailing block of J is the Jacobian of the same
// cascade with D held in the stages below, which has one solution too. Only
// where a component can leave a part of the cascade neither up nor down while D
// is held does J_jj lose digits; the pseudo-transient, in which everything
// leaves, then takes over.
// (Sequentially semiseparable matrices: Chandrasekaran et al., SIAM J. Matrix
// Anal. Appl. 27 (2005) 341, doi 10.1137/S0895479802405884.)
#pragma once

#include "kernels/detail/transport.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Largest scaled closure residual over the stages, and the stage.
template <class T>
struct Residual {
  T value;
  T stage;
};

/// A closure residual [mol/L] with its scaled size and the derivatives of both
/// closures by the stage's own unknowns at constant composition.
template <class T>
struct Closure {
  T excess_h, excess_s;
  T own_h, own_s;
  T error;
};

/// `charge`: of the metals in the aqueous [eq/L]; `bound`: dimers in the
/// organic [mol/L].
template <class T, template <class> class Array>
RAFFINATE_HD Closure<T> Close(const Shape& shape, long j, T charge, T bound,
                              const Workspace<T, Array>& w) {
  Closure<T> c;
  const T capacity = w.extractant[j];
  if (shape.mass_action) {
    const T h = w.h[j], s = w.s[j], anions = w.anions[j];
    const T oh = T(kWater) / h;
    c.own_h = h + oh;
    c.own_s = s;
    c.excess_h = charge + h - oh - anions;
    c.excess_s = s + bound - capacity;
    c.error = Max(Abs(c.excess_h) / (charge + h + oh + Abs(anions)),
                  Abs(c.excess_s) / (s + bound + capacity));
  } else {
    // The proton has no part in the law. A stage that holds nothing must not
    // make the block singular.
    c.own_h = T(1.0);
    c.own_s = T(kTrace);
    c.excess_h = T(0.0);
    c.excess_s = bound - capacity;
    c.error = Abs(c.excess_s) / (bound + capacity);
  }
  return c;
}

/// Inverts the m x m matrix `a` (row-major) in place by Gauss-Jordan. For
/// diagonally dominant matrices: no pivoting.
template <class T>
RAFFINATE_HD void Invert(T* a, int m) {
  for (int p = 0; p < m; ++p) {
    const T pivot = T(1.0) / a[p * m + p];
    a[p * m + p] = T(1.0);
    for (int k = 0; k < m; ++k) a[p * m + k] *= pivot;
    for (int i = 0; i < m; ++i) {
      if (i == p) continue;
      const T f = a[i * m + p];
      a[i * m + p] = T(0.0);
      for (int k = 0; k < m; ++k) a[i * m + k] -= f * a[p * m + k];
    }
  }
}

/// Ignores what the elimination could leave for later solves with the same
/// matrix (detail/adjoint.h keeps it).
struct KeepNothing {
  static constexpr bool kKeeps = false;
};

/// From the top to the bottom, after Rise: molarities, closures, and the
/// elimination. Leaves x, what Ascend needs, and in `back` the wave that enters
/// the first stage around a closed loop ([M], set for closed loops only).
template <class Size, class T, template <class> class Array, class Keep = KeepNothing>
RAFFINATE_HD Residual<T> Descend(const Shape& shape, long stages, Workspace<T, Array>& w, T* back,
                                 [[maybe_unused]] Keep keep = Keep()) {
  constexpr int kBound = Size::kBound;
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  Residual<T> worst{zero, zero};
  T c[kBound * kBound];     // C
  T loop[kBound * kBound];  // what leaves the top per wave from below (closed loop only)
  T top[kBound];            // what leaves the top by the residuals (closed loop only)
  T down[kBound];           // amount that comes down
  T wave[kBound];           // wave that comes down from the residuals above
  T open[kBound];           // Z = 1 - what the stages above return of a wave at constant D
  T chain[kBound];          // 1 / (1 - returned from above * returned from below)
  for (int i = 0; i < m; ++i) {
    down[i] = wave[i] = top[i] = zero;
    open[i] = chain[i] = one;
    for (int k = 0; k < m; ++k) {
      c[i * m + k] = zero;
      if (Size::Recycle(shape)) loop[i * m + k] = i == k ? one : zero;
    }
  }

  for (long j = stages - 1; j >= 0; --j) {
    const Flows<T> f(w, j);
    T uh[kBound], us[kBound], ph[kBound], ps[kBound];  // U, P
    T vh[kBound], vs[kBound], qh[kBound], qs[kBound];  // V, Q
    T t[kBound], falls[kBound];                        // T, F
    T uch[kBound], ucs[kBound];                        // U C
    T charge = zero, bound = zero;
    T b_hh = zero, b_hs = zero, b_sh = zero, b_ss = zero;
    T rh = zero, rs = zero;
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const bool bypass = Size::Bypass(shape);
      const T charge_i = T(shape.charge[i]), dimers_i = T(shape.dimers[i]);
      const T d = w.d[ji], q = w.below[ji], inverse = w.inverse[ji], z = open[i];
      T source = w.x[ji] + down[i];
      if (Size::Recycle(shape)) source += f.contact * w.passed[ji] * w.recycled[i];
      const T x = source * inverse;
      const T y = x * d;
      w.x[ji] = x;
      charge += charge_i * x, bound += dimers_i * y;
      const T gu = f.aq_up + f.org_up * d;
      const T gd = f.aq_down + f.org_down * d;
      down[i] = gd * x;

      // Both neighbours answering at constant D: of an amount in the stage they
      // return all but these shares, per phase. A change of ln D then takes x by
      // -answer * org_lost * y and y by answer * aq_lost * y.
      const T missed = bypass ? f.bypass_draw + f.bypass_up * z : zero;
      const T kept = bypass ? missed + (one - missed) * q : q;
      const T aq_lost = f.aq_out + z * f.aq_up + kept * f.aq_down;
      const T org_lost = f.org_out + z * f.org_up + kept * f.org_down;
      const T answer = inverse * chain[i];
      const T from_x = answer * org_lost * y, from_y = answer * aq_lost * y;
      b_hh += charge_i * charge_i * from_x, b_hs -= charge_i * dimers_i * from_x;
      b_sh -= charge_i * dimers_i * from_y, b_ss += dimers_i * dimers_i * from_y;
      uh[i] = charge_i * answer, us[i] = dimers_i * d * answer;
      ph[i] = bypass ? (one - missed) * uh[i] : uh[i];
      ps[i] = bypass ? (one - missed) * us[i] : us[i];
      rh -= uh[i] * wave[i], rs -= us[i] * wave[i];

      // The stage and all below, seen from above.
      const T returned = bypass ? f.bypass_up * (one - q) : zero;
      const T aq_up = bypass ? f.aq_up + returned * f.aq_down : f.aq_up;
      const T org_up = bypass ? f.org_up + returned * f.org_down : f.org_up;
      const T share = bypass ? f.bypass_up + f.bypass_draw + f.contact * q : q;
      const T aq_below = f.aq_up + f.aq_out + share * f.aq_down;
      const T org_below = f.org_up + f.org_out + share * f.org_down;
      const T passes = (aq_up + org_up * d) * inverse;
      t[i] = bypass ? f.contact * passes + f.bypass_up : passes;
      const T up = y * ((org_up * aq_below - aq_up * org_below) * inverse);
      qh[i] = -charge_i * up, qs[i] = dimers_i * up;
      w.rises[ji] = t[i];
      w.sends[ji] = up;

      // The stage and all above, seen from below.
      const T aq_above = f.aq_out + f.aq_down + z * f.aq_up;
      const T org_above = f.org_out + f.org_down + z * f.org_up;
      const T den = aq_above + org_above * d;
      const T by_den = one / den;
      falls[i] = gd * by_den;
      const T sent = y * ((f.org_down * aq_above - f.aq_down * org_above) * by_den);
      vh[i] = -charge_i * sent, vs[i] = dimers_i * sent;
      if constexpr (Keep::kKeeps) keep.falls[ji] = falls[i], keep.answer[ji] = answer;
      chain[i] = chain[i] * inverse * den;
      const T lost = f.aq_out + f.org_out * d + z * gu;
      open[i] = (bypass ? lost + gd * missed : lost) * by_den;
      uch[i] = ucs[i] = zero;
    }
    if (shape.linear) continue;

    const Closure<T> closure = Close(shape, j, charge, bound, w);
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    const T error = Select(active, closure.error, zero);
    const auto larger = Less(worst.value, error);
    worst.value = Select(larger, error, worst.value);
    worst.stage = Select(larger, T(static_cast<double>(j)), worst.stage);
    // A residual that is not a number must not look like a small one.
    worst.value = Select(Less(error, T(1e300)), worst.value, T(1e300));
    b_hh += closure.own_h, b_ss += closure.own_s;
    rh -= closure.excess_h, rs -= closure.excess_s;

    // B = J - U C Q, and V' over V.
    const auto account = [&](int i, T ch, T cs) {
      b_hh -= uh[i] * ch, b_hs -= uh[i] * cs;
      b_sh -= us[i] * ch, b_ss -= us[i] * cs;
      vh[i] -= falls[i] * ch, vs[i] -= falls[i] * cs;
    };
    // Two rows at a time: each column's numbers are loaded once for both, and
    // four sums run beside each other.
    int i = 0;
    for (; i + 1 < m; i += 2) {
      const T* const a = c + i * m;
      const T* const b = a + m;
      const T uha = uh[i], usa = us[i], uhb = uh[i + 1], usb = us[i + 1];
      T cha = zero, csa = zero, chb = zero, csb = zero;
      for (int k = 0; k < m; ++k) {
        const T va = a[k], vb = b[k];
        cha += va * qh[k], csa += va * qs[k];
        chb += vb * qh[k], csb += vb * qs[k];
        uch[k] += uha * va + uhb * vb;
        ucs[k] += usa * va + usb * vb;
      }
      account(i, cha, csa);
      account(i + 1, chb, csb);
    }
    if (i < m) {
      T ch = zero, cs = zero;
      for (int k = 0; k < m; ++k) {
        const T value = c[i * m + k];
        ch += value * qh[k], cs += value * qs[k];
        uch[k] += uh[i] * value, ucs[k] += us[i] * value;
      }
      account(i, ch, cs);
    }
    const T by_det = one / (b_hh * b_ss - b_hs * b_sh);
    const T i_hh = b_ss * by_det, i_hs = -b_hs * by_det;
    const T i_sh = -b_sh * by_det, i_ss = b_hh * by_det;
    const T zh = i_hh * rh + i_hs * rs, zs = i_sh * rh + i_ss * rs;
    w.step_h[j] = zh;
    w.step_s[j] = zs;
    if constexpr (Keep::kKeeps) {
      keep.own_h[j] = closure.own_h, keep.own_s[j] = closure.own_s;
      keep.i_hh[j] = i_hh, keep.i_hs[j] = i_hs, keep.i_sh[j] = i_sh, keep.i_ss[j] = i_ss;
      for (int k = 0; k < m; ++k) keep.v_h[j * m + k] = vh[k], keep.v_s[j * m + k] = vs[k];
    }
    // inv(B) P', over U C.
    for (int k = 0; k < m; ++k) {
      const T h = ph[k] - uch[k] * t[k], s = ps[k] - ucs[k] * t[k];
      w.turn_h[j * m + k] = uch[k] = i_hh * h + i_hs * s;
      w.turn_s[j * m + k] = ucs[k] = i_sh * h + i_ss * s;
      wave[k] = falls[k] * wave[k] + vh[k] * zh + vs[k] * zs;
    }
    for (i = 0; i + 1 < m; i += 2) {
      T* const a = c + i * m;
      T* const b = a + m;
      const T fa = falls[i], vha = vh[i], vsa = vs[i];
      const T fb = falls[i + 1], vhb = vh[i + 1], vsb = vs[i + 1];
      for (int k = 0; k < m; ++k) {
        const T rises = t[k], turn_h = uch[k], turn_s = ucs[k];
        a[k] = (fa * rises) * a[k] + vha * turn_h + vsa * turn_s;
        b[k] = (fb * rises) * b[k] + vhb * turn_h + vsb * turn_s;
      }
    }
    if (i < m) {
      for (int k = 0; k < m; ++k) {
        c[i * m + k] = (falls[i] * t[k]) * c[i * m + k] + vh[i] * uch[k] + vs[i] * ucs[k];
      }
    }
    if (Size::Recycle(shape)) {
      for (int l = 0; l < m; ++l) {
        T lh = zero, ls = zero;
        for (int k = 0; k < m; ++k) lh += loop[l * m + k] * qh[k], ls += loop[l * m + k] * qs[k];
        top[l] += lh * zh + ls * zs;
        if constexpr (Keep::kKeeps) keep.loop_h[j * m + l] = lh, keep.loop_s[j * m + l] = ls;
        for (int k = 0; k < m; ++k) {
          loop[l * m + k] = loop[l * m + k] * t[k] - lh * uch[k] - ls * ucs[k];
        }
      }
    }
  }

  if (Size::Recycle(shape)) {
    // back = recycle (top + loop back).
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < m; ++k) {
        c[i * m + k] = (i == k ? one : zero) - w.recycle[0] * loop[i * m + k];
      }
    }
    Invert(c, m);
    if constexpr (Keep::kKeeps) {
      for (int k = 0; k < m * m; ++k) keep.loop[k] = c[k];
    }
    for (int i = 0; i < m; ++i) {
      T sum = zero;
      for (int k = 0; k < m; ++k) sum += c[i * m + k] * top[k];
      back[i] = sum * w.recycle[0];
    }
  }
  return worst;
}

/// From the bottom to the top, after Descend: the Newton step in step_h and
/// step_s.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void Ascend(const Shape& shape, long stages, Workspace<T, Array>& w, const T* back) {
  const int m = Size::Count(shape);
  T wave[Size::kBound];
  for (int i = 0; i < m; ++i) wave[i] = Size::Recycle(shape) ? back[i] : T(0.0);
  for (long j = 0; j < stages; ++j) {
    T eh = w.step_h[j], es = w.step_s[j];
    for (int i = 0; i < m; ++i) {
      eh -= w.turn_h[j * m + i] * wave[i];
      es -= w.turn_s[j * m + i] * wave[i];
    }
    for (int i = 0; i < m; ++i) {
      const T change = T(shape.dimers[i]) * es - T(shape.charge[i]) * eh;
      wave[i] = w.rises[j * m + i] * wave[i] + w.sends[j * m + i] * change;
    }
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    w.step_h[j] = Select(active, eh, T(0.0));
    w.step_s[j] = Select(active, es, T(0.0));
  }
}

/// One entry of a Newton step cut to at most `limit`; 0 for a limit of 0, also
/// when the entry is not a number. Cut one by one: a front moves as far as it
/// may, and the rest of the cascade does not wait for it.
template <class T>
RAFFINATE_HD T Cut(T step, T limit) {
  const T moved = Select(Less(limit, step), limit, Select(Less(step, -limit), -limit, step));
  return Select(Less(T(0.0), limit), moved, T(0.0));
}

/// Evaluates the present state: molarities, the largest closure residual and
/// the Newton step. A linear law has no closures and no step.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD Residual<T> Evaluate(const Shape& shape, long stages, Workspace<T, Array>& w) {
  T back[Size::kBound];
  Rise<Size, T, Array>(shape, stages, w);
  const Residual<T> residual = Descend<Size, T, Array>(shape, stages, w, back);
  if (!shape.linear) Ascend<Size, T, Array>(shape, stages, w, back);
  return residual;
}

}  // namespace raffinate::kernels::detail
