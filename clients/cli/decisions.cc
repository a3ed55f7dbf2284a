#include "clients/cli/decisions.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/leaf_names.h"
#include "service/file/scalar.h"
#include "service/file/schema.h"

namespace raffinate::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsOpen(const Message& leaf) {
  const FieldDescriptor* kind =
      leaf.GetReflection()->GetOneofFieldDescriptor(leaf, leaf.GetDescriptor()->oneof_decl(0));
  return kind != nullptr && (kind->name() == "range" || kind->name() == "choices");
}

void Collect(const Message& message, const Decision& above, std::vector<Decision>* found) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const Message& member = field->is_repeated()
                                  ? reflection->GetRepeatedMessage(message, field, i)
                                  : reflection->GetMessage(message, field);
      Decision below = above;
      below.steps.emplace_back(field, i);
      below.name = NameBelow(above.name, above.steps.empty() ? nullptr : above.steps.back().first,
                             field, &member, i);
      if (!service::IsLeafMessage(field->message_type())) {
        Collect(member, below, found);
      } else if (IsOpen(member)) {
        below.unit = service::Unit(field);
        found->push_back(below);
      }
    }
  }
}

}  // namespace

std::vector<Decision> DecisionsOf(const v1::Flowsheet& question) {
  std::vector<Decision> found;
  Collect(question, {}, &found);
  return found;
}

std::string ValueOf(const Decision& decision, const v1::Flowsheet& answer) {
  const Message* message = &answer;
  for (const auto& [field, index] : decision.steps) {
    const Reflection* reflection = message->GetReflection();
    if (field->is_repeated()) {
      if (index >= reflection->FieldSize(*message, field)) return "";
      message = &reflection->GetRepeatedMessage(*message, field, index);
    } else {
      if (!reflection->HasField(*message, field)) return "";
      message = &reflection->GetMessage(*message, field);
    }
  }
  const FieldDescriptor* value = message->GetDescriptor()->FindFieldByName("value");
  const Reflection* reflection = message->GetReflection();
  if (!reflection->HasField(*message, value)) return "";
  switch (value->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return service::ShortestDouble(reflection->GetDouble(*message, value));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection->GetInt32(*message, value));
    default:
      return reflection->GetString(*message, value);
  }
}

}  // namespace raffinate::cli
