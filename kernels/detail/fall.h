// One stage on the way down the cascade: molarities, and all that the elimination of its Newton
// equations is made of (newton.h).
#pragma once

#include "kernels/detail/flows.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

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

/// Ignores what the elimination could leave for later solves with the same
/// matrix (detail/adjoint.h keeps it).
struct KeepNothing {
  static constexpr bool kKeeps = false;
};

/// What goes down from stage to stage, per component.
template <class Size, class T>
struct Falling {
  T down[Size::kBound];   // amount that comes down
  T wave[Size::kBound];   // wave that comes down from the residuals above
  T open[Size::kBound];   // Z = 1 - what the stages above return of a wave at constant D
  T chain[Size::kBound];  // 1 / (1 - returned from above * returned from below)
};

/// What the elimination of one stage leaves for C: C' = F C T + V' (inv(B) P').
template <class Size, class T>
struct Elimination {
  static constexpr int kRow = Size::kBound + 1;
  T falls[kRow], t[kRow];                             // F and T
  T v[Size::kWaves][kRow], turn[Size::kWaves][kRow];  // V', inv(B) P' for sources of waves
};

/// What a stage is to the elimination, before C: U, P (where it is not U) and U C per master, Q per
/// source of waves; shares in the closures, the residuals that waves from above leave, and the
/// derivatives of the closures by the sources.
template <class Size, class T>
struct Stage {
  static constexpr int kRow = Size::kBound + 1, kMasters = Size::kMasters;
  T u[kMasters][kRow], p[kMasters][kRow], uc[kMasters][kRow], q[Size::kWaves][kRow];
  T sums[kMasters], residual[kMasters], by_sources[kMasters * Size::kWaves];
};

/// Fills in stage j, with flows of type F: its molarities, `stage`, F, T and V, and what goes on
/// down.
template <class Size, class F, class T, template <class> class Array, class Keep>
RAFFINATE_HD void Fall(const Shape& shape, const F& f, long j, Workspace<T, Array>& w,
                       Falling<Size, T>& falling, Elimination<Size, T>& now, Stage<Size, T>& stage,
                       [[maybe_unused]] Keep keep) {
  constexpr int kMasters = Size::kMasters;
  const int m = Size::Count(shape), masters = Size::Masters(shape), waves = Size::Waves(shape);
  const T zero(0.0), one(1.0);
  // What the phases swap on their ways up and down, and out: of the amount y that a
  // change of ln D takes out of the aqueous, so much more goes up or down.
  const auto swap_up = f.org_up * f.aq_out - f.aq_up * f.org_out;
  const auto swap_down = f.org_down * f.aq_out - f.aq_down * f.org_out;
  const auto cross = f.org_up * f.aq_down - f.aq_up * f.org_down;
  T sums[kMasters], residual[kMasters], by_sources[kMasters * Size::kWaves];
  for (int k = 0; k < masters; ++k) sums[k] = residual[k] = zero;
  for (int k = 0; k < masters * waves; ++k) by_sources[k] = zero;
  // Sums are so few that the compiler keeps them in registers. Of tables it does not know how
  // many, and does one component at a time.
  RAFFINATE_INDEPENDENT
  for (int i = 0; i < m; ++i) {
    const long ji = j * m + i;
    const bool bypass = Size::Bypass(shape);
    const Part<Size, T, Array> part(shape, w, ji, i);
    const T d = w.d[ji], below = w.below[ji], inverse = w.inverse[ji], z = falling.open[i];
    T source = w.x[ji] + falling.down[i];
    if (Size::Recycle(shape)) source += f.contact * w.passed[ji] * w.recycled[i];
    const T x = source * inverse;
    const T y = x * d;
    w.x[ji] = x;
    const auto gu = f.aq_up + f.org_up * d;
    const auto gd = f.aq_down + f.org_down * d;
    const auto gw = f.aq_out + f.org_out * d;
    falling.down[i] = gd * x;

    // Both neighbours answering at constant D: of an amount in the stage they
    // return all but these shares, per phase. A change of ln D then takes x by
    // -answer * org_lost * y and y by answer * aq_lost * y.
    const T missed = bypass ? f.bypass_draw + f.bypass_up * z : zero;
    const T kept = bypass ? missed + (one - missed) * below : below;
    const auto aq_lost = f.aq_out + z * f.aq_up + kept * f.aq_down;
    const auto org_lost = f.org_out + z * f.org_up + kept * f.org_down;
    const T answer = inverse * falling.chain[i];
    const T moved = answer * y;
    const T from_x = -(org_lost * moved), from_y = aq_lost * moved;

    // The stage and all below, seen from above.
    T up = (swap_up + below * cross) * inverse * y;
    now.t[i] = gu * inverse;
    if (bypass) {
      const T returned = f.bypass_up * (one - below);
      const T share = f.bypass_up + f.bypass_draw + f.contact * below;
      up = (swap_up + returned * swap_down + (share - returned) * cross) * inverse * y;
      now.t[i] = f.contact * ((gu + returned * gd) * inverse) + f.bypass_up;
    }
    w.rises[ji] = now.t[i];
    w.sends[ji] = up;

    // The stage and all above, seen from below.
    const T lost = gw + z * gu;
    const T den = lost + gd;
    const T by_den = one / den;
    now.falls[i] = gd * by_den;
    const T sent = (swap_down - z * cross) * by_den * y;
    if constexpr (Keep::kKeeps) keep.falls[ji] = now.falls[i], keep.answer[ji] = answer;
    falling.chain[i] = answer * den;
    falling.open[i] = (bypass ? lost + gd * missed : lost) * by_den;

    const T answer_y = d * answer;
    for (int k = 0; k < waves; ++k) {
      stage.q[k][i] = part.Slope(k) * up;
      now.v[k][i] = part.Slope(k) * sent;
    }
    for (int k = 0; k < masters; ++k) {
      sums[k] += part.Respond(k, x, y);
      stage.u[k][i] = part.Respond(k, answer, answer_y);
      if (bypass) stage.p[k][i] = (one - missed) * stage.u[k][i];
      residual[k] -= stage.u[k][i] * falling.wave[i];
      const T response = part.Respond(k, from_x, from_y);
      for (int l = 0; l < waves; ++l) by_sources[k * waves + l] += part.Slope(l) * response;
    }
  }
  for (int k = 0; k < masters; ++k) stage.sums[k] = sums[k], stage.residual[k] = residual[k];
  for (int k = 0; k < masters * waves; ++k) stage.by_sources[k] = by_sources[k];
}

}  // namespace raffinate::kernels::detail
