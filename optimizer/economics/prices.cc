#include "optimizer/economics/prices.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_format.h"

namespace raffinate::optimizer {
namespace {

std::vector<std::string> Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

double MixedOxidePrice(const std::string& element, Lookup* lookup) {
  const std::string* lowest = nullptr;
  double grade = 2;
  for (const auto& [name, datum] : lookup->data().prices) {
    if (datum.elements.size() != 1 || datum.elements[0] != element) continue;
    if (datum.min_purity >= grade) continue;
    grade = datum.min_purity;
    lowest = &name;
  }
  if (lowest == nullptr) return 0;
  return lookup->Price(*lowest) * lookup->Factor("mixed_product_price_share");
}

template <class N>
ProductPriceOf<N> PriceOf(const PlantBalanceOf<N>& balance, int product, Lookup* lookup) {
  const PlantProduct& sold = balance.products[product];
  if (const double* price = lookup->ProductPrice(sold.name)) return {*price, "of the job"};
  std::vector<std::string> wanted;
  for (std::size_t e = 0; e < balance.elements.size(); ++e) {
    if (sold.wanted[e]) wanted.push_back(balance.elements[e].symbol);
  }
  wanted = Sorted(wanted);
  const std::string* best = nullptr;
  double grade = -1;
  for (const auto& [name, datum] : lookup->data().prices) {
    if (datum.elements.empty() || Sorted(datum.elements) != wanted) continue;
    if (datum.min_purity > sold.purity || datum.min_purity <= grade) continue;
    grade = datum.min_purity;
    best = &name;
  }
  if (best != nullptr) {
    return {lookup->Price(*best), absl::StrFormat("%s, from %.6g %%", *best, 100 * grade)};
  }
  N value = 0, kg = 0;
  for (const PlantOutletOf<N>& outlet : balance.outlets) {
    if (!IsOf(outlet, product)) continue;
    for (std::size_t e = 0; e < balance.elements.size(); ++e) {
      if (!sold.wanted[e] || !(outlet.metals[e] > 0)) continue;
      const N oxide = outlet.metals[e] * balance.elements[e].quoted_mass;
      kg += oxide;
      value += oxide * MixedOxidePrice(balance.elements[e].symbol, lookup);
    }
  }
  ProductPriceOf<N> price{0, "mixed oxides"};
  if (kg > 0) price.usd_per_kg = value / kg;
  return price;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N) \
  template ProductPriceOf<N> PriceOf(const PlantBalanceOf<N>&, int, Lookup*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
