// Where in a file each field of a message was written.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <google/protobuf/descriptor.h>

namespace raffinate::service {

/// A place in a file. Lines and columns count from 1; 0 is "not known".
struct SourceLocation {
  int line = 0;
  int column = 0;
  /// The field as the user wrote it: `streams.scrub.flow.min`.
  std::string path;
};

/// From the path of a field in the message (`streams[1].flow_m3_per_h.range.min`)
/// to the place in the file it was read from.
class SourceMap {
 public:
  SourceMap() = default;
  explicit SourceMap(const google::protobuf::Descriptor* root) : root_(root) {}

  /// Records where `proto_path` was written. The first record of a path stays.
  void Add(const std::string& proto_path, SourceLocation location);

  /// The place of `proto_path`, or of the nearest enclosing field that is in
  /// the file; the rest of the path is then added in the words of the file
  /// format. Never fails: the place of last resort is line 1 of the file.
  SourceLocation Find(std::string_view proto_path) const;

  bool empty() const { return locations_.empty(); }

 private:
  const google::protobuf::Descriptor* root_ = nullptr;
  std::map<std::string, SourceLocation, std::less<>> locations_;
};

}  // namespace raffinate::service
