#include "optimizer/model/cut.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kernels/theory/fenske.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;

/// More elements than this on one side of a cut are written as a range.
constexpr std::size_t kNamedElements = 3;

// The cut between exits `upper` - 1 and `upper` or those next to them that count.
theory::Answer<Cut> Divide(const Battery& battery, std::size_t upper) {
  const std::size_t metals = battery.metals.size();
  std::vector<double> above(metals), below(metals), recovery(metals);
  for (std::size_t e = 0; e < battery.exits.size(); ++e) {
    const Exit& exit = battery.exits[e];
    std::vector<double>& side = e < upper ? below : above;
    for (std::size_t k = 0; k < metals; ++k) side[k] += exit.metals[k];
  }
  for (std::size_t k = 0; k < metals; ++k) {
    const double sum = above[k] + below[k];
    recovery[k] = sum > 0 ? above[k] / sum : 0;
  }
  const theory::MixtureFeed feed{battery.beta, battery.fed, battery.organic_share, battery.acid};
  const auto least = theory::MinimumFluxesForSplit(feed, recovery);
  if (!least) return theory::Reason{least.reason()};
  Cut cut;
  cut.least = *least;
  const std::size_t a = least->organic_key, b = least->aqueous_key;
  const double kept = below[b] / (above[b] + below[b]);
  if (const auto stages =
          theory::FenskeStagesForRecoveries(battery.beta[a] / battery.beta[b], recovery[a], kept)) {
    cut.min_stages = *stages;
  }
  const auto share = [&](const std::vector<double>& amounts, bool extracted) {
    double own = 0, all = 0;
    for (std::size_t k = 0; k < metals; ++k) {
      all += amounts[k];
      if ((battery.beta[k] >= battery.beta[a]) == extracted) own += amounts[k];
    }
    return all > 0 ? own / all : 0;
  };
  cut.feed = share(battery.fed, true);
  cut.organic = share(above, true);
  cut.aqueous = share(below, false);
  return cut;
}

// The metals with separation factors from `least` to `most`: "La+Ce", "La..Nd".
std::string Side(const std::vector<std::string>& symbols, const Battery& battery, double least,
                 double most) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < battery.metals.size(); ++k) {
    if (battery.beta[k] < least || battery.beta[k] > most) continue;
    names.push_back(symbols[k]);
  }
  return names.size() > kNamedElements ? absl::StrCat(names.front(), "..", names.back())
                                       : absl::StrJoin(names, "+");
}

}  // namespace

std::optional<Cut> HardestCut(const Battery& battery) {
  std::optional<Cut> hardest;
  bool counted = false;
  for (std::size_t upper = 0; upper < battery.exits.size(); ++upper) {
    if (!battery.exits[upper].counts) continue;
    // Below the first stream that counts there is nothing to cut off.
    if (!std::exchange(counted, true)) continue;
    // Refused is a cut that asks for no separation, as between two outlets of like composition.
    const auto cut = Divide(battery, upper);
    if (cut && (!hardest || cut->least.organic > hardest->least.organic)) hardest = *cut;
  }
  return hardest;
}

std::string NameOf(const Cut& cut, const Battery& battery,
                   const std::vector<std::string>& symbols) {
  const std::size_t a = cut.least.organic_key, b = cut.least.aqueous_key;
  return absl::StrCat(Side(symbols, battery, battery.beta.front(), battery.beta[b]), " | ",
                      Side(symbols, battery, battery.beta[a], battery.beta.back()));
}

}  // namespace raffinate::optimizer
