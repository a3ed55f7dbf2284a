// Newton's step for the closures (electroneutrality and extractant balance) of
// all stages at once, with transport satisfied exactly.
//
// With transport eliminated the unknowns are the masters of every stage, two but for
// tables, e = (d ln h, d ln S), and couple through the components: a change of
// ln D_i = m_i ln S - z_i ln h in one stage sends a wave of component i up and one
// down, each damped from stage to stage as it would be at constant D. The Jacobian is therefore
// sequentially semiseparable of order M:
//   J_jk = P_j T_(j-1) ... T_(k+1) Q_k   for k below j   (waves going up)
//   J_jk = U_j F_(j+1) ... F_(k-1) V_k   for k above j   (waves going down)
// with diagonal M x M matrices T and F. Elimination from the top to the bottom
// carries one M x M matrix C: what the stages above return of a wave from below
// by changing their h and S (what they return at constant D is in the
// coefficients already). Per stage
//   B  = J_jj - U C Q                   2 x 2, or masters x masters
//   V' = V - F C Q,  P' = P - U C T
//   C' = F C T + V' inv(B) P'
// That costs 14 M^2 operations, where elimination of all components of a stage
// at once (a block tridiagonal system) costs 2 M^3, and nothing of size M^2 is
// kept. Where all masters act on D by one number e (ln S - ln h when m_i = z_i), Q and V have
// one column per component and the wave of a stage is one: 10 M^2. No pivoting: every trailing
// block of J is the Jacobian of the same cascade with D held in the stages below, which has one
// solution too. Only where a component can leave a part of the cascade neither up nor down while D
// is held does J_jj lose digits; the pseudo-transient, in which everything
// leaves, then takes over.
// (Sequentially semiseparable matrices: Chandrasekaran et al., SIAM J. Matrix
// Anal. Appl. 27 (2005) 341, doi 10.1137/S0895479802405884.)
#pragma once

#include "kernels/detail/fall.h"
#include "kernels/detail/transport.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Largest scaled closure residual over the stages, and the stage.
template <class T>
struct Residual {
  T value;
  T stage;
};

/// The changes of the sources of waves by those of the masters, both ln.
template <class Size, class T>
RAFFINATE_HD void SetSources(const Shape& shape, const T* masters, T* sources) {
  if constexpr (Size::kOneWave) {
    sources[0] = shape.mass_action ? masters[1] - masters[0] : masters[1];
  } else {
    for (int k = 0; k < Size::Masters(shape); ++k) sources[k] = masters[k];
  }
}

/// Adds to the derivatives of the closures by the masters (K x K, by rows) those by the
/// sources of waves (K rows).
template <class Size, class T>
RAFFINATE_HD void AddBySources(const Shape& shape, const T* by_sources, T* block) {
  if constexpr (Size::kOneWave) {
    block[1] += by_sources[0], block[3] += by_sources[1];
    if (shape.mass_action) block[0] -= by_sources[0], block[2] -= by_sources[1];
  } else {
    const int masters = Size::Masters(shape);
    for (int k = 0; k < masters * masters; ++k) block[k] += by_sources[k];
  }
}

/// The closures of a stage [mol/L], their derivatives by the stage's own masters at
/// constant composition (K x K, by rows), and their largest scaled size. `sums`: of the
/// components' shares [mol/L].
template <class Size, class T, template <class> class Array>
RAFFINATE_HD T Close(const Shape& shape, long j, const T* sums, const Workspace<T, Array>& w,
                     T* excess, T* own) {
  if constexpr (Size::kTable) {
    const TableStage<T, Array> stage(shape, j, w);
    const T error = stage.Close(sums, excess, own);
    for (int i = 0; i < Size::Count(shape); ++i) {
      const long ji = j * Size::Count(shape) + i;
      stage.AddOwn(i, w.x[ji], w.x[ji] * w.d[ji], own);
    }
    return error;
  } else {
    const T charge = sums[0], bound = sums[1], capacity = w.given[2 * j + 1];
    own[1] = own[2] = T(0.0);
    if (shape.mass_action) {
      const T h = w.value[2 * j], s = w.value[2 * j + 1], anions = w.given[2 * j];
      const T oh = T(kWater) / h;
      own[0] = h + oh;
      own[3] = s;
      excess[0] = charge + h - oh - anions;
      excess[1] = s + bound - capacity;
      return Max(Abs(excess[0]) / (charge + h + oh + Abs(anions)),
                 Abs(excess[1]) / (s + bound + capacity));
    }
    // The proton has no part in the law. A stage that holds nothing must not
    // make the block singular.
    own[0] = T(1.0);
    own[3] = T(kTrace);
    excess[0] = T(0.0);
    excess[1] =
        Select(Less(T(static_cast<double>(j)), w.closed[0]), w.step[2 * j + 1], bound - capacity);
    return Abs(excess[1]) / (bound + capacity);
  }
}

/// Inverts the m x m matrix `a` (row-major) in place by Gauss-Jordan. For
/// diagonally dominant matrices: no pivoting.
template <class T>
RAFFINATE_HD static void Invert(T* a, int m) {
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

/// From the top to the bottom, after Rise: molarities, closures, and the
/// elimination. Leaves x, what Ascend needs, and in `back` the wave that enters
/// the first stage around a closed loop ([M], set for closed loops only).
template <class Size, class T, template <class> class Array, class Keep = KeepNothing>
RAFFINATE_HD Residual<T> Descend(const Shape& shape, long stages, Workspace<T, Array>& w, T* back,
                                 [[maybe_unused]] Keep keep = Keep()) {
  constexpr int kBound = Size::kBound, kRow = kBound + 1, kMasters = Size::kMasters;
  constexpr int kWaves = Size::kWaves;
  const int m = Size::Count(shape), masters = Size::Masters(shape), waves = Size::Waves(shape);
  const T zero(0.0), one(1.0);
  Residual<T> worst{zero, zero};
  T c[kBound * kBound];     // C
  T loop[kBound * kBound];  // what leaves the top per wave from below (closed loop only)
  T top[kBound];            // what leaves the top by the residuals (closed loop only)
  Falling<Size, T> falling;
  Stage<Size, T> stage;
  Elimination<Size, T> sides[2];
  Elimination<Size, T>& above = sides[stages & 1];
  for (int i = 0; i < m; ++i) {
    above.falls[i] = above.t[i] = zero;
    for (int k = 0; k < waves; ++k) above.v[k][i] = above.turn[k][i] = zero;
    falling.down[i] = falling.wave[i] = top[i] = zero;
    falling.open[i] = falling.chain[i] = one;
    for (int k = 0; k < m; ++k) {
      c[i * m + k] = zero;
      if (Size::Recycle(shape)) loop[i * m + k] = i == k ? one : zero;
    }
  }

  for (long j = stages - 1; j >= 0; --j) {
    const Elimination<Size, T>& before = sides[~j & 1];
    Elimination<Size, T>& now = sides[j & 1];
    const Flows<T> flows(w, j);
    if (Size::kOpposed && flows.Opposed()) {
      Fall(shape, OpposedFlows<T>(flows), j, w, falling, now, stage, keep);
    } else {
      Fall(shape, flows, j, w, falling, now, stage, keep);
    }
    T(&v)[kWaves][kRow] = now.v;
    const T(&t)[kRow] = now.t, (&falls)[kRow] = now.falls;
    const T(&u)[kMasters][kRow] = stage.u, (&p)[kMasters][kRow] = stage.p;
    const T(&q)[kWaves][kRow] = stage.q;
    T(&uc)[kMasters][kRow] = stage.uc;
    T(&residual)[kMasters] = stage.residual;
    T(&by_sources)[kMasters * kWaves] = stage.by_sources;
    if (shape.linear) continue;

    T excess[kMasters], own[kMasters * kMasters];
    const T scaled = Close<Size, T, Array>(shape, j, stage.sums, w, excess, own);
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    const T error = Select(active, scaled, zero);
    const auto larger = Less(worst.value, error);
    worst.value = Select(larger, error, worst.value);
    worst.stage = Select(larger, T(static_cast<double>(j)), worst.stage);
    // A residual that is not a number must not look like a small one.
    worst.value = Select(Less(error, T(1e300)), worst.value, T(1e300));
    for (int k = 0; k < masters; ++k) residual[k] -= excess[k];

    // C through the stage before, and at once U C and C Q: B = J - U C Q, V' over V.
    const auto account = [&](int i, const T* cq) {
      for (int k = 0; k < masters; ++k) {
        for (int l = 0; l < waves; ++l) by_sources[k * waves + l] -= u[k][i] * cq[l];
      }
      for (int k = 0; k < waves; ++k) v[k][i] -= falls[i] * cq[k];
    };
    // Two rows at a time: each column's numbers are loaded once for both, and
    // four sums run beside each other.
    int i = 0;
    for (; i + 1 < m; i += 2) {
      T* const a = c + i * m;
      T* const b = a + m;
      const T fa = before.falls[i], fb = before.falls[i + 1];
      T cq_a[kWaves], cq_b[kWaves], va[kWaves], vb[kWaves], ua[kMasters], ub[kMasters];
      for (int k = 0; k < waves; ++k) {
        cq_a[k] = cq_b[k] = zero;
        va[k] = before.v[k][i], vb[k] = before.v[k][i + 1];
      }
      for (int k = 0; k < masters; ++k) ua[k] = u[k][i], ub[k] = u[k][i + 1];
      RAFFINATE_INDEPENDENT
      for (int n = 0; n < m; ++n) {
        const T rises = before.t[n];
        T next_a = fa * (rises * a[n]), next_b = fb * (rises * b[n]);
        for (int k = 0; k < waves; ++k) {
          next_a += va[k] * before.turn[k][n];
          next_b += vb[k] * before.turn[k][n];
        }
        a[n] = next_a;
        b[n] = next_b;
        for (int k = 0; k < waves; ++k) {
          cq_a[k] += next_a * q[k][n];
          cq_b[k] += next_b * q[k][n];
        }
        for (int k = 0; k < masters; ++k) {
          const T so_far = i == 0 ? ua[k] * next_a : uc[k][n] + ua[k] * next_a;
          uc[k][n] = so_far + ub[k] * next_b;
        }
      }
      account(i, cq_a);
      account(i + 1, cq_b);
    }
    if (i < m) {
      T cq[kWaves];
      for (int k = 0; k < waves; ++k) cq[k] = zero;
      for (int n = 0; n < m; ++n) {
        T next = before.falls[i] * (before.t[n] * c[i * m + n]);
        for (int k = 0; k < waves; ++k) next += before.v[k][i] * before.turn[k][n];
        c[i * m + n] = next;
        for (int k = 0; k < waves; ++k) cq[k] += next * q[k][n];
        for (int k = 0; k < masters; ++k) uc[k][n] = (i == 0 ? zero : uc[k][n]) + u[k][i] * next;
      }
      account(i, cq);
    }
    T block[kMasters * kMasters];
    for (int k = 0; k < masters * masters; ++k) block[k] = own[k];
    AddBySources<Size>(shape, by_sources, block);
    if constexpr (Size::kTable) {
      Invert(block, masters);
    } else {
      const T by_det = one / (block[0] * block[3] - block[1] * block[2]);
      const T first = block[0];
      block[0] = block[3] * by_det, block[1] = -block[1] * by_det;
      block[2] = -block[2] * by_det, block[3] = first * by_det;
    }
    T solved[kMasters];
    for (int k = 0; k < masters; ++k) {
      solved[k] = block[k * masters] * residual[0];
      for (int l = 1; l < masters; ++l) solved[k] += block[k * masters + l] * residual[l];
      w.step[j * masters + k] = solved[k];
    }
    T source[kWaves];
    SetSources<Size>(shape, solved, source);
    if constexpr (Keep::kKeeps) {
      for (int k = 0; k < masters * masters; ++k) {
        keep.own[j * masters * masters + k] = own[k];
        keep.inverse[j * masters * masters + k] = block[k];
      }
      for (int n = 0; n < m; ++n) {
        for (int k = 0; k < waves; ++k) keep.v[(j * m + n) * waves + k] = v[k][n];
      }
    }
    // inv(B) P'.
    RAFFINATE_INDEPENDENT
    for (int n = 0; n < m; ++n) {
      T rest[kMasters], turn[kMasters], turned[kWaves];
      for (int k = 0; k < masters; ++k) {
        rest[k] = (Size::Bypass(shape) ? p[k][n] : u[k][n]) - uc[k][n] * t[n];
      }
      for (int k = 0; k < masters; ++k) {
        turn[k] = block[k * masters] * rest[0];
        for (int l = 1; l < masters; ++l) turn[k] += block[k * masters + l] * rest[l];
        w.turn[(j * m + n) * masters + k] = turn[k];
      }
      SetSources<Size>(shape, turn, turned);
      T wave = falls[n] * falling.wave[n];
      for (int k = 0; k < waves; ++k) {
        now.turn[k][n] = turned[k];
        wave += v[k][n] * source[k];
      }
      falling.wave[n] = wave;
    }
    if (Size::Recycle(shape)) {
      for (int l = 0; l < m; ++l) {
        T sent[kWaves];
        for (int k = 0; k < waves; ++k) sent[k] = zero;
        for (int n = 0; n < m; ++n) {
          for (int k = 0; k < waves; ++k) sent[k] += loop[l * m + n] * q[k][n];
        }
        for (int k = 0; k < waves; ++k) {
          top[l] += sent[k] * source[k];
          if constexpr (Keep::kKeeps) keep.loop_q[(j * m + l) * waves + k] = sent[k];
        }
        for (int n = 0; n < m; ++n) {
          T next = loop[l * m + n] * t[n];
          for (int k = 0; k < waves; ++k) next -= sent[k] * now.turn[k][n];
          loop[l * m + n] = next;
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

/// From the bottom to the top, after Descend: the Newton step in `step`.
template <class Size, class T, template <class> class Array>
RAFFINATE_HD void Ascend(const Shape& shape, long stages, Workspace<T, Array>& w, const T* back) {
  const int m = Size::Count(shape), masters = Size::Masters(shape), waves = Size::Waves(shape);
  T wave[Size::kBound];
  for (int i = 0; i < m; ++i) wave[i] = Size::Recycle(shape) ? back[i] : T(0.0);
  for (long j = 0; j < stages; ++j) {
    T step[Size::kMasters];
    for (int k = 0; k < masters; ++k) step[k] = w.step[j * masters + k];
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < masters; ++k) step[k] -= w.turn[(j * m + i) * masters + k] * wave[i];
    }
    T source[Size::kWaves];
    SetSources<Size>(shape, step, source);
    for (int i = 0; i < m; ++i) {
      const Part<Size, T, Array> part(shape, w, j * m + i, i);
      T change = part.Slope(0) * source[0];
      for (int k = 1; k < waves; ++k) change += part.Slope(k) * source[k];
      wave[i] = w.rises[j * m + i] * wave[i] + w.sends[j * m + i] * change;
    }
    const auto active = Less(T(static_cast<double>(j)), w.count[0]);
    for (int k = 0; k < masters; ++k) {
      w.step[j * masters + k] = Select(active, step[k], T(0.0));
    }
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
