// Constants of an extractant system at one state: D and separation factors.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimizer/model/chemistry.h"

namespace raffinate::optimizer {

/// log10 K of D = K S^m / h^z with S the free dimer and h in mol/L, from the
/// constant in the basis and unit of its system: C = (2) S / unit, so that
/// log10 K_dimer = log10 K + (m log10 2 on monomers) + (z - m) log10 unit.
/// `charge` is z of the element. Needs a mass-action system that CheckSystem
/// accepts.
double Log10KOnDimers(const ExtractantSystem& system, const EquilibriumConstant& constant,
                      double charge);

/// m of the constant; the charge where it gives none.
inline double DimersOf(const EquilibriumConstant& constant, double charge) {
  return constant.dimers.value_or(charge);
}

/// `mol_per_l` of free dimer in the basis of the system.
inline double InBasis(const ExtractantSystem& system, double mol_per_l) {
  return system.basis == Basis::kMonomer ? 2 * mol_per_l : mol_per_l;
}

/// The weaker of two classes. From strong to weak: measured, fitted, reference,
/// interpolated, extrapolated, assumed.
Provenance Weaker(Provenance a, Provenance b);

/// A state of both phases.
struct DistributionState {
  double ph = 0;
  double free_dimer = 0;  ///< [mol/L], > 0; half the units of a monomer basis
  double anion = 1;       ///< free anion of the medium where salts are extracted [mol/L]
  double loading = 0;     ///< of correlations [-]
};

/// Middle of the system's ranges; pH 1 and 0.5 mol/L where there are none.
DistributionState MiddleState(const ExtractantSystem& system);

struct ElementDistribution {
  std::string element;
  std::optional<double> log10_k_dimer;  ///< mass action
  double d = 0;                         ///< for constant beta relative to its reference
  /// Against the element before; absent for the first.
  std::optional<double> separation_factor;
  std::optional<double> separation_factor_log10_standard_error;
  bool depends_on_state = false;
  Provenance separation_factor_class = Provenance::kAssumed;
};

/// Every element of the system, from the least to the most extracted.
std::vector<ElementDistribution> Distribution(const ExtractantSystem& system,
                                              const Chemistry& chemistry,
                                              const DistributionState& state);

/// What to know of `state`: quantities outside the ranges of the system.
std::vector<std::string> NotesOn(const ExtractantSystem& system, const DistributionState& state);

/// The weakest class of the constants, Na and NH4 left out.
Provenance WeakestClass(const ExtractantSystem& system);

}  // namespace raffinate::optimizer
