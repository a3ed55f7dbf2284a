// How the fields of a message are named and written in a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace raffinate::service {

/// The key of `field` in a file: its `file_key`, or its own name.
std::string FileKey(const google::protobuf::FieldDescriptor* field);

/// The `unit` of `field`, or empty.
std::string Unit(const google::protobuf::FieldDescriptor* field);

/// The member of the field's message that takes the key of a map, or null when
/// the field is not written as a map.
const google::protobuf::FieldDescriptor* MapKey(const google::protobuf::FieldDescriptor* field);

/// The member of the field's message that takes a bare value, or null.
const google::protobuf::FieldDescriptor* BareValue(const google::protobuf::FieldDescriptor* field);

/// Of a message with a map key: the one other member, which then takes a bare
/// value (`Nd: 25 g/L`). Null when there are several.
const google::protobuf::FieldDescriptor* OnlyOther(const google::protobuf::FieldDescriptor* key);

/// Whether the message is a leaf of a flowsheet: Number, Count or Name.
bool IsLeafMessage(const google::protobuf::Descriptor* descriptor);

/// Whether the field is a demand, written with its sign: `purity: ">= 99 %"`.
bool IsDemand(const google::protobuf::FieldDescriptor* field);

/// A key of a file resolved in a message.
struct Key {
  const google::protobuf::FieldDescriptor* field = nullptr;
  /// By the field's own name where that differs from its file key: the number
  /// is then in the field's unit, as in the Protobuf JSON of the API.
  bool canonical = false;
};
Key FindKey(const google::protobuf::Descriptor* descriptor, const std::string& key);

/// The keys of a message as a person would write them.
std::vector<std::string> FileKeys(const google::protobuf::Descriptor* descriptor);

/// The value of an enum by its name in any case ("open", "OPEN"), or null.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor* descriptor, std::string_view text);

/// The names of an enum in lower case, without the unspecified one.
std::vector<std::string> EnumNames(const google::protobuf::EnumDescriptor* descriptor);

/// The entry of `known` nearest to `found` by edit distance, if near enough to
/// be a slip of the pen; empty otherwise.
std::string Nearest(const std::string& found, const std::vector<std::string>& known);

/// `did you mean "x"? Known: a, b, c` (the first part where something is near).
std::string Suggest(const std::string& found, const std::vector<std::string>& known);

}  // namespace raffinate::service
