#include "service/file/decoder.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raffinate::service {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Sets `time` from RFC 3339; false when the text is none.
bool ParseTime(const std::string& text, Message* time) {
  google::protobuf::Timestamp parsed;
  if (!google::protobuf::util::TimeUtil::FromString(text, &parsed)) return false;
  time->CopyFrom(parsed);
  return true;
}

bool IsObjective(const Message& message) {
  return message.GetDescriptor()->full_name() == "raffinate.v1.Objective";
}

// Whether a map is a leaf (`{min: .., max: ..}`) rather than a message.
bool LooksLikeLeaf(const Node& map, const google::protobuf::Descriptor* descriptor) {
  static const std::set<std::string, std::less<>> kLeafKeys = {
      "value", "range", "choices", "min",         "max",     "start",
      "step",  "log",   "sd",      "relative_sd", "uniform", "uncertain"};
  bool leaf = false;
  for (const auto& [key, value] : map.entries) {
    if (FindKey(descriptor, key->text).field != nullptr) return false;
    leaf = leaf || kLeafKeys.contains(key->text);
  }
  return leaf;
}

// Whether `map` is the entries of `bare` itself (`raffinate: {recycle: 0.3}`) rather than the
// message around them (`raffinate: {parts: {recycle: 0.3}}`).
bool IsInnerMap(const Node& map, const google::protobuf::FieldDescriptor* bare) {
  if (!bare->is_repeated() || MapKey(bare) == nullptr) return false;
  return std::none_of(map.entries.begin(), map.entries.end(), [bare](const auto& entry) {
    return FindKey(bare->containing_type(), entry.first->text).field != nullptr;
  });
}

}  // namespace

Decoder::Path Decoder::Path::Member(const std::string& proto_name,
                                    const std::string& user_name) const {
  const auto join = [](const std::string& base, const std::string& name) {
    return base.empty() || name.empty() ? base + name : absl::StrCat(base, ".", name);
  };
  return {join(proto, proto_name), join(user, user_name)};
}

Decoder::Path Decoder::Path::Index(int index) const {
  return {absl::StrCat(proto, "[", index, "]"), absl::StrCat(user, "[", index, "]")};
}

// A value below its key is best found by the key.
Decoder::Mark Decoder::At(const Node& key, const Node& value) {
  const bool by_key = value.kind == Node::Kind::kNull ||
                      (value.kind != Node::Kind::kScalar && value.line != key.line);
  return by_key ? At(key) : At(value);
}

void Decoder::Report(Mark mark, const std::string& path, std::string message) {
  result_->problems.push_back({file_, mark.line, mark.column, path, std::move(message)});
}

bool Decoder::Full() const {
  return result_->problems.size() > static_cast<std::size_t>(options_.max_problems);
}

void Decoder::Locate(const Path& path, Mark mark) {
  result_->source.Add(path.proto, {mark.line, mark.column, path.user});
}

std::string Decoder::Advice(const std::string& found, const std::vector<std::string>& known) const {
  // Only the first problems are shown; the rest need no advice.
  return Full() ? "" : Suggest(found, known);
}

void Decoder::Decode(const Node& root, Message* message) {
  if (root.kind != Node::Kind::kMap) {
    Report(At(root), "",
           absl::StrCat("found ", Describe(root), "; right would be a map with the keys ",
                        absl::StrJoin(FileKeys(message->GetDescriptor()), ", ")));
    return;
  }
  DecodeMessage(root, message, {});
}

std::string Decoder::ElementOf(const Node& map, const Message& message) const {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("element");
  if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return "";
  for (const auto& [key, value] : map.entries) {
    if (key->text == "element") return value->text;
  }
  return message.GetReflection()->GetString(message, field);
}

NumberFormat Decoder::FormatOf(const FieldDescriptor* field, bool canonical,
                               const std::string& element) {
  NumberFormat format{.unit = Unit(field), .bare = canonical, .element = ""};
  if (format.unit == "mol/L") format.element = element;
  return format;
}

void Decoder::DecodeMessage(const Node& map, Message* message, const Path& path) {
  const std::string element = ElementOf(map, *message);
  std::map<const FieldDescriptor*, const Node*> seen;
  const Node* objective = nullptr;  // the key maximize or minimize
  for (const auto& [key, value] : map.entries) {
    if (key->kind != Node::Kind::kScalar) {
      Report(At(*key), path.user,
             absl::StrCat("found ", Describe(*key), " where a key belongs; a key is a word"));
      continue;
    }
    if (IsObjective(*message) && (key->text == "maximize" || key->text == "minimize")) {
      if (objective != nullptr) {
        Report(At(*key), path.Member("", key->text).user,
               "found a second direction; an objective has one");
        continue;
      }
      objective = key.get();
      DecodeObjectiveKey(*key, *value, message, path);
      continue;
    }
    const Key found = FindKey(message->GetDescriptor(), key->text);
    if (found.field == nullptr) {
      std::vector<std::string> known = FileKeys(message->GetDescriptor());
      if (IsObjective(*message)) known.insert(known.end(), {"maximize", "minimize"});
      Report(At(*key), path.Member("", key->text).user,
             absl::StrCat("unknown key ", Describe(*key), "; ", Advice(key->text, known)));
      continue;
    }
    const Path at = path.Member(found.field->name(), key->text);
    const auto [first, fresh] = seen.emplace(found.field, key.get());
    if (!fresh) {
      const std::string other = first->second->text;
      Report(
          At(*key), at.user,
          absl::StrCat("given twice", other == key->text ? "" : absl::StrCat(" (as ", other, ")"),
                       ", first on line ", first->second->line));
      continue;
    }
    if (json_ && value->kind == Node::Kind::kNull) continue;
    const Mark mark = At(*key, *value);
    Locate(at, mark);
    DecodeField(*value, mark, message, found.field, FormatOf(found.field, found.canonical, element),
                !found.canonical && IsDemand(found.field), at);
  }
  if (objective != nullptr) {
    for (const char* name : {"direction", "figure"}) {
      const auto it = seen.find(message->GetDescriptor()->FindFieldByName(name));
      if (it != seen.end()) {
        Report(At(*it->second), path.Member("", name).user,
               absl::StrCat("already said by ", objective->text, " on line ", objective->line));
      }
    }
  }
}

void Decoder::DecodeObjectiveKey(const Node& key, const Node& value, Message* message,
                                 const Path& path) {
  const Reflection* reflection = message->GetReflection();
  const FieldDescriptor* direction = message->GetDescriptor()->FindFieldByName("direction");
  const FieldDescriptor* figure = message->GetDescriptor()->FindFieldByName("figure");
  reflection->SetEnum(message, direction, FindEnumValue(direction->enum_type(), key.text));
  Locate(path.Member("direction", key.text), At(key));
  const Path at = path.Member("figure", key.text);
  Locate(at, At(key, value));
  DecodeScalar(value, At(key, value), message, figure, {}, false, at);
}

void Decoder::DecodeField(const Node& value, Mark mark, Message* message,
                          const FieldDescriptor* field, const NumberFormat& format, bool demand,
                          const Path& path) {
  if (value.kind == Node::Kind::kNull) {
    Report(mark, path.user, "found nothing; give a value or leave the key out");
    return;
  }
  if (field->is_repeated()) {
    if (MapKey(field) != nullptr && value.kind == Node::Kind::kMap) {
      DecodeMap(value, message, field, path);
    } else {
      DecodeList(value, mark, message, field, format, path);
    }
    return;
  }
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    DecodeScalar(value, mark, message, field, format, demand, path);
    return;
  }
  Message* member = message->GetReflection()->MutableMessage(message, field);
  if (IsLeafMessage(field->message_type())) {
    DecodeLeaf(value, mark, member, format, path);
  } else if (field->message_type() == google::protobuf::Timestamp::descriptor()) {
    if (value.kind != Node::Kind::kScalar || !ParseTime(value.text, member)) {
      Report(mark, path.user,
             absl::StrCat("found ", Describe(value),
                          "; right would be a time as 2026-11-23T06:00:00Z"));
    }
  } else if (value.kind == Node::Kind::kMap) {
    DecodeMessage(value, member, path);
  } else {
    Report(mark, path.user,
           absl::StrCat("found ", Describe(value), "; right would be a map with the keys ",
                        absl::StrJoin(FileKeys(field->message_type()), ", ")));
  }
}

void Decoder::DecodeMap(const Node& map, Message* message, const FieldDescriptor* field,
                        const Path& path) {
  const FieldDescriptor* key_field = MapKey(field);
  std::map<std::string, int> seen;
  int index = 0;
  for (const auto& [key, value] : map.entries) {
    if (key->kind != Node::Kind::kScalar) {
      Report(At(*key), path.user,
             absl::StrCat("found ", Describe(*key), " where the ", key_field->name(), " belongs"));
      continue;
    }
    Path at = path.Index(index);
    at.user = path.Member("", key->text).user;
    const auto [first, fresh] = seen.emplace(key->text, key->line);
    if (!fresh) {
      Report(At(*key), at.user, absl::StrCat("given twice, first on line ", first->second));
      continue;
    }
    Message* entry = message->GetReflection()->AddMessage(message, field);
    ++index;
    entry->GetReflection()->SetString(entry, key_field, key->text);
    Locate(at, At(*key));
    Locate({at.Member(key_field->name(), "").proto, at.user}, At(*key));
    DecodeMapEntry(*key, *value, entry, key_field, at);
  }
}

void Decoder::DecodeMapEntry(const Node& key, const Node& value, Message* entry,
                             const FieldDescriptor* key_field, const Path& path) {
  const Mark mark = At(key, value);
  if (value.kind == Node::Kind::kNull) {
    Report(mark, path.user, "found nothing; give a value or leave the key out");
    return;
  }
  const FieldDescriptor* bare = OnlyOther(key_field);
  if (bare != nullptr &&
      (value.kind != Node::Kind::kMap || LooksLikeLeaf(value, entry->GetDescriptor()) ||
       IsInnerMap(value, bare))) {
    const Path at = {path.Member(bare->name(), "").proto, path.user};
    Locate(at, mark);
    const std::string element = key_field->name() == "element" ? key.text : "";
    DecodeField(value, mark, entry, bare, FormatOf(bare, false, element), false, at);
    return;
  }
  if (value.kind != Node::Kind::kMap) {
    Report(mark, path.user,
           absl::StrCat("found ", Describe(value), "; right would be a map with the keys ",
                        absl::StrJoin(FileKeys(entry->GetDescriptor()), ", ")));
    return;
  }
  for (const auto& [inner_key, inner] : value.entries) {
    if (inner_key->text != key_field->name()) continue;
    if (inner->text != key.text) {
      Report(At(*inner_key, *inner), path.user,
             absl::StrCat("found the ", key_field->name(), " ", Describe(*inner),
                          " below the key \"", key.text, "\"; leave one of them out"));
    }
  }
  DecodeMessage(value, entry, path);
}

void Decoder::DecodeList(const Node& value, Mark mark, Message* message,
                         const FieldDescriptor* field, const NumberFormat& format,
                         const Path& path) {
  const Reflection* reflection = message->GetReflection();
  const bool messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const FieldDescriptor* bare = BareValue(field);
  const auto decode_item = [&](const Node& item, const Path& at) {
    Locate(at, At(item));
    if (!messages) {
      DecodeScalar(item, At(item), message, field, format, false, at);
    } else if (item.kind == Node::Kind::kScalar && bare != nullptr) {
      Message* entry = reflection->AddMessage(message, field);
      const Path bare_at = {at.Member(bare->name(), "").proto, at.user};
      Locate(bare_at, At(item));
      DecodeScalar(item, At(item), entry, bare, FormatOf(bare, false, ""), false, bare_at);
    } else if (item.kind == Node::Kind::kMap) {
      DecodeMessage(item, reflection->AddMessage(message, field), at);
    } else {
      Report(At(item), at.user,
             absl::StrCat("found ", Describe(item), "; right would be a map with the keys ",
                          absl::StrJoin(FileKeys(field->message_type()), ", ")));
    }
  };
  if (value.kind == Node::Kind::kSequence) {
    int index = 0;
    for (const NodePtr& item : value.items) decode_item(*item, path.Index(index++));
    return;
  }
  // One value stands for a list of one where there can be no doubt.
  if (value.kind == Node::Kind::kScalar && (!messages || bare != nullptr)) {
    decode_item(value, {path.Index(0).proto, path.user});
    return;
  }
  const FieldDescriptor* key_field = MapKey(field);
  Report(mark, path.user,
         key_field != nullptr
             ? absl::StrCat("found ", Describe(value), "; right would be a map from ",
                            key_field->name(), " to value")
             : absl::StrCat("found ", Describe(value),
                            "; right would be a list, each entry after \"- \" on its line"));
}

void Decoder::DecodeScalar(const Node& value, Mark mark, Message* message,
                           const FieldDescriptor* field, const NumberFormat& format, bool demand,
                           const Path& path) {
  const Reflection* reflection = message->GetReflection();
  const bool add = field->is_repeated();
  // A list keeps its length, so that the indices of later paths stay right.
  if (value.kind != Node::Kind::kScalar) {
    Report(mark, path.user, absl::StrCat("found ", Describe(value), "; right would be one value"));
    return;
  }
  std::string error;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      std::string text = value.text;
      if (demand) {
        const absl::string_view stripped = absl::StripAsciiWhitespace(text);
        const std::size_t sign = absl::StartsWith(stripped, ">=")  ? 2
                                 : absl::StartsWith(stripped, "≥") ? 3
                                                                   : 0;
        if (sign == 0) {
          const std::size_t digit =
              std::min(stripped.find_first_of("0123456789."), stripped.size());
          const std::string number(stripped.substr(digit));
          Report(mark, path.user,
                 absl::StrCat("found ", Describe(value), "; a demand is written \">= ",
                              number.empty() ? "99 %" : number, "\", other signs have no meaning"));
          return;
        }
        text = std::string(stripped.substr(sign));
      }
      double number = 0;
      if (ParseNumber(text, format, options_.elements, &number, &error)) {
        add ? reflection->AddDouble(message, field, number)
            : reflection->SetDouble(message, field, number);
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64: {
      const bool wide = field->cpp_type() == FieldDescriptor::CPPTYPE_INT64;
      const bool count = absl::StartsWith(field->containing_type()->name(), "Count");
      const std::int64_t least = count ? 0
                                       : (wide ? std::numeric_limits<std::int64_t>::min()
                                               : std::numeric_limits<std::int32_t>::min());
      const std::int64_t most = wide ? std::numeric_limits<std::int64_t>::max()
                                     : std::numeric_limits<std::int32_t>::max();
      std::int64_t number = 0;
      if (!ParseWhole(value.text, least, most, &number, &error)) break;
      if (wide) {
        add ? reflection->AddInt64(message, field, number)
            : reflection->SetInt64(message, field, number);
      } else {
        const auto narrow = static_cast<std::int32_t>(number);
        add ? reflection->AddInt32(message, field, narrow)
            : reflection->SetInt32(message, field, narrow);
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (value.text != "true" && value.text != "false") {
        error = absl::StrCat("found ", Describe(value), "; right would be true or false");
        break;
      }
      add ? reflection->AddBool(message, field, value.text == "true")
          : reflection->SetBool(message, field, value.text == "true");
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* named = FindEnumValue(field->enum_type(), value.text);
      if (named == nullptr) {
        error = absl::StrCat("found ", Describe(value), "; ",
                             Advice(value.text, EnumNames(field->enum_type())));
        break;
      }
      add ? reflection->AddEnum(message, field, named) : reflection->SetEnum(message, field, named);
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      add ? reflection->AddString(message, field, value.text)
          : reflection->SetString(message, field, value.text);
      break;
    default:
      error = "a field of this type cannot be written in a file";
      break;
  }
  if (!error.empty()) Report(mark, path.user, error);
}

}  // namespace raffinate::service
