#include "optimizer/economics/equipment.h"

#include <cmath>
#include <cstddef>

#include "optimizer/economics/losses.h"
#include "optimizer/economics/prices.h"

namespace raffinate::optimizer {
namespace {

/// Price of a circuit's organic [USD/m3].
double OrganicPrice(const PlantCircuit& circuit, Lookup* lookup) {
  const OrganicMasses masses = OrganicMassesOf(circuit, lookup);
  const Solvent& extractant = lookup->SolventOf(lookup->ExtractantOf(circuit.system));
  return masses.extractant * lookup->Price(extractant.price) +
         masses.diluent * lookup->Price(lookup->SolventOf(kDiluent).price);
}

}  // namespace

std::vector<SectionEquipment> ComputeEquipment(const PlantBalance& balance, Lookup* lookup) {
  std::vector<double> oxide_price(balance.elements.size(), 0.0);
  for (std::size_t e = 0; e < balance.elements.size(); ++e) {
    if (balance.elements[e].rare_earth) {
      oxide_price[e] = MixedOxidePrice(balance.elements[e].symbol, lookup);
    }
  }
  const double residence = lookup->Factor("mixer_residence") / 60;
  const double cost = lookup->Factor("mixer_settler_cost") * lookup->Factor("cost_index_now") /
                      lookup->Factor("cost_index_then") * lookup->Factor("installation_factor");
  std::vector<SectionEquipment> equipment;
  for (const PlantCircuit& circuit : balance.circuits) {
    const double organic_price = OrganicPrice(circuit, lookup);
    for (const PlantSection& section : circuit.sections) {
      SectionEquipment& built = equipment.emplace_back();
      built.circuit = circuit.name;
      built.section = section.name;
      built.stages = static_cast<int>(section.stages.size());
      for (const PlantStage& stage : section.stages) {
        const double flow = stage.aqueous + stage.organic;
        if (!(flow > 0)) continue;
        const double mixer = flow * residence;
        const double area = flow / lookup->Factor("settler_rate");
        const double volume = mixer + area * lookup->Factor("settler_depth");
        const double organic = volume * stage.organic / flow;
        const double aqueous = volume - organic;
        built.mixer_m3 += mixer;
        built.settler_m2 += area;
        built.organic_m3 += organic;
        built.inventory_usd += organic * organic_price;
        for (std::size_t e = 0; e < stage.x.size(); ++e) {
          if (!balance.elements[e].rare_earth) continue;
          const double oxide =
              (aqueous * stage.x[e] + organic * stage.y[e]) * balance.elements[e].quoted_mass;
          built.reo_kg += oxide;
          built.inventory_usd += oxide * oxide_price[e];
        }
        built.installed_usd += cost * std::pow(volume / lookup->Factor("mixer_settler_volume"),
                                               lookup->Factor("mixer_settler_exponent"));
      }
      built.mixing_kw = built.mixer_m3 * lookup->Factor("mixing_power");
    }
  }
  return equipment;
}

double FirstFill(const PlantBalance& balance, const std::vector<SectionEquipment>& equipment,
                 Lookup* lookup) {
  double usd = 0;
  std::size_t next = 0;
  for (const PlantCircuit& circuit : balance.circuits) {
    double organic = 0;
    for (std::size_t s = 0; s < circuit.sections.size(); ++s)
      organic += equipment[next++].organic_m3;
    usd += organic * OrganicPrice(circuit, lookup);
  }
  return usd;
}

}  // namespace raffinate::optimizer
