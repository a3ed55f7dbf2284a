// What a result uses over the least that theory allows, in words.
#pragma once

#include <string>
#include <vector>

#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// Lines such as "base: 1.37 x the theoretical minimum (Underwood S_min 2.75
/// mol/mol, cut Nd+Pr | Dy)", without line ends; where there is no minimum, why. None for figures
/// of a server that knows no minimum.
std::vector<std::string> DescribeMinimum(const v1::Figures& figures);

}  // namespace raffinate::cli
