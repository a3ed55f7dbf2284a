#include "service/file/writer.h"

#include <set>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/file/scalar.h"
#include "service/file/schema.h"

namespace raffinate::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string WithUnit(double value, const std::string& unit) {
  std::string text = ShortestDouble(value);
  if (!unit.empty() && unit != "1") absl::StrAppend(&text, " ", unit);
  return text;
}

// As a percentage where that reads back to the same bits and is not longer.
std::string Demand(double value) {
  const std::string plain = ShortestDouble(value);
  const std::string percent = ShortestDouble(value * 100);
  double back = 0;
  std::string error;
  const bool same =
      ParseNumber(percent + " %", {.unit = "1", .bare = true, .element = ""}, {}, &back, &error) &&
      back == value;
  return absl::StrCat(">= ", same && percent.size() <= plain.size() ? percent + " %" : plain);
}

class Writer {
 public:
  std::string Write(const Message& message) {
    out_.SetIndent(2);
    EmitMessage(message, nullptr, false);
    return absl::StrCat(out_.c_str(), "\n");
  }

 private:
  static std::vector<const FieldDescriptor*> Fields(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    return fields;
  }

  // Whether the message fits on a line: a leaf, or single values throughout.
  static bool IsShort(const Message& message) {
    for (const FieldDescriptor* field : Fields(message)) {
      const bool message_field = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (field->is_repeated()) return false;
      if (message_field && !IsLeafMessage(field->message_type())) return false;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
          message.GetReflection()->GetString(message, field).size() > 40) {
        return false;
      }
    }
    return Fields(message).size() <= 4;
  }

  // `key` is left out: the map that holds the message has it.
  void EmitMessage(const Message& message, const FieldDescriptor* key, bool flow) {
    if (flow) out_ << YAML::Flow;
    out_ << YAML::BeginMap;
    const bool objective = EmitObjective(message);
    for (const FieldDescriptor* field : Fields(message)) {
      if (field == key) continue;
      if (objective && (field->name() == "direction" || field->name() == "figure")) continue;
      out_ << YAML::Key << FileKey(field) << YAML::Value;
      EmitField(message, field);
    }
    out_ << YAML::EndMap;
  }

  // {maximize: purity} where both are said.
  bool EmitObjective(const Message& message) {
    if (message.GetDescriptor()->full_name() != "raffinate.v1.Objective") return false;
    const Reflection* reflection = message.GetReflection();
    const FieldDescriptor* direction = message.GetDescriptor()->FindFieldByName("direction");
    const FieldDescriptor* figure = message.GetDescriptor()->FindFieldByName("figure");
    const std::string name = reflection->GetString(message, figure);
    const int number = reflection->GetEnumValue(message, direction);
    if (name.empty() || (number != 1 && number != 2)) return false;
    out_ << YAML::Key << (number == 1 ? "maximize" : "minimize") << YAML::Value;
    EmitString(name);
    return true;
  }

  void EmitField(const Message& message, const FieldDescriptor* field) {
    const Reflection* reflection = message.GetReflection();
    if (!field->is_repeated()) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        EmitScalar(message, field, -1, Unit(field), IsDemand(field));
        return;
      }
      const Message& member = reflection->GetMessage(message, field);
      if (IsLeafMessage(field->message_type())) {
        EmitLeaf(member, Unit(field));
      } else {
        EmitMessage(member, nullptr, false);
      }
      return;
    }
    const int size = reflection->FieldSize(message, field);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      out_ << YAML::Flow << YAML::BeginSeq;
      for (int i = 0; i < size; ++i) EmitScalar(message, field, i, Unit(field), false);
      out_ << YAML::EndSeq;
    } else if (CanBeMap(message, field)) {
      EmitMap(message, field);
    } else {
      EmitList(message, field);
    }
  }

  // A map needs a key of its own for every entry.
  static bool CanBeMap(const Message& message, const FieldDescriptor* field) {
    const FieldDescriptor* key = MapKey(field);
    if (key == nullptr) return false;
    std::set<std::string> keys;
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      const Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
      const std::string name = entry.GetReflection()->GetString(entry, key);
      // Without a second member there is nothing to write behind the key.
      if (name.empty() || !keys.insert(name).second) return false;
      const FieldDescriptor* other = OnlyOther(key);
      if (other != nullptr && Fields(entry).size() < 2 && other->has_presence()) return false;
    }
    return true;
  }

  void EmitMap(const Message& message, const FieldDescriptor* field) {
    const FieldDescriptor* key = MapKey(field);
    const FieldDescriptor* bare = OnlyOther(key);
    out_ << YAML::BeginMap;
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      const Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
      out_ << YAML::Key;
      EmitString(entry.GetReflection()->GetString(entry, key));
      out_ << YAML::Value;
      if (bare != nullptr) {
        EmitField(entry, bare);
      } else {
        EmitMessage(entry, key, false);
      }
    }
    out_ << YAML::EndMap;
  }

  void EmitList(const Message& message, const FieldDescriptor* field) {
    const FieldDescriptor* bare = BareValue(field);
    const int size = message.GetReflection()->FieldSize(message, field);
    const auto is_bare = [bare](const Message& entry) {
      const std::vector<const FieldDescriptor*> set = Fields(entry);
      return bare != nullptr && set.size() == 1 && set.front() == bare;
    };
    bool flow = true;
    for (int i = 0; i < size; ++i) {
      flow = flow && is_bare(message.GetReflection()->GetRepeatedMessage(message, field, i));
    }
    if (flow) out_ << YAML::Flow;
    out_ << YAML::BeginSeq;
    for (int i = 0; i < size; ++i) {
      const Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
      if (is_bare(entry)) {
        EmitScalar(entry, bare, -1, Unit(bare), false);
      } else {
        EmitMessage(entry, nullptr, IsShort(entry));
      }
    }
    out_ << YAML::EndSeq;
  }

  void EmitLeaf(const Message& leaf, const std::string& unit) {
    const Reflection* reflection = leaf.GetReflection();
    const FieldDescriptor* kind =
        reflection->GetOneofFieldDescriptor(leaf, leaf.GetDescriptor()->oneof_decl(0));
    if (kind == nullptr) {
      out_ << YAML::Flow << YAML::BeginMap << YAML::EndMap;
      return;
    }
    if (kind->name() == "value") {
      EmitScalar(leaf, kind, -1, unit, false);
      return;
    }
    const Message& member = reflection->GetMessage(leaf, kind);
    out_ << YAML::Flow << YAML::BeginMap;
    if (kind->name() == "choices") {
      const FieldDescriptor* values = member.GetDescriptor()->FindFieldByName("values");
      out_ << YAML::Key << "choices" << YAML::Value << YAML::Flow << YAML::BeginSeq;
      const int size = member.GetReflection()->FieldSize(member, values);
      for (int i = 0; i < size; ++i) EmitScalar(member, values, i, unit, false);
      out_ << YAML::EndSeq;
    } else {
      // min and max are said even where they are zero.
      for (int i = 0; i < member.GetDescriptor()->field_count(); ++i) {
        const FieldDescriptor* field = member.GetDescriptor()->field(i);
        const bool bound = field->name() == "min" || field->name() == "max";
        const bool set =
            !field->is_repeated() &&
            (field->has_presence() || field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL
                 ? IsSet(member, field)
                 : bound);
        const int size =
            field->is_repeated() ? member.GetReflection()->FieldSize(member, field) : 0;
        if (!set && size == 0) continue;
        out_ << YAML::Key << field->name() << YAML::Value;
        const std::string its = Unit(field).empty() ? unit : Unit(field);
        if (!field->is_repeated()) {
          EmitScalar(member, field, -1, its, false);
          continue;
        }
        out_ << YAML::BeginSeq;
        for (int k = 0; k < size; ++k) EmitScalar(member, field, k, its, false);
        out_ << YAML::EndSeq;
      }
    }
    out_ << YAML::EndMap;
  }

  static bool IsSet(const Message& message, const FieldDescriptor* field) {
    return message.GetReflection()->HasField(message, field);
  }

  // `index` below zero: a single value.
  void EmitScalar(const Message& message, const FieldDescriptor* field, int index,
                  const std::string& unit, bool demand) {
    const Reflection* reflection = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const double value = index < 0 ? reflection->GetDouble(message, field)
                                       : reflection->GetRepeatedDouble(message, field, index);
        if (demand) {
          out_ << YAML::DoubleQuoted << Demand(value);
        } else {
          out_ << WithUnit(value, unit);
        }
        return;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        out_ << (index < 0 ? reflection->GetInt32(message, field)
                           : reflection->GetRepeatedInt32(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        out_ << (index < 0 ? reflection->GetInt64(message, field)
                           : reflection->GetRepeatedInt64(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ << (index < 0 ? reflection->GetBool(message, field)
                           : reflection->GetRepeatedBool(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value = index < 0 ? reflection->GetEnum(message, field)
                                      : reflection->GetRepeatedEnum(message, field, index);
        out_ << absl::AsciiStrToLower(value->name());
        return;
      }
      case FieldDescriptor::CPPTYPE_STRING:
        EmitString(index < 0 ? reflection->GetString(message, field)
                             : reflection->GetRepeatedString(message, field, index));
        return;
      default:
        // The messages of this project hold no other types.
        out_ << "";
        return;
    }
  }

  // Quoted unless it is plain to every YAML reader, those included that take
  // `no` or `Y` for truth values.
  void EmitString(const std::string& text) {
    static const std::set<std::string, std::less<>> kWords = {
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"};
    bool plain = !text.empty() && absl::ascii_isalpha(text.front()) && text.back() != ' ' &&
                 !kWords.contains(absl::AsciiStrToLower(text));
    for (const char c : text) {
      plain = plain && (absl::ascii_isalnum(c) || absl::StrContains(" _./+-()%=", c));
    }
    if (!plain) out_ << YAML::DoubleQuoted;
    out_ << text;
  }

  YAML::Emitter out_;
};

}  // namespace

std::string WriteYaml(const Message& message) { return Writer().Write(message); }

}  // namespace raffinate::service
