#include "clients/cli/leaf_names.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "service/file/schema.h"

namespace raffinate::cli {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string NameBelow(const std::string& above, const FieldDescriptor* above_field,
                      const FieldDescriptor* field, const Message* member, int index) {
  std::string name = above;
  // Of a metal its only other member needs no name.
  const bool only_other = above_field != nullptr && service::MapKey(above_field) != nullptr &&
                          service::OnlyOther(service::MapKey(above_field)) == field;
  if (!only_other) absl::StrAppend(&name, name.empty() ? "" : ".", service::FileKey(field));
  const FieldDescriptor* key = service::MapKey(field);
  if (key != nullptr && member != nullptr) {
    absl::StrAppend(&name, ".", member->GetReflection()->GetString(*member, key));
  } else if (field->is_repeated()) {
    absl::StrAppend(&name, "[", index, "]");
  }
  return name;
}

std::string NameInFile(const v1::Flowsheet& flowsheet, const std::string& path) {
  std::string name;
  // Null below a field that is not set: a leaf that has its default.
  const Message* message = &flowsheet;
  const google::protobuf::Descriptor* type = flowsheet.GetDescriptor();
  const FieldDescriptor* above = nullptr;
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '.');
  for (const absl::string_view part : parts) {
    const std::vector<absl::string_view> halves = absl::StrSplit(part, absl::MaxSplits('[', 1));
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(std::string(halves[0]));
    int index = 0;
    if (field == nullptr || field->is_repeated() != (halves.size() == 2) ||
        (halves.size() == 2 && !absl::SimpleAtoi(absl::StripSuffix(halves[1], "]"), &index))) {
      return path;
    }
    const Message* member = nullptr;
    if (field->message_type() != nullptr && message != nullptr) {
      const Reflection* reflection = message->GetReflection();
      if (field->is_repeated()) {
        if (index < 0 || index >= reflection->FieldSize(*message, field)) return path;
        member = &reflection->GetRepeatedMessage(*message, field, index);
      } else if (reflection->HasField(*message, field)) {
        member = &reflection->GetMessage(*message, field);
      }
    }
    name = NameBelow(name, above, field, member, index);
    message = member;
    type = field->message_type();
    above = field;
  }
  return name;
}

}  // namespace raffinate::cli
