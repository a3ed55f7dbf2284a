// Extractant systems, elements and feeds as plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace raffinate::optimizer {

/// Where a number comes from.
enum class Provenance { kMeasured, kFitted, kInterpolated, kExtrapolated, kReference, kAssumed };

enum class Law { kMassActionDimer, kConstantD, kConstantBeta };

/// The equilibrium of one element in one extractant system.
struct EquilibriumConstant {
  std::string element;
  std::optional<double> log10_k;  ///< mass action: D = K S^m / h^z, mol/L, dimer basis
  std::optional<double> dimers;   ///< m; the charge of the element when absent
  std::optional<double> d;        ///< constant D [-]
  std::optional<double> beta;     ///< constant beta [-], relative to any one element
  Provenance provenance = Provenance::kAssumed;
  std::string source;
};

struct ExtractantSystem {
  std::string name;
  std::string description;
  Law law = Law::kMassActionDimer;
  std::vector<EquilibriumConstant> constants;
  double min_ph = 0;  ///< fitted range of pH; unchecked when both are 0
  double max_ph = 0;
  double max_loading = 1;  ///< largest share of the extractant bound to metal [-]
  std::string source;

  const EquilibriumConstant* Find(const std::string& element) const {
    for (const auto& c : constants) {
      if (c.element == element) return &c;
    }
    return nullptr;
  }
};

/// A metal or cation that a flowsheet may name.
struct Element {
  std::string symbol;     ///< "Nd", "Na", "NH4"
  double charge = 0;      ///< in solution
  double mass = 0;        ///< [g/mol]
  double oxide_mass = 0;  ///< mass of oxide per mole of element [g/mol]; 0 for Na, NH4
  std::string oxide;      ///< "Nd2O3"
  bool rare_earth = false;
};

/// A feed of the library.
struct Feed {
  std::string name;
  std::string description;
  std::map<std::string, double> mol_per_l;  ///< element -> total molarity [mol/L]
  double hcl_mol_per_l = 0;                 ///< free strong acid [mol/L]
  std::string source;
};

/// Everything known about chemistry; a value handed to whoever needs it.
struct Chemistry {
  std::map<std::string, Element> elements;
  std::map<std::string, ExtractantSystem> systems;
  std::map<std::string, Feed> feeds;
};

}  // namespace raffinate::optimizer
