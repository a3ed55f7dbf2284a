#include "kernels/equilibrium.h"

#include <algorithm>
#include <cmath>

namespace raffinate::kernels {
namespace {

bool Whole(int exponent) { return exponent >= 0 && exponent <= 6; }

std::string CheckMasters(const EquilibriumTable& t) {
  if (t.masters < 2 || t.masters > kMaxMasters) return "a table has 2 to 6 master species";
  if (t.kind[0] != Master::kProton && t.kind[0] != Master::kSalt) {
    return "the first master species must be the proton or the salt anion";
  }
  if (t.kind[1] != Master::kExtractant) return "the second master species must be an extractant";
  int ionic = -1;
  for (int k = 2; k < t.masters; ++k) {
    if (t.kind[k] == Master::kProton || t.kind[k] == Master::kSalt) {
      return "only the first master species can be the proton or the salt anion";
    }
    if (t.kind[k] == Master::kIonic) {
      if (ionic >= 0) return "there is more than one ionic strength";
      ionic = k;
    }
    if (t.kind[k] == Master::kLigand && !(t.ligand_charge[k] > 0 && t.ligand_charge[k] <= 6 &&
                                          t.protons[k] >= 0 && t.protons[k] <= kMaxProtons)) {
      return "a ligand has a charge within (0, 6] and binds 0 to 5 protons";
    }
  }
  if (ionic != t.ionic || (ionic >= 0) != (t.activity != Activity::kIdeal)) {
    return "activity coefficients need the ionic strength as a master species, and only they";
  }
  if (t.kind[0] == Master::kSalt) {
    for (int k = 2; k < t.masters; ++k) {
      if (t.kind[k] != Master::kExtractant) {
        return "with the salt anion as master there are no ligands and no activity coefficients";
      }
    }
  }
  if (!(t.background >= 0 && t.background <= 1)) {
    return "the share of strong anions in the ionic strength lies in [0, 1]";
  }
  if (!(t.unit > 0 && std::isfinite(t.unit))) return "the unit of the extractant must be positive";
  return "";
}

std::string CheckComponent(const EquilibriumTable& t, const Equilibrium& e) {
  if (!(e.charge >= 0 && e.charge <= 6)) return "charge must lie in [0, 6]";
  if (e.species < 1 || e.species > kMaxSpecies || e.complexes < 0 || e.complexes > kMaxComplexes ||
      e.terms < 0 || e.terms > kMaxTerms) {
    return "a component has 1 to 3 organic species, at most 8 complexes and 12 terms";
  }
  for (int f = 0; f < e.complexes; ++f) {
    const AqueousComplex& c = e.complex[f];
    if (c.ligand < 0 || c.ligand >= t.masters ||
        (t.kind[c.ligand] != Master::kLigand && t.kind[c.ligand] != Master::kSalt)) {
      return "a complex must be with a ligand or the salt anion";
    }
    if (!(c.n > 0 && c.n <= 6) || !std::isfinite(c.ln_beta)) {
      return "a complex needs 1 to 6 ligands and a finite constant";
    }
  }
  for (int f = 0; f < e.species; ++f) {
    const OrganicSpecies& s = e.organic[f];
    if (!std::isfinite(s.ln_k)) return "K must be positive and finite";
    for (int k = 0; k < t.masters; ++k) {
      if (!(std::abs(s.exponent[k]) <= 12)) return "exponents must lie in [-12, 12]";
      if (!(s.consumed[k] >= 0 && s.consumed[k] <= 12)) {
        return "extractant consumed must lie in [0, 12]";
      }
      if (s.consumed[k] > 0 && t.kind[k] != Master::kExtractant) {
        return "only extractants are consumed";
      }
      if (s.exponent[k] != 0 && t.kind[k] == Master::kIonic) {
        return "the ionic strength has no exponent";
      }
    }
  }
  for (int f = 0; f < e.terms; ++f) {
    const CorrelationTerm& term = e.term[f];
    if (!std::isfinite(term.coefficient) || !Whole(term.ph) || !Whole(term.lg_c) ||
        !Whole(term.c) || !Whole(term.loading)) {
      return "a term of a correlation needs a finite coefficient and exponents from 0 to 6";
    }
    if (term.ph > 0 && t.kind[0] != Master::kProton) return "without the proton there is no pH";
  }
  return "";
}

bool Same(const Equilibrium& a, const Equilibrium& b) {
  if (a.charge != b.charge || a.epsilon != b.epsilon || a.complexes != b.complexes ||
      a.species != b.species || a.terms != b.terms) {
    return false;
  }
  for (int f = 0; f < a.complexes; ++f) {
    const AqueousComplex &c = a.complex[f], &d = b.complex[f];
    if (c.ligand != d.ligand || c.n != d.n || c.ln_beta != d.ln_beta || c.charge != d.charge ||
        c.epsilon != d.epsilon) {
      return false;
    }
  }
  for (int f = 0; f < a.species; ++f) {
    const OrganicSpecies &s = a.organic[f], &o = b.organic[f];
    if (s.ln_k != o.ln_k || !std::equal(s.exponent, s.exponent + kMaxMasters, o.exponent) ||
        !std::equal(s.consumed, s.consumed + kMaxMasters, o.consumed)) {
      return false;
    }
  }
  for (int f = 0; f < a.terms; ++f) {
    const CorrelationTerm &s = a.term[f], &o = b.term[f];
    if (s.coefficient != o.coefficient || s.ph != o.ph || s.lg_c != o.lg_c || s.c != o.c ||
        s.loading != o.loading) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string CheckTable(const EquilibriumTable& t, int components) {
  if (components > kMaxEquilibria) return "more than 32 components";
  if (auto wrong = CheckMasters(t); !wrong.empty()) return wrong;
  for (int i = 0; i < components; ++i) {
    if (auto wrong = CheckComponent(t, t.component[i]); !wrong.empty()) {
      return "component " + std::to_string(i + 1) + ": " + wrong;
    }
  }
  return "";
}

bool SameTable(const EquilibriumTable& a, const EquilibriumTable& b, int components) {
  if (a.masters != b.masters || a.ionic != b.ionic || a.activity != b.activity ||
      a.proton_epsilon != b.proton_epsilon || a.background != b.background || a.unit != b.unit) {
    return false;
  }
  for (int k = 0; k < a.masters; ++k) {
    if (a.kind[k] != b.kind[k] || a.ligand_charge[k] != b.ligand_charge[k] ||
        a.ligand_epsilon[k] != b.ligand_epsilon[k] || a.protons[k] != b.protons[k] ||
        !std::equal(a.ln_protonation[k], a.ln_protonation[k] + a.protons[k], b.ln_protonation[k])) {
      return false;
    }
  }
  for (int i = 0; i < components; ++i) {
    if (!Same(a.component[i], b.component[i])) return false;
  }
  return true;
}

}  // namespace raffinate::kernels
