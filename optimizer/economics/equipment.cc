#include "optimizer/economics/equipment.h"

#include <cmath>
#include <cstddef>

#include "optimizer/economics/losses.h"
#include "optimizer/economics/prices.h"

namespace raffinate::optimizer {
namespace {

/// Price of a circuit's organic [USD/m3].
template <class N>
N OrganicPrice(const PlantCircuitOf<N>& circuit, Lookup* lookup) {
  const OrganicMassesOf<N> masses = MassesOf(circuit, lookup);
  const Solvent& extractant = lookup->SolventOf(lookup->ExtractantOf(circuit.system));
  return masses.extractant * lookup->Price(extractant.price) +
         masses.diluent * lookup->Price(lookup->SolventOf(kDiluent).price);
}

}  // namespace

StageSizes::StageSizes(const std::vector<PlantElement>& elements, Lookup* lookup)
    : elements_(elements),
      oxide_price_(elements.size(), 0.0),
      residence_(lookup->Factor("mixer_residence") / 60),
      settler_rate_(lookup->Factor("settler_rate")),
      settler_depth_(lookup->Factor("settler_depth")),
      cost_(lookup->Factor("mixer_settler_cost") * lookup->Factor("cost_index_now") /
            lookup->Factor("cost_index_then") * lookup->Factor("installation_factor")),
      volume_(lookup->Factor("mixer_settler_volume")),
      exponent_(lookup->Factor("mixer_settler_exponent")) {
  for (std::size_t e = 0; e < elements.size(); ++e) {
    if (elements[e].rare_earth) oxide_price_[e] = MixedOxidePrice(elements[e].symbol, lookup);
  }
}

template <class N>
void StageSizes::Add(const PlantStageOf<N>& stage, SectionSizeOf<N>* size) const {
  using std::pow;
  const N flow = stage.aqueous + stage.organic;
  if (!(flow > 0.0)) return;
  const N mixer = flow * residence_;
  const N area = flow / settler_rate_;
  const N volume = mixer + area * settler_depth_;
  const N organic = volume * stage.organic / flow;
  const N aqueous = volume - organic;
  size->mixer_m3 += mixer;
  size->settler_m2 += area;
  size->organic_m3 += organic;
  for (std::size_t e = 0; e < stage.x.size(); ++e) {
    if (!elements_[e].rare_earth) continue;
    const N oxide = (aqueous * stage.x[e] + organic * stage.y[e]) * elements_[e].quoted_mass;
    size->reo_kg += oxide;
    size->reo_usd += oxide * oxide_price_[e];
  }
  const N relative = volume / volume_;
  size->installed_usd += cost_ * pow(relative, exponent_);
}

std::vector<SectionSizeOf<double>> SizeSections(const PlantBalance& balance, Lookup* lookup) {
  const StageSizes sizes(balance.elements, lookup);
  std::vector<SectionSizeOf<double>> all;
  for (const PlantCircuit& circuit : balance.circuits) {
    for (const PlantSection& section : circuit.sections) {
      SectionSizeOf<double>& size = all.emplace_back();
      for (const PlantStage& stage : section.stages) sizes.Add(stage, &size);
    }
  }
  return all;
}

template <class N>
std::vector<SectionEquipmentOf<N>> ComputeEquipment(const PlantBalanceOf<N>& balance,
                                                    const std::vector<SectionSizeOf<N>>& sizes,
                                                    Lookup* lookup) {
  const double mixing_power = lookup->Factor("mixing_power");
  std::vector<SectionEquipmentOf<N>> equipment;
  for (const PlantCircuitOf<N>& circuit : balance.circuits) {
    const N organic_price = OrganicPrice(circuit, lookup);
    for (const PlantSectionOf<N>& section : circuit.sections) {
      const SectionSizeOf<N>& size = sizes[equipment.size()];
      SectionEquipmentOf<N>& built = equipment.emplace_back();
      built.circuit = circuit.name;
      built.section = section.name;
      built.stages = static_cast<int>(section.stages.size());
      built.mixer_m3 = size.mixer_m3;
      built.settler_m2 = size.settler_m2;
      built.organic_m3 = size.organic_m3;
      built.reo_kg = size.reo_kg;
      built.inventory_usd = size.organic_m3 * organic_price + size.reo_usd;
      built.mixing_kw = size.mixer_m3 * mixing_power;
      built.installed_usd = size.installed_usd;
    }
  }
  return equipment;
}

template <class N>
N FirstFill(const PlantBalanceOf<N>& balance, const std::vector<SectionEquipmentOf<N>>& equipment,
            Lookup* lookup) {
  N usd = 0;
  std::size_t next = 0;
  for (const PlantCircuitOf<N>& circuit : balance.circuits) {
    N organic = 0;
    for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
      organic += equipment[next++].organic_m3;
    }
    usd += organic * OrganicPrice(circuit, lookup);
  }
  return usd;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                       \
  template void StageSizes::Add(const PlantStageOf<N>&, SectionSizeOf<N>*) const; \
  template std::vector<SectionEquipmentOf<N>> ComputeEquipment(                   \
      const PlantBalanceOf<N>&, const std::vector<SectionSizeOf<N>>&, Lookup*);   \
  template N FirstFill(const PlantBalanceOf<N>&, const std::vector<SectionEquipmentOf<N>>&, Lookup*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
