// The sensitivities of a simulated flowsheet for people.
#pragma once

#include <string>

#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// Tables of the flowsheet's numbers, the strongest first: per cent of impurity
/// and recovery of every product, of the objectives and of the demanded figures
/// per per cent of each number; for numbers that are 0 the derivatives. Lines of at most 100
/// characters as far as names allow. Empty without sensitivities.
std::string SensitivityReport(const v1::Simulation& simulation);

}  // namespace raffinate::cli
