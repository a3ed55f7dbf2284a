#include "optimizer/economics/reagents.h"

#include <algorithm>
#include <cstddef>

#include "optimizer/economics/masses.h"

namespace raffinate::optimizer {
namespace {

constexpr double kWater = 1000;  ///< [kg/m3]

}  // namespace

template <class N>
void AddReagent(const std::string& name, const std::string& purpose,
                const std::type_identity_t<N>& kg_per_h, std::vector<ReagentUseOf<N>>* uses) {
  if (IsNone(kg_per_h)) return;
  const auto found = std::find_if(uses->begin(), uses->end(), [&](const ReagentUseOf<N>& use) {
    return use.name == name && use.purpose == purpose;
  });
  if (found == uses->end()) {
    uses->push_back({name, purpose, kg_per_h, 0});
  } else {
    found->kg_per_h += kg_per_h;
  }
}

template <class N>
std::vector<ReagentUseOf<N>> ComputeReagents(const PlantBalanceOf<N>& balance) {
  std::vector<ReagentUseOf<N>> uses;
  const int sodium = FindElement(balance, "Na"), ammonium = FindElement(balance, "NH4");
  const char* streams = "streams";
  for (const PlantInletOf<N>& inlet : balance.inlets) {
    const PlantMedium& medium = balance.media[inlet.medium];
    AddReagent("NaOH", streams, inlet.naoh * mass::kSodiumHydroxide, &uses);
    AddReagent("NH3", streams, inlet.nh4oh * mass::kAmmonia, &uses);
    for (const PlantResidueOf<N>& residue : inlet.residues) {
      AddReagent("NaOH", residue.name, residue.naoh * mass::kSodiumHydroxide, &uses);
      AddReagent("NH3", residue.name, residue.nh4oh * mass::kAmmonia, &uses);
    }
    if (inlet.feed) continue;
    AddReagent(medium.acid, streams, inlet.acid * medium.acid_mass, &uses);
    AddReagent("water", streams, inlet.flow * kWater, &uses);
    if (medium.anion != "Cl") continue;
    // Cations without a hydroxide came as salt; what is left by rounding is none.
    const auto salt = [&](int element, const N& base) {
      if (element < 0) return N(0.0);
      const N kmol = inlet.metals[element] - base;
      const N noise = 1e-12 * (1 + base);
      return kmol > noise || Moves(kmol) ? kmol : N(0.0);
    };
    AddReagent("NaCl", streams, salt(sodium, inlet.naoh) * mass::kSodiumChloride, &uses);
    AddReagent("NH4Cl", streams, salt(ammonium, inlet.nh4oh) * mass::kAmmoniumChloride, &uses);
  }
  for (const PlantCircuitOf<N>& circuit : balance.circuits) {
    AddReagent("NaOH", "saponification", circuit.metered_naoh * mass::kSodiumHydroxide, &uses);
    AddReagent("NH3", "saponification", circuit.metered_nh4oh * mass::kAmmonia, &uses);
  }
  return uses;
}

template <class N>
ReagentEquivalentsOf<N> ComputeEquivalents(const PlantBalanceOf<N>& balance) {
  ReagentEquivalentsOf<N> sum;
  for (const PlantInletOf<N>& inlet : balance.inlets) {
    sum.base += inlet.naoh + inlet.nh4oh;
    if (!inlet.feed) sum.acid += inlet.acid;
  }
  for (const PlantCircuitOf<N>& circuit : balance.circuits) {
    sum.base += circuit.metered_naoh + circuit.metered_nh4oh;
  }
  for (const PlantOutletOf<N>& outlet : balance.outlets) {
    if (!outlet.carried) continue;
    for (std::size_t e = 0; e < balance.elements.size(); ++e) {
      if (balance.elements[e].base_cation) continue;
      const N equivalents = balance.elements[e].charge * outlet.metals[e];
      sum.base_floor += equivalents;
      if (outlet.aqueous) sum.acid_floor += equivalents;
    }
  }
  // What came with fresh organic was loaded elsewhere.
  for (const PlantCircuitOf<N>& circuit : balance.circuits) {
    for (std::size_t e = 0; e < circuit.organic_metals.size(); ++e) {
      if (balance.elements[e].base_cation) continue;
      sum.base_floor -= balance.elements[e].charge * circuit.organic_metals[e];
    }
  }
  sum.base_floor = std::max<N>(0.0, sum.base_floor);
  return sum;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                        \
  template void AddReagent(const std::string&, const std::string&, const N&,       \
                           std::vector<ReagentUseOf<N>>*);                         \
  template std::vector<ReagentUseOf<N>> ComputeReagents(const PlantBalanceOf<N>&); \
  template ReagentEquivalentsOf<N> ComputeEquivalents(const PlantBalanceOf<N>&)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
