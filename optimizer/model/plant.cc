#include "optimizer/model/plant.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "kernels/circuit.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

constexpr double kAmbient = 25;         ///< [degC]
constexpr double kHeatCapacity = 4.18;  ///< of water [MJ/(m3 K)]

PlantMedium MediumOf(Medium medium) {
  PlantMedium out;
  out.acid_mass = AcidMass(medium);
  switch (medium) {
    case Medium::kChloride:
      out.acid = "HCl";
      out.anion = "Cl";
      out.anion_mass = kMassChlorine;
      break;
    case Medium::kNitrate:
      out.acid = "HNO3";
      out.anion = "NO3";
      out.anion_mass = 62.004;
      break;
    case Medium::kSulphate:
      out.acid = "H2SO4";
      out.anion = "SO4";
      out.anion_mass = 96.06 / 2;
      break;
  }
  return out;
}

void AddElements(const Built& built, PlantBalance* balance) {
  for (const Element* element : built.components) {
    PlantElement& to = balance->elements.emplace_back();
    to.symbol = element->symbol;
    to.charge = element->charge;
    to.mass = element->mass;
    to.quoted_mass = QuotedMass(*element);
    to.oxide = element->oxide;
    to.rare_earth = element->rare_earth;
    to.base_cation = IsBaseCation(element->symbol);
  }
}

/// The stage at which each stream of the flowsheet enters, -1 where it does not.
std::vector<int> EntryStages(const Built& built) {
  std::vector<int> stages(built.streams.size(), -1);
  for (std::size_t k = 0; k < built.circuit.inlets.size(); ++k) {
    if (built.circuit.inlets[k].phase != kernels::Phase::kAqueous) continue;
    stages[built.stream_of_inlet[k]] = built.circuit.inlets[k].stage;
  }
  return stages;
}

void AddInlets(const Flowsheet& flowsheet, const Built& built, const std::vector<int>& entries,
               PlantBalance* balance) {
  for (std::size_t i = 0; i < built.streams.size(); ++i) {
    const Composition& stream = built.streams[i];
    PlantInlet& inlet = balance->inlets.emplace_back();
    inlet.name = flowsheet.streams[i].name;
    inlet.feed = stream.feed;
    inlet.flow = stream.flow;
    inlet.acid = stream.flow * stream.acid;
    inlet.naoh = stream.flow * stream.naoh;
    inlet.nh4oh = stream.flow * stream.nh4oh;
    if (entries[i] >= 0) {
      const double celsius = built.sections[built.SectionIndexOf(entries[i])].temperature;
      inlet.heating = stream.flow * kHeatCapacity * std::max(0.0, celsius - kAmbient);
    }
    inlet.metals.assign(balance->elements.size(), 0.0);
    for (const auto& [element, mol_per_l] : stream.cations) {
      inlet.metals[built.Component(element)] += stream.flow * mol_per_l;
    }
    // Where acid is extracted whole it is a component of its own.
    if (const int proton = built.Component(kProton); proton >= 0) {
      inlet.metals[proton] = stream.flow * stream.acid;
    }
  }
}

void AddOutlets(const Flowsheet& flowsheet, const Solved& solved, int last_feed,
                PlantBalance* balance) {
  const Built& built = solved.built;
  const auto outflows = kernels::Outflows(built.circuit, solved.cascade, solved.solution);
  const int proton = built.Component(kProton);
  for (const Leaving& leaving : built.leaving) {
    const kernels::Outflow& out = outflows[leaving.row];
    PlantOutlet& outlet = balance->outlets.emplace_back();
    outlet.name = leaving.name;
    for (std::size_t p = 0; p < flowsheet.products.size(); ++p) {
      if (flowsheet.products[p].stream == leaving.name)
        outlet.products.push_back(static_cast<int>(p));
    }
    outlet.aqueous = leaving.phase == kernels::Phase::kAqueous;
    outlet.flow = out.aqueous_flow;
    outlet.organic = out.organic_flow;
    if (KnowsProton(built.system->law)) {
      outlet.free_acid = out.free_acid;
    } else if (proton >= 0) {
      outlet.free_acid = out.aqueous_metals[proton];
    }
    outlet.anions = MediumEquivalents(built, out);
    outlet.carried = !outlet.aqueous || leaving.stage > last_feed;
    outlet.metals = out.metals;
    outlet.aqueous_metals = out.aqueous_metals;
  }
}

PlantCircuit CircuitOf(const Circuit& circuit, const Solved& solved) {
  const Built& built = solved.built;
  PlantCircuit out;
  out.name = circuit.name;
  out.system = built.system->name;
  out.extractant_mol_per_l = built.extractant_monomer;
  out.organic_flow = built.organic_flow;
  (circuit.organic.base == Base::kNaOH ? out.metered_naoh : out.metered_nh4oh) =
      built.saponification_base;
  out.organic_metals.assign(built.components.size(), 0.0);
  for (const auto& [element, mol_per_l] : built.organic_metals) {
    out.organic_metals[built.Component(element)] += built.organic_flow * mol_per_l;
  }
  const auto size = static_cast<std::size_t>(solved.cascade.size());
  for (const SectionSpan& span : built.sections) {
    PlantSection& section = out.sections.emplace_back();
    section.name = span.name;
    for (int j = span.first; j < span.first + span.count; ++j) {
      const StageVolumes volumes = VolumesOf(solved.cascade.flows[j]);
      PlantStage& stage = section.stages.emplace_back();
      stage.aqueous = volumes.aqueous;
      stage.organic = volumes.organic;
      const auto x = solved.solution.x.begin() + static_cast<std::ptrdiff_t>(j * size);
      const auto y = solved.solution.y.begin() + static_cast<std::ptrdiff_t>(j * size);
      stage.x.assign(x, x + static_cast<std::ptrdiff_t>(size));
      stage.y.assign(y, y + static_cast<std::ptrdiff_t>(size));
    }
  }
  return out;
}

}  // namespace

PlantBalance ComputePlantBalance(const Flowsheet& flowsheet, const Solved& solved) {
  const Built& built = solved.built;
  PlantBalance balance;
  AddElements(built, &balance);
  balance.media.push_back(MediumOf(built.system->medium));
  const std::vector<int> entries = EntryStages(built);
  AddInlets(flowsheet, built, entries, &balance);
  int last_feed = -1;
  for (std::size_t i = 0; i < built.streams.size(); ++i) {
    if (built.streams[i].feed) last_feed = std::max(last_feed, entries[i]);
  }
  AddOutlets(flowsheet, solved, last_feed, &balance);
  balance.circuits.push_back(CircuitOf(flowsheet.circuits[0], solved));
  for (std::size_t p = 0; p < flowsheet.products.size(); ++p) {
    PlantProduct& product = balance.products.emplace_back();
    product.name = flowsheet.products[p].name;
    double wanted = 0, total = 0;
    for (std::size_t e = 0; e < built.components.size(); ++e) {
      product.wanted.push_back(Wants(flowsheet.products[p], *built.components[e]));
      if (balance.elements[e].base_cation) continue;
      for (const PlantOutlet& outlet : balance.outlets) {
        if (!IsOf(outlet, static_cast<int>(p))) continue;
        const double kg = outlet.metals[e] * balance.elements[e].quoted_mass;
        total += kg;
        if (product.wanted[e]) wanted += kg;
      }
    }
    if (total > 0) product.purity = wanted / total;
  }
  return balance;
}

std::optional<PlantEvaluation> EvaluatePlant(const Flowsheet& flowsheet, const Solved& solved) {
  const EconomicsData* data = solved.built.economics;
  if (data == nullptr || data->empty() || flowsheet.products.empty()) return std::nullopt;
  if (solved.built.system->law == Law::kConstantBeta) return std::nullopt;
  return EvaluatePlant(ComputePlantBalance(flowsheet, solved), *data, flowsheet.economics);
}

}  // namespace raffinate::optimizer
