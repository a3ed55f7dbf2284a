#include "optimizer/economics/balance.h"

#include <algorithm>
#include <cstddef>

namespace raffinate::optimizer {

template <class N>
int FindElement(const PlantBalanceOf<N>& balance, const std::string& symbol) {
  const auto found =
      std::find_if(balance.elements.begin(), balance.elements.end(),
                   [&symbol](const PlantElement& element) { return element.symbol == symbol; });
  return found == balance.elements.end() ? -1 : static_cast<int>(found - balance.elements.begin());
}

template <class N>
int WantedBy(const PlantBalanceOf<N>& balance, const PlantOutletOf<N>& outlet,
             std::size_t element) {
  const auto found = std::find_if(outlet.products.begin(), outlet.products.end(), [&](int product) {
    return balance.products[product].wanted[element];
  });
  return found == outlet.products.end() ? -1 : *found;
}

template <class N>
bool IsOf(const PlantOutletOf<N>& outlet, int product) {
  return std::find(outlet.products.begin(), outlet.products.end(), product) !=
         outlet.products.end();
}

template <class N>
N ProductReo(const PlantBalanceOf<N>& balance, int product) {
  N kg = 0;
  for (const PlantOutletOf<N>& outlet : balance.outlets) {
    if (!IsOf(outlet, product)) continue;
    for (std::size_t e = 0; e < balance.elements.size(); ++e) {
      if (balance.products[product].wanted[e]) {
        kg += outlet.metals[e] * balance.elements[e].quoted_mass;
      }
    }
  }
  return kg;
}

template <class N>
N TotalReo(const PlantBalanceOf<N>& balance) {
  N kg = 0;
  for (std::size_t p = 0; p < balance.products.size(); ++p) {
    kg += ProductReo(balance, static_cast<int>(p));
  }
  return kg;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                              \
  template int FindElement(const PlantBalanceOf<N>&, const std::string&);                \
  template int WantedBy(const PlantBalanceOf<N>&, const PlantOutletOf<N>&, std::size_t); \
  template bool IsOf(const PlantOutletOf<N>&, int);                                      \
  template N ProductReo(const PlantBalanceOf<N>&, int);                                  \
  template N TotalReo(const PlantBalanceOf<N>&)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
