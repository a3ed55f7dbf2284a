#include "optimizer/economics/balance.h"

#include <algorithm>
#include <cstddef>

namespace raffinate::optimizer {

int FindElement(const PlantBalance& balance, const std::string& symbol) {
  const auto found =
      std::find_if(balance.elements.begin(), balance.elements.end(),
                   [&symbol](const PlantElement& element) { return element.symbol == symbol; });
  return found == balance.elements.end() ? -1 : static_cast<int>(found - balance.elements.begin());
}

int WantedBy(const PlantBalance& balance, const PlantOutlet& outlet, std::size_t element) {
  const auto found = std::find_if(outlet.products.begin(), outlet.products.end(), [&](int product) {
    return balance.products[product].wanted[element];
  });
  return found == outlet.products.end() ? -1 : *found;
}

bool IsOf(const PlantOutlet& outlet, int product) {
  return std::find(outlet.products.begin(), outlet.products.end(), product) !=
         outlet.products.end();
}

double ProductReo(const PlantBalance& balance, int product) {
  double kg = 0;
  for (const PlantOutlet& outlet : balance.outlets) {
    if (!IsOf(outlet, product)) continue;
    for (std::size_t e = 0; e < balance.elements.size(); ++e) {
      if (balance.products[product].wanted[e]) {
        kg += outlet.metals[e] * balance.elements[e].quoted_mass;
      }
    }
  }
  return kg;
}

double TotalReo(const PlantBalance& balance) {
  double kg = 0;
  for (std::size_t p = 0; p < balance.products.size(); ++p) {
    kg += ProductReo(balance, static_cast<int>(p));
  }
  return kg;
}

}  // namespace raffinate::optimizer
