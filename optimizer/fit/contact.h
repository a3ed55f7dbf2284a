// Shake-flask measurements as plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace raffinate::optimizer::fit {

/// One cation of a contact.
struct ContactMetal {
  std::string element;
  double feed = 0;                  ///< in the aqueous before contact [mol/L], > 0
  std::optional<double> raffinate;  ///< in the aqueous after contact [mol/L], 0 or more; absent: it
                                    ///< was not analysed, and only takes part
};

/// One flask: an aqueous of strong acid and its salts, shaken with fresh organic
/// until equilibrium. The pH at equilibrium is a result.
struct Contact {
  std::string source;                ///< publication or campaign: what shares systematic errors
  double initial_h = 0;              ///< free strong acid before contact [mol/L], 0 or more
  double extractant_dimer = 0;       ///< total, as dimer [mol/L], > 0
  double aqueous_to_organic = 1;     ///< by volume [-], > 0
  std::optional<double> celsius;     ///< [degC]; absent: not stated
  std::vector<ContactMetal> metals;  ///< each element once
};

}  // namespace raffinate::optimizer::fit
