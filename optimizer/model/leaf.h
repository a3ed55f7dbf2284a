// The numeric leaf of a flowsheet: a number, a range, a list of choices, or a number that
// is not known exactly.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace raffinate::optimizer {

/// Every value from min to max is allowed. With `step`, only min + k * step.
/// With `log`, the search runs in the logarithm (min > 0).
struct Range {
  double min = 0;
  double max = 0;
  std::optional<double> start;
  std::optional<double> step;
  bool log = false;
};

/// One of the listed values.
struct Choices {
  std::vector<double> values;
};

/// A value that is not known exactly: normal about `value` with standard deviation `sd`, cut at
/// the physical bounds of its leaf, or uniform from `low` to `high`. In the unit of the leaf.
struct Uncertain {
  double value = 0;          ///< what it is taken to be where scenarios play no part
  std::optional<double> sd;  ///< above 0; absent: uniform
  double low = 0;            ///< uniform: low <= value <= high, low < high
  double high = 0;
};

/// A real-valued leaf. Its unit is that of the member that holds it.
using Number = std::variant<double, Range, Choices, Uncertain>;

/// A count: the same, with whole values.
using Count = std::variant<int, Range, Choices>;

/// A name, or several to choose from.
using Name = std::variant<std::string, std::vector<std::string>>;

/// Whether the leaf leaves something to decide.
template <class Leaf>
bool IsOpen(const Leaf& leaf) {
  return leaf.index() == 1 || leaf.index() == 2;
}

}  // namespace raffinate::optimizer
