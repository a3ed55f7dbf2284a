// Chooses where the engine runs by the name a person gives.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "service/server.h"

namespace raffinate::service {

/// Sets `options->device`. `name`: "cpu", "cpu-scalar", "cuda", "cuda:1" or
/// "auto". `threads`: of the CPU, 0 for all. INVALID_ARGUMENT, with the names
/// that are right, for any other name or a device that is not there.
absl::Status ChooseDevice(const std::string& name, int threads, ServerOptions* options);

}  // namespace raffinate::service
