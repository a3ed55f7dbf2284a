#include "service/file/source_map.h"

#include <utility>

#include "service/file/schema.h"

namespace raffinate::service {
namespace {

// Takes the first segment off `rest`: a field name and its index, if any.
struct Segment {
  std::string field;
  std::string index;  // "[1]" or empty
};

Segment TakeSegment(std::string_view* rest) {
  if (!rest->empty() && rest->front() == '.') rest->remove_prefix(1);
  const std::size_t end = rest->find_first_of(".");
  std::string_view whole = rest->substr(0, end);
  rest->remove_prefix(whole.size());
  const std::size_t bracket = whole.find('[');
  Segment segment;
  segment.field = std::string(whole.substr(0, bracket));
  if (bracket != std::string_view::npos) segment.index = std::string(whole.substr(bracket));
  return segment;
}

// The words of the file for the fields of `rest`, below the message `at`.
// `enclosing` holds the part of the path that was found in the file.
std::string FriendlyPath(const google::protobuf::Descriptor* root, std::string_view proto_path,
                         std::size_t known, std::string friendly) {
  const google::protobuf::Descriptor* at = root;
  std::string_view rest = proto_path;
  while (!rest.empty()) {
    const Segment segment = TakeSegment(&rest);
    const google::protobuf::FieldDescriptor* field =
        at == nullptr ? nullptr : at->FindFieldByName(segment.field);
    const std::size_t consumed = proto_path.size() - rest.size();
    if (consumed > known) {
      const bool field_known = consumed - segment.index.size() <= known;
      const bool hidden =
          at != nullptr && IsLeafMessage(at) &&
          (segment.field == "value" || segment.field == "range" || segment.field == "uncertain");
      if (!field_known && !hidden) {
        if (!friendly.empty()) friendly += '.';
        friendly += field == nullptr ? segment.field : FileKey(field);
      }
      friendly += segment.index;
    }
    at = field == nullptr ? nullptr : field->message_type();
  }
  return friendly;
}

}  // namespace

void SourceMap::Add(const std::string& proto_path, SourceLocation location) {
  locations_.emplace(proto_path, std::move(location));
}

SourceLocation SourceMap::Find(std::string_view proto_path) const {
  std::string_view known = proto_path;
  for (;;) {
    const auto it = locations_.find(known);
    if (it != locations_.end()) {
      SourceLocation location = it->second;
      location.path = FriendlyPath(root_, proto_path, known.size(), location.path);
      return location;
    }
    const std::size_t cut = known.find_last_of(".[");
    if (cut == std::string_view::npos) break;
    known = known.substr(0, cut);
  }
  return {.line = 1, .column = 1, .path = FriendlyPath(root_, proto_path, 0, "")};
}

}  // namespace raffinate::service
