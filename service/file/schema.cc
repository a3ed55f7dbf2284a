#include "service/file/schema.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "raffinate/v1/annotations.pb.h"

namespace raffinate::service {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

std::string FileKey(const FieldDescriptor* field) {
  const std::string& key = field->options().GetExtension(v1::file_key);
  return key.empty() ? field->name() : key;
}

std::string Unit(const FieldDescriptor* field) { return field->options().GetExtension(v1::unit); }

const FieldDescriptor* MapKey(const FieldDescriptor* field) {
  const std::string& key = field->options().GetExtension(v1::map_key);
  return key.empty() || field->message_type() == nullptr
             ? nullptr
             : field->message_type()->FindFieldByName(key);
}

const FieldDescriptor* BareValue(const FieldDescriptor* field) {
  const std::string& bare = field->options().GetExtension(v1::bare_value);
  return bare.empty() || field->message_type() == nullptr
             ? nullptr
             : field->message_type()->FindFieldByName(bare);
}

const FieldDescriptor* OnlyOther(const FieldDescriptor* key) {
  const Descriptor* message = key->containing_type();
  if (message->field_count() != 2) return nullptr;
  return message->field(message->field(0) == key ? 1 : 0);
}

bool IsLeafMessage(const Descriptor* descriptor) {
  const std::string& name = descriptor->full_name();
  return name == "raffinate.v1.Number" || name == "raffinate.v1.Count" ||
         name == "raffinate.v1.Name";
}

bool IsDemand(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE &&
         absl::StartsWith(field->name(), "min_") && !absl::StartsWith(FileKey(field), "min_");
}

Key FindKey(const Descriptor* descriptor, const std::string& key) {
  for (int i = 0; i < descriptor->field_count(); ++i) {
    if (FileKey(descriptor->field(i)) == key) return {descriptor->field(i), false};
  }
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->name() == key || field->json_name() == key) {
      return {field, FileKey(field) != field->name()};
    }
  }
  return {};
}

std::vector<std::string> FileKeys(const Descriptor* descriptor) {
  std::vector<std::string> keys;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    keys.push_back(FileKey(descriptor->field(i)));
  }
  return keys;
}

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor* descriptor, std::string_view text) {
  for (int i = 0; i < descriptor->value_count(); ++i) {
    if (absl::EqualsIgnoreCase(descriptor->value(i)->name(), {text.data(), text.size()})) {
      return descriptor->value(i);
    }
  }
  return nullptr;
}

std::vector<std::string> EnumNames(const EnumDescriptor* descriptor) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor->value_count(); ++i) {
    if (descriptor->value(i)->number() != 0) {
      names.push_back(absl::AsciiStrToLower(descriptor->value(i)->name()));
    }
  }
  return names;
}

namespace {

// Levenshtein distance in which swapping two neighbours counts once.
std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string Nearest(const std::string& found, const std::vector<std::string>& known) {
  // Longer than any name there is: not a slip, and not worth the square.
  if (found.size() > 64) return "";
  std::string nearest;
  std::size_t least = std::max<std::size_t>(1, found.size() / 3) + 1;
  for (const std::string& name : known) {
    const std::size_t distance =
        EditDistance(absl::AsciiStrToLower(found), absl::AsciiStrToLower(name));
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string Suggest(const std::string& found, const std::vector<std::string>& known) {
  const std::string nearest = Nearest(found, known);
  return absl::StrCat(nearest.empty() ? "" : absl::StrCat("did you mean \"", nearest, "\"? "),
                      "Known: ", absl::StrJoin(known, ", "));
}

}  // namespace raffinate::service
