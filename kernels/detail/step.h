// Newton's step for the closures (electroneutrality and extractant balance) of
// all stages at once, with transport satisfied exactly.
//
// With transport eliminated the unknowns are two per stage, e = (d ln h, d ln S),
// and couple through the components: a change of ln D_i = m_i ln S - z_i ln h in
// one stage sends a wave of component i up and one down, each damped from stage
// to stage. The Jacobian is therefore sequentially semiseparable of order M:
//   J_jk = P_j T_(j-1) ... T_(k+1) Q_k   for k below j   (waves going up)
//   J_jk = U_j F_(j+1) ... F_(k-1) V_k   for k above j   (waves going down)
// with diagonal M x M matrices T and F. Its block elimination from the bottom to
// the top carries one M x M matrix C, what the stages below return of a wave
// from above by changing their h and S (that they also return some at constant
// D is in the coefficients already):
//   B  = J_jj - P C V          2 x 2
//   U' = U - P C F,  Q' = Q - T C V
//   C' = T C F + Q' inv(B) U'
// That costs 14 M^2 operations per stage, where elimination of all components
// of a stage at once (a block tridiagonal system) costs 2 M^3, and nothing of
// size M^2 is kept. No pivoting: every leading block of J is the Jacobian of the
// same cascade with D held in the stages above, which has one solution too.
// (Sequentially semiseparable matrices: Chandrasekaran et al., SIAM J. Matrix
// Anal. Appl. 27 (2005) 341, doi 10.1137/S0895479802405884.)
#pragma once

#include "kernels/detail/evaluate.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

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

/// Newton step for the closures that Evaluate left; fills step_h and step_s.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SolveStep(const Shape& shape, long stages, Workspace<T, Array>& w) {
  constexpr int kBound = Size::kBound;
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  const T rate = w.rate[0];
  T c[kBound * kBound];     // C
  T loop[kBound * kBound];  // wave going up per amount recycled (recycle only)
  T wave[kBound];           // wave going up from the residuals below
  for (int i = 0; i < m; ++i) {
    wave[i] = zero;
    for (int k = 0; k < m; ++k) {
      c[i * m + k] = zero;
      if (shape.recycle) loop[i * m + k] = i == k ? one : zero;
    }
  }

  for (long j = 0; j < stages; ++j) {
    const Flows<T> f(w, j, rate);
    T ph[kBound], ps[kBound], t[kBound], qh[kBound], qs[kBound];  // P, T, Q
    T vh[kBound], vs[kBound];                                     // V
    T pch[kBound], pcs[kBound];                                   // P C
    T pwh = zero, pws = zero;                                     // P wave
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T d = w.d[ji], below = w.below[ji], inverse = w.inverse[ji];
      const T charge = T(shape.charge[i]), dimers = T(shape.dimers[i]);
      const T missed = f.bypass_up * (one - below);
      const T kept = f.bypass_up + f.bypass_draw + f.contact * below;
      const T aq_up = f.aq_up + missed * f.aq_down, org_up = f.org_up + missed * f.org_down;
      const T aq_all = f.aq_up + f.aq_out + kept * f.aq_down;
      const T org_all = f.org_up + f.org_out + kept * f.org_down;
      t[i] = f.contact * ((aq_up + org_up * d) * inverse) + f.bypass_up;
      const T source = w.y[ji] * ((org_up * aq_all - aq_up * org_all) * inverse);
      qh[i] = -charge * source, qs[i] = dimers * source;
      const T enter = shape.bypass ? w.enter[ji] : w.answer[ji];
      ph[i] = charge * enter, ps[i] = dimers * d * enter;
      vh[i] = -charge * w.forced[ji], vs[i] = dimers * w.forced[ji];
      pch[i] = zero, pcs[i] = zero;
      pwh += ph[i] * wave[i], pws += ps[i] * wave[i];
    }
    // B = J - P C V, and Q' over Q.
    T b_hh = w.j_hh[j], b_hs = w.j_hs[j], b_sh = w.j_sh[j], b_ss = w.j_ss[j];
    for (int i = 0; i < m; ++i) {
      T ch = zero, cs = zero;
      for (int k = 0; k < m; ++k) {
        const T value = c[i * m + k];
        ch += value * vh[k], cs += value * vs[k];
        pch[k] += ph[i] * value, pcs[k] += ps[i] * value;
      }
      b_hh -= ph[i] * ch, b_hs -= ph[i] * cs;
      b_sh -= ps[i] * ch, b_ss -= ps[i] * cs;
      qh[i] -= t[i] * ch, qs[i] -= t[i] * cs;
    }
    const T by_det = one / (b_hh * b_ss - b_hs * b_sh);
    const T i_hh = b_ss * by_det, i_hs = -b_hs * by_det;
    const T i_sh = -b_sh * by_det, i_ss = b_hh * by_det;
    // inv(B) U'.
    for (int k = 0; k < m; ++k) {
      const long jk = j * m + k;
      const T answer = w.answer[jk], falls = w.falls[jk];
      const T uh = T(shape.charge[k]) * answer - pch[k] * falls;
      const T us = T(shape.dimers[k]) * w.d[jk] * answer - pcs[k] * falls;
      pch[k] = i_hh * uh + i_hs * us;
      pcs[k] = i_sh * uh + i_ss * us;
      w.turn_h[jk] = pch[k];
      w.turn_s[jk] = pcs[k];
      vh[k] = falls;
    }
    const T rh = -w.excess_h[j] - pwh, rs = -w.excess_s[j] - pws;
    const T zh = i_hh * rh + i_hs * rs, zs = i_sh * rh + i_ss * rs;
    w.step_h[j] = zh;
    w.step_s[j] = zs;
    for (int i = 0; i < m; ++i) {
      wave[i] = t[i] * wave[i] + qh[i] * zh + qs[i] * zs;
      for (int k = 0; k < m; ++k) {
        c[i * m + k] = (t[i] * vh[k]) * c[i * m + k] + qh[i] * pch[k] + qs[i] * pcs[k];
      }
    }
    if (shape.recycle) {
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        w.rises[ji] = t[i], w.lift_h[ji] = qh[i], w.lift_s[ji] = qs[i];
      }
      w.inv_hh[j] = i_hh, w.inv_hs[j] = i_hs, w.inv_sh[j] = i_sh, w.inv_ss[j] = i_ss;
      for (int k = 0; k < m; ++k) {
        T lh = zero, ls = zero;
        for (int i = 0; i < m; ++i) {
          lh += ph[i] * loop[i * m + k], ls += ps[i] * loop[i * m + k];
        }
        const T eh = i_hh * lh + i_hs * ls, es = i_sh * lh + i_ss * ls;
        for (int i = 0; i < m; ++i) {
          loop[i * m + k] = t[i] * loop[i * m + k] - qh[i] * eh - qs[i] * es;
        }
      }
    }
  }

  if (shape.recycle) {
    // (I - share loop) back = share wave: what comes back around.
    const T share = w.recycle[0];
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < m; ++k) {
        c[i * m + k] = (i == k ? one : zero) - share * loop[i * m + k];
      }
    }
    Invert(c, m);
    T back[kBound];
    for (int i = 0; i < m; ++i) {
      T sum = zero;
      for (int k = 0; k < m; ++k) sum += c[i * m + k] * wave[k];
      back[i] = sum * share;
    }
    for (long j = 0; j < stages; ++j) {
      T rh = zero, rs = zero;
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        const T enter = (shape.bypass ? w.enter[ji] : w.answer[ji]) * back[i];
        rh -= T(shape.charge[i]) * enter, rs -= T(shape.dimers[i]) * w.d[ji] * enter;
      }
      const T zh = w.inv_hh[j] * rh + w.inv_hs[j] * rs;
      const T zs = w.inv_sh[j] * rh + w.inv_ss[j] * rs;
      w.step_h[j] += zh;
      w.step_s[j] += zs;
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        back[i] = w.rises[ji] * back[i] + w.lift_h[ji] * zh + w.lift_s[ji] * zs;
      }
    }
  }

  T down[kBound];
  for (int i = 0; i < m; ++i) down[i] = zero;
  for (long j = stages - 1; j >= 0; --j) {
    T eh = w.step_h[j], es = w.step_s[j];
    for (int i = 0; i < m; ++i) {
      eh -= w.turn_h[j * m + i] * down[i];
      es -= w.turn_s[j * m + i] * down[i];
    }
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T change = T(shape.dimers[i]) * es - T(shape.charge[i]) * eh;
      down[i] = w.falls[ji] * down[i] + w.forced[ji] * change;
    }
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    w.step_h[j] = Select(active, eh, zero);
    w.step_s[j] = Select(active, es, zero);
  }
}

}  // namespace raffinate::kernels::detail
