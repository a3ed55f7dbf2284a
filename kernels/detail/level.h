// Time levels of the pseudo-transient and the state it starts from, for one
// lane of a lane group.
#pragma once

#if !defined(__CUDACC__)
#include <cmath>
#endif

#include "kernels/detail/control.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Access to the number of one lane.
template <class T>
struct LaneTraits;

template <>
struct LaneTraits<double> {
  static constexpr int kLanes = 1;
  RAFFINATE_HD static double Get(const double& v, int) { return v; }
  RAFFINATE_HD static void Set(double& v, int, double value) { v = value; }
};

#if !defined(__CUDACC__)
template <int W>
struct LaneTraits<Pack<W>> {
  static constexpr int kLanes = W;
  static double Get(const Pack<W>& v, int lane) { return v[lane]; }
  static void Set(Pack<W>& v, int lane, double value) { v.Set(lane, value); }
};
#endif

/// Makes the stages from `first` on pass all upwards and send nothing down:
/// what stages beyond the cascade must do, and what an idle lane does. With
/// aqueous alone, of flow 1, all passes without rounding: how many such stages
/// a lane has depends on its neighbours.
template <class T, template <class> class Array>
void PadLane(const Shape& shape, Workspace<T, Array>& w, int lane, long first, long stages) {
  const int masters = shape.masters;
  const auto put = [&](Array<T>& array, long j, double v) {
    LaneTraits<T>::Set(array[j], lane, v);
  };
  for (long j = first; j < stages; ++j) {
    put(w.aq_up, j, 1.0);
    for (Array<T>* a : {&w.aq_down, &w.aq_draw, &w.org_up, &w.org_down, &w.org_draw, &w.bypass_up,
                        &w.bypass_draw}) {
      put(*a, j, 0.0);
    }
    for (int k = 0; k < masters; ++k) {
      put(w.given, j * masters + k, k == 0 ? 0.0 : 1.0);
      put(w.ln, j * masters + k, 0.0);
    }
  }
}

/// One lane of a workspace with its number of stages.
template <class T, template <class> class Array>
class Lane {
 public:
  RAFFINATE_HD Lane(const Shape& shape, Workspace<T, Array>& w, long stages, int lane)
      : shape_(shape), w_(w), n_(stages), lane_(lane) {}

  /// Does what Control asks for between two evaluations; nothing for the others.
  RAFFINATE_HD void Change(Control::Action action, Control& control) {
    if (action == Control::Action::kAccept) {
      KeepLevel(control.TakesComposition());
      Predict(control);
    }
    if (action == Control::Action::kTakeBack) ReturnToLevel();
    if (action == Control::Action::kColdStart) Fill();
  }

  /// Takes the present molarities as the holdup of the next time step. With
  /// constant loading the organic's holdup is brought to that loading: what the
  /// closures of a time step are still off would else have to be made up in the
  /// next one, out of a flow of metal that may be too small for it. `given`: takes the
  /// molarities in old_amount, those of a neighbour, instead.
  RAFFINATE_HD void KeepLevel(bool given) {
    const int m = shape_.components;
    const bool known = !shape_.linear && !shape_.mass_action && shape_.table == nullptr;
    const Array<T>& x = given ? w_.old_amount : w_.x;
    for (long j = 0; j < n_; ++j) {
      const double aq = Aqueous(j);
      double org = Organic(j);
      if (known) {
        double loaded = 0;
        for (int i = 0; i < m; ++i) loaded += At(x, j * m + i) * At(w_.d, j * m + i);
        if (loaded > 0) org *= At(w_.given, 2 * j + 1) / loaded;
      }
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        Put(w_.old_amount, ji, (aq + org * At(w_.d, ji)) * At(x, ji));
      }
    }
  }

  /// Takes the masters as those of the new level too, and starts the next time step
  /// with the fronts where they will be by then. The step may become shorter for it.
  RAFFINATE_HD void Predict(Control& control) {
    const int masters = shape_.masters;
    double largest = 0;
    for (long k = 0; k < n_ * masters; ++k) {
      const double change = At(w_.ln, k) - At(w_.old_ln, k);
      Put(w_.old_ln, k, At(w_.ln, k));
      Put(w_.step, k, change);  // free until the next evaluation
      largest = Max(largest, Abs(change));
    }
    const double time = control.level_time;
    control.level_time = 0;
    Fronts& fronts = control.fronts;
    fronts.Follow(n_, time, largest, [&](long j) {
      double sum = 0;
      for (int k = 0; k < masters; ++k) sum += Abs(At(w_.step, j * masters + k));
      return sum;
    });
    // The first, short steps fill the plant.
    if (control.rate >= Control::kFirstRate || !fronts.Any()) return;
    // With constant loading the place of a front can hang on what little metal passes it.
    const bool leaps = shape_.mass_action || shape_.table != nullptr;
    const bool leapt =
        leaps &&
        fronts.Leap(
            n_, [&](long j, bool state) { return SameFlows(j) && (!state || SameState(j)); },
            [&](long first, long last, long by) { MoveStages(first, last, by); });
    // What told the fronts' speed told it at that length of a step.
    if (leapt) control.rate = Max(control.rate, 1 / time);
    control.rate = Max(control.rate, Control::kFollowed / time);
    const int times = static_cast<int>(Max(Round(1 / (control.rate * time)), 1.0));
    for (int s = 0; s < fronts.count && s < Fronts::kMost; ++s) {
      if (fronts.way[s] == 0) continue;
      for (int t = 1; t <= times; ++t) Repeat(fronts.begin[s], fronts.end[s], t * fronts.way[s]);
    }
  }

  RAFFINATE_HD void ReturnToLevel() {
    for (long k = 0; k < n_ * shape_.masters; ++k) Put(w_.ln, k, At(w_.old_ln, k));
  }

  /// Fills the cascade as an operator would before start-up: every stage with
  /// the aqueous that passes it unextracted, and with metal-free organic that
  /// carries what its own inlets bring.
  RAFFINATE_HD void Fill() {
    if (shape_.linear) return;
    if (shape_.mass_action || shape_.table != nullptr) {
      FillUnextracted();
    } else {
      FillConstantLoading();
    }
  }

 private:
  RAFFINATE_HD double At(const Array<T>& array, long k) const {
    return LaneTraits<T>::Get(array[k], lane_);
  }
  RAFFINATE_HD void Put(const Array<T>& array, long k, double value) {
    LaneTraits<T>::Set(array[k], lane_, value);
  }
  RAFFINATE_HD double Aqueous(long j) const {
    return At(w_.aq_up, j) + At(w_.aq_down, j) + At(w_.aq_draw, j);
  }
  RAFFINATE_HD double Organic(long j) const {
    return At(w_.org_up, j) + At(w_.org_down, j) + At(w_.org_draw, j);
  }

  /// Whether stage j + 1 has the flows of stage j.
  RAFFINATE_HD bool SameFlows(long j) const {
    for (const Array<T>* flow : {&w_.aq_up, &w_.aq_down, &w_.aq_draw, &w_.org_up, &w_.org_down,
                                 &w_.org_draw, &w_.bypass_up, &w_.bypass_draw}) {
      const double here = At(*flow, j);
      if (!(Abs(At(*flow, j + 1) - here) <= kSameFlow * here)) return false;
    }
    return true;
  }

  /// Whether the masters of stage j + 1 are nearly those of stage j.
  RAFFINATE_HD bool SameState(long j) const {
    const int masters = shape_.masters;
    double change = 0;
    for (int k = 0; k < masters; ++k) {
      change += Abs(At(w_.ln, (j + 1) * masters + k) - At(w_.ln, j * masters + k));
    }
    return change < kSameState;
  }

  /// Copies the time level and its last change in stages [first, last) `by` stages
  /// further, and what is behind them over the stages that they leave.
  RAFFINATE_HD void MoveStages(long first, long last, long by) {
    if (by > 0) {
      for (long j = last + by - 1; j > first; --j) CopyStage(j - by > first ? j - by : first, j);
    } else {
      for (long j = first + by; j < last - 1; ++j) CopyStage(j - by < last ? j - by : last - 1, j);
    }
  }

  RAFFINATE_HD void CopyStage(long from, long to) {
    const int m = shape_.components, masters = shape_.masters;
    for (int i = 0; i < m; ++i) {
      Put(w_.old_amount, to * m + i, At(w_.old_amount, from * m + i));
    }
    for (Array<T>* a : {&w_.ln, &w_.old_ln, &w_.step}) {
      for (int k = 0; k < masters; ++k) Put(*a, to * masters + k, At(*a, from * masters + k));
    }
  }

  /// Changes the masters once more as the last time step, whose change `step` holds,
  /// did in stages `begin` to `end`, but `way` stages further on.
  RAFFINATE_HD void Repeat(long begin, long end, double way) {
    const int masters = shape_.masters;
    const double whole = floor(way), part = way - whole;
    const long shift = static_cast<long>(whole);
    for (long from = begin - 1; from < end; ++from) {
      const long to = from + shift + 1;
      if (to < 0 || to >= n_) continue;
      for (int k = 0; k < masters; ++k) {
        const double near = from >= begin ? At(w_.step, from * masters + k) : 0;
        const double next = from + 1 < end ? At(w_.step, (from + 1) * masters + k) : 0;
        const double change = part * near + (1 - part) * next;
        Put(w_.ln, to * masters + k, At(w_.ln, to * masters + k) + change);
      }
    }
  }

  RAFFINATE_HD void FillUnextracted() {
    const int m = shape_.components;
    double passing[kMaxComponents];
    for (int i = 0; i < m; ++i) passing[i] = 0;
    for (long j = n_ - 1; j >= 0; --j) {
      const double stay = At(w_.aq_down, j) / Aqueous(j);
      for (int i = 0; i < m; ++i) {
        passing[i] += At(w_.feed_down, j * m + i);
        Put(w_.old_amount, j * m + i, passing[i]);
        passing[i] *= stay;
      }
    }
    for (int i = 0; i < m; ++i) passing[i] = 0;
    for (long j = 0; j < n_; ++j) {
      double bound = 0, charge = 0;
      for (int i = 0; i < m; ++i) {
        const long ji = j * m + i;
        passing[i] += At(w_.feed_up, ji);
        bound += shape_.dimers[i] * passing[i];
        Put(w_.old_amount, ji, At(w_.old_amount, ji) + passing[i]);
        charge += shape_.charge[i] * At(w_.old_amount, ji) / Aqueous(j);
      }
      const long at = j * shape_.masters;
      const double total = At(w_.given, at + 1);
      const double free = Max(Max(total - bound / Organic(j), 0.05 * total), 1e-12);
      const double h = Max(At(w_.given, at) - charge, 1e-4);
      Put(w_.ln, at, log(h));
      Put(w_.ln, at + 1, log(free));
      if (shape_.table != nullptr) FillMasters(at, charge, h);
    }
  }

  /// The masters that only tables have, for a stage whose numbers begin at `at`, and
  /// the first when it is no proton. `charge`: of the metals in the aqueous [eq/L].
  RAFFINATE_HD void FillMasters(long at, double charge, double h) {
    const EquilibriumTable& t = *shape_.table;
    if (t.kind[0] == Master::kSalt) {
      h = Max(At(w_.given, at) + charge, 1e-6);
      Put(w_.ln, at, log(h));
    }
    double strength = charge + h;  // of trivalent metals about twice that counts
    for (int k = 2; k < t.masters; ++k) {
      const double total = Max(At(w_.given, at + k), 1e-30);
      double free = 0.5 * total;
      if (t.kind[k] == Master::kLigand) {
        double forms = 1;
        for (int p = 1; p <= t.protons[k]; ++p) {
          forms += exp(Min(t.ln_protonation[k][p - 1] + p * log(h), 300.0));
        }
        free = total / forms;
        strength += t.ligand_charge[k] * total;
      }
      Put(w_.ln, at + k, log(free));
    }
    if (t.ionic >= 0) {
      Put(w_.ln, at + t.ionic, log(Max(strength + 0.5 * At(w_.given, at + t.ionic), 1e-6)));
    }
  }

  /// With constant loading the totals of both phases are known in every stage;
  /// both start with the composition of all feeds together.
  RAFFINATE_HD void FillConstantLoading() {
    const int m = shape_.components;
    double share[kMaxComponents];
    double all = 0, weighted = 0;
    for (int i = 0; i < m; ++i) {
      share[i] = 0;
      for (long j = 0; j < n_; ++j) {
        share[i] += At(w_.feed_up, j * m + i) + At(w_.feed_down, j * m + i);
      }
      all += share[i];
    }
    for (int i = 0; i < m; ++i) {
      share[i] = all > 0 ? share[i] / all : 1.0 / m;
      weighted += shape_.dimers[i] * share[i] * At(w_.k, i);
    }
    // What every stage receives from below, kept in an array that the first
    // evaluation overwrites.
    double up = 0;
    for (long j = 0; j < n_; ++j) {
      for (int i = 0; i < m; ++i) up += At(w_.feed_up, j * m + i);
      Put(w_.step, 2 * j, up);
      up = At(w_.org_up, j) * At(w_.given, 2 * j + 1) + At(w_.bypass_up, j) * up;
    }
    double down = 0;
    for (long j = n_ - 1; j >= 0; --j) {
      const double loaded = Organic(j) * At(w_.given, 2 * j + 1);
      const double contact = 1 - At(w_.bypass_up, j) - At(w_.bypass_draw, j);
      for (int i = 0; i < m; ++i) down += At(w_.feed_down, j * m + i);
      const double dissolved = Max(contact * At(w_.step, 2 * j) + down - loaded, 1e-3 * loaded);
      for (int i = 0; i < m; ++i) {
        Put(w_.old_amount, j * m + i, (dissolved + loaded) * share[i]);
      }
      Put(w_.ln, 2 * j, 0.0);
      Put(w_.ln, 2 * j + 1, log(At(w_.given, 2 * j + 1) * Aqueous(j) / (dissolved * weighted)));
      down = dissolved * At(w_.aq_down, j) / Aqueous(j) + loaded * At(w_.org_down, j) / Organic(j);
    }
  }

  static constexpr double kSameFlow = 1e-9;   ///< relative
  static constexpr double kSameState = 0.01;  ///< sum of |d ln|

  const Shape& shape_;
  Workspace<T, Array>& w_;
  long n_;
  int lane_;
};

}  // namespace raffinate::kernels::detail
