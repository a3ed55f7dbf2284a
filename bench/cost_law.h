// How the time of one evaluation grows with the size of a cascade.
#pragma once

#include <vector>

namespace raffinate::bench {

/// One measured size: `seconds` > 0 per evaluation of `stages` times `components`.
struct Cost {
  double stages = 0, components = 0, seconds = 0;
};

/// t = seconds * N^stages * M^components.
struct CostLaw {
  double seconds = 0, stages = 0, components = 0;
  double largest_error = 0;  ///< of the measured ones from the law, relative
};

/// The law through `costs` by least squares of ln t. All zero where they do not
/// determine it: fewer than three sizes, or N and M that change together only.
CostLaw FitCostLaw(const std::vector<Cost>& costs);

}  // namespace raffinate::bench
