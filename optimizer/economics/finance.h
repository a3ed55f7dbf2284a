// Cost, carbon and their allocation to products.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

/// Operating cost: what is bought (used less recovered), energy, labour,
/// maintenance, less what recovered salts earn. Capital charge: the annuity of
/// `capital_usd` over `plant_life` at `interest_rate`. Reads reagents, energy and
/// recovered streams of the report.
std::vector<CostLine> ComputeCosts(const PlantReport& report, double plant_usd, double capital_usd,
                                   Lookup* lookup);

/// What is bought and burnt times its emission factor; `lost_carbon` [kg/h] of organic
/// ends as carbon dioxide. Recovered salts earn no credit.
std::vector<CarbonLine> ComputeCarbon(const PlantReport& report, double lost_carbon,
                                      const std::vector<std::string>& extractants, Lookup* lookup);

/// Price, revenue and the shares of `cost` [USD/h] and `co2e` [kg/h] of each product.
std::vector<ProductEconomics> ComputeProducts(const PlantBalance& balance, double cost, double co2e,
                                              Allocation allocation, Lookup* lookup);

}  // namespace raffinate::optimizer
