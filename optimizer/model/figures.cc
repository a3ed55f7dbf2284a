#include "optimizer/model/figures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "optimizer/model/margins.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {

ProductFigures FiguresOf(const Product& product, const Built& built,
                         const std::vector<double>& leaving, const std::vector<double>& fed) {
  ProductFigures figures;
  figures.product = product.name;
  double others_kg = 0, wanted_kmol = 0, wanted_fed = 0;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    const Element& element = *built.components[i];
    if (IsBaseCation(element.symbol)) continue;
    const double kmol = leaving.empty() ? 0 : leaving[i];
    if (Wants(product, element)) {
      figures.reo_kg_per_h += kmol * QuotedMass(element);
      wanted_kmol += kmol;
      wanted_fed += fed[i];
    } else {
      others_kg += kmol * QuotedMass(element);
    }
  }
  figures.total_reo_kg_per_h = figures.reo_kg_per_h + others_kg;
  if (figures.total_reo_kg_per_h > 0) {
    figures.purity = figures.reo_kg_per_h / figures.total_reo_kg_per_h;
    // Not 1 - purity, which has lost its digits at five nines.
    figures.impurity = others_kg / figures.total_reo_kg_per_h;
  } else {
    figures.impurity = 1;
  }
  if (wanted_fed > 0) figures.recovery = wanted_kmol / wanted_fed;
  return figures;
}

StageVolumes VolumesOf(const kernels::StageFlows& flows) {
  StageVolumes volumes;
  volumes.aqueous = flows.aq_up + flows.aq_down + flows.aq_draw;
  const double contacted = 1 - flows.bypass_up - flows.bypass_draw;
  volumes.organic = (flows.org_up + flows.org_down + flows.org_draw) / contacted;
  return volumes;
}

bool Wants(const Product& product, const Element& element) {
  return std::find(product.elements.begin(), product.elements.end(), element.symbol) !=
         product.elements.end();
}

Supplies SuppliesOf(const Built& built) {
  Supplies supplies;
  supplies.fed.resize(built.components.size());
  supplies.base_kmol_per_h = built.saponification_base;
  for (const auto& [element, mol_per_l] : built.organic_metals) {
    supplies.fed[built.Component(element)] += built.organic_flow * mol_per_l;
  }
  for (const Composition& stream : built.streams) {
    for (const auto& [element, mol_per_l] : stream.cations) {
      supplies.fed[built.Component(element)] += stream.flow * mol_per_l;
    }
    for (const ComposedResidue& residue : stream.residues) {
      for (const auto& [element, mol_per_l] : residue.metals) {
        const int component = built.Component(element->symbol);
        if (component >= 0) supplies.fed[component] += stream.flow * mol_per_l;
      }
      supplies.base_kmol_per_h += stream.flow * (residue.naoh + residue.nh4oh);
    }
    if (!stream.feed) {
      supplies.acid_kg_per_h += stream.flow * stream.acid * AcidMass(built.system->medium);
    }
    supplies.base_kmol_per_h += stream.flow * (stream.naoh + stream.nh4oh);
  }
  return supplies;
}

double QuotedMass(const Element& element) {
  return element.oxide_mass > 0 ? element.oxide_mass : element.mass;
}

double LoadingOf(const Solved& solved, int stage) {
  const kernels::Cascade& cascade = solved.cascade;
  const double total = cascade.extractant.empty() ? 0 : cascade.extractant[stage];
  if (solved.built.system->law == Law::kConstantD || total <= 0) return 0;
  double bound = 0;
  for (int i = 0; i < cascade.size(); ++i) {
    bound += cascade.components[i].dimers * solved.solution.y[stage * cascade.size() + i];
  }
  return bound / total;
}

void Effluents::Add(const Built& built, const kernels::Outflow& out, double share) {
  const int sodium = built.Component(kSodium), ammonium = built.Component(kAmmonium);
  water_m3 += share * out.aqueous_flow;
  if (sodium >= 0) sodium_kg += share * out.aqueous_metals[sodium] * kMassSodium;
  if (ammonium >= 0) nitrogen_kg += share * out.aqueous_metals[ammonium] * kMassNitrogen;
  // The anions of a constant-beta system count metal, not chloride.
  if (built.system->law != Law::kConstantBeta && built.system->medium == Medium::kChloride) {
    chloride_kg += share * MediumEquivalents(built, out) * kMassChlorine;
  }
}

void SetPerTonne(double acid_kg, double base_kmol, const Effluents& effluents, double reo_kg,
                 Figures* figures) {
  const double tonnes = std::max(reo_kg, kLeastReo) / 1000;
  figures->acid_kg_per_t_reo = acid_kg / tonnes;
  figures->base_kg_per_t_reo = base_kmol * kMassNaOH / tonnes;
  figures->reagents_kg_per_t_reo = figures->acid_kg_per_t_reo + figures->base_kg_per_t_reo;
  figures->wastewater_m3_per_t_reo = effluents.water_m3 / tonnes;
  figures->sodium_kg_per_t_reo = effluents.sodium_kg / tonnes;
  figures->ammonium_nitrogen_kg_per_t_reo = effluents.nitrogen_kg / tonnes;
  figures->chloride_kg_per_t_reo = effluents.chloride_kg / tonnes;
}

void BeginStageFigures(bool has_ph, Figures* figures) {
  figures->min_organic_to_aqueous = std::numeric_limits<double>::max();
  if (has_ph) {
    figures->min_ph = std::numeric_limits<double>::max();
    figures->max_ph = std::numeric_limits<double>::lowest();
  }
  figures->min_precipitation_margin = kMostPrecipitationMargin;
}

void AddStageFigures(const Solved& solved, Figures* figures) {
  const bool has_ph = KnowsProton(solved.built.system->law);
  for (const Stripping& metal : StrippingOf(solved)) {
    figures->max_unstripped_share = std::max(figures->max_unstripped_share, metal.share);
  }
  for (int j = 0; j < solved.cascade.stages(); ++j) {
    figures->max_loading_share_of_limit =
        std::max(figures->max_loading_share_of_limit, LoadingShareOfLimit(solved, j));
    figures->min_precipitation_margin =
        std::min(figures->min_precipitation_margin, PrecipitationOf(solved, j).margin);
    const StageVolumes volumes = VolumesOf(solved.cascade.flows[j]);
    const double ratio = volumes.organic / volumes.aqueous;
    figures->max_organic_to_aqueous = std::max(figures->max_organic_to_aqueous, ratio);
    figures->min_organic_to_aqueous = std::min(figures->min_organic_to_aqueous, ratio);
    figures->max_loading = std::max(figures->max_loading, LoadingOf(solved, j));
    if (has_ph) {
      const double ph = -solved.solution.state.ln_h[j] / std::log(10.0);
      figures->min_ph = std::min(figures->min_ph, ph);
      figures->max_ph = std::max(figures->max_ph, ph);
    }
  }
}

Figures ComputeFigures(const Flowsheet& flowsheet, const Solved& solved) {
  const Built& built = solved.built;
  const std::vector<kernels::Outflow> outflows =
      kernels::Outflows(built.circuit, solved.cascade, solved.solution);

  const Supplies supplies = SuppliesOf(built);

  Figures figures;
  double reo_kg = 0;
  for (const Product& product : flowsheet.products) {
    const auto leaving =
        std::find_if(built.leaving.begin(), built.leaving.end(),
                     [&](const Leaving& stream) { return stream.name == product.stream; });
    figures.products.push_back(FiguresOf(
        product, built,
        leaving == built.leaving.end() ? std::vector<double>() : outflows[leaving->row].metals,
        supplies.fed));
    reo_kg += figures.products.back().reo_kg_per_h;
  }

  Effluents effluents;
  for (const Leaving& leaving : built.leaving) effluents.Add(built, outflows[leaving.row], 1);
  if (!flowsheet.products.empty()) {
    SetPerTonne(supplies.acid_kg_per_h, supplies.base_kmol_per_h, effluents, reo_kg, &figures);
  }

  const int stages = solved.cascade.stages();
  figures.stages = stages;
  figures.organic_m3_per_h = built.organic_flow;
  figures.stage_flow_m3_per_h = built.organic_flow * stages;
  BeginStageFigures(KnowsProton(built.system->law), &figures);
  AddStageFigures(solved, &figures);
  return figures;
}

}  // namespace raffinate::optimizer
