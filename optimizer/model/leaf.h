// The numeric leaf of a flowsheet: a number, a range, or a list of choices.
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

/// A real-valued leaf. Its unit is that of the member that holds it.
using Number = std::variant<double, Range, Choices>;

/// A count: the same, with whole values.
using Count = std::variant<int, Range, Choices>;

/// A name, or several to choose from.
using Name = std::variant<std::string, std::vector<std::string>>;

/// Whether the leaf leaves something to decide.
template <class Leaf>
bool IsOpen(const Leaf& leaf) {
  return leaf.index() != 0;
}

}  // namespace raffinate::optimizer
