// A design over scenarios for people.
#pragma once

#include <string>

#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// How often the demands are met, how figures spread, and how far each uncertain number can go.
/// Empty without scenarios.
std::string RobustnessReport(const v1::Simulation& simulation);

}  // namespace raffinate::cli
