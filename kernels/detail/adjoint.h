// Derivatives of a number by everything a cascade consists of, by the adjoint of
// the converged solution.
//
// Transport and closures, written as equations that a solution fulfils (see
// transport.h; G = gu + gd + gw, c = 1 - bypass, b = bypass_up):
//   in_j        = gu_(j-1) x_(j-1) + b_(j-1) in_(j-1) + feed_up_j
//   0           = c_j in_j + feed_down_j + gd_(j+1) x_(j+1) - G_j x_j
//   0           = closures of charge and extractant
// Their multipliers for a number g(x, y, in, ln of masters) are lambda_j (of an amount added
// to a stage), a_j (of an amount rising into it) and nu = (nu_h, nu_s):
//   G_j lambda_j = gd_j lambda_(j-1) + gu_j a_(j+1) + g_x + D g_y + z nu_h + m D nu_s
//   a_j          = g_in + c_j lambda_j + b_j a_(j+1)
// which is the transport of the cascade read backwards, free of subtractions where
// g has only positive weights, and
//   theta = y (g_y + m nu_s + org_down lambda_(j-1) + org_up a_(j+1) - (organic out) lambda_j)
// the derivative by ln D. The closures' own rows, transposed Newton equations, are
// solved with the factors that the elimination of Descend leaves: 30 M operations a
// stage where an elimination takes 14 M^2. The residual of these rows is exact, so
// a repetition repairs what the elimination lost.
#pragma once

#include "kernels/detail/newton.h"

namespace raffinate::kernels::detail {

/// What Descend leaves for solves with the transposed Jacobian, in the names it
/// uses: F, V', answer (U over charge or dimers), inv(B), own derivatives of the
/// closures; for closed loops L = loop Q and the inverse of 1 - recycle loop.
template <class T, template <class> class Array>
struct Factors {
  static constexpr bool kKeeps = true;
  Array<T> falls, answer;  // [N*M]
  Array<T> v;              // [N*M*K]
  Array<T> inverse, own;   // [N*K*K]
  Array<T> loop_q;         // [N*M*K] recycle only
  Array<T> loop;           // [M*M] recycle only

  template <class F>
  RAFFINATE_HD void ForEach(const Shape& shape, long n, F&& f) {
    const long m = shape.components, nm = n * m, k = shape.masters;
    f(falls, nm), f(answer, nm), f(v, nm * k), f(inverse, n * k * k), f(own, n * k * k);
    f(loop_q, shape.recycle ? nm * k : 0L);
    f(loop, shape.recycle ? m * m : 0L);
  }
};

/// One number's adjoint: its own derivatives at fixed inputs (set by the caller),
/// multipliers, and the result.
template <class T, template <class> class Array>
struct Adjoint {
  // By aqueous and organic molarity and by what rises into the stage [N*M], and by
  // the ln of masters [N*K].
  Array<T> by_x, by_y, by_in, by_ln;
  Array<T> lambda, above;  // [N*M] lambda_j and a_j: by feed_down and feed_up
  Array<T> theta;          // [N*M] by ln D
  Array<T> nu;             // [N*K] of the closures
  Array<T> rest;           // [N*K] residuals of the transposed rows
  Array<T> turned;         // [N*K] between the two sweeps of a solve
  Array<T> given;          // [N*K] by what closes the masters
  Array<T> aq_up, aq_down, aq_draw, org_up, org_down, org_draw, bypass_up, bypass_draw;  // [N]
  Array<T> ln_k;                                                                         // [M]
  Array<T> recycle;                                                                      // [1]

  template <class F>
  RAFFINATE_HD void ForEach(const Shape& shape, long n, F&& f) {
    const long m = shape.components, nm = n * m, nk = n * shape.masters;
    f(by_x, nm), f(by_y, nm), f(by_in, nm), f(by_ln, nk);
    f(lambda, nm), f(above, nm), f(theta, nm), f(nu, nk), f(rest, nk), f(turned, nk);
    f(given, nk);
    f(aq_up, n), f(aq_down, n), f(aq_draw, n), f(org_up, n), f(org_down, n), f(org_draw, n);
    f(bypass_up, n), f(bypass_draw, n), f(ln_k, m), f(recycle, 1L);
  }
};

/// Transport read backwards for the present nu: lambda, above, ln_k, and the
/// residuals of the transposed rows.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void TransportBack(const Shape& shape, long stages, const Workspace<T, Array>& w,
                                const Factors<T, Array>& factors, Adjoint<T, Array>& a) {
  const int m = Size::Count(shape), masters = Size::Masters(shape);
  const T zero(0.0), one(1.0);
  T from[Size::kBound], looped[Size::kBound];
  for (int i = 0; i < m; ++i) from[i] = looped[i] = zero;
  for (long j = 0; j < stages; ++j) {
    const Flows<T> f(w, j);
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T d = w.d[ji];
      const T gd = f.aq_down + f.org_down * d;
      const Part<Size, T, Array> part(shape, w, ji, i);
      T own = a.by_x[ji] + d * a.by_y[ji];
      for (int k = 0; k < masters; ++k) own += part.Respond(k, one, d) * a.nu[j * masters + k];
      const T sum = own + gd * (from[i] + (one - w.below[ji]) * a.by_in[ji]);
      a.lambda[ji] = from[i] = sum * w.inverse[ji];
      if (Size::Recycle(shape)) {
        looped[i] += w.passed[ji] * (f.contact * from[i] + a.by_in[ji]);
      }
    }
  }
  T top[Size::kBound];  // a of what leaves the top
  for (int i = 0; i < m; ++i) {
    top[i] = zero;
    if (!Size::Recycle(shape)) continue;
    const long last = (stages - 1) * m + i;
    const Flows<T> f(w, stages - 1);
    const T gu = f.aq_up + f.org_up * w.d[last], gd = f.aq_down + f.org_down * w.d[last];
    const T r = (gu + f.bypass_up * (one - w.below[last]) * gd) * w.inverse[last];
    const T round = w.passed[last] * (r * f.contact + f.bypass_up);
    top[i] = w.recycle[0] * looped[i] / (one - w.recycle[0] * round);
  }
  for (int i = 0; i < m; ++i) from[i] = top[i];
  for (long j = stages - 1; j >= 0; --j) {
    const Flows<T> f(w, j);
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T d = w.d[ji];
      const T gu = f.aq_up + f.org_up * d, gd = f.aq_down + f.org_down * d;
      const T r = (gu + f.bypass_up * (one - w.below[ji]) * gd) * w.inverse[ji];
      a.lambda[ji] += r * from[i];
      from[i] = a.by_in[ji] + f.contact * a.lambda[ji] + f.bypass_up * from[i];
      a.above[ji] = from[i];
    }
  }
  for (int i = 0; i < m; ++i) a.ln_k[i] = zero;
  for (long j = 0; j < stages; ++j) {
    const Flows<T> f(w, j);
    T rest[Size::kMasters];
    for (int k = 0; k < masters; ++k) rest[k] = a.by_ln[j * masters + k];
    // Without a proton in the law, h is nothing's cause and nothing's effect.
    if (!shape.mass_action && !Size::kTable) rest[0] = zero;
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const Part<Size, T, Array> part(shape, w, ji, i);
      const T y = w.x[ji] * w.d[ji];
      const T lambda = a.lambda[ji];
      const T below = j > 0 ? a.lambda[ji - m] : zero;
      const T above = j + 1 < stages ? a.above[ji + m] : top[i];
      T by_y = a.by_y[ji];
      for (int k = 0; k < masters; ++k) by_y += part.Respond(k, zero, one) * a.nu[j * masters + k];
      // Differences first: lambda hardly changes from stage to stage where
      // everything ends in one product.
      const T theta = y * (by_y + f.org_down * (below - lambda) + f.org_up * (above - lambda) -
                           f.org_out * lambda);
      a.theta[ji] = theta;
      a.ln_k[i] += theta;
      for (int k = 0; k < masters; ++k) rest[k] += part.Slope(k) * theta;
    }
    if (shape.linear) continue;
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    for (int l = 0; l < masters; ++l) {
      for (int k = 0; k < masters; ++k) {
        rest[l] += factors.own[(j * masters + k) * masters + l] * a.nu[j * masters + k];
      }
      a.rest[j * masters + l] = Select(active, rest[l], zero);
    }
  }
}

/// Subtracts from nu the solution of the transposed Newton equations for the
/// present residuals.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void SolveTransposed(const Shape& shape, long stages, const Workspace<T, Array>& w,
                                  const Factors<T, Array>& factors, Adjoint<T, Array>& a) {
  const int m = Size::Count(shape), masters = Size::Masters(shape);
  const T zero(0.0), one(1.0);
  T wave[Size::kBound], top[Size::kBound];
  for (int i = 0; i < m; ++i) wave[i] = top[i] = zero;
  // Ascend backwards.
  for (long j = stages - 1; j >= 0; --j) {
    T rest[Size::kMasters];
    for (int k = 0; k < masters; ++k) rest[k] = a.rest[j * masters + k];
    for (int i = 0; i < m; ++i) {
      const Part<Size, T, Array> part(shape, w, j * m + i, i);
      const T sent = w.sends[j * m + i] * wave[i];
      for (int k = 0; k < masters; ++k) rest[k] += part.Slope(k) * sent;
    }
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      wave[i] = w.rises[ji] * wave[i];
      for (int k = 0; k < masters; ++k) wave[i] -= w.turn[ji * masters + k] * rest[k];
    }
    for (int k = 0; k < masters; ++k) a.turned[j * masters + k] = rest[k];
  }
  if (Size::Recycle(shape)) {
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < m; ++k) top[i] += factors.loop[k * m + i] * wave[k];
      top[i] *= w.recycle[0];
    }
  }
  for (int i = 0; i < m; ++i) wave[i] = zero;
  // Descend backwards.
  for (long j = 0; j < stages; ++j) {
    T rest[Size::kMasters], step[Size::kMasters];
    for (int k = 0; k < masters; ++k) rest[k] = a.turned[j * masters + k];
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      for (int k = 0; k < masters; ++k) {
        rest[k] += factors.v[ji * masters + k] * wave[i];
        if (Size::Recycle(shape)) rest[k] += factors.loop_q[ji * masters + k] * top[i];
      }
    }
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    for (int l = 0; l < masters; ++l) {
      step[l] = zero;
      for (int k = 0; k < masters; ++k) {
        step[l] += factors.inverse[(j * masters + k) * masters + l] * rest[k];
      }
      a.nu[j * masters + l] -= Select(active, step[l], zero);
    }
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const Part<Size, T, Array> part(shape, w, ji, i);
      T by_residual = zero;
      for (int k = 0; k < masters; ++k) by_residual += part.Respond(k, one, w.d[ji]) * step[k];
      wave[i] = factors.falls[ji] * wave[i] - factors.answer[ji] * by_residual;
    }
  }
}

/// Derivatives by the flows, from the multipliers.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void ByFlows(const Shape& shape, long stages, const Workspace<T, Array>& w,
                          Adjoint<T, Array>& a) {
  const int m = Size::Count(shape);
  const T zero(0.0);
  T rising[Size::kBound];
  a.recycle[0] = zero;
  for (int i = 0; i < m; ++i) rising[i] = Size::Recycle(shape) ? w.recycled[i] : zero;
  for (long j = 0; j < stages; ++j) {
    const Flows<T> f(w, j);
    T aq_up = zero, aq_down = zero, aq_draw = zero, org_up = zero, org_down = zero;
    T org_draw = zero, bypass_up = zero, bypass_draw = zero;
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const T x = w.x[ji], y = x * w.d[ji], lambda = a.lambda[ji];
      const T below = j > 0 ? a.lambda[ji - m] : zero;
      // Around the loop, what leaves the top rises into the first stage.
      const T above = j + 1 < stages         ? a.above[ji + m]
                      : Size::Recycle(shape) ? w.recycle[0] * a.above[i]
                                             : zero;
      const T in = rising[i] + w.feed_up[ji];
      aq_up += x * (above - lambda), org_up += y * (above - lambda);
      aq_down += x * (below - lambda), org_down += y * (below - lambda);
      aq_draw -= x * lambda, org_draw -= y * lambda;
      bypass_up += in * (above - lambda);
      bypass_draw -= in * lambda;
      rising[i] = f.aq_up * x + f.org_up * y + f.bypass_up * in;
      if (j + 1 == stages) a.recycle[0] += a.above[i] * rising[i];
    }
    a.aq_up[j] = aq_up, a.aq_down[j] = aq_down, a.aq_draw[j] = aq_draw;
    a.org_up[j] = org_up, a.org_down[j] = org_down, a.org_draw[j] = org_draw;
    a.bypass_up[j] = bypass_up, a.bypass_draw[j] = bypass_draw;
  }
}

/// Derivatives by what closes the masters.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void ByGiven(const Shape& shape, long stages, const Workspace<T, Array>& w,
                          Adjoint<T, Array>& a) {
  const int m = Size::Count(shape), masters = Size::Masters(shape);
  for (long j = 0; j < stages; ++j) {
    for (int k = 0; k < masters; ++k) a.given[j * masters + k] = -a.nu[j * masters + k];
    if constexpr (Size::kTable) {
      const TableStage<T, Array> stage(shape, j, w);
      const int ionic = shape.table->ionic;
      T shares[kMaxMasters];  // of the closures, by the strong anions
      for (int k = 0; k < masters; ++k) shares[k] = T(0.0);
      stage.AddProtonsByStrong(shares);
      T by_strong(0.0);
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        T extractant, strong;
        stage.ByGiven(i, &extractant, &strong);
        stage.AddByStrong(i, w.x[ji], w.x[ji] * w.d[ji], shares);
        a.given[j * masters + 1] += extractant * a.theta[ji];
        by_strong += strong * a.theta[ji];
      }
      if (ionic < 0) continue;
      for (int k = 0; k < masters; ++k) by_strong += shares[k] * a.nu[j * masters + k];
      a.given[j * masters + ionic] =
          T(0.5 * shape.table->background) * a.given[j * masters + ionic] + by_strong;
    }
  }
}

/// Factors of the state in `ln`, which must be the converged one.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD Residual<T> Factor(const Shape& shape, long stages, Workspace<T, Array>& w,
                                const Factors<T, Array>& factors) {
  T back[Size::kBound];
  w.rate[0] = w.closed[0] = T(0.0);
  Rise<Size, T, Array>(shape, stages, w);
  return Descend<Size, T, Array, Factors<T, Array>>(shape, stages, w, back, factors);
}

/// The largest residual of the transposed rows.
template <class T, template <class> class Array>
RAFFINATE_HD T LargestRest(long unknowns, const Adjoint<T, Array>& a) {
  T largest(0.0);
  for (long k = 0; k < unknowns; ++k) largest = Max(largest, Abs(a.rest[k]));
  return largest;
}

/// Takes the residuals at or below `limit` for none: a solve then changes nothing there.
template <class T, template <class> class Array>
RAFFINATE_HD void Settle(long unknowns, T largest, T limit, const Adjoint<T, Array>& a) {
  const auto open = Less(limit, largest);
  for (long k = 0; k < unknowns; ++k) a.rest[k] = Select(open, a.rest[k], T(0.0));
}

/// The adjoint of one number after Factor. `any(largest, limit)`: whether any lane's largest
/// residual is above its limit. A lane that has settled keeps its numbers: what it gets does not
/// depend on its neighbours.
template <class Size, class T, template <class> class Array, class Any>
RAFFINATE_HD void SolveAdjoint(const Shape& shape, long stages, const Workspace<T, Array>& w,
                               const Factors<T, Array>& factors, Adjoint<T, Array>& a,
                               const Any& any) {
  constexpr int kSolves = 3;          // the second and third repair lost digits
  constexpr double kSettled = 1e-13;  // of the residuals at first: no digits are lost
  const long unknowns = stages * Size::Masters(shape);
  for (long k = 0; k < unknowns; ++k) a.nu[k] = T(0.0);
  TransportBack<Size, T, Array>(shape, stages, w, factors, a);
  if (!shape.linear) {
    const T limit = T(kSettled) * LargestRest(unknowns, a);
    for (int k = 0; k < kSolves; ++k) {
      SolveTransposed<Size, T, Array>(shape, stages, w, factors, a);
      TransportBack<Size, T, Array>(shape, stages, w, factors, a);
      const T largest = LargestRest(unknowns, a);
      if (!any(largest, limit)) break;
      Settle(unknowns, largest, limit, a);
    }
  }
  ByFlows<Size, T, Array>(shape, stages, w, a);
  ByGiven<Size, T, Array>(shape, stages, w, a);
}

}  // namespace raffinate::kernels::detail
