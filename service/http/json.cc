#include "service/http/json.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/rpc/status.pb.h"

namespace raffinate::service {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Protobuf says "(streams[0].flow): what", "(streams[0]) flow: what" of a name that it
// does not know, "flow: what" where that is a field of the request itself, or "what".
optimizer::Violation ToViolation(const std::string& what) {
  constexpr std::string_view kUnknown = ": Cannot find field.";
  if (!what.starts_with('(') && what.ends_with(kUnknown)) {
    return {what.substr(0, what.size() - kUnknown.size()), "there is no such field"};
  }
  const std::size_t close = what.find(')');
  const std::size_t colon = what.find(": ");
  if (!what.starts_with('(') || close == std::string::npos || colon == std::string::npos ||
      colon < close) {
    return {"", what};
  }
  std::string field = what.substr(1, close - 1);
  if (colon > close + 2) {
    absl::StrAppend(&field, field.empty() ? "" : ".", what.substr(close + 2, colon - close - 2));
  }
  std::string description = what.substr(colon + 2);
  if (description == "Cannot find field.") description = "there is no such field";
  return {std::move(field), std::move(description)};
}

const FieldDescriptor* FindField(const Descriptor* type, const std::string& name) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  return field != nullptr ? field : type->FindFieldByCamelcaseName(name);
}

// Of which type the field at `path` is, or what is wrong with the path.
const FieldDescriptor* Resolve(const Descriptor* type, const std::string& path, std::string* what) {
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    if (field != nullptr) type = field->message_type();
    field = type == nullptr ? nullptr : FindField(type, std::string(part));
    if (field == nullptr || field->is_repeated()) {
      std::vector<std::string> known;
      for (int i = 0; type != nullptr && i < type->field_count(); ++i) {
        if (!type->field(i)->is_repeated()) known.push_back(type->field(i)->name());
      }
      *what = absl::StrCat("is no single field of the request");
      for (std::size_t i = 0; i < known.size(); ++i) {
        absl::StrAppend(what, i == 0 ? "; known are " : ", ", known[i]);
      }
      return nullptr;
    }
  }
  if (field->message_type() != nullptr) {
    *what = "is a message; name a field of it, as in a.b";
    return nullptr;
  }
  return field;
}

}  // namespace

std::string MessageToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  // A figure that is zero is a figure; readers should not have to guess.
  options.always_print_primitive_fields = true;
  std::string text;
  // Fails for an Any of unknown type alone, of which the API has none.
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  return text;
}

optimizer::Violations AddJson(const std::string& text, google::protobuf::Message* message) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return {};
  // The library empties what it reads into.
  const std::unique_ptr<google::protobuf::Message> added(message->New());
  const auto status = google::protobuf::util::JsonStringToMessage(text, added.get());
  if (status.ok()) {
    message->MergeFrom(*added);
    return {};
  }
  return {ToViolation(std::string(status.message()))};
}

optimizer::Violations AddFields(const std::multimap<std::string, std::string>& fields,
                                google::protobuf::Message* message) {
  optimizer::Violations out;
  google::protobuf::Struct values;
  std::set<const FieldDescriptor*> seen;
  for (const auto& [path, text] : fields) {
    std::string what;
    const FieldDescriptor* field = Resolve(message->GetDescriptor(), path, &what);
    if (field == nullptr) {
      out.push_back({path, what});
      continue;
    }
    if (!seen.insert(field).second) {
      out.push_back({path, "is given more than once"});
      continue;
    }
    google::protobuf::Struct* parent = &values;
    const std::vector<std::string> parts = absl::StrSplit(path, '.');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      parent = (*parent->mutable_fields())[parts[i]].mutable_struct_value();
    }
    google::protobuf::Value& value = (*parent->mutable_fields())[parts.back()];
    // JSON takes numbers and enums as strings too, but no truth values.
    if (field->type() != FieldDescriptor::TYPE_BOOL) {
      value.set_string_value(text);
    } else if (text == "true" || text == "false") {
      value.set_bool_value(text == "true");
    } else {
      out.push_back({path, absl::StrCat("is '", text.substr(0, 64), "'; true or false is needed")});
    }
  }
  if (!out.empty() || values.fields().empty()) return out;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(values, &json);
  return AddJson(json, message);
}

std::string StatusToJson(const grpc::Status& status) {
  google::rpc::Status out;
  if (!out.ParseFromString(status.error_details()) || out.code() == 0) {
    out.set_code(status.error_code());
    out.set_message(status.error_message());
  }
  return MessageToJson(out);
}

int HttpStatus(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return 200;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return 400;
    case grpc::StatusCode::UNAUTHENTICATED:
      return 401;
    case grpc::StatusCode::PERMISSION_DENIED:
      return 403;
    case grpc::StatusCode::NOT_FOUND:
      return 404;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return 409;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::StatusCode::CANCELLED:
      return 499;
    case grpc::StatusCode::UNIMPLEMENTED:
      return 501;
    case grpc::StatusCode::UNAVAILABLE:
      return 503;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

}  // namespace raffinate::service
