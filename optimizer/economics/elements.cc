#include "optimizer/economics/elements.h"

#include <cstddef>
#include <string>

namespace raffinate::optimizer {
namespace {

double Entering(const PlantBalance& balance, std::size_t e) {
  double kmol = 0;
  for (const PlantInlet& inlet : balance.inlets) {
    kmol += inlet.metals[e];
    for (const PlantResidue& residue : inlet.residues) kmol += residue.metals[e];
  }
  for (const PlantCircuit& circuit : balance.circuits) {
    if (!circuit.organic_metals.empty()) kmol += circuit.organic_metals[e];
    if (balance.elements[e].symbol == "Na") kmol += circuit.metered_naoh;
    if (balance.elements[e].symbol == "NH4") kmol += circuit.metered_nh4oh;
  }
  return kmol;
}

}  // namespace

std::vector<ElementExit> ComputeElementExits(const PlantBalance& balance) {
  std::vector<ElementExit> exits;
  for (std::size_t e = 0; e < balance.elements.size(); ++e) {
    const double entering = Entering(balance, e);
    if (!(entering > 0)) continue;
    const auto add = [&](const std::string& stream, ElementExit::Kind kind, double kmol,
                         int product = -1) {
      // Both signs: what rounding makes of nothing must still sum.
      if (kmol == 0) return;
      exits.push_back({balance.elements[e].symbol, stream, kind,
                       product >= 0 ? balance.products[product].name : "", kmol, kmol / entering,
                       kmol * balance.elements[e].mass});
    };
    for (const PlantInlet& inlet : balance.inlets) {
      for (const PlantResidue& residue : inlet.residues) {
        add(residue.name, ElementExit::Kind::kResidue, residue.metals[e]);
      }
    }
    for (const PlantOutlet& outlet : balance.outlets) {
      if (!outlet.products.empty() && !balance.elements[e].base_cation) {
        const int wanted = WantedBy(balance, outlet, e);
        if (wanted >= 0) {
          add(outlet.name, ElementExit::Kind::kProduct, outlet.metals[e], wanted);
        } else {
          add(outlet.name, ElementExit::Kind::kImpurity, outlet.metals[e], outlet.products[0]);
        }
        continue;
      }
      if (!outlet.aqueous) {
        add(outlet.name, ElementExit::Kind::kOrganic, outlet.metals[e]);
        continue;
      }
      add(outlet.name, ElementExit::Kind::kLoss, outlet.aqueous_metals[e]);
      if (outlet.organic > 0) {
        add(outlet.name, ElementExit::Kind::kEntrained,
            outlet.metals[e] - outlet.aqueous_metals[e]);
      }
    }
  }
  return exits;
}

}  // namespace raffinate::optimizer
