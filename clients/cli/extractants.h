// Extractant systems for people.
#pragma once

#include <string>

#include "raffinate/v1/chemistry.pb.h"

namespace raffinate::cli {

/// The weakest class of the constants, Na and NH4 left out.
v1::EquilibriumConstant::Provenance WeakestClass(const v1::ExtractantSystem& system);

/// One line per system: law, medium, weakest class, elements.
std::string ListOf(const v1::ListExtractantSystemsResponse& all);

/// A system with its constants, their sources as numbered notes, and D and
/// separation factors at the state of `evaluation`.
std::string Describe(const v1::EvaluateExtractantSystemResponse& evaluation);

}  // namespace raffinate::cli
