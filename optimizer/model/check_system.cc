#include "optimizer/model/check_system.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

using Quantity = Validity::Quantity;

const char* LawName(Law law) {
  switch (law) {
    case Law::kMassActionDimer:
      return "MASS_ACTION_DIMER";
    case Law::kConstantD:
      return "CONSTANT_D";
    case Law::kConstantBeta:
      return "CONSTANT_BETA";
  }
  return "";
}

/// One system under examination.
class Check {
 public:
  Check(const ExtractantSystem& system, const std::map<std::string, Element>& elements,
        std::string path, Violations* violations)
      : system_(system), elements_(elements), path_(std::move(path)), violations_(violations) {}

  void All() {
    Source(path_, system_.source, system_.doi);
    BasisAndUnit();
    Ranges();
    if (system_.loading_limit) Limit(*system_.loading_limit);
    if (system_.constants.empty()) {
      Add(path_ + ".constants", "none found; a system needs at least one element");
    }
    std::set<std::string> seen;
    for (std::size_t k = 0; k < system_.constants.size(); ++k) {
      const std::string at = absl::StrCat(path_, ".constants[", k, "]");
      const EquilibriumConstant& constant = system_.constants[k];
      if (!seen.insert(constant.element).second) {
        Add(at + ".element", absl::StrCat("'", constant.element, "' is listed twice in ",
                                          system_.name, "; one element has one constant"));
      }
      Constant(constant, at);
    }
  }

 private:
  bool mass_action() const { return system_.law == Law::kMassActionDimer; }

  void Add(std::string field, std::string description) {
    violations_->push_back({std::move(field), std::move(description)});
  }

  void Source(const std::string& at, const std::string& source, const std::string& doi) {
    if (source.empty()) {
      Add(at + ".source",
          "missing; every number needs a source: a publication, a rule, or whose guess it is");
    }
    const bool good = absl::StartsWith(doi, "10.") && absl::StrContains(doi, '/');
    if (!doi.empty() && !good) {
      Add(at + ".doi", absl::StrCat("found '", doi,
                                    "'; a DOI is written 10.1016/j.hydromet..., "
                                    "without 'doi:' or an address"));
    }
  }

  void BasisAndUnit() {
    if (!mass_action()) {
      if (system_.basis != Basis::kUnstated) {
        Add(path_ + ".basis", absl::StrCat("not used by the law ", LawName(system_.law),
                                           ", which knows no extractant; leave it out"));
      }
      if (!system_.unit.empty() && system_.unit != "1") {
        Add(path_ + ".unit", absl::StrCat("found '", system_.unit, "'; constants of the law ",
                                          LawName(system_.law), " have no unit: leave it out"));
      }
      return;
    }
    if (system_.basis == Basis::kUnstated) {
      Add(path_ + ".basis",
          "missing; say whether K counts the free extractant as DIMER, moles of (HA)2, or as "
          "MONOMER, moles of HA: for a trivalent metal they differ by a factor of 8 in K");
    }
    if (!(system_.unit_mol_per_l > 0)) {
      Add(path_ + ".unit", "missing; the unit of concentration in K is needed, usually \"mol/L\"");
    }
  }

  bool NotStated(Quantity quantity) const {
    const auto& list = system_.validity.not_stated;
    return std::find(list.begin(), list.end(), quantity) != list.end();
  }

  void Range(const char* low_name, const std::optional<double>& low, const char* high_name,
             const std::optional<double>& high, Quantity quantity, const char* quantity_name,
             const char* example, double least) {
    const std::string at = path_ + ".validity.";
    for (const auto& [name, value] : {std::pair(low_name, &low), std::pair(high_name, &high)}) {
      if (name == nullptr) continue;
      if (*value && !(std::isfinite(**value) && **value >= least)) {
        Add(at + name, absl::StrCat("found ", **value, "; it must be ", least, " or more"));
      }
      if (*value && NotStated(quantity)) {
        Add(at + name, absl::StrCat("given, and not_stated lists ", quantity_name,
                                    "; one of the two is wrong"));
      }
      if (!*value && !NotStated(quantity) && mass_action()) {
        Add(at + name, absl::StrCat("missing; give the range of the measurements, as in ", example,
                                    ", or list ", quantity_name,
                                    " in not_stated where the source does not say"));
      }
    }
    if (low && high && *low > *high) {
      Add(at + low_name, absl::StrCat("found ", *low, ", above ", high_name, " ", *high));
    }
  }

  void Ranges() {
    const Validity& range = system_.validity;
    constexpr double kAny = -273.15;
    constexpr double kLowestPh = -2;
    Range("min_ph", range.min_ph, "max_ph", range.max_ph, Quantity::kPh, "PH",
          "min_ph: 0.5, max_ph: 2", kLowestPh);
    Range("min_free_extractant_mol_per_l", range.min_free_extractant,
          "max_free_extractant_mol_per_l", range.max_free_extractant, Quantity::kFreeExtractant,
          "FREE_EXTRACTANT", "min_free_extractant: 0.05 mol/L, max_free_extractant: 0.5 mol/L", 0);
    Range(nullptr, std::nullopt, "max_loading", range.max_loading, Quantity::kLoading, "LOADING",
          "max_loading: 0.1", 0);
    Range("min_temperature_celsius", range.min_temperature, "max_temperature_celsius",
          range.max_temperature, Quantity::kTemperature, "TEMPERATURE",
          "min_temperature: 25 degC, max_temperature: 25 degC", kAny);
    if (range.max_loading && *range.max_loading > 1) {
      Add(path_ + ".validity.max_loading",
          absl::StrCat("found ", *range.max_loading, "; a share of 0 to 1 is needed"));
    }
    if (mass_action() && range.medium.empty()) {
      Add(path_ + ".validity.medium",
          "missing; say in which aqueous the constants were measured, as in \"chloride, 1 mol/L\"");
    }
  }

  void Limit(const LoadingLimit& limit) {
    const std::string at = path_ + ".loading_limit";
    if (!(limit.share > 0 && limit.share <= 1)) {
      Add(at + ".share", absl::StrCat("found ", limit.share, "; it must be above 0 and at most 1"));
    }
    Source(at, limit.source, limit.doi);
  }

  void Number(const std::optional<double>& value, bool wanted, const std::string& at) {
    if (!value && wanted)
      Add(at, absl::StrCat("missing; the law ", LawName(system_.law), " needs it"));
    if (value && !wanted)
      Add(at, absl::StrCat("not used by the law ", LawName(system_.law), "; leave it out"));
  }

  void Positive(const std::optional<double>& value, const std::string& at) {
    if (value && !(std::isfinite(*value) && *value > 0)) {
      Add(at, absl::StrCat("found ", *value, "; it must be above 0"));
    }
  }

  void Constant(const EquilibriumConstant& constant, const std::string& at) {
    // Beyond this 10^K leaves the range of a double once raised to stages.
    constexpr double kLargestLog10K = 60;
    constexpr double kMostDimers = 12;
    if (!elements_.contains(constant.element)) {
      std::vector<std::string> known;
      for (const auto& [symbol, element] : elements_) known.push_back(symbol);
      Add(at + ".element", Unknown("element", constant.element, known));
    }
    Source(at, constant.source, constant.doi);
    Number(constant.log10_k, mass_action(), at + ".log10_k");
    if (constant.dimers) Number(constant.dimers, mass_action(), at + ".dimers");
    Number(constant.d, system_.law == Law::kConstantD, at + ".d");
    Number(constant.beta, system_.law == Law::kConstantBeta, at + ".beta");
    if (constant.log10_k && !(std::fabs(*constant.log10_k) <= kLargestLog10K)) {
      Add(at + ".log10_k", absl::StrCat("found ", *constant.log10_k,
                                        "; the logarithm of a positive K between 1e-60 and 1e60 "
                                        "is needed"));
    }
    if (constant.dimers && !(*constant.dimers > 0 && *constant.dimers <= kMostDimers)) {
      Add(at + ".dimers", absl::StrCat("found ", *constant.dimers,
                                       "; it must be above 0 and at most ", kMostDimers));
    }
    Positive(constant.d, at + ".d");
    Positive(constant.beta, at + ".beta");
    if (constant.log10_standard_error &&
        !(std::isfinite(*constant.log10_standard_error) && *constant.log10_standard_error >= 0)) {
      Add(at + ".log10_standard_error",
          absl::StrCat("found ", *constant.log10_standard_error, "; it must be 0 or more"));
    }
  }

  const ExtractantSystem& system_;
  const std::map<std::string, Element>& elements_;
  const std::string path_;
  Violations* const violations_;
};

}  // namespace

void CheckSystem(const ExtractantSystem& system, const std::map<std::string, Element>& elements,
                 const std::string& path, Violations* violations) {
  Check(system, elements, path, violations).All();
}

}  // namespace raffinate::optimizer
