#include "optimizer/economics/data.h"

#include <algorithm>

namespace raffinate::optimizer {
namespace {

constexpr NeededDatum kPrices[] = {
    {"HCl", "USD/kg"},          {"HNO3", "USD/kg"},   {"H2SO4", "USD/kg"},
    {"NaOH", "USD/kg"},         {"NH3", "USD/kg"},    {"Ca(OH)2", "USD/kg"},
    {"MgO", "USD/kg"},          {"CO2", "USD/kg"},    {"NaCl", "USD/kg"},
    {"NH4Cl", "USD/kg"},        {"water", "USD/m3"},  {"electricity", "USD/kWh"},
    {"heat", "USD/GJ"},         {"labour", "USD/h"},  {"recovered_salt", "USD/kg"},
    {kAnyExtractant, "USD/kg"}, {kDiluent, "USD/kg"},
};

constexpr NeededDatum kFactors[] = {
    {"mixer_residence", "min"},
    {"settler_rate", "m3/(m2 h)"},
    {"settler_depth", "m"},
    {"mixer_settler_cost", "USD"},
    {"mixer_settler_volume", "m3"},
    {"mixer_settler_exponent", "1"},
    {"cost_index_then", "1"},
    {"cost_index_now", "1"},
    {"installation_factor", "1"},
    {"mixing_power", "kW/m3"},
    {"pumping", "kWh/m3"},
    {"entrained_organic", "L/m3"},
    {"cod_per_carbon", "kg/kg"},
    {"co2_recycled_share", "1"},
    {"evaporation", "kWh/m3"},
    {"brine_saturation", "1"},
    {"crystallization", "kWh/t"},
    {"roasting_steam", "MJ/kg"},
    {"roasting_reaction", "MJ/kmol"},
    {"roasting_efficiency", "1"},
    {"boiler_efficiency", "1"},
    {"operating_hours", "h/a"},
    {"operators", "1"},
    {"labour_burden", "1"},
    {"maintenance_share", "1/a"},
    {"interest_rate", "1/a"},
    {"plant_life", "a"},
    {"mixed_product_price_share", "1"},
    {"co2e_HCl", "kg CO2e/kg"},
    {"co2e_HNO3", "kg CO2e/kg"},
    {"co2e_H2SO4", "kg CO2e/kg"},
    {"co2e_NaOH", "kg CO2e/kg"},
    {"co2e_NH3", "kg CO2e/kg"},
    {"co2e_Ca(OH)2", "kg CO2e/kg"},
    {"co2e_MgO", "kg CO2e/kg"},
    {"co2e_CO2", "kg CO2e/kg"},
    {"co2e_NaCl", "kg CO2e/kg"},
    {"co2e_NH4Cl", "kg CO2e/kg"},
    {"co2e_water", "kg CO2e/kg"},
    {"co2e_extractant", "kg CO2e/kg"},
    {"co2e_diluent", "kg CO2e/kg"},
    {"co2e_lost_carbon", "kg CO2e/kg"},
    {"co2e_electricity", "kg CO2e/kWh"},
    {"co2e_heat", "kg CO2e/GJ"},
};

const double* Find(const Overrides& own, const std::string& name) {
  const auto found = std::find_if(own.begin(), own.end(),
                                  [&name](const auto& entry) { return entry.first == name; });
  return found == own.end() ? nullptr : &found->second;
}

}  // namespace

std::span<const NeededDatum> NeededPrices() { return kPrices; }
std::span<const NeededDatum> NeededFactors() { return kFactors; }

UsedDatum& Lookup::Use(UsedDatum::Kind kind, const std::string& name,
                       const std::map<std::string, Datum>& data, const Overrides& own) {
  const auto [at, is_new] = index_.emplace(std::pair(kind, name), used_.size());
  if (is_new) {
    UsedDatum& used = used_.emplace_back();
    used.kind = kind;
    used.name = name;
    if (const auto found = data.find(name); found != data.end()) {
      const Datum& datum = found->second;
      used.value = datum.value;
      used.unit = datum.unit;
      used.date = datum.date;
      used.provenance = datum.provenance;
      used.source = datum.source;
    }
    if (const double* value = Find(own, name)) {
      used.value = *value;
      used.overridden = true;
      used.date.clear();
      used.source.clear();
    }
  }
  return used_[at->second];
}

double Lookup::Price(const std::string& name) {
  return Use(UsedDatum::Kind::kPrice, name, data_.prices, settings_.prices).value;
}

double Lookup::Factor(const std::string& name) {
  return Use(UsedDatum::Kind::kFactor, name, data_.factors, settings_.factors).value;
}

std::optional<double> Lookup::Limit(const std::string& substance) {
  if (!data_.limits.contains(substance) && Find(settings_.limits, substance) == nullptr) {
    return std::nullopt;
  }
  UsedDatum& used = Use(UsedDatum::Kind::kLimit, substance, data_.limits, settings_.limits);
  used.unit = "mg/L";
  return used.value;
}

const double* Lookup::ProductPrice(const std::string& product) {
  const double* value = Find(settings_.product_prices, product);
  if (value == nullptr) return nullptr;
  const std::string name = "product " + product;
  if (index_.emplace(std::pair(UsedDatum::Kind::kPrice, name), used_.size()).second) {
    UsedDatum& used = used_.emplace_back();
    used.name = name;
    used.value = *value;
    used.unit = "USD/kg";
    used.overridden = true;
  }
  return value;
}

std::string Lookup::ExtractantOf(const std::string& system) const {
  if (!settings_.extractant.empty()) return settings_.extractant;
  for (const auto& [name, solvent] : data_.solvents) {
    if (std::find(solvent.systems.begin(), solvent.systems.end(), system) !=
        solvent.systems.end()) {
      return name;
    }
  }
  return kAnyExtractant;
}

const Solvent& Lookup::SolventOf(const std::string& name) {
  static const Solvent kNone;
  const auto found = data_.solvents.find(name);
  if (found == data_.solvents.end()) return kNone;
  const auto [at, is_new] =
      index_.emplace(std::pair(UsedDatum::Kind::kSolvent, name), used_.size());
  if (is_new) {
    UsedDatum& used = used_.emplace_back();
    used.kind = UsedDatum::Kind::kSolvent;
    used.name = name;
    used.value = found->second.solubility;
    used.unit = "mg/L in water";
    used.provenance = found->second.provenance;
    used.source = found->second.source;
  }
  return found->second;
}

}  // namespace raffinate::optimizer
