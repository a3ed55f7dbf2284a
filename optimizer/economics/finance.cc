#include "optimizer/economics/finance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "optimizer/economics/prices.h"

namespace raffinate::optimizer {
namespace {

constexpr double kWater = 1000;  ///< [kg/m3]
/// Below this nothing is sold or earned [kg/h], [USD/h].
constexpr double kNothing = 1e-12;

/// What is bought of each substance [kg/h]: used less recovered, in the order of use.
template <class N>
std::vector<std::pair<std::string, N>> Purchases(const PlantReportOf<N>& report) {
  std::vector<std::pair<std::string, N>> bought;
  for (const ReagentUseOf<N>& use : report.reagents) {
    const auto found = std::find_if(bought.begin(), bought.end(),
                                    [&use](const auto& b) { return b.first == use.name; });
    if (found == bought.end()) {
      bought.emplace_back(use.name, use.kg_per_h);
    } else {
      found->second += use.kg_per_h;
    }
  }
  for (auto& [name, kg] : bought) {
    for (const RecoveredStreamOf<N>& stream : report.recovered) {
      if (stream.name == name) kg = std::max<N>(0.0, kg - stream.kg_per_h);
    }
  }
  return bought;
}

bool IsSalt(const std::string& recovered) {
  return recovered != "water" && recovered != "HCl" && recovered != "MgO";
}

}  // namespace

template <class N>
std::vector<CostLineOf<N>> ComputeCosts(const PlantReportOf<N>& report, const N& plant_usd,
                                        const N& capital_usd, Lookup* lookup) {
  std::vector<CostLineOf<N>> costs;
  const auto add = [&costs](const std::string& name, const N& usd_per_h, bool capital = false) {
    if (usd_per_h != 0.0 || Moves(usd_per_h)) costs.push_back({name, capital, usd_per_h, 0});
  };
  for (const auto& [name, kg] : Purchases(report)) {
    const auto solvent = lookup->data().solvents.find(name);
    const std::string price =
        solvent == lookup->data().solvents.end() ? name : solvent->second.price;
    add(name, kg * (name == "water" ? lookup->Price(name) / kWater : lookup->Price(price)));
  }
  N power = 0, heat = 0, salt = 0;
  for (const EnergyUseOf<N>& use : report.energy) {
    power += use.electricity_kw;
    heat += use.heat_mj_per_h;
  }
  for (const RecoveredStreamOf<N>& stream : report.recovered) {
    if (IsSalt(stream.name)) salt += stream.kg_per_h;
  }
  if (!IsNone(power)) add("electricity", power * lookup->Price("electricity"));
  if (!IsNone(heat)) add("heat", heat / 1000 * lookup->Price("heat"));
  add("labour", lookup->Factor("operators") * lookup->Price("labour") *
                    (1 + lookup->Factor("labour_burden")));
  const double hours = std::max(1.0, lookup->Factor("operating_hours"));
  add("maintenance", plant_usd * lookup->Factor("maintenance_share") / hours);
  if (!IsNone(salt)) add("recovered salts", -salt * lookup->Price("recovered_salt"));
  const double rate = lookup->Factor("interest_rate");
  const double years = std::max(1e-3, lookup->Factor("plant_life"));
  const double annuity = rate > 0 ? rate / -std::expm1(-years * std::log1p(rate)) : 1 / years;
  add("capital charge", capital_usd * annuity / hours, true);
  return costs;
}

template <class N>
std::vector<CarbonLineOf<N>> ComputeCarbon(const PlantReportOf<N>& report, const N& lost_carbon,
                                           const std::vector<std::string>& extractants,
                                           Lookup* lookup) {
  std::vector<CarbonLineOf<N>> carbon;
  const auto add = [&carbon](const std::string& name, const N& kg_per_h) {
    if (kg_per_h != 0.0 || Moves(kg_per_h)) carbon.push_back({name, kg_per_h, 0});
  };
  for (const auto& [name, kg] : Purchases(report)) {
    const bool extractant =
        std::find(extractants.begin(), extractants.end(), name) != extractants.end();
    const std::string factor = extractant         ? "co2e_extractant"
                               : name == kDiluent ? "co2e_diluent"
                                                  : "co2e_" + name;
    add(name, kg * lookup->Factor(factor));
  }
  if (!IsNone(lost_carbon)) add("lost organic", lost_carbon * lookup->Factor("co2e_lost_carbon"));
  N power = 0, heat = 0;
  for (const EnergyUseOf<N>& use : report.energy) {
    power += use.electricity_kw;
    heat += use.heat_mj_per_h;
  }
  if (!IsNone(power)) add("electricity", power * lookup->Factor("co2e_electricity"));
  if (!IsNone(heat)) add("heat", heat / 1000 * lookup->Factor("co2e_heat"));
  return carbon;
}

template <class N>
std::vector<ProductEconomicsOf<N>> ComputeProducts(const PlantBalanceOf<N>& balance, const N& cost,
                                                   const N& co2e, Allocation allocation,
                                                   Lookup* lookup) {
  std::vector<ProductEconomicsOf<N>> products;
  N revenue = 0, mass = 0;
  for (std::size_t p = 0; p < balance.products.size(); ++p) {
    ProductEconomicsOf<N>& product = products.emplace_back();
    product.product = balance.products[p].name;
    product.reo_kg_per_h = ProductReo(balance, static_cast<int>(p));
    ProductPriceOf<N> price = PriceOf(balance, static_cast<int>(p), lookup);
    product.price_usd_per_kg = price.usd_per_kg;
    product.price_basis = std::move(price.basis);
    product.revenue_usd_per_h = product.reo_kg_per_h * price.usd_per_kg;
    revenue += product.revenue_usd_per_h;
    mass += product.reo_kg_per_h;
  }
  const bool by_revenue = allocation == Allocation::kByRevenue && revenue > kNothing;
  for (ProductEconomicsOf<N>& product : products) {
    if (by_revenue) {
      product.allocation = product.revenue_usd_per_h / revenue;
    } else {
      product.allocation = 1.0 / static_cast<double>(products.size());
      if (mass > kNothing) product.allocation = product.reo_kg_per_h / mass;
    }
    if (!(product.reo_kg_per_h > kNothing)) continue;
    product.cost_usd_per_kg = cost * product.allocation / product.reo_kg_per_h;
    product.co2e_kg_per_kg = co2e * product.allocation / product.reo_kg_per_h;
  }
  return products;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                                       \
  template std::vector<CostLineOf<N>> ComputeCosts(const PlantReportOf<N>&, const N&, const N&,   \
                                                   Lookup*);                                      \
  template std::vector<CarbonLineOf<N>> ComputeCarbon(const PlantReportOf<N>&, const N&,          \
                                                      const std::vector<std::string>&, Lookup*);  \
  template std::vector<ProductEconomicsOf<N>> ComputeProducts(const PlantBalanceOf<N>&, const N&, \
                                                              const N&, Allocation, Lookup*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
