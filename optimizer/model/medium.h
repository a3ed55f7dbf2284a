// The acid of the aqueous and its anion.
#pragma once

#include <optional>
#include <string>

#include "kernels/circuit_gradient.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

struct Built;

/// "chloride", "nitrate", "sulphate".
const char* MediumName(Medium medium);

/// Mass of the acid per equivalent [g/mol]: HCl, HNO3, half of H2SO4. Standard atomic
/// weights of IUPAC 2021, abridged.
double AcidMass(Medium medium);

/// What a stream holds of the acid and salts of a medium, by their fields.
struct MediumFields {
  const char* acid;
  const char* sodium_salt;
  const char* ammonium_salt;
  std::optional<Number> Stream::*acid_of;
  std::optional<Number> Stream::*sodium_salt_of;
  std::optional<Number> Stream::*ammonium_salt_of;
  double equivalents = 1;  ///< per mole
};
const MediumFields& FieldsOf(Medium medium);
inline constexpr Medium kMedia[] = {Medium::kChloride, Medium::kNitrate, Medium::kSulphate};

/// Whether the law has free proton as a master species.
inline bool KnowsProton(Law law) {
  return law == Law::kMassActionDimer || law == Law::kCorrelation;
}
/// Whether its constants count the free extractant.
inline bool CountsExtractant(Law law) { return KnowsProton(law) || law == Law::kSolvation; }

/// Equivalents of the medium's anion in the aqueous part of what leaves [keq/h]: all
/// anions but those of complexants. Where salts are extracted, what balances the cations.
double MediumEquivalents(const Built& built, const kernels::Outflow& out);
/// Adds `weight` times their derivatives to a seed of that row.
void AddMediumEquivalents(const Built& built, double weight, kernels::OutflowSeed* seed);

}  // namespace raffinate::optimizer
