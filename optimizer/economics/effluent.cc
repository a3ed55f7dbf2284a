#include "optimizer/economics/effluent.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "optimizer/economics/masses.h"
#include "optimizer/economics/reagents.h"

namespace raffinate::optimizer {
namespace {

template <class N>
N Of(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent, const char* symbol) {
  const int element = FindElement(balance, symbol);
  return element < 0 ? N(0.0) : effluent.metals[element];
}

}  // namespace

template <class N>
std::vector<EffluentOf<N>> ComputeEffluent(const PlantBalanceOf<N>& balance) {
  std::vector<EffluentOf<N>> effluents(balance.media.size());
  for (EffluentOf<N>& effluent : effluents) effluent.metals.assign(balance.elements.size(), 0.0);
  for (const PlantOutletOf<N>& outlet : balance.outlets) {
    if (!outlet.aqueous) continue;
    EffluentOf<N>& effluent = effluents[balance.circuits[outlet.circuit].medium];
    effluent.flow += outlet.flow;
    effluent.free_acid += outlet.free_acid;
    effluent.anions += outlet.anions;
    for (std::size_t e = 0; e < balance.elements.size(); ++e) {
      if (WantedBy(balance, outlet, e) >= 0) continue;
      effluent.metals[e] += outlet.aqueous_metals[e];
    }
  }
  return effluents;
}

template <class N>
void Neutralize(Neutralizer neutralizer, Lookup* lookup, std::vector<EffluentOf<N>>* effluents,
                std::vector<ReagentUseOf<N>>* uses) {
  if (neutralizer == Neutralizer::kNone) return;
  const char* purpose = "neutralization";
  for (EffluentOf<N>& effluent : *effluents) {
    if (IsNone(effluent.free_acid)) continue;
    const N acid = effluent.free_acid;
    switch (neutralizer) {
      case Neutralizer::kNone:
        return;
      case Neutralizer::kSodiumHydroxide:
        effluent.sodium += acid;
        AddReagent("NaOH", purpose, acid * mass::kSodiumHydroxide, uses);
        break;
      case Neutralizer::kAmmonia:
        effluent.ammonium += acid;
        AddReagent("NH3", purpose, acid * mass::kAmmonia, uses);
        break;
      case Neutralizer::kCalciumHydroxide:
        effluent.calcium += acid / 2;
        AddReagent("Ca(OH)2", purpose, acid / 2 * mass::kCalciumHydroxide, uses);
        break;
      case Neutralizer::kMagnesiumBicarbonate:
        AddReagent("CO2", purpose,
                   acid * mass::kCarbonDioxide * (1 - lookup->Factor("co2_recycled_share")), uses);
        [[fallthrough]];
      case Neutralizer::kMagnesiumOxide:
        effluent.magnesium += acid / 2;
        AddReagent("MgO", purpose, acid / 2 * mass::kMagnesiumOxide, uses);
        break;
    }
    effluent.free_acid = 0;
  }
}

template <class N>
N Sodium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent) {
  return Of(balance, effluent, "Na") + effluent.sodium;
}
template <class N>
N Ammonium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent) {
  return Of(balance, effluent, "NH4") + effluent.ammonium;
}
template <class N>
N Calcium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent) {
  return Of(balance, effluent, "Ca") + effluent.calcium;
}
template <class N>
N Magnesium(const PlantBalanceOf<N>& balance, const EffluentOf<N>& effluent) {
  return Of(balance, effluent, "Mg") + effluent.magnesium;
}

template <class N>
std::vector<EffluentSpeciesOf<N>> DescribeEffluent(const PlantBalanceOf<N>& balance,
                                                   const std::vector<EffluentOf<N>>& effluents,
                                                   const N& carbon_kg_per_h, bool discharged,
                                                   Lookup* lookup) {
  std::vector<EffluentSpeciesOf<N>> species;
  N flow = 0;
  for (const EffluentOf<N>& effluent : effluents) flow += effluent.flow;
  const auto add = [&](const std::string& name, const N& kg_per_h) {
    EffluentSpeciesOf<N>& entry = species.emplace_back();
    entry.name = name;
    entry.kg_per_h = kg_per_h;
    if (flow > 0) entry.mg_per_l = kg_per_h / flow * 1000;
    if (!discharged) return;
    if (const std::optional<double> limit = lookup->Limit(name)) {
      entry.limit = name;
      entry.limit_mg_per_l = *limit;
      if (*limit > 0) entry.over_limit = N(entry.mg_per_l / *limit);
    }
  };
  N sodium = 0, ammonium = 0, calcium = 0, magnesium = 0, acid = 0;
  for (const EffluentOf<N>& effluent : effluents) {
    sodium += Sodium(balance, effluent);
    ammonium += Ammonium(balance, effluent);
    calcium += Calcium(balance, effluent);
    magnesium += Magnesium(balance, effluent);
    acid += std::max<N>(0.0, effluent.free_acid);
  }
  add("Na", sodium * mass::kSodium);
  add("NH4-N", ammonium * mass::kNitrogen);
  add("Mg", magnesium * mass::kMagnesium);
  add("Ca", calcium * mass::kCalcium);
  for (std::size_t m = 0; m < effluents.size(); ++m) {
    add(balance.media[m].anion, effluents[m].anions * balance.media[m].anion_mass);
  }
  add("H+", acid * mass::kHydrogen);
  add("organic carbon", carbon_kg_per_h);
  add("COD", carbon_kg_per_h * lookup->Factor("cod_per_carbon"));
  for (std::size_t e = 0; e < balance.elements.size(); ++e) {
    const PlantElement& element = balance.elements[e];
    if (element.base_cation || element.symbol == "Ca" || element.symbol == "Mg") continue;
    N kmol = 0;
    for (const EffluentOf<N>& effluent : effluents) kmol += effluent.metals[e];
    add(element.symbol, kmol * element.mass);
  }
  return species;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                      \
  template std::vector<EffluentOf<N>> ComputeEffluent(const PlantBalanceOf<N>&); \
  template void Neutralize(Neutralizer, Lookup*, std::vector<EffluentOf<N>>*,    \
                           std::vector<ReagentUseOf<N>>*);                       \
  template N Sodium(const PlantBalanceOf<N>&, const EffluentOf<N>&);             \
  template N Ammonium(const PlantBalanceOf<N>&, const EffluentOf<N>&);           \
  template N Calcium(const PlantBalanceOf<N>&, const EffluentOf<N>&);            \
  template N Magnesium(const PlantBalanceOf<N>&, const EffluentOf<N>&);          \
  template std::vector<EffluentSpeciesOf<N>> DescribeEffluent(                   \
      const PlantBalanceOf<N>&, const std::vector<EffluentOf<N>>&, const N&, bool, Lookup*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
