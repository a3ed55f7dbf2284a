#include "optimizer/foresight.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "optimizer/model/composition.h"
#include "optimizer/model/figures.h"
#include "optimizer/plant/result.h"

namespace raffinate::optimizer {
namespace {

/// What a simulation's balances may be off by: bounds keep this distance.
constexpr double kRounding = 1e-6;

/// Sums over the circuits of a flowsheet.
struct Sums {
  double acid_kg = 0, base_kmol = 0, water_m3 = 0;  ///< supplied [per h]
  Figures figures;

  Sums() { BeginStageFigures(false, &figures); }

  void Add(const Built& built, const kernels::Cascade& cascade, double organic_m3) {
    const Supplies supplies = SuppliesOf(built);
    acid_kg += supplies.acid_kg_per_h;
    base_kmol += supplies.base_kmol_per_h;
    for (const Composition& stream : built.streams) water_m3 += stream.flow;
    figures.stages += cascade.stages();
    figures.stage_flow_m3_per_h += built.organic_flow * cascade.stages();
    figures.organic_m3_per_h += organic_m3;
    for (const kernels::StageFlows& flows : cascade.flows) {
      const StageVolumes volumes = VolumesOf(flows);
      const double ratio = volumes.organic / volumes.aqueous;
      figures.max_organic_to_aqueous = std::max(figures.max_organic_to_aqueous, ratio);
      figures.min_organic_to_aqueous = std::min(figures.min_organic_to_aqueous, ratio);
    }
  }
};

/// REO that the products would hold with everything that is fed of what they want [kg/h]. An
/// element that two of them want counts twice, which is still a bound.
double MostReo(const Flowsheet& flowsheet, const Prepared& prepared) {
  double kg = 0;
  const auto add = [&](const Element& element, double kmol) {
    for (const Product& product : flowsheet.products) {
      if (Wants(product, element)) kg += kmol * QuotedMass(element);
    }
  };
  if (prepared.plant == nullptr) {
    const Built& built = prepared.built;
    const Supplies supplies = SuppliesOf(built);
    for (std::size_t i = 0; i < built.components.size(); ++i) {
      add(*built.components[i], supplies.fed[i]);
    }
    return kg;
  }
  for (const auto& [symbol, kmol] : prepared.plant->fed) {
    for (const Built& built : prepared.plant->circuits) {
      if (const int i = built.Component(symbol); i >= 0) {
        add(*built.components[static_cast<std::size_t>(i)], kmol);
        break;
      }
    }
  }
  return kg;
}

/// No more than the whole divided by fewer tonnes can be. Less than nothing, as of base counted
/// against acid, would become more.
double AtLeast(double amount, double tonnes) {
  return amount < 0 ? -INFINITY : (1 - kRounding) * amount / tonnes;
}

}  // namespace

Figures ForeseeFigures(const Flowsheet& flowsheet, const Prepared& prepared) {
  Sums sums;
  if (const Plant* plant = prepared.plant.get(); plant != nullptr) {
    for (std::size_t c = 0; c < plant->circuits.size(); ++c) {
      sums.Add(plant->circuits[c], plant->cascades[c],
               EnteringOrganicFlow(flowsheet.circuits[c].organic, plant->circuits[c]));
    }
  } else {
    sums.Add(prepared.built, prepared.cascade, prepared.built.organic_flow);
  }
  Figures figures = sums.figures;
  // Without products nothing is counted per tonne.
  if (flowsheet.products.empty()) return figures;
  const double tonnes = std::max(MostReo(flowsheet, prepared), kLeastReo) / 1000;
  figures.acid_kg_per_t_reo = AtLeast(sums.acid_kg, tonnes);
  figures.base_kg_per_t_reo = AtLeast(sums.base_kmol * kMassNaOH, tonnes);
  figures.reagents_kg_per_t_reo = figures.acid_kg_per_t_reo + figures.base_kg_per_t_reo;
  figures.wastewater_m3_per_t_reo = AtLeast(sums.water_m3, tonnes);
  return figures;
}

}  // namespace raffinate::optimizer
