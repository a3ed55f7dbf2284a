// What a split needs at least: the cuts between the streams of a battery.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/theory/underwood.h"
#include "optimizer/model/battery.h"

namespace raffinate::optimizer {

/// One cut and what it needs, for the split that was found.
struct Cut {
  kernels::theory::SplitFluxes least;
  std::optional<double> min_stages;  ///< Fenske; absent where a product lacks an element at the cut
  double feed = 0;                   ///< share of the metals fed that belongs above, mol/mol
  double organic = 0;                ///< share of what leaves above that belongs there
  double aqueous = 0;                ///< share of what leaves below that belongs there
};

/// Of the cuts between neighbouring exits that count, the one with the largest least organic: one
/// organic serves all of them, and it has to be enough for the hardest. `exits` in their order,
/// the least extractable first. Nothing where no cut asks for a separation.
std::optional<Cut> HardestCut(const Battery& battery);

/// "La+Ce | Pr..Dy"; `symbols` of the battery's metals.
std::string NameOf(const Cut& cut, const Battery& battery, const std::vector<std::string>& symbols);

}  // namespace raffinate::optimizer
