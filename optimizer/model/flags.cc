#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/figures.h"

namespace raffinate::optimizer {
namespace {

/// Phase ratios that mixer-settlers are run at without internal recycle.
constexpr double kLeastPhaseRatio = 0.05;
constexpr double kLargestPhaseRatio = 20;

void FlagConstants(const Built& built, Provenance provenance, const char* code, const char* word,
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
                                 built.system->name, " are ", word),
                    {}});
}

}  // namespace

std::vector<Flag> ComputeFlags(const Solved& solved) {
  const Built& built = solved.built;
  const ExtractantSystem& system = *built.system;
  const bool mass_action = system.law == Law::kMassActionDimer;
  const bool has_range = mass_action && (system.min_ph != 0 || system.max_ph != 0);
  const double most = system.max_loading > 0 ? system.max_loading : 1;

  Flag ph{"PH_OUT_OF_RANGE", "", {}}, loading{"LOADING_OVER_LIMIT", "", {}},
      ratio{"PHASE_RATIO", "", {}};
  double least_ph = 0, largest_ph = 0, largest_loading = 0, least_ratio = 0, largest_ratio = 0;
  for (int j = 0; j < solved.cascade.stages(); ++j) {
    const auto widen = [j](Flag* flag, double value, double* least, double* largest) {
      if (flag->stages.empty()) *least = *largest = value;
      *least = std::fmin(*least, value);
      *largest = std::fmax(*largest, value);
      flag->stages.push_back(j + 1);
    };
    const double stage_ph = mass_action ? -solved.solution.state.ln_h[j] / std::log(10.0) : 0;
    if (has_range && (stage_ph < system.min_ph || stage_ph > system.max_ph)) {
      widen(&ph, stage_ph, &least_ph, &largest_ph);
    }
    const double bound = LoadingOf(solved, j);
    if (mass_action && bound > most) {
      double least = 0;
      widen(&loading, bound, &least, &largest_loading);
    }
    const StageVolumes volumes = VolumesOf(solved.cascade.flows[j]);
    const double phase_ratio = volumes.organic / volumes.aqueous;
    if (phase_ratio < kLeastPhaseRatio || phase_ratio > kLargestPhaseRatio) {
      widen(&ratio, phase_ratio, &least_ratio, &largest_ratio);
    }
  }

  std::vector<Flag> flags;
  if (!ph.stages.empty()) {
    ph.message = absl::StrFormat(
        "pH %.2f to %.2f where the constants of %s were fitted between %.4g and %.4g", least_ph,
        largest_ph, system.name, system.min_ph, system.max_ph);
    flags.push_back(std::move(ph));
  }
  if (!loading.stages.empty()) {
    loading.message = absl::StrFormat(
        "up to %.1f %% of the extractant is bound; %s takes %.4g %% before a gel or third phase "
        "is to be feared",
        100 * largest_loading, system.name, 100 * most);
    flags.push_back(std::move(loading));
  }
  if (!ratio.stages.empty()) {
    ratio.message =
        absl::StrFormat("phase ratios O/A of %.3g to %.3g; usual are %g to %g", least_ratio,
                        largest_ratio, kLeastPhaseRatio, kLargestPhaseRatio);
    flags.push_back(std::move(ratio));
  }
  FlagConstants(built, Provenance::kAssumed, "ASSUMED_CONSTANT", "assumed", &flags);
  FlagConstants(built, Provenance::kExtrapolated, "EXTRAPOLATED_CONSTANT", "extrapolated", &flags);
  FlagConstants(built, Provenance::kInterpolated, "INTERPOLATED_CONSTANT", "interpolated", &flags);
  return flags;
}

}  // namespace raffinate::optimizer
