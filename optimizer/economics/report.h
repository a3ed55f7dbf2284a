// Environmental and economic figures of one plant; meanings and units are those of
// PlantReport in proto/raffinate/v1/plant.proto.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimizer/economics/data.h"

namespace raffinate::optimizer {

struct ReagentUse {
  std::string name;
  std::string purpose;
  double kg_per_h = 0;
  double kg_per_t_reo = 0;
};

struct EffluentSpecies {
  std::string name;
  double kg_per_h = 0;
  double kg_per_t_reo = 0;
  double mg_per_l = 0;
  std::string limit;
  std::optional<double> limit_mg_per_l;
  std::optional<double> over_limit;
};

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

struct SectionEquipment {
  std::string circuit;
  std::string section;
  int stages = 0;
  double mixer_m3 = 0;
  double settler_m2 = 0;
  double organic_m3 = 0;
  double reo_kg = 0;
  double inventory_usd = 0;
  double mixing_kw = 0;
  double installed_usd = 0;
};

struct EnergyUse {
  std::string name;
  double electricity_kw = 0;
  double heat_mj_per_h = 0;
};

struct CostLine {
  std::string name;
  bool capital = false;
  double usd_per_h = 0;
  double usd_per_kg_reo = 0;
};

struct CarbonLine {
  std::string name;
  double kg_co2e_per_h = 0;
  double kg_co2e_per_kg_reo = 0;
};

struct ProductEconomics {
  std::string product;
  double reo_kg_per_h = 0;
  double price_usd_per_kg = 0;
  std::string price_basis;
  double revenue_usd_per_h = 0;
  double allocation = 0;
  double cost_usd_per_kg = 0;
  double co2e_kg_per_kg = 0;
};

struct RecoveredStream {
  std::string name;
  double kg_per_h = 0;
  double kg_per_t_reo = 0;
};

struct PlantReport {
  std::vector<ReagentUse> reagents;
  std::vector<EffluentSpecies> effluent;
  std::vector<SectionEquipment> equipment;
  std::vector<EnergyUse> energy;
  std::vector<CostLine> costs;
  std::vector<CarbonLine> carbon;
  std::vector<ProductEconomics> products;
  std::vector<RecoveredStream> recovered;
  std::vector<UsedDatum> data;
  std::vector<std::string> notes;
  double base_floor_kg_per_t_reo = 0;
  double acid_floor_kg_per_t_reo = 0;
  Provenance weakest = Provenance::kMeasured;
  double effluent_m3_per_h = 0;
};

/// The report in single numbers; fields as in Figures of simulation.proto.
struct PlantFigures {
  std::optional<double> water_m3_per_t_reo;
  std::optional<double> extractant_loss_kg_per_t_reo;
  std::optional<double> diluent_loss_kg_per_t_reo;
  std::optional<double> organic_carbon_kg_per_t_reo;
  std::optional<double> magnesium_kg_per_t_reo;
  std::optional<double> calcium_kg_per_t_reo;
  std::optional<double> effluent_over_limit;
  std::optional<double> electricity_kwh_per_t_reo;
  std::optional<double> heat_gj_per_t_reo;
  std::optional<double> co2e_kg_per_kg_reo;
  std::optional<double> settler_area_m2;
  std::optional<double> reo_inventory_kg;
  std::optional<double> organic_inventory_m3;
  std::optional<double> inventory_value_usd;
  std::optional<double> installed_cost_usd;
  std::optional<double> operating_cost_usd_per_kg_reo;
  std::optional<double> cost_usd_per_kg_reo;
  std::optional<double> revenue_usd_per_kg_reo;
  std::optional<double> margin_usd_per_kg_reo;
  std::optional<double> base_over_floor;
  std::optional<double> acid_over_floor;
};

}  // namespace raffinate::optimizer
