// Writes a Protobuf message as a YAML file for people.
#pragma once

#include <string>

#include <google/protobuf/message.h>

namespace raffinate::service {

/// `message` in the form that the reader takes: keys, maps and units by the
/// options of annotations.proto, numbers in the shortest form that reads back
/// to the same bits. Reading the result gives an equal message, provided the
/// message holds nothing the reader refuses (NaN, infinity, an empty `kind`).
std::string WriteYaml(const google::protobuf::Message& message);

}  // namespace raffinate::service
