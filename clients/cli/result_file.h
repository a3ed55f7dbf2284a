// A result of `simulate --json`, `get --json` or `optimize`, read back.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// The simulations of `path`: a result folder (its pareto.json), or a file of
/// Protobuf JSON that holds a Simulation, a SimulateResponse, a
/// ListFlowsheetsResponse, or one of them a line. NOT_FOUND or INVALID_ARGUMENT
/// with the file and what is wrong.
absl::StatusOr<std::vector<v1::Simulation>> ReadResult(const std::string& path);

}  // namespace raffinate::cli
