// Extractant systems, elements and feeds as plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/economics/data.h"
#include "optimizer/model/provenance.h"

namespace raffinate::optimizer {

/// Equations in proto/raffinate/v1/flowsheet.proto (ExtractantSystem) and docs/physics.md.
enum class Law { kMassActionDimer, kConstantD, kConstantBeta, kCorrelation, kSolvation };

/// The strong acid of the aqueous, and the anion of its salts.
enum class Medium { kChloride, kNitrate, kSulphate };

/// Activity coefficients of aqueous ions; see kernels::Activity.
enum class ActivityModel { kIdeal, kDavies, kSit };

/// What the free extractant of the law counts.
enum class Basis {
  kUnstated,
  kDimer,    ///< dimers (HA)2
  kMonomer,  ///< formula units HA, paired or not: twice the dimers
};

/// An anion that binds protons or metals in the aqueous. That of the medium bears its
/// name: "chloride", "nitrate", "sulphate".
struct Ligand {
  std::string name;
  double charge = 1;  ///< of the anion, as a positive number
  /// log10 of the cumulative constants [HpL] / ([H]^p [L]), from p = 1; mol/L.
  std::vector<double> log10_protonation;
  double epsilon = 0;  ///< SIT, with the cations of the background [kg/mol]
  Provenance provenance = Provenance::kAssumed;
  std::string source;
  std::string doi = "";
};

/// Complexes of one element with one ligand.
struct Complexes {
  std::string ligand;
  /// log10 of the cumulative constants [MLn] / ([M] [L]^n), from n = 1; mol/L.
  std::vector<double> log10_beta;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
  std::string doi = "";
};

/// coefficient * pH^ph * (log10 C)^log_c * C^c * loading^loading, of log10 D.
struct CorrelationTerm {
  double coefficient = 0;
  int ph = 0, log_c = 0, c = 0, loading = 0;
};

/// Another species of an element in the organic, with both extractants.
struct MixedSpecies {
  double log10_k = 0;
  double dimers = 0;  ///< of the first extractant
  double second = 0;  ///< of the second extractant
};

/// The equilibrium of one element in one extractant system.
struct EquilibriumConstant {
  std::string element;
  std::optional<double> log10_k;  ///< mass action: D = K C^m / h^z, basis and unit of the system
  std::optional<double> dimers;   ///< m; the charge of the element when absent
  std::optional<double> d;        ///< constant D [-]
  std::optional<double> beta;     ///< constant beta [-], relative to any one element
  std::optional<double> log10_standard_error = std::nullopt;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
  std::string doi = "";
  /// Solvation: p of M + n X + p E. Correlation: units of the basis that one metal binds.
  std::optional<double> extractants = std::nullopt;
  std::optional<double> anions = std::nullopt;  ///< solvation: n; the charge when absent
  std::vector<CorrelationTerm> terms = {};      ///< correlation
  std::vector<MixedSpecies> species = {};       ///< beside the one of log10_k and dimers
  std::vector<Complexes> complexes = {};
  std::optional<double> enthalpy_kj_per_mol = std::nullopt;  ///< of extraction, for van 't Hoff
  double epsilon = 0;                                        ///< SIT of the free ion [kg/mol]
};

/// The range of the measurements. Absent: not stated by the source, or
/// forgotten; `not_stated` tells which.
struct Validity {
  enum class Quantity { kPh, kFreeExtractant, kLoading, kTemperature };
  std::optional<double> min_ph, max_ph;
  /// In the basis of the system [mol/L].
  std::optional<double> min_free_extractant, max_free_extractant;
  std::optional<double> max_loading;                       ///< metals but Na and NH4 [-]
  std::optional<double> min_temperature, max_temperature;  ///< [degC]
  std::string medium;
  std::vector<Quantity> not_stated;
};

/// Gel, third phase or plain capacity: the largest share of the extractant that
/// metals other than Na and NH4 may bind [-].
struct LoadingLimit {
  double share = 1;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
  std::string doi = "";
};

/// Covariance of constants that were fitted together.
struct Covariance {
  /// What a row or column stands for: "Nd.log10_k", "Nd.dimers".
  std::vector<std::string> parameters;
  /// P rows of P values when the system is good, in its basis and unit.
  std::vector<std::vector<double>> rows;
};

struct ExtractantSystem {
  std::string name;
  std::string description;
  Law law = Law::kMassActionDimer;
  Basis basis = Basis::kUnstated;
  std::string unit;           ///< of C and h in K, as written: "mol/L"
  double unit_mol_per_l = 0;  ///< that unit in mol/L; 0 when not given
  std::vector<EquilibriumConstant> constants;
  Validity validity;
  std::optional<LoadingLimit> loading_limit;
  std::string source;
  std::string doi;
  Medium medium = Medium::kChloride;
  std::vector<Ligand> ligands;
  ActivityModel activity = ActivityModel::kIdeal;
  double proton_epsilon = 0;      ///< SIT [kg/mol]
  std::string second_extractant;  ///< its name; empty where there is one only
  /// Of the constants; that from which enthalpies count [degC].
  std::optional<double> reference_temperature;
  Covariance covariance = {};      ///< empty: none is known
  bool built_in = false;           ///< of data/, not of a flowsheet
  bool replaces_built_in = false;  ///< a flowsheet's, under a built-in name

  const EquilibriumConstant* Find(const std::string& element) const {
    for (const auto& c : constants) {
      if (c.element == element) return &c;
    }
    return nullptr;
  }
  const Ligand* FindLigand(const std::string& ligand) const {
    for (const auto& l : ligands) {
      if (l.name == ligand) return &l;
    }
    return nullptr;
  }
};

/// A solid hydroxide: log10 *Ks of M(OH)z + z H+ = M^z+ + z H2O, 25 degC, I = 0.
struct HydroxideSolid {
  std::string form;  ///< "cr", "am"
  double log10_ks = 0;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
};

/// Hydroxide of one element, in solution and solid.
struct Hydroxide {
  std::vector<HydroxideSolid> solids;    ///< at least one
  std::vector<double> log10_hydrolysis;  ///< *beta_n of M + n H2O = M(OH)n + n H+, from n = 1
};

/// What mixer-settlers are run at. Not checked where both are zero.
struct OperatingLimits {
  double min_organic_to_aqueous = 0;  ///< by volume [-]
  double max_organic_to_aqueous = 0;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
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
  std::map<std::string, Hydroxide> hydroxides;  ///< by element
  OperatingLimits limits;
  EconomicsData economics;  ///< empty: no environmental and economic figures
};

}  // namespace raffinate::optimizer
