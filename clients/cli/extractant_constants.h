// What an extractant system says, as text: its law, aqueous and constants.
#pragma once

#include <string>

#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::cli {

/// "measured", "assumed"; "-" when not given.
std::string ClassName(v1::EquilibriumConstant::Provenance provenance);

/// Of the system's medium: "nitrate"; chloride when not given.
std::string AnionName(const v1::ExtractantSystem& system);

/// "0.1 to 2.5 mol/L", "25 degC", "not stated".
std::string Range(bool has, double low, double high, const std::string& unit);

/// The terms of a correlation: "0.3118 pH + 0.03763 pH C - 0.381 lg C".
std::string Terms(const v1::EquilibriumConstant& constant);

/// Law, range, aqueous with its ligands, limit and source, in lines of at most 100
/// characters.
std::string Head(const v1::ExtractantSystem& system);

/// Tables of the constants, of species with a second extractant and of complexes,
/// with their sources as numbered notes.
std::string Constants(const v1::ExtractantSystem& system);

}  // namespace raffinate::cli
