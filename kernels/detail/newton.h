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

/// How one component in one stage takes part: the slopes of its ln D by the sources of
/// waves (the masters, or what they all act by), and its shares in the closures. Without a
/// table these are charge and dimer number, the charge in the first closure and the dimers
/// in the second alone.
template <class Size, class T, template <class> class Array>
class Part {
 public:
  RAFFINATE_HD Part(const Shape& shape, const Workspace<T, Array>& w, long ji, int i) {
    if constexpr (Size::kTable) {
      const int masters = Size::Masters(shape);
      slope_ = w.slope.At(ji * masters);
      of_x_ = w.of_x.At(ji * masters);
      of_y_ = w.of_y.At(ji * masters);
    } else {
      charge_ = T(shape.charge[i]), dimers_ = T(shape.dimers[i]);
    }
  }
  /// d ln D by source k of waves.
  RAFFINATE_HD T Slope(int k) const {
    if constexpr (Size::kTable) return slope_[k];
    if constexpr (Size::kOneWave) return dimers_;
    return k == 0 ? -charge_ : dimers_;
  }
  /// Change of closure k by amounts in the aqueous and in the organic.
  RAFFINATE_HD T Respond(int k, T aqueous, T organic) const {
    if constexpr (Size::kTable) return of_x_[k] * aqueous + of_y_[k] * organic;
    return k == 0 ? charge_ * aqueous : dimers_ * organic;
  }

 private:
  T charge_, dimers_;
  Array<T> slope_, of_x_, of_y_;
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

/// Ignores what the elimination could leave for later solves with the same
/// matrix (detail/adjoint.h keeps it).
struct KeepNothing {
  static constexpr bool kKeeps = false;
};

/// What the elimination of one stage leaves for C: C' = F C T + V' (inv(B) P').
template <class Size, class T>
struct Elimination {
  static constexpr int kRow = Size::kBound + 1;
  T falls[kRow], t[kRow];                             // F and T
  T v[Size::kWaves][kRow], turn[Size::kWaves][kRow];  // V', inv(B) P' for sources of waves
};

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
  T down[kBound];           // amount that comes down
  T wave[kBound];           // wave that comes down from the residuals above
  T open[kBound];           // Z = 1 - what the stages above return of a wave at constant D
  T chain[kBound];          // 1 / (1 - returned from above * returned from below)
  Elimination<Size, T> sides[2];
  Elimination<Size, T>& above = sides[stages & 1];
  for (int i = 0; i < m; ++i) {
    above.falls[i] = above.t[i] = zero;
    for (int k = 0; k < waves; ++k) above.v[k][i] = above.turn[k][i] = zero;
    down[i] = wave[i] = top[i] = zero;
    open[i] = chain[i] = one;
    for (int k = 0; k < m; ++k) {
      c[i * m + k] = zero;
      if (Size::Recycle(shape)) loop[i * m + k] = i == k ? one : zero;
    }
  }

  for (long j = stages - 1; j >= 0; --j) {
    const Flows<T> f(w, j);
    // What the phases swap on their ways up and down, and out: of the amount y that a
    // change of ln D takes out of the aqueous, so much more goes up or down.
    const T swap_up = f.org_up * f.aq_out - f.aq_up * f.org_out;
    const T swap_down = f.org_down * f.aq_out - f.aq_down * f.org_out;
    const T cross = f.org_up * f.aq_down - f.aq_up * f.org_down;
    // U, P (where it is not U) and U C, per master; V and Q, per source of waves; T and F. What
    // the stage before left is needed until C has been taken through it.
    Elimination<Size, T>& now = sides[j & 1];
    const Elimination<Size, T>& before = sides[~j & 1];
    T(&v)[kWaves][kRow] = now.v;
    T(&t)[kRow] = now.t;
    T(&falls)[kRow] = now.falls;
    T u[kMasters][kRow], p[kMasters][kRow], uc[kMasters][kRow], q[kWaves][kRow];
    T sums[kMasters], residual[kMasters], by_sources[kMasters * kWaves];
    for (int k = 0; k < masters; ++k) sums[k] = residual[k] = zero;
    for (int k = 0; k < masters * waves; ++k) by_sources[k] = zero;
    // Sums are so few that the compiler keeps them in registers. Of tables it does not know how
    // many, and does one component at a time.
    RAFFINATE_INDEPENDENT
    for (int i = 0; i < m; ++i) {
      const long ji = j * m + i;
      const bool bypass = Size::Bypass(shape);
      const Part<Size, T, Array> part(shape, w, ji, i);
      const T d = w.d[ji], below = w.below[ji], inverse = w.inverse[ji], z = open[i];
      T source = w.x[ji] + down[i];
      if (Size::Recycle(shape)) source += f.contact * w.passed[ji] * w.recycled[i];
      const T x = source * inverse;
      const T y = x * d;
      w.x[ji] = x;
      const T gu = f.aq_up + f.org_up * d;
      const T gd = f.aq_down + f.org_down * d;
      const T gw = f.aq_out + f.org_out * d;
      down[i] = gd * x;

      // Both neighbours answering at constant D: of an amount in the stage they
      // return all but these shares, per phase. A change of ln D then takes x by
      // -answer * org_lost * y and y by answer * aq_lost * y.
      const T missed = bypass ? f.bypass_draw + f.bypass_up * z : zero;
      const T kept = bypass ? missed + (one - missed) * below : below;
      const T aq_lost = f.aq_out + z * f.aq_up + kept * f.aq_down;
      const T org_lost = f.org_out + z * f.org_up + kept * f.org_down;
      const T answer = inverse * chain[i];
      const T moved = answer * y;
      const T from_x = -(org_lost * moved), from_y = aq_lost * moved;

      // The stage and all below, seen from above.
      const T passes = gu * inverse;
      T up = (swap_up + below * cross) * inverse * y;
      t[i] = passes;
      if (bypass) {
        const T returned = f.bypass_up * (one - below);
        const T share = f.bypass_up + f.bypass_draw + f.contact * below;
        up = (swap_up + returned * swap_down + (share - returned) * cross) * inverse * y;
        t[i] = f.contact * ((gu + returned * gd) * inverse) + f.bypass_up;
      }
      w.rises[ji] = t[i];
      w.sends[ji] = up;

      // The stage and all above, seen from below.
      const T lost = gw + z * gu;
      const T den = lost + gd;
      const T by_den = one / den;
      falls[i] = gd * by_den;
      const T sent = (swap_down - z * cross) * by_den * y;
      if constexpr (Keep::kKeeps) keep.falls[ji] = falls[i], keep.answer[ji] = answer;
      chain[i] = answer * den;
      open[i] = (bypass ? lost + gd * missed : lost) * by_den;

      const T answer_y = d * answer;
      for (int k = 0; k < waves; ++k) {
        q[k][i] = part.Slope(k) * up;
        v[k][i] = part.Slope(k) * sent;
      }
      for (int k = 0; k < masters; ++k) {
        sums[k] += part.Respond(k, x, y);
        u[k][i] = part.Respond(k, answer, answer_y);
        if (bypass) p[k][i] = (one - missed) * u[k][i];
        uc[k][i] = zero;
        residual[k] -= u[k][i] * wave[i];
        const T response = part.Respond(k, from_x, from_y);
        for (int l = 0; l < waves; ++l) by_sources[k * waves + l] += part.Slope(l) * response;
      }
    }
    if (shape.linear) continue;

    T excess[kMasters], own[kMasters * kMasters];
    const T scaled = Close<Size, T, Array>(shape, j, sums, w, excess, own);
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
          uc[k][n] += ua[k] * next_a;
          uc[k][n] += ub[k] * next_b;
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
        for (int k = 0; k < masters; ++k) uc[k][n] += u[k][i] * next;
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
      wave[n] = falls[n] * wave[n];
      for (int k = 0; k < waves; ++k) {
        now.turn[k][n] = turned[k];
        wave[n] += v[k][n] * source[k];
      }
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
