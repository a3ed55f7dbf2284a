// Environmental and economic figures of one plant; meanings and units are those of
// PlantReport in proto/raffinate/v1/plant.proto.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimizer/economics/data.h"

namespace raffinate::optimizer {

template <class N>
struct ReagentUseOf {
  std::string name;
  std::string purpose;
  N kg_per_h = 0;
  N kg_per_t_reo = 0;
};
using ReagentUse = ReagentUseOf<double>;

template <class N>
struct EffluentSpeciesOf {
  std::string name;
  N kg_per_h = 0;
  N kg_per_t_reo = 0;
  N mg_per_l = 0;
  std::string limit;
  std::optional<double> limit_mg_per_l;
  std::optional<N> over_limit;
};
using EffluentSpecies = EffluentSpeciesOf<double>;

struct ElementExit {
  enum class Kind { kProduct, kImpurity, kLoss, kEntrained, kOrganic, kResidue };
  std::string element;
  std::string stream;
  Kind kind = Kind::kLoss;
  std::string product;
  double kmol_per_h = 0;
  double share = 0;
  double kg_per_h = 0;
};

template <class N>
struct SectionEquipmentOf {
  std::string circuit;
  std::string section;
  int stages = 0;
  N mixer_m3 = 0;
  N settler_m2 = 0;
  N organic_m3 = 0;
  N reo_kg = 0;
  N inventory_usd = 0;
  N mixing_kw = 0;
  N installed_usd = 0;
};
using SectionEquipment = SectionEquipmentOf<double>;

template <class N>
struct EnergyUseOf {
  std::string name;
  N electricity_kw = 0;
  N heat_mj_per_h = 0;
};
using EnergyUse = EnergyUseOf<double>;

template <class N>
struct CostLineOf {
  std::string name;
  bool capital = false;
  N usd_per_h = 0;
  N usd_per_kg_reo = 0;
};
using CostLine = CostLineOf<double>;

template <class N>
struct CarbonLineOf {
  std::string name;
  N kg_co2e_per_h = 0;
  N kg_co2e_per_kg_reo = 0;
};
using CarbonLine = CarbonLineOf<double>;

template <class N>
struct ProductEconomicsOf {
  std::string product;
  N reo_kg_per_h = 0;
  N price_usd_per_kg = 0;
  std::string price_basis;
  N revenue_usd_per_h = 0;
  N allocation = 0;
  N cost_usd_per_kg = 0;
  N co2e_kg_per_kg = 0;
};
using ProductEconomics = ProductEconomicsOf<double>;

template <class N>
struct RecoveredStreamOf {
  std::string name;
  N kg_per_h = 0;
  N kg_per_t_reo = 0;
};
using RecoveredStream = RecoveredStreamOf<double>;

template <class N>
struct PlantReportOf {
  std::vector<ReagentUseOf<N>> reagents;
  std::vector<EffluentSpeciesOf<N>> effluent;
  std::vector<SectionEquipmentOf<N>> equipment;
  std::vector<EnergyUseOf<N>> energy;
  std::vector<CostLineOf<N>> costs;
  std::vector<CarbonLineOf<N>> carbon;
  std::vector<ProductEconomicsOf<N>> products;
  std::vector<RecoveredStreamOf<N>> recovered;
  std::vector<UsedDatum> data;
  std::vector<std::string> notes;
  N base_floor_kg_per_t_reo = 0;
  N acid_floor_kg_per_t_reo = 0;
  Provenance weakest = Provenance::kMeasured;
  N effluent_m3_per_h = 0;
};
using PlantReport = PlantReportOf<double>;

/// The report in single numbers; fields as in Figures of simulation.proto.
template <class N>
struct PlantFiguresOf {
  std::optional<N> water_m3_per_t_reo;
  std::optional<N> extractant_loss_kg_per_t_reo;
  std::optional<N> diluent_loss_kg_per_t_reo;
  std::optional<N> organic_carbon_kg_per_t_reo;
  std::optional<N> magnesium_kg_per_t_reo;
  std::optional<N> calcium_kg_per_t_reo;
  std::optional<N> effluent_over_limit;
  std::optional<N> electricity_kwh_per_t_reo;
  std::optional<N> heat_gj_per_t_reo;
  std::optional<N> co2e_kg_per_kg_reo;
  std::optional<N> settler_area_m2;
  std::optional<N> reo_inventory_kg;
  std::optional<N> organic_inventory_m3;
  std::optional<N> inventory_value_usd;
  std::optional<N> installed_cost_usd;
  std::optional<N> operating_cost_usd_per_kg_reo;
  std::optional<N> cost_usd_per_kg_reo;
  std::optional<N> revenue_usd_per_kg_reo;
  std::optional<N> margin_usd_per_kg_reo;
  std::optional<N> base_over_floor;
  std::optional<N> acid_over_floor;

  /// Calls f(name, figure) for every one, by its name in flowsheet files.
  template <class F>
  void ForEach(F&& f) const {
    f("water", water_m3_per_t_reo);
    f("extractant_loss", extractant_loss_kg_per_t_reo);
    f("diluent_loss", diluent_loss_kg_per_t_reo);
    f("organic_carbon", organic_carbon_kg_per_t_reo);
    f("magnesium", magnesium_kg_per_t_reo);
    f("calcium", calcium_kg_per_t_reo);
    f("effluent_over_limit", effluent_over_limit);
    f("electricity", electricity_kwh_per_t_reo);
    f("heat", heat_gj_per_t_reo);
    f("co2e", co2e_kg_per_kg_reo);
    f("settler_area", settler_area_m2);
    f("reo_inventory", reo_inventory_kg);
    f("organic_inventory", organic_inventory_m3);
    f("inventory_value", inventory_value_usd);
    f("installed_cost", installed_cost_usd);
    f("operating_cost", operating_cost_usd_per_kg_reo);
    f("cost", cost_usd_per_kg_reo);
    f("revenue", revenue_usd_per_kg_reo);
    f("margin", margin_usd_per_kg_reo);
    f("base_over_floor", base_over_floor);
    f("acid_over_floor", acid_over_floor);
  }
};
using PlantFigures = PlantFiguresOf<double>;

}  // namespace raffinate::optimizer
