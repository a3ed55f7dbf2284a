// Files of plants and of their measured states.
#pragma once

#include <string>

#include "raffinate/v1/setpoints.pb.h"
#include "service/file/reader.h"

namespace raffinate::service {

/// Reads the message Plant; it is checked by the server.
ReadResult ReadPlantFile(const std::string& path, v1::Plant* plant);

/// Reads the message MeasuredState.
ReadResult ReadStateFile(const std::string& path, v1::MeasuredState* state);

}  // namespace raffinate::service
