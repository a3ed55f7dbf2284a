#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

std::vector<std::string> ProductNames(const Flowsheet& flowsheet) {
  std::vector<std::string> names;
  for (const Product& product : flowsheet.products) names.push_back(product.name);
  return names;
}

void CheckDemand(const std::optional<double>& demand, const char* word, const std::string& field,
                 Examination* examination) {
  if (!demand) return;
  if (!(*demand > 0 && *demand <= 1)) {
    examination->Add(field, absl::StrCat("found a ", word, " of ", *demand,
                                         "; it must be above 0 and below 1 (100 %)"));
  } else if (*demand == 1) {
    examination->Add(field, absl::StrCat("a ", word,
                                         " of exactly 1 (100 %) is impossible with any number of "
                                         "stages; demand less, as 0.9999"));
  }
}

void CheckElements(const Product& product, const std::string& path,
                   const std::map<std::string, FedAmount>& fed, Examination* examination) {
  if (product.elements.empty()) {
    examination->Add(path + ".elements", "none found; a product needs at least one element");
  }
  std::vector<std::string> known;
  for (const auto& [symbol, element] : examination->chemistry.elements) known.push_back(symbol);
  std::vector<std::string> in_feed;
  for (const auto& [element, amount] : fed) in_feed.push_back(element);
  std::set<std::string> seen;
  for (std::size_t k = 0; k < product.elements.size(); ++k) {
    const std::string& element = product.elements[k];
    const std::string field = absl::StrCat(path, ".elements[", k, "]");
    if (!examination->chemistry.elements.contains(element)) {
      examination->Add(field, Unknown("element", element, known));
    } else if (IsBaseCation(element)) {
      examination->Add(field, absl::StrCat(element, " is a cation of base and no product"));
    } else if (!seen.insert(element).second) {
      examination->Add(field, absl::StrCat("'", element, "' is listed twice"));
    } else if (!fed.contains(element)) {
      examination->Add(field, absl::StrCat("no stream feeds ", element, "; fed are ",
                                           absl::StrJoin(in_feed, ", ")));
    }
  }
}

/// Moles that two products of different streams demand together against what
/// is fed of their elements.
void CheckTogether(std::size_t first, std::size_t second,
                   const std::map<std::string, FedAmount>& fed, Examination* examination) {
  const Product& a = examination->flowsheet.products[first];
  const Product& b = examination->flowsheet.products[second];
  if (a.stream == b.stream || !a.min_recovery || !b.min_recovery) return;
  const std::set<std::string> in_a(a.elements.begin(), a.elements.end());
  const std::set<std::string> in_b(b.elements.begin(), b.elements.end());
  double demanded = 0, available = 0;
  std::vector<std::string> shared;
  for (const auto& [element, amount] : fed) {
    const bool of_a = in_a.contains(element), of_b = in_b.contains(element);
    if (of_a) demanded += *a.min_recovery * amount.smallest;
    if (of_b) demanded += *b.min_recovery * amount.smallest;
    if (of_a || of_b) available += amount.largest;
    if (of_a && of_b) shared.push_back(element);
  }
  const bool same = in_a == in_b;
  const bool too_much =
      same ? *a.min_recovery + *b.min_recovery > 1 + 1e-12 : demanded > available * (1 + 1e-12);
  if (shared.empty() || !too_much) return;
  examination->Add(
      absl::StrCat("products[", second, "].min_recovery"),
      absl::StrCat("products '", a.name, "' and '", b.name, "' share ", absl::StrJoin(shared, ", "),
                   " and demand ", *a.min_recovery, " and ", *b.min_recovery,
                   ": together more than is fed; lower one of them"));
}

/// Checks figure and product of an objective or a constraint; null when the
/// figure is not known.
const FigureInfo* CheckFigure(const std::string& name, const std::string& product,
                              const std::string& path, Examination* examination) {
  const FigureInfo* figure = FindFigure(name);
  if (figure == nullptr) {
    examination->Add(path + ".figure", Unknown("figure", name, FigureNames()));
    return nullptr;
  }
  const std::vector<std::string> products = ProductNames(examination->flowsheet);
  if (!figure->per_product()) {
    if (!product.empty()) {
      examination->Add(path + ".product", absl::StrCat("'", name,
                                                       "' is a figure of the whole flowsheet; "
                                                       "leave the product out"));
    }
  } else if (products.empty()) {
    examination->Add(path + ".figure",
                     absl::StrCat("'", name, "' is a figure of a product, and there is none"));
  } else if (!product.empty() &&
             std::find(products.begin(), products.end(), product) == products.end()) {
    examination->Add(path + ".product", Unknown("product", product, products));
  }
  return figure;
}

void CheckObjectives(Examination* examination) {
  const auto& objectives = examination->flowsheet.objectives;
  std::set<std::pair<const FigureInfo*, std::string>> seen;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const Objective& objective = objectives[i];
    const std::string path = absl::StrCat("objectives[", i, "]");
    const FigureInfo* figure = CheckFigure(objective.figure, objective.product, path, examination);
    if (figure == nullptr) continue;
    const bool maximize = objective.direction == Direction::kMaximize;
    if ((figure->better == Better::kHigher && !maximize) ||
        (figure->better == Better::kLower && maximize)) {
      examination->Add(path + ".direction",
                       absl::StrCat("found ", maximize ? "MAXIMIZE" : "MINIMIZE", " of ",
                                    figure->name, ", which is better when ",
                                    maximize ? "low; MINIMIZE it" : "high; MAXIMIZE it"));
    }
    if (!seen.insert({figure, objective.product}).second) {
      examination->Add(path, absl::StrCat("'", figure->name, "' is already an objective"));
    }
  }
}

void CheckConstraints(Examination* examination) {
  const auto& constraints = examination->flowsheet.constraints;
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const Constraint& constraint = constraints[i];
    const std::string path = absl::StrCat("constraints[", i, "]");
    CheckFigure(constraint.figure, constraint.product, path, examination);
    if (!constraint.min && !constraint.max) {
      examination->Add(path, "found neither min nor max; at least one of them is needed");
    }
    bool finite = true;
    const auto check = [&](const std::optional<double>& limit, const char* field) {
      if (!limit || std::isfinite(*limit)) return;
      finite = false;
      examination->Add(path + field, absl::StrCat("found ", *limit, "; a number is needed"));
    };
    check(constraint.min, ".min");
    check(constraint.max, ".max");
    if (finite && constraint.min && constraint.max && *constraint.min > *constraint.max) {
      examination->Add(path + ".min", absl::StrCat("min ", *constraint.min, " is above max ",
                                                   *constraint.max, "; nothing lies between"));
    }
  }
}

void CheckSearch(Examination* examination) {
  const SearchSettings& search = examination->flowsheet.search;
  if (search.max_evaluations < 0) {
    examination->Add("search.max_evaluations", absl::StrCat("found ", search.max_evaluations,
                                                            "; it must be 0 (no limit) or more"));
  }
  if (!(search.max_wall_time_s >= 0) || !std::isfinite(search.max_wall_time_s)) {
    examination->Add("search.max_wall_time_s", absl::StrCat("found ", search.max_wall_time_s,
                                                            " s; it must be 0 (no limit) or more"));
  }
  if (search.stagnation_generations < 0) {
    examination->Add(
        "search.stagnation_generations",
        absl::StrCat("found ", search.stagnation_generations, "; it must be 0 (never) or more"));
  }
  constexpr int kLeastPopulation = 4, kLargestPopulation = 100000;
  if (search.population != 0 &&
      (search.population < kLeastPopulation || search.population > kLargestPopulation)) {
    examination->Add(
        "search.population",
        absl::StrCat("found ", search.population, "; it must be 0 (chosen for you) or ",
                     kLeastPopulation, " to ", kLargestPopulation));
  }
  constexpr int kMostIslands = 64;
  if (search.islands < 1 || search.islands > kMostIslands) {
    examination->Add("search.islands",
                     absl::StrCat("found ", search.islands, "; it must be 1 to ", kMostIslands));
  } else if (search.islands > 1 && examination->flowsheet.train) {
    examination->Add("search.islands",
                     absl::StrCat("found ", search.islands,
                                  "; it must be 1 with `train`, whose structures each have a "
                                  "population of their own"));
  } else if (search.islands > 1) {
    if (search.population >= kLeastPopulation &&
        search.population / search.islands < kLeastPopulation) {
      examination->Add("search.population",
                       absl::StrCat("found ", search.population, "; with ", search.islands,
                                    " islands it must be 0 (chosen for you) or at least ",
                                    kLeastPopulation * search.islands));
    }
    if (search.max_evaluations > 0 && search.max_evaluations < search.islands) {
      examination->Add(
          "search.max_evaluations",
          absl::StrCat("found ", search.max_evaluations, "; with ", search.islands,
                       " islands it must be 0 (no limit) or at least ", search.islands));
    }
  }
}

}  // namespace

void CheckProducts(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  const auto fed = FedMetals(flowsheet, examination->chemistry);
  const std::vector<std::string> leaving = LeavingNames(flowsheet);
  std::set<std::string> names;
  for (std::size_t i = 0; i < flowsheet.products.size(); ++i) {
    const Product& product = flowsheet.products[i];
    const std::string path = absl::StrCat("products[", i, "]");
    if (product.name.empty()) {
      examination->Add(path + ".name", "missing; a product needs a name");
    } else if (!names.insert(product.name).second) {
      examination->Add(path + ".name",
                       absl::StrCat("'", product.name, "' is the name of two products"));
    }
    if (std::find(leaving.begin(), leaving.end(), product.stream) == leaving.end()) {
      examination->Add(path + ".stream", Unknown("outlet", product.stream, leaving));
    }
    CheckElements(product, path, fed, examination);
    CheckDemand(product.min_purity, "purity", path + ".min_purity", examination);
    CheckDemand(product.min_recovery, "recovery", path + ".min_recovery", examination);
    for (std::size_t k = 0; k < i; ++k) CheckTogether(k, i, fed, examination);
  }
}

void CheckGoals(Examination* examination) {
  CheckObjectives(examination);
  CheckConstraints(examination);
  CheckSearch(examination);
}

}  // namespace raffinate::optimizer
