#include "optimizer/economics/effluent.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "optimizer/economics/masses.h"
#include "optimizer/economics/reagents.h"

namespace raffinate::optimizer {
namespace {

double Of(const PlantBalance& balance, const Effluent& effluent, const char* symbol) {
  const int element = FindElement(balance, symbol);
  return element < 0 ? 0 : effluent.metals[element];
}

}  // namespace

std::vector<Effluent> ComputeEffluent(const PlantBalance& balance) {
  std::vector<Effluent> effluents(balance.media.size());
  for (Effluent& effluent : effluents) effluent.metals.assign(balance.elements.size(), 0.0);
  for (const PlantOutlet& outlet : balance.outlets) {
    if (!outlet.aqueous) continue;
    Effluent& effluent = effluents[balance.circuits[outlet.circuit].medium];
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

void Neutralize(Neutralizer neutralizer, Lookup* lookup, std::vector<Effluent>* effluents,
                std::vector<ReagentUse>* uses) {
  if (neutralizer == Neutralizer::kNone) return;
  const char* purpose = "neutralization";
  for (Effluent& effluent : *effluents) {
    if (!(effluent.free_acid > 0)) continue;
    const double acid = effluent.free_acid;
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

double Sodium(const PlantBalance& balance, const Effluent& effluent) {
  return Of(balance, effluent, "Na") + effluent.sodium;
}
double Ammonium(const PlantBalance& balance, const Effluent& effluent) {
  return Of(balance, effluent, "NH4") + effluent.ammonium;
}
double Calcium(const PlantBalance& balance, const Effluent& effluent) {
  return Of(balance, effluent, "Ca") + effluent.calcium;
}
double Magnesium(const PlantBalance& balance, const Effluent& effluent) {
  return Of(balance, effluent, "Mg") + effluent.magnesium;
}

std::vector<EffluentSpecies> DescribeEffluent(const PlantBalance& balance,
                                              const std::vector<Effluent>& effluents,
                                              double carbon_kg_per_h, bool discharged,
                                              Lookup* lookup) {
  std::vector<EffluentSpecies> species;
  double flow = 0;
  for (const Effluent& effluent : effluents) flow += effluent.flow;
  const auto add = [&](const std::string& name, double kg_per_h) {
    EffluentSpecies& entry = species.emplace_back();
    entry.name = name;
    entry.kg_per_h = kg_per_h;
    if (flow > 0) entry.mg_per_l = kg_per_h / flow * 1000;
    if (!discharged) return;
    if (const std::optional<double> limit = lookup->Limit(name)) {
      entry.limit = name;
      entry.limit_mg_per_l = *limit;
      if (*limit > 0) entry.over_limit = entry.mg_per_l / *limit;
    }
  };
  double sodium = 0, ammonium = 0, calcium = 0, magnesium = 0, acid = 0;
  for (const Effluent& effluent : effluents) {
    sodium += Sodium(balance, effluent);
    ammonium += Ammonium(balance, effluent);
    calcium += Calcium(balance, effluent);
    magnesium += Magnesium(balance, effluent);
    acid += std::max(0.0, effluent.free_acid);
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
    double kmol = 0;
    for (const Effluent& effluent : effluents) kmol += effluent.metals[e];
    add(element.symbol, kmol * element.mass);
  }
  return species;
}

}  // namespace raffinate::optimizer
