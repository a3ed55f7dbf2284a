// What products are sold for.
#pragma once

#include <string>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"

namespace raffinate::optimizer {

template <class N>
struct ProductPriceOf {
  N usd_per_kg = 0;  ///< of wanted oxide
  std::string basis;
};

/// The job's price; else that of the oxide of exactly the wanted elements with the
/// highest grade that the purity reaches; else as mixed oxides, the prices of the
/// single oxides by their shares times `mixed_product_price_share`.
template <class N>
ProductPriceOf<N> PriceOf(const PlantBalanceOf<N>& balance, int product, Lookup* lookup);

/// Of one element as oxide, at its lowest grade, within a mixture [USD/kg]; 0 where
/// there is no price.
double MixedOxidePrice(const std::string& element, Lookup* lookup);

}  // namespace raffinate::optimizer
