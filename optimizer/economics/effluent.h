// The effluent: what is in it, its neutralization, and the limits it is held against.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

/// All aqueous that leaves in one medium. Product liquors are in it, without the
/// elements wanted in them: when those are precipitated the liquor is left.
template <class N>
struct EffluentOf {
  N flow = 0;             ///< [m3/h]
  N free_acid = 0;        ///< negative when alkaline [kmol/h]
  N anions = 0;           ///< of the medium [keq/h]
  std::vector<N> metals;  ///< per element of the balance [kmol/h]
  // Of neutralization, beside what `metals` holds [kmol/h].
  N sodium = 0, ammonium = 0, calcium = 0, magnesium = 0;
};

/// One per medium.
template <class N>
std::vector<EffluentOf<N>> ComputeEffluent(const PlantBalanceOf<N>& balance);

/// Takes up the free acid of each effluent with one mole of base per equivalent.
/// Magnesium bicarbonate: Mg(HCO3)2 + 2 H+ = Mg2+ + 2 H2O + 2 CO2 from
/// MgO + 2 CO2 + H2O; the share `co2_recycled_share` of the CO2 is used again and
/// the rest is made up. Adds what it takes to `uses`.
template <class N>
void Neutralize(Neutralizer neutralizer, Lookup* lookup, std::vector<EffluentOf<N>>* effluents,
                std::vector<ReagentUseOf<N>>* uses);

/// Moles of a cation with what neutralization added [kmol/h].
template <class N>
N Sodium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent);
template <class N>
N Ammonium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent);
template <class N>
N Calcium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent);
template <class N>
N Magnesium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent);

/// Substances of all effluents together, kg/h and mg/L = kg/h / (m3/h) x 1000, with
/// the organic carbon lost to them and COD = `cod_per_carbon` x organic carbon.
/// Limits are set only when the effluent is discharged.
template <class N>
std::vector<EffluentSpeciesOf<N>> DescribeEffluent(const PlantBalanceOf<N>& balance,
                                                   const std::vector<EffluentOf<N>>& effluents,
                                                   const N& carbon_kg_per_h, bool discharged,
                                                   Lookup* lookup);

}  // namespace raffinate::optimizer
