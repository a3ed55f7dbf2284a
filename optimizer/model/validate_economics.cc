#include <cmath>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

/// Where a factor has a meaning: above `low` (or at it, where `closed`) and up to `high`.
struct Bound {
  const char* name;
  double low;
  bool closed;
  double high;
};
constexpr double kAny = 1e300;
constexpr Bound kBounds[] = {
    {"settler_rate", 0, false, kAny},
    {"mixer_settler_volume", 0, false, kAny},
    {"cost_index_then", 0, false, kAny},
    {"operating_hours", 0, false, 8784},
    {"plant_life", 0, false, 1000},
    {"brine_saturation", 0, false, 1},
    {"roasting_efficiency", 0, false, 1},
    {"boiler_efficiency", 0, false, 1},
    {"co2_recycled_share", 0, true, 1},
    {"mixer_settler_exponent", 0, true, 2},
    {"mixed_product_price_share", 0, true, 1},
};

/// Substances of every effluent; elements have their symbols.
constexpr const char* kSubstances[] = {"NH4-N", "Cl", "NO3", "SO4", "H+", "organic carbon", "COD"};

template <class Map>
std::vector<std::string> Names(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

std::vector<std::string> Substances(const Chemistry& chemistry) {
  std::vector<std::string> names(std::begin(kSubstances), std::end(kSubstances));
  for (const auto& [symbol, element] : chemistry.elements) {
    if (symbol != kAmmonium && symbol != kProton) names.push_back(symbol);
  }
  return names;
}

void CheckOverrides(const Overrides& own, const std::string& field, const char* kind,
                    const std::vector<std::string>& known, Examination* examination) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto& [name, value] = own[i];
    const std::string path = absl::StrCat("economics.", field, "[", i, "]");
    bool found = false;
    for (const std::string& each : known) found |= each == name;
    if (!found) {
      examination->Add(path + ".name", Unknown(kind, name, known));
    } else if (!seen.insert(name).second) {
      examination->Add(path + ".name", absl::StrCat("'", name, "' is given twice"));
    }
    if (!(value >= 0) || !std::isfinite(value)) {
      examination->Add(path + ".value",
                       absl::StrCat("found ", value, "; zero or a positive number is needed"));
      continue;
    }
    for (const Bound& bound : kBounds) {
      if (field != "factors" || name != bound.name) continue;
      if (bound.closed ? value < bound.low : value <= bound.low || value > bound.high) {
        examination->Add(
            path + ".value",
            absl::StrCat("found ", value, "; needed is a number above ", bound.low,
                         bound.high < kAny ? absl::StrCat(" and up to ", bound.high) : ""));
      } else if (value > bound.high) {
        examination->Add(path + ".value",
                         absl::StrCat("found ", value, "; needed is at most ", bound.high));
      }
    }
  }
}

}  // namespace

void CheckEconomics(Examination* examination) {
  const EconomicsSettings& settings = examination->flowsheet.economics;
  const EconomicsData& data = examination->chemistry.economics;
  CheckOverrides(settings.prices, "prices", "price", Names(data.prices), examination);
  CheckOverrides(settings.factors, "factors", "factor", Names(data.factors), examination);
  CheckOverrides(settings.limits, "limits", "substance", Substances(examination->chemistry),
                 examination);
  for (std::size_t i = 0; i < settings.limits.size(); ++i) {
    if (settings.limits[i].second == 0) {
      examination->Add(absl::StrCat("economics.limits[", i, "].value"),
                       "found 0; a positive limit in mg/L is needed");
    }
  }
  std::vector<std::string> products;
  for (const Product& product : examination->flowsheet.products) products.push_back(product.name);
  CheckOverrides(settings.product_prices, "product_prices", "product", products, examination);
  if (!settings.extractant.empty() && !data.solvents.contains(settings.extractant)) {
    examination->Add("economics.extractant",
                     Unknown("solvent", settings.extractant, Names(data.solvents)));
  }
}

}  // namespace raffinate::optimizer
