// Number, Count and Name: a value, a range, choices or an uncertain value.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/file/decoder.h"

namespace raffinate::service {

using google::protobuf::Message;

namespace {

bool IsName(const Message& leaf) { return leaf.GetDescriptor()->name() == "Name"; }
bool IsNumber(const Message& leaf) { return leaf.GetDescriptor()->name() == "Number"; }

/// Whether only an uncertain value has this key.
bool IsUncertainKey(std::string_view key) {
  return key == "sd" || key == "relative_sd" || key == "uniform";
}

std::string Forms(const Message& leaf, const NumberFormat& format) {
  const std::string unit =
      format.unit.empty() || format.unit == "1" ? "" : absl::StrCat(" ", format.unit);
  if (IsName(leaf)) return "a name, or {choices: [a, b]}";
  if (!IsNumber(leaf)) return "a whole number, {min: 4, max: 20} or {choices: [4, 8]}";
  return absl::StrCat("a number", unit.empty() ? "" : " with its unit", ", {min: 1", unit,
                      ", max: 2", unit, "} or {choices: [1", unit, ", 2", unit, "]}");
}

}  // namespace

void Decoder::DecodeLeaf(const Node& value, Mark mark, Message* leaf, const NumberFormat& format,
                         const Path& path) {
  if (value.kind == Node::Kind::kMap) {
    DecodeLeafMap(value, leaf, format, path);
    return;
  }
  if (value.kind != Node::Kind::kScalar) {
    Report(mark, path.user,
           absl::StrCat("found ", Describe(value), "; right would be ", Forms(*leaf, format)));
    return;
  }
  const FieldDescriptor* field = leaf->GetDescriptor()->FindFieldByName("value");
  const Path at = {path.Member("value", "").proto, path.user};
  Locate(at, mark);
  DecodeScalar(value, mark, leaf, field, format, false, at);
}

void Decoder::DecodeLeafMap(const Node& map, Message* leaf, const NumberFormat& format,
                            const Path& path) {
  const bool ranges = !IsName(*leaf);
  std::vector<std::string> known = {"choices", "value"};
  if (ranges) known = {"min", "max", "start", "choices", "value"};
  if (IsNumber(*leaf)) {
    known.insert(known.begin() + 3, {"step", "log"});
    known.insert(known.end(), {"sd", "relative_sd", "uniform"});
  }
  const bool uncertain =
      IsNumber(*leaf) && std::any_of(map.entries.begin(), map.entries.end(), [](const auto& entry) {
        return IsUncertainKey(entry.first->text);
      });
  std::set<std::string> kinds;
  std::map<std::string, const Node*> seen;
  // What is written by the members of a kind, without its name.
  Node members;
  members.kind = Node::Kind::kMap;
  members.line = map.line;
  members.column = map.column;
  for (const auto& entry : map.entries) {
    const Node& key = *entry.first;
    const Node& value = *entry.second;
    const Mark mark = At(key, value);
    const Path at = path.Member(key.text, key.text);
    const auto [first, fresh] = seen.emplace(key.text, &key);
    if (!fresh) {
      Report(At(key), at.user, absl::StrCat("given twice, first on line ", first->second->line));
      continue;
    }
    if (json_ && value.kind == Node::Kind::kNull) continue;
    if (uncertain && (key.text == "value" || IsUncertainKey(key.text))) {
      kinds.insert("an uncertain value");
      members.entries.push_back(entry);
    } else if (key.text == "value") {
      kinds.insert("a value");
      if (kinds.size() > 1) continue;
      Locate(at, mark);
      DecodeScalar(value, mark, leaf, leaf->GetDescriptor()->FindFieldByName("value"), format,
                   false, at);
    } else if (key.text == "choices") {
      kinds.insert("choices");
      if (kinds.size() > 1) continue;
      Locate(at, mark);
      DecodeChoices(value, mark, leaf, format, at);
    } else if (ranges && key.text == "range" && value.kind == Node::Kind::kMap) {
      kinds.insert("a range");
      if (kinds.size() > 1) continue;
      Locate(at, mark);
      DecodeMembers("range", value, leaf, format, at);
    } else if (IsNumber(*leaf) && key.text == "uncertain" && value.kind == Node::Kind::kMap) {
      kinds.insert("an uncertain value");
      if (kinds.size() > 1) continue;
      Locate(at, mark);
      DecodeMembers("uncertain", value, leaf, format, at);
    } else if (ranges && (key.text == "min" || key.text == "max" || key.text == "start" ||
                          (IsNumber(*leaf) && (key.text == "step" || key.text == "log")))) {
      kinds.insert("a range");
      members.entries.push_back(entry);
    } else {
      Report(At(key), at.user,
             absl::StrCat("unknown key ", Describe(key), "; ", Advice(key.text, known)));
    }
  }
  if (kinds.size() > 1) {
    Report(At(map), path.user,
           absl::StrCat("found ", absl::StrJoin(kinds, " and "),
                        "; right would be one of them: ", Forms(*leaf, format)));
    return;
  }
  if (!members.entries.empty()) {
    const char* kind = uncertain ? "uncertain" : "range";
    const Path at = {path.Member(kind, "").proto, path.user};
    Locate(at, At(map));
    DecodeMembers(kind, members, leaf, format, at);
  } else if (map.entries.empty()) {
    Report(At(map), path.user,
           absl::StrCat("found an empty map; right would be ", Forms(*leaf, format)));
  }
}

void Decoder::DecodeMembers(const char* kind, const Node& map, Message* leaf,
                            const NumberFormat& format, const Path& path) {
  const FieldDescriptor* field = leaf->GetDescriptor()->FindFieldByName(kind);
  Message* message = leaf->GetReflection()->MutableMessage(leaf, field);
  std::map<std::string, const Node*> seen;
  for (const auto& [key, value] : map.entries) {
    const FieldDescriptor* member = FindKey(message->GetDescriptor(), key->text).field;
    const Path at = path.Member(key->text, key->text);
    if (member == nullptr) {
      Report(At(*key), at.user,
             absl::StrCat("unknown key ", Describe(*key), "; ",
                          Advice(key->text, FileKeys(message->GetDescriptor()))));
      continue;
    }
    const auto [first, fresh] = seen.emplace(key->text, key.get());
    if (!fresh) {
      Report(At(*key), at.user, absl::StrCat("given twice, first on line ", first->second->line));
      continue;
    }
    if (json_ && value->kind == Node::Kind::kNull) continue;
    const Mark mark = At(*key, *value);
    Locate(at, mark);
    // A member has the unit of the leaf unless it says its own.
    NumberFormat own;
    own.unit = Unit(member);
    const NumberFormat& its = own.unit.empty() ? format : own;
    if (!member->is_repeated()) {
      DecodeScalar(*value, mark, message, member, its, false, at);
    } else if (value->kind != Node::Kind::kSequence) {
      Report(mark, at.user,
             absl::StrCat("found ", Describe(*value), "; right would be [lowest, highest]"));
    } else {
      DecodeList(*value, mark, message, member, its, at);
    }
  }
  if (kind != std::string_view("range")) return;  // conversion knows what goes together
  for (const char* needed : {"min", "max"}) {
    // Protobuf JSON leaves zeros out.
    if (!seen.contains(needed) && !json_) {
      Report(At(map), path.user,
             absl::StrCat("found a range without ", needed, "; right would be ",
                          Forms(*leaf, format)));
    }
  }
}

void Decoder::DecodeChoices(const Node& value, Mark mark, Message* leaf, const NumberFormat& format,
                            const Path& path) {
  const Node* list = &value;
  Path at = path.Member("values", "");
  if (value.kind == Node::Kind::kMap && value.entries.size() == 1 &&
      value.entries.front().first->text == "values") {
    list = value.entries.front().second.get();
    at = path.Member("values", "values");
  }
  if (list->kind != Node::Kind::kSequence || list->items.empty()) {
    Report(
        mark, path.user,
        absl::StrCat("found ", list->kind == Node::Kind::kSequence ? "no choice" : Describe(*list),
                     "; right would be a list of at least one, as in ", Forms(*leaf, format)));
    return;
  }
  const FieldDescriptor* field = leaf->GetDescriptor()->FindFieldByName("choices");
  Message* choices = leaf->GetReflection()->MutableMessage(leaf, field);
  const FieldDescriptor* values = choices->GetDescriptor()->FindFieldByName("values");
  int index = 0;
  for (const NodePtr& item : list->items) {
    const Path item_at = {at.Index(index).proto, absl::StrCat(at.user, "[", index, "]")};
    ++index;
    Locate(item_at, At(*item));
    DecodeScalar(*item, At(*item), choices, values, format, false, item_at);
  }
}

}  // namespace raffinate::service
