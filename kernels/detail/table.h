// Laws by a table in one stage: distribution coefficients, their slopes by the
// masters, what closes every master, and all derivatives of the closures.
#pragma once

#include <cmath>

#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

inline constexpr double kLn10 = 2.302585092994045684;
inline constexpr double kDebyeHuckel = 0.509;  ///< A, water at 25 degC

/// base^exponent for a whole exponent >= 0.
template <class T>
RAFFINATE_HD T Power(T base, int exponent) {
  T result(1.0);
  for (int e = 0; e < exponent; ++e) result *= base;
  return result;
}

/// A stage's masters as the table reads them. Construct after `value` is set.
template <class T, template <class> class Array>
class TableStage {
 public:
  RAFFINATE_HD TableStage(const Shape& shape, long j, const Workspace<T, Array>& w)
      : t_(*shape.table), masters_(shape.masters) {
    for (int k = 0; k < masters_; ++k) {
      ln_[k] = w.ln[j * masters_ + k];
      value_[k] = w.value[j * masters_ + k];
      given_[k] = w.given[j * masters_ + k];
    }
    g_ = g_slope_ = strong_ = T(0.0);
    if (t_.ionic < 0) return;
    const T strength = value_[t_.ionic];
    const T root = Exp(T(0.5) * ln_[t_.ionic]);
    const T a = T(kDebyeHuckel * kLn10);
    if (t_.activity == Activity::kDavies) {
      const T by = T(1.0) / (T(1.0) + root);
      g_ = T(0.0) - a * (root * by - T(0.3) * strength);
      g_slope_ = T(0.0) - a * (T(0.5) * root * by * by - T(0.3) * strength);
    } else {
      const T by = T(1.0) / (T(1.0) + T(1.5) * root);
      g_ = T(0.0) - a * root * by;
      g_slope_ = T(0.0) - a * T(0.5) * root * by * by;
      strong_ = given_[t_.ionic];
    }
  }

  /// D over K of component i, its slopes by the masters, and the component's part
  /// in each closure per aqueous and organic molarity. Arrays over masters.
  RAFFINATE_HD_APART T Component(int i, T shift, T* slope, T* of_x, T* of_y) const {
    const Equilibrium& e = t_.component[i];
    Forms aqueous, organic;
    Aqueous(e, aqueous);
    Organic(e, organic);
    for (int k = 0; k < masters_; ++k) {
      slope[k] = T(0.0);
      of_x[k] = of_y[k] = T(0.0);
      if (t_.kind[k] == Master::kProton) of_x[k] = T(e.charge);
      if (t_.kind[k] == Master::kSalt) of_x[k] = T(-e.charge);
      if (t_.kind[k] == Master::kIonic) of_x[k] = T(-0.5 * e.charge * e.charge) * aqueous.first;
    }
    for (int f = 0; f < e.complexes; ++f) {
      const AqueousComplex& c = e.complex[f];
      of_x[c.ligand] += T(c.n) * aqueous.share[f];
      slope[c.ligand] -= T(c.n) * aqueous.share[f];
      if (t_.ionic >= 0) {
        of_x[t_.ionic] -= T(0.5 * c.charge * c.charge) * aqueous.share[f];
        slope[t_.ionic] -= T(Squares(e, c)) * g_slope_ * aqueous.share[f];
      }
    }
    for (int f = 0; f < e.species; ++f) {
      const OrganicSpecies& s = e.organic[f];
      for (int k = 0; k < masters_; ++k) {
        slope[k] += T(s.exponent[k]) * organic.share[f];
        of_y[k] += T(s.consumed[k]) * organic.share[f];
      }
      if (t_.ionic >= 0) slope[t_.ionic] += T(Squares(e, s)) * g_slope_ * organic.share[f];
    }
    const T poly = Correlate(e, slope);
    return Exp(shift + poly) * organic.sum / aqueous.sum;
  }

  /// Adds to `own` (K x K, by rows of closures) how the shares of component i in the
  /// closures change with the masters, at x and y.
  RAFFINATE_HD_APART void AddOwn(int i, T x, T y, T* own) const {
    const Equilibrium& e = t_.component[i];
    if (e.complexes > 0) {
      Forms aqueous;
      Aqueous(e, aqueous);
      T mean[kMaxMasters];
      for (int l = 0; l < masters_; ++l) mean[l] = T(0.0);
      for (int f = 0; f < e.complexes; ++f) {
        const AqueousComplex& c = e.complex[f];
        mean[c.ligand] += T(c.n) * aqueous.share[f];
        if (t_.ionic >= 0) mean[t_.ionic] += T(Squares(e, c)) * g_slope_ * aqueous.share[f];
      }
      for (int l = 0; l < masters_; ++l) {
        if (t_.ionic >= 0) {  // the free ion
          own[t_.ionic * masters_ + l] +=
              T(0.5 * e.charge * e.charge) * aqueous.first * mean[l] * x;
        }
        for (int f = 0; f < e.complexes; ++f) {
          const AqueousComplex& c = e.complex[f];
          T by = T(0.0) - mean[l];
          if (l == c.ligand) by += T(c.n);
          if (l == t_.ionic) by += T(Squares(e, c)) * g_slope_;
          by = by * aqueous.share[f] * x;
          own[c.ligand * masters_ + l] += T(c.n) * by;
          if (t_.ionic >= 0) own[t_.ionic * masters_ + l] -= T(0.5 * c.charge * c.charge) * by;
        }
      }
    }
    if (e.species > 1) {
      Forms organic;
      Organic(e, organic);
      for (int l = 0; l < masters_; ++l) {
        T mean(0.0);
        for (int f = 0; f < e.species; ++f)
          mean += OrganicSlope(e, e.organic[f], l) * organic.share[f];
        for (int f = 0; f < e.species; ++f) {
          const T by = (OrganicSlope(e, e.organic[f], l) - mean) * organic.share[f] * y;
          for (int k = 0; k < masters_; ++k)
            own[k * masters_ + l] += T(e.organic[f].consumed[k]) * by;
        }
      }
    }
  }

  /// Closes all masters. `sums`: of the components' shares [mol/L]. Sets excess
  /// (closure, mol/L) and own (K x K, without AddOwn), and returns the largest scaled
  /// closure.
  RAFFINATE_HD_APART T Close(const T* sums, T* excess, T* own) const {
    for (int k = 0; k < masters_ * masters_; ++k) own[k] = T(0.0);
    T scale[kMaxMasters];
    for (int k = 0; k < masters_; ++k) {
      excess[k] = sums[k] - given_[k];
      scale[k] = Abs(sums[k]) + Abs(given_[k]);
      if (t_.kind[k] == Master::kIonic) {
        // The strong anions are given; half of them count.
        const T half = T(0.5 * t_.background) * given_[k];
        excess[k] = sums[k] - half;
        scale[k] = Abs(sums[k]) + Abs(half);
      }
      excess[k] += value_[k];
      scale[k] += value_[k];
      own[k * masters_ + k] += value_[k];
    }
    const int ionic = t_.ionic;
    if (t_.kind[0] == Master::kProton) {
      const T h = value_[0], oh = T(kWater) / h;
      excess[0] -= oh;
      scale[0] += oh;
      own[0] += oh;
      if (ionic >= 0) {
        excess[ionic] -= T(0.5) * (h + oh);
        scale[ionic] += T(0.5) * (h + oh);
        own[ionic * masters_] -= T(0.5) * (h - oh);
      }
      for (int k = 2; k < masters_; ++k) {
        if (t_.kind[k] != Master::kLigand) continue;
        CloseLigand(k, excess, scale, own);
      }
    }
    T error(0.0);
    for (int k = 0; k < masters_; ++k) error = Max(error, Abs(excess[k]) / scale[k]);
    return error;
  }

  /// Protons that ligands bind [mol/L].
  RAFFINATE_HD T BoundProtons() const {
    T bound(0.0);
    for (int k = 2; k < masters_; ++k) {
      if (t_.kind[k] != Master::kLigand) continue;
      for (int p = 1; p <= t_.protons[k]; ++p) bound += T(p) * Protonated(k, p);
    }
    return bound;
  }
  /// Its derivatives by the masters.
  RAFFINATE_HD void BoundProtonsSlopes(T* by) const {
    for (int k = 0; k < masters_; ++k) by[k] = T(0.0);
    for (int k = 2; k < masters_; ++k) {
      if (t_.kind[k] != Master::kLigand) continue;
      for (int p = 1; p <= t_.protons[k]; ++p) {
        const T amount = T(p) * Protonated(k, p);
        by[0] += T(p) * amount;
        by[k] += amount;
        if (t_.ionic >= 0) by[t_.ionic] += T(Squares(k, p)) * g_slope_ * amount;
      }
    }
  }

  /// Direct derivatives of ln D of component i by the given numbers: total of the
  /// first extractant (through the loading) and strong anions (SIT).
  RAFFINATE_HD void ByGiven(int i, T* by_extractant, T* by_strong) const {
    const Equilibrium& e = t_.component[i];
    *by_extractant = *by_strong = T(0.0);
    const T free = value_[1] / given_[1];
    for (int f = 0; f < e.terms; ++f) {
      const CorrelationTerm& term = e.term[f];
      if (term.loading == 0) continue;
      const T rest =
          Power(T(-1.0 / kLn10) * ln_[0], term.ph) * Power(LogC(), term.lg_c) * Power(C(), term.c);
      *by_extractant += T(kLn10 * term.coefficient * term.loading) * rest *
                        Power(T(1.0) - free, term.loading - 1) * free / given_[1];
    }
    if (t_.activity != Activity::kSit) return;
    Forms aqueous, organic;
    Aqueous(e, aqueous);
    Organic(e, organic);
    for (int f = 0; f < e.complexes; ++f)
      *by_strong -= T(Epsilons(e, e.complex[f])) * aqueous.share[f];
    for (int f = 0; f < e.species; ++f)
      *by_strong += T(Epsilons(e, e.organic[f])) * organic.share[f];
  }

  /// How component i's parts in the closures change with the strong anions (SIT), at x
  /// and y: added to `by` [K].
  RAFFINATE_HD void AddByStrong(int i, T x, T y, T* by) const {
    if (t_.activity != Activity::kSit) return;
    const Equilibrium& e = t_.component[i];
    Forms forms;
    Aqueous(e, forms);
    T mean(0.0);
    for (int f = 0; f < e.complexes; ++f) mean += T(Epsilons(e, e.complex[f])) * forms.share[f];
    by[t_.ionic] += T(0.5 * e.charge * e.charge) * forms.first * mean * x;
    for (int f = 0; f < e.complexes; ++f) {
      const AqueousComplex& c = e.complex[f];
      const T change = (T(Epsilons(e, c)) - mean) * forms.share[f] * x;
      by[c.ligand] += T(c.n) * change;
      by[t_.ionic] -= T(0.5 * c.charge * c.charge) * change;
    }
    Organic(e, forms);
    mean = T(0.0);
    for (int f = 0; f < e.species; ++f) mean += T(Epsilons(e, e.organic[f])) * forms.share[f];
    for (int f = 0; f < e.species; ++f) {
      const T change = (T(Epsilons(e, e.organic[f])) - mean) * forms.share[f] * y;
      for (int k = 0; k < masters_; ++k) by[k] += T(e.organic[f].consumed[k]) * change;
    }
  }
  /// The same for the protons that ligands bind: added to `by` [K].
  RAFFINATE_HD void AddProtonsByStrong(T* by) const {
    if (t_.activity != Activity::kSit) return;
    for (int k = 2; k < masters_; ++k) {
      if (t_.kind[k] != Master::kLigand) continue;
      const double q = t_.ligand_charge[k];
      for (int p = 1; p <= t_.protons[k]; ++p) {
        const T change = T(Epsilons(k, p)) * Protonated(k, p);
        by[0] += T(p) * change;
        by[k] += change;
        by[t_.ionic] -= T(0.5 * (q - p) * (q - p)) * change;
      }
    }
  }

 private:
  /// Shares of the forms of a component in one phase; `first` is that of the free
  /// aqueous ion.
  struct Forms {
    T share[kMaxComplexes];
    T first, sum;
  };

  // What G multiplies in ln of a conditional constant: charges squared of what reacts
  // less that of what forms. The same with SIT's epsilon times ln 10 per mol/L.
  RAFFINATE_HD double Charge(int ligand) const {
    return t_.kind[ligand] == Master::kLigand ? t_.ligand_charge[ligand] : 1.0;
  }
  RAFFINATE_HD double Squares(const Equilibrium& e, const AqueousComplex& c) const {
    const double q = Charge(c.ligand);
    return e.charge * e.charge + c.n * q * q - c.charge * c.charge;
  }
  RAFFINATE_HD double Epsilons(const Equilibrium& e, const AqueousComplex& c) const {
    return kLn10 * (e.epsilon + c.n * t_.ligand_epsilon[c.ligand] - c.epsilon);
  }
  RAFFINATE_HD double Squares(const Equilibrium& e, const OrganicSpecies& s) const {
    double sum = e.charge * e.charge;
    for (int k = 0; k < masters_; ++k) {
      if (t_.kind[k] == Master::kProton) sum += s.exponent[k];
      if (t_.kind[k] == Master::kLigand)
        sum += s.exponent[k] * t_.ligand_charge[k] * t_.ligand_charge[k];
    }
    return sum;
  }
  RAFFINATE_HD double Epsilons(const Equilibrium& e, const OrganicSpecies& s) const {
    double sum = e.epsilon;
    for (int k = 0; k < masters_; ++k) {
      if (t_.kind[k] == Master::kProton) sum += s.exponent[k] * t_.proton_epsilon;
      if (t_.kind[k] == Master::kLigand) sum += s.exponent[k] * t_.ligand_epsilon[k];
    }
    return kLn10 * sum;
  }
  RAFFINATE_HD double Squares(int ligand, int p) const {
    const double q = t_.ligand_charge[ligand];
    return q * q + p - (q - p) * (q - p);
  }
  RAFFINATE_HD double Epsilons(int ligand, int p) const {
    return kLn10 * (t_.ligand_epsilon[ligand] + p * t_.proton_epsilon);
  }
  RAFFINATE_HD T OrganicSlope(const Equilibrium& e, const OrganicSpecies& s, int master) const {
    T slope(s.exponent[master]);
    if (master == t_.ionic) slope += T(Squares(e, s)) * g_slope_;
    return slope;
  }

  RAFFINATE_HD void Aqueous(const Equilibrium& e, Forms& forms) const {
    forms.sum = T(1.0);
    for (int f = 0; f < e.complexes; ++f) {
      const AqueousComplex& c = e.complex[f];
      T ln = T(c.ln_beta) + T(c.n) * ln_[c.ligand];
      if (t_.ionic >= 0) ln += T(Squares(e, c)) * g_ + T(Epsilons(e, c)) * strong_;
      forms.share[f] = Exp(ln);
      forms.sum += forms.share[f];
    }
    forms.first = T(1.0) / forms.sum;
    for (int f = 0; f < e.complexes; ++f) forms.share[f] *= forms.first;
  }
  RAFFINATE_HD void Organic(const Equilibrium& e, Forms& forms) const {
    forms.sum = T(0.0);
    for (int f = 0; f < e.species; ++f) {
      const OrganicSpecies& s = e.organic[f];
      T ln(s.ln_k);
      for (int k = 0; k < masters_; ++k) {
        if (s.exponent[k] != 0) ln += T(s.exponent[k]) * ln_[k];
      }
      if (t_.ionic >= 0) ln += T(Squares(e, s)) * g_ + T(Epsilons(e, s)) * strong_;
      forms.share[f] = Exp(ln);
      forms.sum += forms.share[f];
    }
    const T by = T(1.0) / forms.sum;
    for (int f = 0; f < e.species; ++f) forms.share[f] *= by;
  }

  RAFFINATE_HD T C() const { return T(t_.unit) * value_[1]; }
  RAFFINATE_HD T LogC() const { return T(1.0 / kLn10) * (ln_[1] + T(log(t_.unit))); }

  /// ln of the correlation, and its slopes added to `slope`.
  RAFFINATE_HD T Correlate(const Equilibrium& e, T* slope) const {
    if (e.terms == 0) return T(0.0);
    const T ph = T(-1.0 / kLn10) * ln_[0], lg_c = LogC(), c = C();
    const T free = value_[1] / given_[1], loading = T(1.0) - free;
    T sum(0.0);
    for (int f = 0; f < e.terms; ++f) {
      const CorrelationTerm& term = e.term[f];
      const T a = Power(ph, term.ph), b = Power(lg_c, term.lg_c), l = Power(loading, term.loading);
      const T factor = T(term.coefficient) * Power(c, term.c);
      sum += T(kLn10) * factor * a * b * l;
      if (term.ph > 0) slope[0] -= factor * T(term.ph) * Power(ph, term.ph - 1) * b * l;
      if (term.lg_c > 0) slope[1] += factor * T(term.lg_c) * Power(lg_c, term.lg_c - 1) * a * l;
      if (term.c > 0) slope[1] += T(kLn10 * term.c) * factor * a * b * l;
      if (term.loading > 0) {
        slope[1] -=
            T(kLn10 * term.loading) * factor * a * b * Power(loading, term.loading - 1) * free;
      }
    }
    return sum;
  }

  /// Molarity of a ligand with p protons.
  RAFFINATE_HD T Protonated(int k, int p) const {
    T ln = T(t_.ln_protonation[k][p - 1]) + ln_[k] + T(p) * ln_[0];
    if (t_.ionic >= 0) ln += T(Squares(k, p)) * g_ + T(Epsilons(k, p)) * strong_;
    return Exp(ln);
  }

  RAFFINATE_HD void CloseLigand(int k, T* excess, T* scale, T* own) const {
    const int ionic = t_.ionic;
    const double q = t_.ligand_charge[k];
    if (ionic >= 0) {
      const T half = T(0.5 * q * q) * value_[k];
      excess[ionic] -= half, scale[ionic] += half;
      own[ionic * masters_ + k] -= half;
    }
    for (int p = 1; p <= t_.protons[k]; ++p) {
      const T amount = Protonated(k, p);
      const T by_ionic = ionic >= 0 ? T(Squares(k, p)) * g_slope_ * amount : T(0.0);
      excess[0] += T(p) * amount, scale[0] += T(p) * amount;
      own[0] += T(double(p) * p) * amount;
      own[k] += T(p) * amount;
      excess[k] += amount, scale[k] += amount;
      own[k * masters_] += T(p) * amount;
      own[k * masters_ + k] += amount;
      if (ionic < 0) continue;
      own[ionic] += T(p) * by_ionic;
      own[k * masters_ + ionic] += by_ionic;
      const T half = T(0.5 * (q - p) * (q - p));
      excess[ionic] -= half * amount, scale[ionic] += half * amount;
      own[ionic * masters_] -= half * T(p) * amount;
      own[ionic * masters_ + k] -= half * amount;
      own[ionic * masters_ + ionic] -= half * by_ionic;
    }
  }

  const EquilibriumTable& t_;
  long masters_;
  T ln_[kMaxMasters], value_[kMaxMasters], given_[kMaxMasters];
  T g_, g_slope_;
  T strong_;
};

}  // namespace raffinate::kernels::detail
