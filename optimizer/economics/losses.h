// Extractant and diluent that leave with the aqueous.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

template <class N>
struct SolventLossesOf {
  std::vector<ReagentUseOf<N>> uses;  ///< by solvent and "entrainment" or "solubility"
  N extractant_kg_per_h = 0;
  N diluent_kg_per_h = 0;
  N carbon_kg_per_h = 0;  ///< organic carbon in both
};

/// Droplets: the organic that the simulation carries out with an aqueous outlet,
/// or the factor `entrained_organic` where it carries none. An organic of c mol/L
/// extractant holds c M of it per litre; the rest of the volume is diluent.
/// Dissolved: the solubilities of both times the aqueous that leaves. An open loop's
/// organic is a product or waste, not a loss.
template <class N>
SolventLossesOf<N> ComputeLosses(const PlantBalanceOf<N>& balance, Lookup* lookup);

/// Extractant and diluent in a volume of a circuit's organic.
template <class N>
struct OrganicMassesOf {
  N extractant = 0;  ///< [kg/m3]
  N diluent = 0;     ///< [kg/m3]
};
template <class N>
OrganicMassesOf<N> MassesOf(const PlantCircuitOf<N>& circuit, Lookup* lookup);

}  // namespace raffinate::optimizer
