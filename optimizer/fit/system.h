// Between extractant systems and the constants of a fit.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "optimizer/fit/fit.h"
#include "optimizer/model/chemistry.h"

namespace raffinate::optimizer::fit {

/// Charges of all elements.
std::map<std::string, double> ChargesOf(const Chemistry& chemistry);

/// The constants of a mass-action system that CheckSystem accepts, on dimers in
/// mol/L.
Constants ConstantsOf(const ExtractantSystem& system, const std::map<std::string, double>& charges);

/// What keeps a fit from starting at a system, by the fields of ExtractantSystem: a law
/// that is not mass action, aqueous complexes but 1:1 ones with a monovalent anion of the
/// medium, activity coefficients, a second extractant.
Violations CheckStart(const ExtractantSystem& system);

/// What a system says of itself.
struct SystemText {
  std::string name;
  std::string source;
  std::string doi;
  std::string medium;
};

/// The fitted system, on dimers in mol/L: fitted constants with standard error, class
/// fitted and covariance; constants of `start` (or null) for other cations of the
/// contacts, and for Na and NH4. Elements that no contact has are left out: their
/// constants would stand on another level. Constants hold at the reference temperature of
/// the options. The range is that of the flasks, rounded outwards.
ExtractantSystem MakeSystem(const FitResult& result, std::span<const Contact> contacts,
                            const ExtractantSystem* start, const SystemText& text,
                            const Options& options);

/// What to know of a fit.
std::vector<std::string> NotesOn(const FitResult& result, const ExtractantSystem& fitted,
                                 const ExtractantSystem* start);

}  // namespace raffinate::optimizer::fit
