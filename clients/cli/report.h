// One simulated flowsheet for people.
#pragma once

#include <string>

#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// Convergence, products, figures, theoretical minimum, streams and flags; with `stages` the
/// profile over the stages as well.
std::string Report(const v1::Simulation& simulation, bool stages);

/// All that is known of one flowsheet: the report, circuits, element balance, reagents
/// and effluent, cost and carbon, and what each figure comes from.
std::string FullReport(const v1::Simulation& simulation);

/// A line for each.
std::string FlagLines(const google::protobuf::RepeatedPtrField<v1::Flag>& flags);

}  // namespace raffinate::cli
