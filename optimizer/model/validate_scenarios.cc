#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

constexpr int kMostScenarios = 5000;
constexpr std::size_t kMostSamples = 10000;

/// One number of an assay.
void CheckValue(const Number& leaf, const std::string& field, Examination* examination) {
  const auto* value = std::get_if<double>(&leaf);
  if (value == nullptr) {
    examination->Add(field, "an assay is a measured number; no range, choice or uncertain value");
  } else if (!(std::isfinite(*value) && kConcentrationBounds.Contain(*value))) {
    examination->Add(
        field + ".value",
        absl::StrCat("found ", *value, " mol/L; it must be at least ", kConcentrationBounds.lower,
                     " and at most ", kConcentrationBounds.upper, " mol/L"));
  }
}

void CheckSamples(const Assays& assays, const Stream& stream, const std::string& path,
                  Examination* examination) {
  std::vector<std::string> elements;
  for (const MetalConcentration& metal : MetalsOf(stream, examination->chemistry)) {
    elements.push_back(metal.element);
  }
  for (std::size_t k = 0; k < assays.samples.size(); ++k) {
    const Assay& assay = assays.samples[k];
    const std::string at = absl::StrCat(path, ".samples[", k, "]");
    if (assay.metals.empty() && !assay.hcl) {
      examination->Add(at, "is empty; needed is a metal or hcl");
    }
    std::set<std::string> seen;
    for (std::size_t m = 0; m < assay.metals.size(); ++m) {
      const std::string metal = absl::StrCat(at, ".metals[", m, "]");
      const std::string& element = assay.metals[m].element;
      if (std::find(elements.begin(), elements.end(), element) == elements.end()) {
        examination->Add(metal + ".element", Unknown("metal of the stream", element, elements));
      } else if (!seen.insert(element).second) {
        examination->Add(metal + ".element", absl::StrCat("'", element, "' is listed twice"));
      }
      CheckValue(assay.metals[m].mol_per_l, metal + ".mol_per_l", examination);
    }
    if (!assay.hcl) continue;
    CheckValue(*assay.hcl, at + ".hcl_mol_per_l", examination);
    if (stream.chloride && !stream.hcl) {
      examination->Add(at + ".hcl_mol_per_l",
                       absl::StrCat("stream '", stream.name,
                                    "' has its acid from `chloride`; give `hcl` there too"));
    }
  }
}

}  // namespace

void CheckScenarios(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  if (!flowsheet.scenarios) return;
  const Scenarios& scenarios = *flowsheet.scenarios;
  if (scenarios.count != 0 && (scenarios.count < 2 || scenarios.count > kMostScenarios)) {
    examination->Add("scenarios.count",
                     absl::StrCat("found ", scenarios.count, "; it must be at least 2 and at most ",
                                  kMostScenarios));
  }
  if (scenarios.demands == Statistic::kNominal) {
    examination->Add("scenarios.demands",
                     "found NOMINAL, for which no scenario is needed; right would be QUANTILE, "
                     "MEAN or WORST");
  }
  if (!(scenarios.probability > 0 && scenarios.probability < 1)) {
    examination->Add("scenarios.probability",
                     absl::StrCat("found ", scenarios.probability,
                                  "; it must be above 0 and below 1. For all scenarios: demands: "
                                  "worst"));
  }
  if (!(scenarios.log10_error >= 0 && scenarios.log10_error <= 1)) {
    examination->Add("scenarios.log10_error", absl::StrCat("found ", scenarios.log10_error,
                                                           "; it must be at least 0 and at most "
                                                           "1"));
  } else if (scenarios.log10_error > 0 && !scenarios.constants) {
    examination->Add("scenarios.log10_error", "has no effect without `constants: true`");
  }
  std::vector<std::string> streams;
  for (const Stream& stream : flowsheet.streams) streams.push_back(stream.name);
  std::set<std::string> seen;
  for (std::size_t a = 0; a < scenarios.assays.size(); ++a) {
    const Assays& assays = scenarios.assays[a];
    const std::string at = absl::StrCat("scenarios.assays[", a, "]");
    const auto stream = std::find_if(flowsheet.streams.begin(), flowsheet.streams.end(),
                                     [&](const Stream& s) { return s.name == assays.stream; });
    if (stream == flowsheet.streams.end()) {
      examination->Add(at + ".stream", Unknown("stream", assays.stream, streams));
      continue;
    }
    if (!seen.insert(assays.stream).second) {
      examination->Add(at + ".stream", absl::StrCat("'", assays.stream, "' is listed twice"));
    }
    if (assays.samples.size() < 2 || assays.samples.size() > kMostSamples) {
      examination->Add(at + ".samples", absl::StrCat("found ", assays.samples.size(),
                                                     " assays; at least 2 and at most ",
                                                     kMostSamples, " are needed"));
      continue;
    }
    CheckSamples(assays, *stream, at, examination);
  }
}

}  // namespace raffinate::optimizer
