// What is dissolved in an aqueous stream from outside.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Molar masses of the reagents and of what effluents are counted as [g/mol].
/// Standard atomic weights of IUPAC 2021, abridged.
inline constexpr double kMassNaOH = 39.997;
inline constexpr double kMassSodium = 22.990;
inline constexpr double kMassNitrogen = 14.007;
inline constexpr double kMassChlorine = 35.453;

/// Largest disagreement between a measured total chloride and the sum of what
/// binds it, relative to the chloride.
inline constexpr double kChlorideTolerance = 0.01;

/// What a residue took, per litre of the stream.
struct ComposedResidue {
  std::string name;
  std::vector<std::pair<const Element*, double>> metals;  ///< [mol/L], only those above zero
  double naoh = 0;                                        ///< spent on it [mol/L]
  double nh4oh = 0;
};

/// What enters the plant: what the stream holds less what its residues took.
struct Composition {
  double flow = 0;  ///< [m3/h]
  /// Each element once with its molarity [mol/L], only those above zero.
  std::vector<std::pair<std::string, double>> cations;
  double anions = 0;  ///< of strong acid and salts [eq/L]
  double acid = 0;    ///< free strong acid [eq/L], >= 0
  /// Complexants with their total molarity [mol/L], fed as acids: only those above zero.
  std::vector<std::pair<std::string, double>> complexants;
  double naoh = 0;    ///< [mol/L]
  double nh4oh = 0;   ///< [mol/L]
  bool feed = false;  ///< holds a metal other than Na and NH4
  std::vector<ComposedResidue> residues;

  /// Molarity of `element`; 0 when it is absent.
  double Of(const std::string& element) const {
    for (const auto& [cation, mol_per_l] : cations) {
      if (cation == element) return mol_per_l;
    }
    return 0;
  }
};

/// The metals of `stream`: those of its library feed, each replaced by the
/// stream's own entry of the same element, then the stream's other entries.
/// An unknown feed counts as empty.
std::vector<MetalConcentration> MetalsOf(const Stream& stream, const Chemistry& chemistry);

/// Share of `element` that the residues of `stream` leave in it, within [0, 1].
double ShareLeft(const Stream& stream, const std::string& element);

/// The composition of a stream that has only numbers. Anions are the free acid,
/// the charge of the metals and the salts; base adds its cation without an
/// anion, so that anions fall short of the charge by the base. With
/// `count_moles` (constant-beta systems) every metal counts as one equivalent,
/// so that anions less metals is the acid in moles of metal that it strips. Acid and
/// salts are those of `medium`. Chloride and acid are those before residues.
/// Returns an empty string, or why the charges cannot balance.
std::string Compose(const Stream& stream, const Chemistry& chemistry, bool count_moles,
                    Medium medium, Composition* composition);

}  // namespace raffinate::optimizer
