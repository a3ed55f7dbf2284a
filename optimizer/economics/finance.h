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
template <class N>
std::vector<CostLineOf<N>> ComputeCosts(const PlantReportOf<N>& report, const N& plant_usd,
                                        const N& capital_usd, Lookup* lookup);

/// What is bought and burnt times its emission factor; `lost_carbon` [kg/h] of organic
/// ends as carbon dioxide. Recovered salts earn no credit.
template <class N>
std::vector<CarbonLineOf<N>> ComputeCarbon(const PlantReportOf<N>& report, const N& lost_carbon,
                                           const std::vector<std::string>& extractants,
                                           Lookup* lookup);

/// Price, revenue and the shares of `cost` [USD/h] and `co2e` [kg/h] of each product.
template <class N>
std::vector<ProductEconomicsOf<N>> ComputeProducts(const PlantBalanceOf<N>& balance, const N& cost,
                                                   const N& co2e, Allocation allocation,
                                                   Lookup* lookup);

}  // namespace raffinate::optimizer
