// Zero liquid discharge: energy, recovered salts, acid and water.
#pragma once

#include <string>
#include <vector>

#include "optimizer/economics/effluent.h"

namespace raffinate::optimizer {

template <class N>
struct TreatmentResultOf {
  std::vector<RecoveredStreamOf<N>> recovered;
  std::vector<EnergyUseOf<N>> energy;
  std::vector<std::string> notes;
};

/// Evaporation to saturation, crystallization, and with kSprayRoasting the roasting
/// of magnesium chloride. With S the salts, w `brine_saturation` and V the volume
/// (density 1000 kg/m3):
///   water evaporated before saturation = 1000 V - S (1 - w)/w, at `evaporation`;
///   brine S/w of what crystallizes, at `crystallization`;
///   roasted: [water of its brine x `roasting_steam` + kmol Mg x `roasting_reaction`]
///   / `roasting_efficiency`.
/// Salts are Na, NH4, Ca and Mg with the medium's anion as far as it reaches;
/// other cations and free acid stay in the mother liquor and are noted.
template <class N>
TreatmentResultOf<N> Treat(const PlantBalanceOf<N>& balance,
                           const std::vector<EffluentOf<N>>& effluents, Treatment treatment,
                           Lookup* lookup);

}  // namespace raffinate::optimizer
