// Equilibrium laws beyond powers of free proton and free extractant: what one
// element does in both phases, as a table that every backend reads.
//
// The law is written in master species, a few free concentrations per stage from
// which everything else follows (as geochemical codes do). Per component i
//   D_i = K_i alpha_i 10^poly_i sum over organic species s of
//           K_s product over masters k of value_k ^ exponent_sk
//   alpha_i = 1 / (1 + sum over aqueous complexes t of beta_t ligand^n_t)
// and each master is closed by a balance of its own:
//   proton       sum z x + h - OH + protons bound by ligands = anions
//   salt anion   a = sum (z - bound) x + anions           (instead of the proton)
//   extractant   S + sum consumed y = total
//   ligand       L (1 + sum K_p h^p) + sum bound x = total
//   ionic        I = 1/2 (sum c charge^2)
// Cation exchange has exponents -z of the proton and m of the extractant;
// solvation and anion exchange carry neutral salts, M^z+ + n X- + p E, with
// exponents n of the salt anion (or of a ligand) and p of the extractant.
#pragma once

#include <string>

namespace raffinate::kernels {

inline constexpr int kMaxMasters = 6;
inline constexpr int kMaxProtons = 5;      ///< that one ligand binds
inline constexpr int kMaxComplexes = 8;    ///< per component
inline constexpr int kMaxSpecies = 3;      ///< per component, organic
inline constexpr int kMaxTerms = 12;       ///< per component, of a correlation
inline constexpr int kMaxEquilibria = 32;  ///< components

/// What a master species is. The first is always kProton or kSalt, the second
/// kExtractant.
enum class Master : int { kProton, kSalt, kExtractant, kLigand, kIonic };

/// Activity coefficients of aqueous ions, ln gamma = z^2 G(I) + what SIT adds.
///  - Davies: G = -A ln 10 (sqrt I / (1 + sqrt I) - 0.3 I). C. W. Davies, Ion
///    Association, 1962; for I up to 0.5 mol/L.
///  - SIT: G = -A ln 10 sqrt I / (1 + 1.5 sqrt I), and epsilon ln 10 times the
///    molarity of the strong monovalent anions, which are taken as those of the
///    background salt. NEA TDB, Grenthe et al. 1997; for I up to 3.5 mol/L.
/// A = 0.509 (water at 25 degC, molar). Activity coefficients of organic species
/// are one.
enum class Activity : int { kIdeal, kDavies, kSit };

/// An aqueous complex of a component with `n` of one ligand (a master of kind
/// kLigand or kSalt).
struct AqueousComplex {
  int ligand = 2;      ///< index of the master
  double n = 1;        ///< > 0
  double ln_beta = 0;  ///< cumulative, mol/L; at I = 0 with activity coefficients
  double charge = 0;   ///< of the complex
  double epsilon = 0;  ///< SIT [L/mol]
};

/// A form in which a component is in the organic.
struct OrganicSpecies {
  double ln_k = 0;                    ///< relative to the component's own K; mol/L
  double exponent[kMaxMasters] = {};  ///< of each master; of kIonic 0
  double consumed[kMaxMasters] = {};  ///< mol of an extractant per mol; 0 but for kExtractant
};

/// coefficient * pH^ph * (log10 C)^lg_c * C^c * loading^loading, added to log10 D;
/// pH = -log10 of the molar free proton, C the free extractant in the unit of the
/// table, loading = 1 - S / total. Exponents 0 to 6.
struct CorrelationTerm {
  double coefficient = 0;
  int ph = 0, lg_c = 0, c = 0, loading = 0;
};

/// One component.
struct Equilibrium {
  double charge = 0;   ///< z in the aqueous
  double epsilon = 0;  ///< SIT of the free ion [L/mol]
  int complexes = 0, species = 0, terms = 0;
  AqueousComplex complex[kMaxComplexes];
  OrganicSpecies organic[kMaxSpecies];  ///< at least one
  CorrelationTerm term[kMaxTerms];
};

/// The law of a cascade with up to kMaxEquilibria components. Plain memory, copied
/// to devices as it is.
struct EquilibriumTable {
  int masters = 2;
  Master kind[kMaxMasters] = {Master::kProton, Master::kExtractant};
  int ionic = -1;  ///< index of the master of kind kIonic; -1 when ideal
  Activity activity = Activity::kIdeal;
  double proton_epsilon = 0;  ///< SIT [L/mol]
  /// Share of the strong anions that the ionic strength counts as such; 0 where they are
  /// a ligand too, which counts them.
  double background = 1;
  double unit = 1;  ///< C of the correlations per mol/L of the first extractant
  // Ligands only.
  double ligand_charge[kMaxMasters] = {};                ///< of the anion, as a positive number
  double ligand_epsilon[kMaxMasters] = {};               ///< SIT [L/mol]
  int protons[kMaxMasters] = {};                         ///< that the ligand binds
  double ln_protonation[kMaxMasters][kMaxProtons] = {};  ///< ln of cumulative constants, mol/L
  Equilibrium component[kMaxEquilibria];
};

/// Empty, or what is wrong with a table for `components` components.
std::string CheckTable(const EquilibriumTable& table, int components);

/// Whether two tables say the same for `components` components.
bool SameTable(const EquilibriumTable& a, const EquilibriumTable& b, int components);

}  // namespace raffinate::kernels
