#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/distribution.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/margins.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

/// To where the activity models hold [mol/L]: Davies 1962; SIT as in the NEA TDB.
constexpr double kMostDavies = 0.5;
constexpr double kMostSit = 3.5;
/// What the organic may keep of a metal past the last stage before it is told.
constexpr double kTolerableUnstripped = 0.01;

const char* ClassName(Provenance provenance) {
  switch (provenance) {
    case Provenance::kMeasured:
      return "measured";
    case Provenance::kFitted:
      return "fitted";
    case Provenance::kInterpolated:
      return "interpolated";
    case Provenance::kExtrapolated:
      return "extrapolated";
    case Provenance::kReference:
      return "reference";
    case Provenance::kAssumed:
      return "assumed";
  }
  return "";
}

/// A value of a stage beyond a limit.
struct Excess {
  double value = 0;
  double limit = 0;
};

/// The stages of one section beyond a limit.
struct Finding {
  std::string section;
  std::vector<int> stages;  ///< from 1
  double least = 0, most = 0;
  double worst = 0, limit = 0;
  int worst_stage = 0;  ///< from 0

  /// "2.1" or "2.1 to 3".
  std::string Range() const {
    const std::string low = absl::StrFormat("%.3g", least), high = absl::StrFormat("%.3g", most);
    return low == high ? low : absl::StrCat(low, " to ", high);
  }
};

/// Goes through the stages of a solved circuit and writes one flag for each
/// section in which some exceed a limit.
class Sections {
 public:
  Sections(const Solved& solved, std::vector<Flag>* flags) : solved_(solved), flags_(flags) {}

  /// `find` fills in the excess of a stage (from 0) and returns true, or returns
  /// false where there is none. `tell` words a finding.
  void Check(const char* code, const std::function<bool(int, Excess*)>& find,
             const std::function<std::string(const Finding&)>& tell) {
    const Built& built = solved_.built;
    for (const SectionSpan& section : built.sections) {
      Finding finding;
      finding.section = section.name;
      for (int j = section.first; j < section.first + section.count; ++j) {
        Excess excess;
        if (!find(j, &excess)) continue;
        Add(j, excess, &finding);
      }
      if (finding.stages.empty()) continue;
      flags_->push_back({code, absl::StrCat(finding.section, ": ", tell(finding)), finding.stages,
                         finding.section, finding.worst, finding.limit});
    }
  }

 private:
  static void Add(int stage, const Excess& excess, Finding* finding) {
    const bool first = finding->stages.empty();
    finding->least = first ? excess.value : std::fmin(finding->least, excess.value);
    finding->most = first ? excess.value : std::fmax(finding->most, excess.value);
    if (first ||
        std::fabs(excess.value - excess.limit) > std::fabs(finding->worst - finding->limit)) {
      finding->worst = excess.value;
      finding->limit = excess.limit;
      finding->worst_stage = stage;
    }
    finding->stages.push_back(stage + 1);
  }

  const Solved& solved_;
  std::vector<Flag>* const flags_;
};

bool Outside(double value, const std::optional<double>& least, const std::optional<double>& most,
             Excess* excess) {
  // A range of one point is not left by rounding.
  const double slack = 1e-9 * (1 + std::fabs(value));
  if (least && value < *least - slack) {
    *excess = {value, *least};
    return true;
  }
  if (most && value > *most + slack) {
    *excess = {value, *most};
    return true;
  }
  return false;
}

double PhOf(const Solved& solved, int stage) {
  return -solved.solution.state.ln_h[stage] / std::log(10.0);
}

void CheckLoadingLimit(const Solved& solved, Sections* sections) {
  const ExtractantSystem& system = *solved.built.system;
  if (!CountsExtractant(system.law)) return;
  const LoadingLimit limit = system.loading_limit.value_or(
      LoadingLimit{1, Provenance::kAssumed, "capacity by the law's stoichiometry", ""});
  sections->Check(
      "LOADING_OVER_LIMIT",
      [&](int j, Excess* excess) {
        *excess = {MetalLoadingOf(solved, j), limit.share};
        return excess->value > excess->limit;
      },
      [&](const Finding& finding) {
        return absl::StrFormat(
            "metals bind up to %.1f %% of the extractant; %s takes %.4g %% (%s) before a gel or "
            "third phase is to be feared; give it more organic or extractant, or less base",
            100 * finding.worst, system.name, 100 * limit.share, ClassName(limit.provenance));
      });
}

void CheckHydroxide(const Solved& solved, Sections* sections) {
  sections->Check(
      "HYDROXIDE",
      [&](int j, Excess* excess) {
        *excess = {PrecipitationOf(solved, j).margin, 0};
        return excess->value < 0;
      },
      [&](const Finding& finding) {
        const Precipitation worst = PrecipitationOf(solved, finding.worst_stage);
        const std::string& metal = solved.built.components[worst.component]->symbol;
        std::string fresh;
        if (worst.fresh != worst.solid) {
          fresh = worst.fresh_margin < 0
                      ? absl::StrFormat("; the fresh one (%s) forms too, %.2g decades over",
                                        worst.fresh->form, -worst.fresh_margin)
                      : absl::StrFormat("; the fresh one (%s) has %.2g decades to go",
                                        worst.fresh->form, worst.fresh_margin);
        }
        return absl::StrFormat(
            "%s is %.2g decades over the saturation of its hydroxide (%s, %s) at pH %.2f%s; use "
            "less or weaker base there, or let less metal reach it",
            metal, -finding.worst, worst.solid->form, ClassName(worst.solid->provenance),
            PhOf(solved, finding.worst_stage), fresh);
      });
}

void CheckPhaseRatio(const Solved& solved, Sections* sections) {
  const OperatingLimits& limits = *solved.built.limits;
  if (limits.min_organic_to_aqueous == 0 && limits.max_organic_to_aqueous == 0) return;
  sections->Check(
      "PHASE_RATIO",
      [&](int j, Excess* excess) {
        const StageVolumes volumes = VolumesOf(solved.cascade.flows[j]);
        const double ratio = volumes.organic / volumes.aqueous;
        return Outside(ratio, limits.min_organic_to_aqueous, limits.max_organic_to_aqueous, excess);
      },
      [&](const Finding& finding) {
        return absl::StrFormat(
            "O/A of %s; mixer-settlers are run between %.4g and %.4g (%s); %s", finding.Range(),
            limits.min_organic_to_aqueous, limits.max_organic_to_aqueous,
            ClassName(limits.provenance),
            finding.worst > finding.limit
                ? "use a larger flow of weaker acid or base, or constrain max_organic_to_aqueous"
                : "use more organic with less extractant, or constrain min_organic_to_aqueous");
      });
}

void CheckPh(const Solved& solved, Sections* sections) {
  const ExtractantSystem& system = *solved.built.system;
  const Validity& range = system.validity;
  sections->Check(
      "PH_OUT_OF_RANGE",
      [&](int j, Excess* excess) {
        return Outside(PhOf(solved, j), range.min_ph, range.max_ph, excess);
      },
      [&](const Finding& finding) {
        return absl::StrFormat(
            "pH %s where the constants of %s were measured between %.4g and %.4g; D is carried on "
            "by the exponents of the law: check it by a shake-out before relying on this section",
            finding.Range(), system.name, range.min_ph.value_or(finding.limit),
            range.max_ph.value_or(finding.limit));
      });
}

void CheckIonicStrength(const Solved& solved, Sections* sections) {
  const bool davies = solved.built.system->activity == ActivityModel::kDavies;
  sections->Check(
      "IONIC_STRENGTH_OUT_OF_RANGE",
      [&](int j, Excess* excess) {
        *excess = {IonicStrengthOf(solved, j), davies ? kMostDavies : kMostSit};
        return excess->value > excess->limit;
      },
      [&](const Finding& finding) {
        return absl::StrFormat(
            "ionic strength %s mol/L; %s holds up to %.2g mol/L, and activity coefficients beyond "
            "are a guess; %s",
            finding.Range(), davies ? "Davies' equation" : "the SIT model", finding.limit,
            davies ? "use SIT, or constants of this medium" : "use constants of this medium");
      });
}

void CheckFittedRange(const Solved& solved, Sections* sections) {
  const ExtractantSystem& system = *solved.built.system;
  if (!CountsExtractant(system.law)) return;
  const Validity& range = system.validity;
  if (KnowsProton(system.law)) CheckPh(solved, sections);
  sections->Check(
      "EXTRACTANT_OUT_OF_RANGE",
      [&](int j, Excess* excess) {
        const double free = InBasis(system, std::exp(solved.solution.state.ln_s[j]));
        return Outside(free, range.min_free_extractant, range.max_free_extractant, excess);
      },
      [&](const Finding& finding) {
        return absl::StrFormat(
            "%s mol/L of free %s where the constants of %s were measured between %.4g and %.4g; "
            "%s",
            finding.Range(), system.basis == Basis::kMonomer ? "monomer" : "dimer", system.name,
            range.min_free_extractant.value_or(finding.limit),
            range.max_free_extractant.value_or(finding.limit),
            finding.worst < finding.limit ? "load or saponify less" : "use less extractant");
      });
  sections->Check(
      "LOADING_OUT_OF_RANGE",
      [&](int j, Excess* excess) {
        return Outside(MetalLoadingOf(solved, j), std::nullopt, range.max_loading, excess);
      },
      [&](const Finding& finding) {
        return absl::StrFormat(
            "metals bind up to %.1f %% of the extractant where the constants of %s were measured "
            "up to %.3g %%; compare with a loading isotherm of your organic",
            100 * finding.worst, system.name, 100 * finding.limit);
      });
}

std::string Percent(double share) { return absl::StrFormat("%.3g %%", 100 * share); }

/// Metals that come back with the organic: `weak` those that no number of
/// stages would strip.
void CheckStripping(const Solved& solved, bool weak, std::vector<Flag>* flags) {
  const Built& built = solved.built;
  std::vector<std::string> names;
  const Stripping* worst = nullptr;
  const std::vector<Stripping> all = StrippingOf(solved);
  for (const Stripping& metal : all) {
    if (metal.share <= kTolerableUnstripped || (metal.factor >= 1) != weak) continue;
    names.push_back(built.components[metal.component]->symbol);
    if (worst == nullptr || metal.share > worst->share) worst = &metal;
  }
  if (worst == nullptr) return;
  const std::string& section = built.SectionOf(worst->stage);
  const Element& element = *built.components[worst->component];
  std::string message =
      absl::StrCat(section, ": the organic leaves the last stage with ", Percent(worst->share),
                   " of the ", element.symbol, " that it held at most");
  if (!weak) {
    absl::StrAppend(&message, absl::StrFormat("; D O/A is %.3g where it strips best, so more "
                                              "stages or more acid would do",
                                              worst->factor));
  } else if (built.circuit.law == kernels::Law::kMassAction) {
    const double h = std::exp(solved.solution.state.ln_h[worst->stage]);
    absl::StrAppend(
        &message,
        absl::StrFormat("; D O/A is %.3g at stage %d with %.3g mol/L of acid, and from 1 up no "
                        "number of stages strips it; it takes more than %.3g mol/L of free acid "
                        "there, or %.3g times the flow",
                        worst->factor, worst->stage + 1, h,
                        h * std::pow(worst->factor, 1 / element.charge), worst->factor));
  } else {
    absl::StrAppend(&message, absl::StrFormat("; D O/A is %.3g at stage %d, and from 1 up no "
                                              "number of stages strips it; it takes %.3g times "
                                              "the flow",
                                              worst->factor, worst->stage + 1, worst->factor));
  }
  if (names.size() > 1) {
    absl::StrAppend(&message, "; the same for all of ", absl::StrJoin(names, ", "));
  }
  flags->push_back({weak ? "STRIP_ACID_WEAK" : "STRIP_INCOMPLETE",
                    std::move(message),
                    {worst->stage + 1},
                    section,
                    weak ? worst->factor : worst->share,
                    weak ? 1 : kTolerableUnstripped});
}

void CheckTemperature(const Built& built, std::vector<Flag>* flags) {
  const ExtractantSystem& system = *built.system;
  std::vector<std::string> fixed;
  for (const Element* element : built.components) {
    const EquilibriumConstant* constant = system.Find(element->symbol);
    if (constant != nullptr && !constant->enthalpy_kj_per_mol) fixed.push_back(element->symbol);
  }
  // Told once where the whole circuit is at one temperature.
  const bool uniform =
      std::all_of(built.sections.begin(), built.sections.end(), [&](const SectionSpan& section) {
        return section.temperature == built.sections[0].temperature;
      });
  for (const SectionSpan& section : built.sections) {
    if (uniform && &section != &built.sections[0]) break;
    Excess excess;
    if (!Outside(section.temperature, system.validity.min_temperature,
                 system.validity.max_temperature, &excess)) {
      continue;
    }
    std::string carried = "carried there by their enthalpies";
    if (fixed.size() == built.components.size()) {
      carried = "used as they are";
    } else if (!fixed.empty()) {
      carried += absl::StrCat(", those of ", absl::StrJoin(fixed, ", "), " used as they are");
    }
    flags->push_back(
        {"TEMPERATURE_OUT_OF_RANGE",
         absl::StrFormat("%s%.4g degC; the constants of %s were measured at %.4g to %.4g degC "
                         "and are %s",
                         uniform ? "" : absl::StrCat(section.name, ": "), section.temperature,
                         system.name, system.validity.min_temperature.value_or(excess.limit),
                         system.validity.max_temperature.value_or(excess.limit), carried),
         {},
         uniform ? "" : section.name,
         excess.value,
         excess.limit});
  }
}

void TellWhatIsUnknown(const Built& built, std::vector<Flag>* flags) {
  if (!CountsExtractant(built.system->law)) return;
  std::vector<std::string> quantities;
  for (const Validity::Quantity quantity : built.system->validity.not_stated) {
    switch (quantity) {
      case Validity::Quantity::kPh:
        quantities.emplace_back("pH");
        break;
      case Validity::Quantity::kFreeExtractant:
        quantities.emplace_back("free extractant");
        break;
      case Validity::Quantity::kLoading:
        quantities.emplace_back("loading");
        break;
      case Validity::Quantity::kTemperature:
        quantities.emplace_back("temperature");
        break;
    }
  }
  if (!quantities.empty()) {
    flags->push_back(
        {"RANGE_NOT_STATED",
         absl::StrCat("the source of ", built.system->name, " does not say over which ",
                      absl::StrJoin(quantities, ", "), " it holds, so that this was not checked"),
         {}});
  }
  std::vector<std::string> metals;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    // Hydroxides of the alkalis and of ammonium stay in solution.
    if (built.components[i]->charge > 1 && built.hydroxides[i] == nullptr) {
      metals.push_back(built.components[i]->symbol);
    }
  }
  if (!metals.empty()) {
    flags->push_back({"NO_HYDROXIDE_DATA",
                      absl::StrCat("whether hydroxides of ", absl::StrJoin(metals, ", "),
                                   " precipitate was not checked: no solubility is known"),
                      {}});
  }
}

void FlagConstants(const Built& built, Provenance provenance, const char* code,
                   std::vector<Flag>* flags) {
  std::vector<std::string> elements;
  for (const Element* element : built.components) {
    const EquilibriumConstant* constant = built.system->Find(element->symbol);
    if (constant != nullptr && constant->provenance == provenance) {
      elements.push_back(element->symbol);
    }
  }
  if (elements.empty()) return;
  flags->push_back({code,
                    absl::StrCat("the constants of ", absl::StrJoin(elements, ", "), " in ",
                                 built.system->name, " are ", ClassName(provenance)),
                    {}});
}

}  // namespace

std::vector<Flag> ComputeFlags(const Solved& solved) {
  const Built& built = solved.built;
  std::vector<Flag> flags;
  Sections sections(solved, &flags);
  // What would stop a plant, then what makes its numbers doubtful.
  CheckLoadingLimit(solved, &sections);
  CheckHydroxide(solved, &sections);
  CheckPhaseRatio(solved, &sections);
  CheckStripping(solved, /*weak=*/true, &flags);
  CheckStripping(solved, /*weak=*/false, &flags);
  CheckFittedRange(solved, &sections);
  CheckIonicStrength(solved, &sections);
  CheckTemperature(built, &flags);
  TellWhatIsUnknown(built, &flags);
  if (built.replaces_built_in) {
    flags.push_back({"OWN_SYSTEM",
                     absl::StrCat(built.system->name,
                                  " is the flowsheet's own; it replaces the built-in system of "
                                  "that name whole and takes nothing from it"),
                     {}});
  }
  FlagConstants(built, Provenance::kAssumed, "ASSUMED_CONSTANT", &flags);
  FlagConstants(built, Provenance::kExtrapolated, "EXTRAPOLATED_CONSTANT", &flags);
  FlagConstants(built, Provenance::kInterpolated, "INTERPOLATED_CONSTANT", &flags);
  return flags;
}

}  // namespace raffinate::optimizer
