#include "optimizer/economics/losses.h"

#include <algorithm>

#include "optimizer/economics/reagents.h"

namespace raffinate::optimizer {

template <class N>
OrganicMassesOf<N> MassesOf(const PlantCircuitOf<N>& circuit, Lookup* lookup) {
  const Solvent& extractant = lookup->SolventOf(lookup->ExtractantOf(circuit.system));
  const Solvent& diluent = lookup->SolventOf(kDiluent);
  OrganicMassesOf<N> masses;
  masses.extractant = circuit.extractant_mol_per_l * extractant.molar_mass;
  N share = 0;
  if (extractant.density > 0) share = masses.extractant / extractant.density;
  // More extractant than fits is extractant alone.
  masses.diluent = std::max<N>(0.0, 1.0 - share) * diluent.density;
  return masses;
}

template <class N>
SolventLossesOf<N> ComputeLosses(const PlantBalanceOf<N>& balance, Lookup* lookup) {
  SolventLossesOf<N> losses;
  const auto lose = [&](const std::string& name, const char* how, const N& kg_per_h, bool diluent) {
    AddReagent(name, how, kg_per_h, &losses.uses);
    (diluent ? losses.diluent_kg_per_h : losses.extractant_kg_per_h) += kg_per_h;
    losses.carbon_kg_per_h += kg_per_h * lookup->SolventOf(name).carbon_share;
  };
  for (const PlantOutletOf<N>& outlet : balance.outlets) {
    if (!outlet.aqueous) continue;
    const PlantCircuitOf<N>& circuit = balance.circuits[outlet.circuit];
    const std::string extractant = lookup->ExtractantOf(circuit.system);
    const OrganicMassesOf<N> masses = MassesOf(circuit, lookup);
    N droplets = outlet.organic;
    if (!(droplets > 0)) droplets = outlet.flow * lookup->Factor("entrained_organic") / 1000;
    lose(extractant, "entrainment", droplets * masses.extractant, false);
    lose(kDiluent, "entrainment", droplets * masses.diluent, true);
    // mg/L is g/m3.
    lose(extractant, "solubility", outlet.flow * lookup->SolventOf(extractant).solubility / 1000,
         false);
    lose(kDiluent, "solubility", outlet.flow * lookup->SolventOf(kDiluent).solubility / 1000, true);
  }
  return losses;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                \
  template OrganicMassesOf<N> MassesOf(const PlantCircuitOf<N>&, Lookup*); \
  template SolventLossesOf<N> ComputeLosses(const PlantBalanceOf<N>&, Lookup*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
