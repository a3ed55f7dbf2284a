#include <cmath>
#include <cstddef>
#include <set>

#include "absl/strings/str_cat.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

std::vector<std::string> KnownElements(const Chemistry& chemistry) {
  std::vector<std::string> known;
  for (const auto& [symbol, element] : chemistry.elements) known.push_back(symbol);
  return known;
}

void CheckPositive(const std::optional<double>& value, bool needed, const std::string& path,
                   const char* law, Examination* examination) {
  if (!value) {
    if (needed) examination->Add(path, absl::StrCat("missing; the law ", law, " needs it"));
  } else if (!std::isfinite(*value) || *value <= 0) {
    examination->Add(path, absl::StrCat("found ", *value, "; it must be above 0"));
  }
}

void CheckConstant(const ExtractantSystem& system, const EquilibriumConstant& constant,
                   const std::string& path, Examination* examination) {
  // Beyond this 10^K leaves the range of a double once raised to stages.
  constexpr double kLargestLog10K = 60;
  constexpr double kMostDimers = 12;
  if (!examination->chemistry.elements.contains(constant.element)) {
    examination->Add(path + ".element",
                     Unknown("element", constant.element, KnownElements(examination->chemistry)));
  }
  if (system.law == Law::kMassActionDimer && !constant.log10_k) {
    examination->Add(path + ".log10_k", "missing; the law MASS_ACTION_DIMER needs it");
  } else if (constant.log10_k && !(std::fabs(*constant.log10_k) <= kLargestLog10K)) {
    examination->Add(path + ".log10_k",
                     absl::StrCat("found ", *constant.log10_k, "; it must lie between -60 and 60"));
  }
  if (constant.dimers && !(*constant.dimers > 0 && *constant.dimers <= kMostDimers)) {
    examination->Add(
        path + ".dimers",
        absl::StrCat("found ", *constant.dimers, "; it must be above 0 and at most ", kMostDimers));
  }
  CheckPositive(constant.d, system.law == Law::kConstantD, path + ".d", "CONSTANT_D", examination);
  CheckPositive(constant.beta, system.law == Law::kConstantBeta, path + ".beta", "CONSTANT_BETA",
                examination);
}

}  // namespace

void CheckSystems(Examination* examination) {
  std::set<std::string> names;
  const auto& systems = examination->flowsheet.extractant_systems;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    const ExtractantSystem& system = systems[i];
    const std::string path = absl::StrCat("extractant_systems[", i, "]");
    if (system.name.empty()) {
      examination->Add(path + ".name", "missing; a system needs a name");
    } else if (!names.insert(system.name).second) {
      examination->Add(path + ".name",
                       absl::StrCat("'", system.name, "' is defined twice; names must differ"));
    }
    if (system.constants.empty()) {
      examination->Add(path + ".constants", "none found; a system needs at least one element");
    }
    std::set<std::string> elements;
    for (std::size_t k = 0; k < system.constants.size(); ++k) {
      const std::string at = absl::StrCat(path, ".constants[", k, "]");
      if (!elements.insert(system.constants[k].element).second) {
        examination->Add(at + ".element", absl::StrCat("'", system.constants[k].element,
                                                       "' is listed twice in ", system.name));
      }
      CheckConstant(system, system.constants[k], at, examination);
    }
    if (!std::isfinite(system.min_ph) || !std::isfinite(system.max_ph) ||
        system.min_ph > system.max_ph) {
      examination->Add(path + ".min_ph",
                       absl::StrCat("found a pH range of ", system.min_ph, " to ", system.max_ph,
                                    "; min must not be above max"));
    }
    if (!(system.max_loading >= 0 && system.max_loading <= 1)) {
      examination->Add(path + ".max_loading", absl::StrCat("found ", system.max_loading,
                                                           "; it must be above 0 and at most 1"));
    }
  }
}

}  // namespace raffinate::optimizer
