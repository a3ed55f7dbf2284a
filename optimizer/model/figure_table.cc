#include "optimizer/model/figure_table.h"

#include <limits>

namespace raffinate::optimizer {
namespace {

template <auto member>
double Of(const Figures& figures) {
  return static_cast<double>(figures.*member);
}

template <auto member>
double OfMinimum(const Figures& figures) {
  return (figures.*member).value_or(std::numeric_limits<double>::quiet_NaN());
}

template <auto member>
double OfPlant(const Figures& figures) {
  return (figures.plant.*member).value_or(std::numeric_limits<double>::quiet_NaN());
}

template <auto member>
double OfProduct(const ProductFigures& product) {
  return product.*member;
}

double Unrecovered(const ProductFigures& product) { return 1 - product.recovery; }

constexpr FigureInfo Product(const char* name, const char* field, const char* unit,
                             const char* description, Better better, Scale scale,
                             double (*value)(const ProductFigures&),
                             double (*missing)(const ProductFigures&) = nullptr) {
  return {name, field, unit, description, better, scale, nullptr, value, missing, false, false};
}

constexpr FigureInfo Whole(const char* name, const char* field, const char* unit,
                           const char* description, Better better, double (*value)(const Figures&),
                           Foresight foresight = Foresight::kNone) {
  return {name,  field,   unit,    description, better, Scale::kLinear,
          value, nullptr, nullptr, false,       false,  foresight};
}

constexpr FigureInfo OverMinimum(const char* name, const char* description,
                                 double (*value)(const Figures&)) {
  return {name,  name,    "1",     description, Better::kLower, Scale::kLinear,
          value, nullptr, nullptr, true,        false};
}

constexpr FigureInfo Plant(const char* name, const char* field, const char* unit,
                           const char* description, double (*value)(const Figures&),
                           Better better = Better::kLower) {
  return {name,  field,   unit,    description, better, Scale::kLinear,
          value, nullptr, nullptr, false,       true};
}

constexpr FigureInfo kTable[] = {
    Product("purity", "purity", "1",
            "oxide mass of the wanted elements over that of all metals but Na and NH4",
            Better::kHigher, Scale::kLogMissing, OfProduct<&ProductFigures::purity>,
            OfProduct<&ProductFigures::impurity>),
    Product("recovery", "recovery", "1", "moles of the wanted elements over moles fed",
            Better::kHigher, Scale::kLogMissing, OfProduct<&ProductFigures::recovery>, Unrecovered),
    Product("impurity", "impurity", "1", "1 - purity", Better::kLower, Scale::kLog,
            OfProduct<&ProductFigures::impurity>),
    Product("reo", "reo_kg_per_h", "kg/h", "oxide mass flow of the wanted elements",
            Better::kHigher, Scale::kLinear, OfProduct<&ProductFigures::reo_kg_per_h>),
    Product("total_reo", "total_reo_kg_per_h", "kg/h", "oxide mass flow of all metals",
            Better::kEither, Scale::kLinear, OfProduct<&ProductFigures::total_reo_kg_per_h>),
    Whole("acid", "acid_kg_per_t_reo", "kg/t", "HCl in all streams but feeds per tonne REO",
          Better::kLower, Of<&Figures::acid_kg_per_t_reo>, Foresight::kAtLeast),
    Whole("base", "base_kg_per_t_reo", "kg/t", "base as NaOH per tonne REO", Better::kLower,
          Of<&Figures::base_kg_per_t_reo>, Foresight::kAtLeast),
    Whole("reagents", "reagents_kg_per_t_reo", "kg/t", "acid and base per tonne REO",
          Better::kLower, Of<&Figures::reagents_kg_per_t_reo>, Foresight::kAtLeast),
    Whole("wastewater", "wastewater_m3_per_t_reo", "m3/t", "aqueous that leaves per tonne REO",
          Better::kLower, Of<&Figures::wastewater_m3_per_t_reo>, Foresight::kAtLeast),
    Whole("sodium", "sodium_kg_per_t_reo", "kg/t", "sodium leaving per tonne REO", Better::kLower,
          Of<&Figures::sodium_kg_per_t_reo>),
    Whole("ammonium_nitrogen", "ammonium_nitrogen_kg_per_t_reo", "kg/t",
          "ammonium nitrogen leaving per tonne REO", Better::kLower,
          Of<&Figures::ammonium_nitrogen_kg_per_t_reo>),
    Whole("chloride", "chloride_kg_per_t_reo", "kg/t", "chloride leaving per tonne REO",
          Better::kLower, Of<&Figures::chloride_kg_per_t_reo>),
    Whole("stages", "stages", "1", "mixer-settlers", Better::kLower, Of<&Figures::stages>,
          Foresight::kExactly),
    Whole("stage_flow", "stage_flow_m3_per_h", "m3/h",
          "organic flow times stages, a measure of the inventory", Better::kLower,
          Of<&Figures::stage_flow_m3_per_h>, Foresight::kExactly),
    Whole("max_organic_to_aqueous", "max_organic_to_aqueous", "1",
          "phase ratio O/A where it is largest", Better::kEither,
          Of<&Figures::max_organic_to_aqueous>, Foresight::kExactly),
    Whole("min_organic_to_aqueous", "min_organic_to_aqueous", "1",
          "phase ratio O/A where it is smallest", Better::kEither,
          Of<&Figures::min_organic_to_aqueous>, Foresight::kExactly),
    Whole("loading", "max_loading", "1", "largest share of the extractant bound to metal",
          Better::kEither, Of<&Figures::max_loading>),
    Whole("loading_share_of_limit", "max_loading_share_of_limit", "1",
          "largest loading by metals but Na and NH4, over the system's limit", Better::kLower,
          Of<&Figures::max_loading_share_of_limit>),
    Whole("precipitation_margin", "min_precipitation_margin", "1",
          "decades below saturation of the nearest hydroxide", Better::kHigher,
          Of<&Figures::min_precipitation_margin>),
    Whole("unstripped", "max_unstripped_share", "1",
          "largest share of any metal that the organic keeps past the last stage", Better::kLower,
          Of<&Figures::max_unstripped_share>),
    Whole("min_ph", "min_ph", "1", "lowest pH of any stage", Better::kEither, Of<&Figures::min_ph>),
    Whole("max_ph", "max_ph", "1", "highest pH of any stage", Better::kEither,
          Of<&Figures::max_ph>),
    Whole("organic", "organic_m3_per_h", "m3/h", "organic flow entering the first stage",
          Better::kLower, Of<&Figures::organic_m3_per_h>, Foresight::kExactly),
    OverMinimum("organic_over_minimum", "organic flux S over its theoretical minimum",
                OfMinimum<&Figures::organic_over_minimum>),
    OverMinimum("base_over_minimum", "base over its theoretical minimum",
                OfMinimum<&Figures::base_over_minimum>),
    OverMinimum("acid_over_minimum", "acid over its theoretical minimum",
                OfMinimum<&Figures::acid_over_minimum>),
    Plant("water", "water_m3_per_t_reo", "m3/t", "water in all streams but feeds per tonne REO",
          OfPlant<&PlantFigures::water_m3_per_t_reo>),
    Plant("extractant_loss", "extractant_loss_kg_per_t_reo", "kg/t",
          "extractant entrained and dissolved in the effluent per tonne REO",
          OfPlant<&PlantFigures::extractant_loss_kg_per_t_reo>),
    Plant("diluent_loss", "diluent_loss_kg_per_t_reo", "kg/t",
          "diluent entrained and dissolved in the effluent per tonne REO",
          OfPlant<&PlantFigures::diluent_loss_kg_per_t_reo>),
    Plant("organic_carbon", "organic_carbon_kg_per_t_reo", "kg/t",
          "organic carbon in the effluent per tonne REO",
          OfPlant<&PlantFigures::organic_carbon_kg_per_t_reo>),
    Plant("magnesium", "magnesium_kg_per_t_reo", "kg/t", "magnesium in the effluent per tonne REO",
          OfPlant<&PlantFigures::magnesium_kg_per_t_reo>),
    Plant("calcium", "calcium_kg_per_t_reo", "kg/t", "calcium in the effluent per tonne REO",
          OfPlant<&PlantFigures::calcium_kg_per_t_reo>),
    Plant("effluent_over_limit", "effluent_over_limit", "1",
          "largest concentration in the effluent over its limit",
          OfPlant<&PlantFigures::effluent_over_limit>),
    Plant("electricity", "electricity_kwh_per_t_reo", "kW.h/t",
          "mixing, pumping and treatment per tonne REO",
          OfPlant<&PlantFigures::electricity_kwh_per_t_reo>),
    Plant("heat", "heat_gj_per_t_reo", "GJ/t", "fuel for warm sections and roasting per tonne REO",
          OfPlant<&PlantFigures::heat_gj_per_t_reo>),
    Plant("co2e", "co2e_kg_per_kg_reo", "1", "kg CO2e per kg REO",
          OfPlant<&PlantFigures::co2e_kg_per_kg_reo>),
    Plant("settler_area", "settler_area_m2", "m2", "settlers of all stages",
          OfPlant<&PlantFigures::settler_area_m2>),
    Plant("reo_inventory", "reo_inventory_kg", "kg",
          "rare earth oxides held up in mixers and settlers",
          OfPlant<&PlantFigures::reo_inventory_kg>),
    Plant("organic_inventory", "organic_inventory_m3", "m3",
          "organic held up in mixers and settlers", OfPlant<&PlantFigures::organic_inventory_m3>),
    Plant("inventory_value", "inventory_value_usd", "1", "USD, rare earths and organic held up",
          OfPlant<&PlantFigures::inventory_value_usd>),
    Plant("installed_cost", "installed_cost_usd", "1",
          "USD, mixer-settlers installed and first fill of organic",
          OfPlant<&PlantFigures::installed_cost_usd>),
    Plant("operating_cost", "operating_cost_usd_per_kg_reo", "1", "USD per kg REO without capital",
          OfPlant<&PlantFigures::operating_cost_usd_per_kg_reo>),
    Plant("cost", "cost_usd_per_kg_reo", "1", "USD per kg REO with capital charge",
          OfPlant<&PlantFigures::cost_usd_per_kg_reo>),
    Plant("revenue", "revenue_usd_per_kg_reo", "1", "USD per kg REO earned",
          OfPlant<&PlantFigures::revenue_usd_per_kg_reo>, Better::kHigher),
    Plant("margin", "margin_usd_per_kg_reo", "1", "USD per kg REO, revenue less cost",
          OfPlant<&PlantFigures::margin_usd_per_kg_reo>, Better::kHigher),
    Plant("base_over_floor", "base_over_floor", "1",
          "base over the stoichiometric floor of one transfer",
          OfPlant<&PlantFigures::base_over_floor>),
    Plant("acid_over_floor", "acid_over_floor", "1",
          "acid over the stoichiometric floor of one transfer",
          OfPlant<&PlantFigures::acid_over_floor>),
};

}  // namespace

std::span<const FigureInfo> FigureTable() { return kTable; }

const FigureInfo* FindFigure(std::string_view name) {
  for (const FigureInfo& figure : kTable) {
    if (name == figure.name || name == figure.field) return &figure;
  }
  return nullptr;
}

std::vector<std::string> FigureNames() {
  std::vector<std::string> names;
  for (const FigureInfo& figure : kTable) names.emplace_back(figure.name);
  return names;
}

std::vector<Objective> ObjectivesOf(const Flowsheet& flowsheet) {
  if (!flowsheet.objectives.empty()) return flowsheet.objectives;
  return {{Direction::kMaximize, "purity", ""},
          {Direction::kMinimize, "reagents", ""},
          {Direction::kMinimize, "wastewater", ""}};
}

}  // namespace raffinate::optimizer
