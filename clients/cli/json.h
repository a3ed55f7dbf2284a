// Messages as JSON for machines.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace raffinate::cli {

/// Protobuf JSON with the names of the API (snake_case) and zeros written out,
/// ending in a line feed. The same message gives the same bytes.
std::string ToJson(const google::protobuf::Message& message, bool one_line = false);

}  // namespace raffinate::cli
