// Text-format Protobuf files: fields by their own names, numbers in the units
// of the fields.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "service/file/reader.h"

namespace raffinate::service {

/// Parses `text` into `message`, with problems and places in `result`.
void ReadTextFormat(std::string_view text, const std::string& file, const ReadOptions& options,
                    google::protobuf::Message* message, ReadResult* result);

}  // namespace raffinate::service
