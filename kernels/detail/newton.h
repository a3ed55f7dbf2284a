// Newton's step for the closures (electroneutrality and extractant balance) of
// all stages at once, with transport satisfied exactly.
//
// Linearized in lambda_i = d ln x_i - z_i d ln h, both phases respond through
// symmetric blocks
//   dx = Ha lambda + xr,  Ha = diag(x) - (zx)(zx)'/dh,  dh = h + Kw/h + sum z2 x
//   dy = Ho lambda + yr,  Ho = diag(y) - (my)(my)'/ds,  ds = S + sum m2 y
// where xr, yr come from the closure residuals. What a stage sends up is again
// affine in what comes down, with an M x M reflection matrix R. Going up:
//   P  = Gu + Gw + (I - E R) Gd            Gu, Gd, Gw: flow-weighted Ha and Ho
//   R' = (Gu + bypass_up R Gd) inv(P)
// and coming down lambda = inv(P) (c + Dn). Diagonals plus two rank-one terms
// keep everything but the inverse at O(M^2). No pivoting: P is diagonally
// dominant in the flow-weighted sense.
#pragma once

#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Largest scaled closure residual over the stages, and the stage.
template <class T>
struct Residual {
  T value;
  T stage;
};

/// Inverts the m x m matrix `a` (row-major) in place by Gauss-Jordan.
template <class T, template <class> class Array>
RAFFINATE_HD void Invert(Array<T> a, int m) {
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

/// Closure residuals of every stage: fills q_h, q_s, inv_h, inv_s.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD Residual<T> Close(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const int m = Size::Count(shape);
  const T zero(0.0), one(1.0);
  Residual<T> worst{zero, zero};
  if (shape.linear) return worst;
  for (long j = 0; j < stages; ++j) {
    T charge = zero, charge2 = zero, bound = zero, bound2 = zero;
    for (int i = 0; i < m; ++i) {
      const T zx = T(shape.charge[i]) * w.x[j * m + i];
      const T my = T(shape.dimers[i]) * w.y[j * m + i];
      charge += zx, charge2 += T(shape.charge[i]) * zx;
      bound += my, bound2 += T(shape.dimers[i]) * my;
    }
    const T capacity = w.extractant[j];
    T error;
    if (shape.mass_action) {
      const T h = Exp(w.ln_h[j]);
      const T oh = T(kWater) / h;
      const T s = Exp(w.ln_s[j]);
      const T rh = charge + h - oh - w.anions[j];
      const T rs = s + bound - capacity;
      w.inv_h[j] = one / (charge2 + h + oh);
      w.inv_s[j] = one / (bound2 + s);
      w.q_h[j] = rh * w.inv_h[j];
      w.q_s[j] = rs * w.inv_s[j];
      error = Max(Abs(rh) / (charge + h + oh + Abs(w.anions[j])), Abs(rs) / (s + bound + capacity));
    } else {
      const T rs = bound - capacity;
      w.inv_h[j] = zero, w.q_h[j] = zero;
      w.inv_s[j] = one / Max(bound2, T(kTrace));
      w.q_s[j] = rs * w.inv_s[j];
      error = Abs(rs) / (bound + capacity);
    }
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

/// Newton step for the residuals that Close left; fills step_h and step_s.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SolveStep(const Shape& shape, long stages, Workspace<T, Array>& w) {
  const int m = Size::Count(shape);
  const long mm = static_cast<long>(m) * m;
  const T zero(0.0), one(1.0);
  const T rate = w.rate[0];
  T r[Size::kBound * Size::kBound];     // reflection of the stages below
  T rg[Size::kBound * Size::kBound];    // R Gd
  T loop[Size::kBound * Size::kBound];  // response of Up to the recycled amounts
  T up[Size::kBound], next[Size::kBound];
  T zx[Size::kBound], my[Size::kBound], xs[Size::kBound], ys[Size::kBound];
  for (int i = 0; i < m; ++i) {
    up[i] = zero;
    for (int k = 0; k < m; ++k) {
      r[i * m + k] = zero;
      if (shape.recycle) loop[i * m + k] = i == k ? one : zero;
    }
  }

  for (long j = 0; j < stages; ++j) {
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    const T aq_up = w.aq_up[j], aq_down = w.aq_down[j];
    const T org_up = w.org_up[j], org_down = w.org_down[j];
    const T aq_all = (aq_up + aq_down + w.aq_draw[j]) * (one + rate);
    const T org_all = (org_up + org_down + w.org_draw[j]) * (one + rate);
    const T bu = w.bypass_up[j];
    const T contact = one - bu - w.bypass_draw[j];
    const T ih = w.inv_h[j], is = w.inv_s[j];
    const T qh = w.q_h[j], qs = w.q_s[j];
    for (int i = 0; i < m; ++i) {
      xs[i] = Max(w.x[j * m + i], T(kTrace));
      ys[i] = Max(w.y[j * m + i], T(kTrace));
      zx[i] = T(shape.charge[i]) * xs[i];
      my[i] = T(shape.dimers[i]) * ys[i];
    }
    // R Gd, with Gd = diag(gd) - aq_down ih zx zx' - org_down is my my'.
    const Array<T> p = w.block.At(j * mm);
    for (int i = 0; i < m; ++i) {
      T rz = zero, rm = zero;
      for (int k = 0; k < m; ++k) {
        rz += r[i * m + k] * zx[k];
        rm += r[i * m + k] * my[k];
      }
      rz *= aq_down * ih, rm *= org_down * is;
      const T zi = aq_all * ih * zx[i], mi = org_all * is * my[i];
      for (int k = 0; k < m; ++k) {
        const T v = r[i * m + k] * (aq_down * xs[k] + org_down * ys[k]) - rz * zx[k] - rm * my[k];
        rg[i * m + k] = v;
        p[i * m + k] = -(contact * v + zi * zx[k] + mi * my[k]);
      }
      p[i * m + i] += aq_all * xs[i] + org_all * ys[i];
    }
    Invert<T, Array>(p, m);

    // Right-hand side: forcing by the closure residuals.
    T v[Size::kBound], ru[Size::kBound];
    for (int i = 0; i < m; ++i) {
      T vi = up[i];
      for (int k = 0; k < m; ++k) {
        vi -= r[i * m + k] * (aq_down * qh * zx[k] + org_down * qs * my[k]);
      }
      v[i] = vi;
      ru[i] = -(aq_up * qh * zx[i] + org_up * qs * my[i]);
      w.c[j * m + i] = contact * vi + aq_all * qh * zx[i] + org_all * qs * my[i];
    }

    // R' = (Gu + bu R Gd) inv(P); Gu = diag(gu) - aq_up ih zx zx' - org_up is my my'.
    T zp[Size::kBound], mp[Size::kBound];
    for (int k = 0; k < m; ++k) zp[k] = zero, mp[k] = zero;
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < m; ++k) {
        zp[k] += zx[i] * p[i * m + k];
        mp[k] += my[i] * p[i * m + k];
      }
    }
    for (int i = 0; i < m; ++i) {
      const T gu = aq_up * xs[i] + org_up * ys[i];
      const T zi = aq_up * ih * zx[i], mi = org_up * is * my[i];
      T sum = ru[i] + bu * v[i];
      for (int k = 0; k < m; ++k) {
        T value = gu * p[i * m + k] - zi * zp[k] - mi * mp[k];
        if (shape.bypass) {
          T product = zero;
          for (int l = 0; l < m; ++l) product += rg[i * m + l] * p[l * m + k];
          value += bu * product;
        }
        r[i * m + k] = Select(active, value, r[i * m + k]);
        sum += value * w.c[j * m + k];
      }
      next[i] = sum;
    }
    for (int i = 0; i < m; ++i) up[i] = Select(active, next[i], up[i]);

    if (shape.recycle) {
      // loop <- (E R' + bu) loop, column by column.
      const Array<T> kept = w.reflected.At(j * mm);
      for (int i = 0; i < m; ++i) {
        for (int k = 0; k < m; ++k) kept[i * m + k] = r[i * m + k];
      }
      for (int k = 0; k < m; ++k) {
        for (int i = 0; i < m; ++i) {
          T sum = bu * loop[i * m + k];
          for (int l = 0; l < m; ++l) sum += contact * r[i * m + l] * loop[l * m + k];
          next[i] = sum;
        }
        for (int i = 0; i < m; ++i) {
          loop[i * m + k] = Select(active, next[i], loop[i * m + k]);
        }
      }
    }
  }

  if (shape.recycle) {
    // (I - kappa loop) dL = kappa up: what comes back around.
    const T share = w.recycle[0];
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < m; ++k) {
        rg[i * m + k] = (i == k ? one : zero) - share * loop[i * m + k];
      }
    }
    Invert<T, Dense>(Dense<T>{rg}, m);
    T back[Size::kBound];
    for (int i = 0; i < m; ++i) {
      T sum = zero;
      for (int k = 0; k < m; ++k) sum += rg[i * m + k] * up[k];
      back[i] = sum * share;
    }
    for (long j = 0; j < stages; ++j) {
      const auto active = Less(T(static_cast<double>(j)), w.count[0]);
      const T bu = w.bypass_up[j];
      const T contact = one - bu - w.bypass_draw[j];
      const Array<T> kept = w.reflected.At(j * mm);
      for (int i = 0; i < m; ++i) w.c[j * m + i] += contact * back[i];
      for (int i = 0; i < m; ++i) {
        T sum = bu * back[i];
        for (int k = 0; k < m; ++k) sum += contact * kept[i * m + k] * back[k];
        next[i] = sum;
      }
      for (int i = 0; i < m; ++i) back[i] = Select(active, next[i], back[i]);
    }
  }

  T down[Size::kBound], lambda[Size::kBound];
  for (int i = 0; i < m; ++i) down[i] = zero;
  for (long j = stages - 1; j >= 0; --j) {
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    const Array<T> p = w.block.At(j * mm);
    T zl = zero, ml = zero;
    for (int i = 0; i < m; ++i) next[i] = w.c[j * m + i] + down[i];
    for (int i = 0; i < m; ++i) {
      T sum = zero;
      for (int k = 0; k < m; ++k) sum += p[i * m + k] * next[k];
      lambda[i] = sum;
      xs[i] = Max(w.x[j * m + i], T(kTrace));
      ys[i] = Max(w.y[j * m + i], T(kTrace));
      zl += T(shape.charge[i]) * xs[i] * sum;
      ml += T(shape.dimers[i]) * ys[i] * sum;
    }
    const T eta = -(w.q_h[j] + zl * w.inv_h[j]);
    const T sigma = -(w.q_s[j] + ml * w.inv_s[j]);
    for (int i = 0; i < m; ++i) {
      const T value = w.aq_down[j] * xs[i] * (lambda[i] + T(shape.charge[i]) * eta) +
                      w.org_down[j] * ys[i] * (lambda[i] + T(shape.dimers[i]) * sigma);
      down[i] = Select(active, value, down[i]);
    }
    w.step_h[j] = Select(active, eta, zero);
    w.step_s[j] = Select(active, sigma, zero);
  }
}

}  // namespace raffinate::kernels::detail
