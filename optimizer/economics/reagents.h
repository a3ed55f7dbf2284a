// Acid, base, salt and water that a plant takes, and the stoichiometric floor.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

/// Adds to the entry of that name and purpose, or makes one; nothing for zero.
template <class N>
void AddReagent(const std::string& name, const std::string& purpose,
                const std::type_identity_t<N>& kg_per_h, std::vector<ReagentUseOf<N>>* uses);

/// Of all streams but feeds the acid, the salts (chloride medium) and the water,
/// of all streams the base, that for residues under their names, and the base metered
/// into the organic. Ammonia water
/// counts as the NH3 in it.
template <class N>
std::vector<ReagentUseOf<N>> ComputeReagents(const PlantBalanceOf<N>& balance);

/// Base and acid by what they can exchange [keq/h].
template <class N>
struct ReagentEquivalentsOf {
  N base = 0;        ///< NaOH and NH4OH of streams and saponification, not for residues
  N acid = 0;        ///< of all streams but feeds
  N base_floor = 0;  ///< charge of the metals that the organic took up: one transfer
  N acid_floor = 0;  ///< charge of those that were stripped from it
};
using ReagentEquivalents = ReagentEquivalentsOf<double>;
/// A metal that leaves beyond its feed (PlantOutlet::carried) was loaded and
/// stripped at least once. Each time its charge z takes z equivalents of base, or
/// releases as much acid, and z of acid: 3 x 39.997 / 168.241 = 0.7132 kg NaOH and
/// 3 x 36.461 / 168.241 = 0.6502 kg HCl per kg Nd2O3.
template <class N>
ReagentEquivalentsOf<N> ComputeEquivalents(const PlantBalanceOf<N>& balance);

}  // namespace raffinate::optimizer
