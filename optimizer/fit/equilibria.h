// Equilibria of flasks and their derivatives by the constants, by the batch
// solver of the cascades: a flask is a cascade of one stage.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/fit/contact.h"

namespace raffinate::optimizer::fit {

/// D = alpha K S^m / h^z of one cation, S free dimer and h free proton in mol/L; alpha =
/// 1 / (1 + beta L) the share of the cation that is free of its 1:1 complex with the anion
/// of the medium, L free anion.
struct MassAction {
  double log10_k = 0;              ///< at the reference temperature
  double dimers = 0;               ///< m
  double charge = 0;               ///< z
  double enthalpy_kj_per_mol = 0;  ///< of extraction; van 't Hoff from the reference
  /// log10 beta [L/mol]; absent: no complex.
  std::optional<double> log10_beta = std::nullopt;
};
using Constants = std::map<std::string, MassAction>;

/// d log10 K / d enthalpy [mol/kJ] of van 't Hoff, log10 K(T) = log10 K(T_ref) -
/// dH / (R ln 10) (1/T - 1/T_ref), both temperatures in degC above -273.15.
double VantHoffSlope(double celsius, double reference_celsius);

/// A flask in equilibrium. Arrays follow `contact.metals`.
struct Flask {
  bool solved = false;
  double ph = 0;                ///< -log10 of the molarity of free protons
  double free_dimer = 0;        ///< [mol/L]
  double loading = 0;           ///< share of the extractant bound to cations other than Na and NH4
  std::vector<double> aqueous;  ///< M [mol/L]
  std::vector<double> by_log10_k;     ///< M*M, d aqueous[row] / d log10 K[column]; at the flask's
                                      ///< temperature
  std::vector<double> by_dimers;      ///< M*M, d aqueous[row] / d m[column]
  std::vector<double> by_log10_beta;  ///< M*M, d aqueous[row] / d log10 beta[column]; 0 without
};

/// Solves every flask in one batch; with `derivatives` another batch gives their
/// exact derivatives. A contact without temperature is at the reference. Every
/// cation of a contact must have constants. All strong anions count as that of the medium,
/// of charge one.
std::vector<Flask> Equilibrate(std::span<const Contact> contacts, const Constants& constants,
                               double reference_celsius, bool derivatives,
                               const kernels::Device& device);

}  // namespace raffinate::optimizer::fit
