#include "optimizer/economics/losses.h"

#include <algorithm>

#include "optimizer/economics/reagents.h"

namespace raffinate::optimizer {

OrganicMasses OrganicMassesOf(const PlantCircuit& circuit, Lookup* lookup) {
  const Solvent& extractant = lookup->SolventOf(lookup->ExtractantOf(circuit.system));
  const Solvent& diluent = lookup->SolventOf(kDiluent);
  OrganicMasses masses;
  masses.extractant = circuit.extractant_mol_per_l * extractant.molar_mass;
  const double share = extractant.density > 0 ? masses.extractant / extractant.density : 0;
  // More extractant than fits is extractant alone.
  masses.diluent = std::max(0.0, 1 - share) * diluent.density;
  return masses;
}

SolventLosses ComputeLosses(const PlantBalance& balance, Lookup* lookup) {
  SolventLosses losses;
  const auto lose = [&](const std::string& name, const char* how, double kg_per_h, bool diluent) {
    AddReagent(name, how, kg_per_h, &losses.uses);
    (diluent ? losses.diluent_kg_per_h : losses.extractant_kg_per_h) += kg_per_h;
    losses.carbon_kg_per_h += kg_per_h * lookup->SolventOf(name).carbon_share;
  };
  for (const PlantOutlet& outlet : balance.outlets) {
    if (!outlet.aqueous) continue;
    const PlantCircuit& circuit = balance.circuits[outlet.circuit];
    const std::string extractant = lookup->ExtractantOf(circuit.system);
    const OrganicMasses masses = OrganicMassesOf(circuit, lookup);
    const double droplets = outlet.organic > 0
                                ? outlet.organic
                                : outlet.flow * lookup->Factor("entrained_organic") / 1000;
    lose(extractant, "entrainment", droplets * masses.extractant, false);
    lose(kDiluent, "entrainment", droplets * masses.diluent, true);
    // mg/L is g/m3.
    lose(extractant, "solubility", outlet.flow * lookup->SolventOf(extractant).solubility / 1000,
         false);
    lose(kDiluent, "solubility", outlet.flow * lookup->SolventOf(kDiluent).solubility / 1000, true);
  }
  return losses;
}

}  // namespace raffinate::optimizer
