// What is wrong with a flowsheet, and where.
#pragma once

#include <string>
#include <vector>

namespace raffinate::optimizer {

/// One problem of an input.
struct Violation {
  /// Path of the field with the names of the public message, as in
  /// `streams[1].flow_m3_per_h.range.min`.
  std::string field;
  /// What was found and what would be right.
  std::string description;
};

using Violations = std::vector<Violation>;

}  // namespace raffinate::optimizer
