// Extractant and diluent that leave with the aqueous.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

struct SolventLosses {
  std::vector<ReagentUse> uses;  ///< by solvent and "entrainment" or "solubility"
  double extractant_kg_per_h = 0;
  double diluent_kg_per_h = 0;
  double carbon_kg_per_h = 0;  ///< organic carbon in both
};

/// Droplets: the organic that the simulation carries out with an aqueous outlet,
/// or the factor `entrained_organic` where it carries none. An organic of c mol/L
/// extractant holds c M of it per litre; the rest of the volume is diluent.
/// Dissolved: the solubilities of both times the aqueous that leaves. An open loop's
/// organic is a product or waste, not a loss.
SolventLosses ComputeLosses(const PlantBalance& balance, Lookup* lookup);

/// Extractant and diluent in a volume of a circuit's organic.
struct OrganicMasses {
  double extractant = 0;  ///< [kg/m3]
  double diluent = 0;     ///< [kg/m3]
};
OrganicMasses OrganicMassesOf(const PlantCircuit& circuit, Lookup* lookup);

}  // namespace raffinate::optimizer
