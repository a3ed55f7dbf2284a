// The last step where balances alone tell how much of the impurities leaves.
//
// With constant loading the total of every product is given. A sharp cut leaves nearly all
// of each metal in one of them, and what its total then lacks is impurity: a difference
// of amounts that can be ten million times as large. In closures rounding loses some 1e-15
// of those amounts over the transport of all stages, and no Newton step with them can tell
// the impurity to better than 1e-8, however many there are. The masters have digits enough:
// transport for given masters subtracts nothing. So the closures of such a solution are
// computed to twice the digits once, and one more step is made with them. By mass action,
// free proton and extractant give way where amounts differ.
//
// What the transport of a stage is off by is a sum of products of doubles, which can be had
// as exactly as one likes. What molarities are off by follows from it by the recursion that
// made them, with that sum for a feed: a correction, for which doubles do.
#pragma once

#if !defined(__CUDACC__)
#include <cmath>
#endif

#include "kernels/detail/control.h"
#include "kernels/detail/level.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// A sum with twice the digits of a double (Ogita, Rump and Oishi, SIAM J. Sci. Comput. 26
/// (2005) 1955, doi 10.1137/030601818).
struct WideSum {
  double high = 0, low = 0;

  RAFFINATE_HD double Value() const { return high + low; }
  RAFFINATE_HD void Add(double a) {
    const double sum = high + a, added = sum - high;
    low += (high - (sum - added)) + (a - added);
    high = sum;
  }
  RAFFINATE_HD void Add(const WideSum& a) {
    Add(a.high);
    low += a.low;
  }
  RAFFINATE_HD void Subtract(const WideSum& a) { Add({-a.high, -a.low}); }
  RAFFINATE_HD void AddProduct(double a, double b) {
    // A multiplication could be fused into the sum that follows, which is then rounded
    // otherwise than Add takes it to be. This one is not.
    const double product = fma(a, b, 0.0);
    Add(product);
    low += fma(a, b, -product);
  }
  RAFFINATE_HD void AddProduct(double a, const WideSum& b) {
    AddProduct(a, b.high);
    low += a * b.low;
  }
};

/// One lane with a solution of constant loading in an open loop, just evaluated.
template <class T, template <class> class Array>
class Sharpener {
 public:
  RAFFINATE_HD Sharpener(const Shape& shape, Workspace<T, Array>& w, long stages, int lane)
      : shape_(shape), w_(w), n_(stages), lane_(lane) {}

  /// Whether next to nothing leaves elsewhere than most of its metal does.
  RAFFINATE_HD bool Sharp() const {
    double all = 0, astray = 0;
    for (int i = 0; i < shape_.components; ++i) {
      double most = 0;
      const auto leave = [&](double amount) {
        all += amount;
        astray += Min(amount, most);
        most = Max(amount, most);
      };
      leave(Moved(w_.aq_down, w_.org_down, 0, i));
      double in = 0;  // what comes from below, and only a bypass draws
      for (long j = 0; j < n_; ++j) {
        const bool drawn = At(w_.aq_draw, j) + At(w_.org_draw, j) > 0;
        if (drawn) leave(Moved(w_.aq_draw, w_.org_draw, j, i));
        if (!shape_.bypass && j + 1 < n_) continue;
        in += At(w_.feed_up, Index(j, i));
        leave(At(w_.bypass_draw, j) * in);
        in = Moved(w_.aq_up, w_.org_up, j, i) + At(w_.bypass_up, j) * in;
      }
      leave(in);
    }
    return astray < kAstray * all;
  }

  /// Has the next evaluation take the closures as they are to twice the digits.
  RAFFINATE_HD void Close() {
    // The sum of a stage is where its step has been: high and low.
    for (long j = 0; j < n_; ++j) {
      Put(w_.step, 2 * j, -At(w_.given, 2 * j + 1));
      Put(w_.step, 2 * j + 1, 0.0);
    }
    for (int i = 0; i < shape_.components; ++i) {
      MissGoingUp(i);
      AddGoingDown(i);
    }
    for (long j = 0; j < n_; ++j) {
      Put(w_.step, 2 * j + 1, At(w_.step, 2 * j) + At(w_.step, 2 * j + 1));
    }
    Put(w_.closed, 0, static_cast<double>(n_));
  }

 private:
  /// Share of what leaves from which on closures in doubles tell it to 1e-9.
  static constexpr double kAstray = 1e-5;

  RAFFINATE_HD long Index(long j, int i) const { return j * shape_.components + i; }
  RAFFINATE_HD double At(const Array<T>& array, long k) const {
    return LaneTraits<T>::Get(array[k], lane_);
  }
  RAFFINATE_HD void Put(const Array<T>& array, long k, double value) {
    LaneTraits<T>::Set(array[k], lane_, value);
  }

  /// What flows of stage j carry of component i.
  RAFFINATE_HD double Moved(const Array<T>& aqueous, const Array<T>& organic, long j, int i) const {
    const long ji = Index(j, i);
    return (At(aqueous, j) + At(organic, j) * At(w_.d, ji)) * At(w_.x, ji);
  }
  RAFFINATE_HD WideSum Exactly(const Array<T>& aqueous, const Array<T>& organic, long j,
                               int i) const {
    const long ji = Index(j, i);
    const double x = At(w_.x, ji);
    WideSum y, sum;
    y.AddProduct(At(w_.d, ji), x);
    sum.AddProduct(At(aqueous, j), x);
    sum.AddProduct(At(organic, j), y);
    return sum;
  }

  /// Leaves in `rises` what component i's molarities miss of the source of each stage, by its
  /// own balance and by those below. As Rise does, with that for a feed.
  RAFFINATE_HD void MissGoingUp(int i) {
    WideSum in, down = Exactly(w_.aq_down, w_.org_down, 0, i);
    double up = 0;  // missed
    for (long j = 0; j < n_; ++j) {
      const long ji = Index(j, i);
      const double passes = At(w_.bypass_up, j), drawn = At(w_.bypass_draw, j);
      in.Add(At(w_.feed_up, ji));
      const WideSum rising = Exactly(w_.aq_up, w_.org_up, j, i);
      WideSum missed = in;
      missed.AddProduct(-passes, in);
      missed.AddProduct(-drawn, in);
      missed.Add(At(w_.feed_down, ji));
      missed.Subtract(rising);
      missed.Subtract(Exactly(w_.aq_draw, w_.org_draw, j, i));
      missed.Subtract(down);
      if (j + 1 < n_) {
        down = Exactly(w_.aq_down, w_.org_down, j + 1, i);
        missed.Add(down);
      }
      const double d = At(w_.d, ji), q = At(w_.below, ji);
      const double gu = At(w_.aq_up, j) + At(w_.org_up, j) * d;
      const double gd = At(w_.aq_down, j) + At(w_.org_down, j) * d;
      const double source = (1 - passes - drawn) * up + missed.Value();
      Put(w_.rises, ji, source);
      up = (gu + passes * (1 - q) * gd) * At(w_.inverse, ji) * source + passes * up;
      WideSum next = rising;
      next.AddProduct(passes, in);
      in = next;
    }
  }

  /// Adds component i to the closures, with what its molarities miss. As Descend does.
  RAFFINATE_HD void AddGoingDown(int i) {
    double down = 0;  // missed
    for (long j = n_ - 1; j >= 0; --j) {
      const long ji = Index(j, i);
      const double d = At(w_.d, ji);
      const double missed = (At(w_.rises, ji) + down) * At(w_.inverse, ji);
      down = (At(w_.aq_down, j) + At(w_.org_down, j) * d) * missed;
      WideSum y, sum{At(w_.step, 2 * j), At(w_.step, 2 * j + 1)};
      y.AddProduct(d, At(w_.x, ji));
      y.low += d * missed;
      sum.AddProduct(shape_.dimers[i], y);
      Put(w_.step, 2 * j, sum.high);
      Put(w_.step, 2 * j + 1, sum.low);
    }
  }

  const Shape& shape_;
  Workspace<T, Array>& w_;
  long n_;
  int lane_;
};

/// Whether a candidate that has ended goes on with one more step, for which all is set then.
/// What goes around a closed loop leaves nowhere: those are left as they are. Inlined: called,
/// it would have the shape and all pointers of a device thread in local memory.
template <class T, template <class> class Array>
RAFFINATE_HD bool Sharpen(const Shape& shape, Workspace<T, Array>& w, long stages, int lane,
                          Control& control) {
  const bool loading = !shape.linear && !shape.mass_action && shape.table == nullptr;
  if (!loading || shape.recycle || !control.MaySharpen()) return false;
  Sharpener<T, Array> sharpener(shape, w, stages, lane);
  if (!sharpener.Sharp()) return false;
  sharpener.Close();
  Lane<T, Array>(shape, w, stages, lane).KeepLevel(false);
  control.Sharpen();
  return true;
}

}  // namespace raffinate::kernels::detail
