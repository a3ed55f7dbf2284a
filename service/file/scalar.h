// Numbers as a person writes them: `10 m3/h`, `35 %`, `25 g/L REO`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "service/file/reader.h"

namespace raffinate::service {

/// What a number may look like in one place of a file.
struct NumberFormat {
  /// Unit of the result in UDUNITS notation; empty: a plain number.
  std::string unit;
  /// A number without a unit is taken as one in `unit`. Always so for "1".
  bool bare = false;
  /// Where set, `unit` is "mol/L" and mass concentrations of this element
  /// ("g/L", or "g/L REO" by mass of oxide) are converted as well.
  std::string element;
};

using ElementMasses = std::map<std::string, ElementMass, std::less<>>;

/// Parses `text`. False with `error` (what was found, what would be right).
bool ParseNumber(const std::string& text, const NumberFormat& format, const ElementMasses& elements,
                 double* value, std::string* error);

/// Parses a whole number of at least `min` and at most `max`.
bool ParseWhole(const std::string& text, std::int64_t min, std::int64_t max, std::int64_t* value,
                std::string* error);

/// The shortest text that parses back to the same double.
std::string ShortestDouble(double value);

}  // namespace raffinate::service
