// Conversion of units by UDUNITS-2.
#pragma once

#include <string>

namespace raffinate::service {

enum class UnitMatch {
  kConverted,
  kUnknownUnit,     ///< the unit has no meaning
  kWrongDimension,  ///< the unit means something else
  kNoDatabase,      ///< the units database is not installed
};

struct Conversion {
  UnitMatch match = UnitMatch::kUnknownUnit;
  double value = 0;
};

/// `value` from unit `from` to unit `to`, both in UDUNITS notation ("m3/h").
/// Equal units give back `value` bit for bit; decimal multiples are rounded
/// once. Thread safe.
Conversion ConvertUnit(double value, const std::string& from, const std::string& to);

}  // namespace raffinate::service
