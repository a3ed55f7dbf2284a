// From the tree of a YAML or JSON text to a message.
#pragma once

#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "service/file/document.h"
#include "service/file/reader.h"
#include "service/file/scalar.h"
#include "service/file/schema.h"

namespace raffinate::service {

/// Decodes one document. Collects every problem instead of ending at the first.
class Decoder {
 public:
  /// All arguments are borrowed. `json`: null means "not given".
  Decoder(const ReadOptions& options, const std::string& file, bool json, ReadResult* result)
      : options_(options), file_(file), json_(json), result_(result) {}

  void Decode(const Node& root, google::protobuf::Message* message);

 private:
  using Message = google::protobuf::Message;
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  // A field by its path in the message and in the words of the file.
  struct Path {
    std::string proto;
    std::string user;
    Path Member(const std::string& proto_name, const std::string& user_name) const;
    Path Index(int index) const;
  };

  // A place in the file at which something is reported.
  struct Mark {
    int line = 0;
    int column = 0;
  };
  static Mark At(const Node& node) { return {node.line, node.column}; }
  static Mark At(const Node& key, const Node& value);

  void Report(Mark mark, const std::string& path, std::string message);
  bool Full() const;
  void Locate(const Path& path, Mark mark);
  std::string Advice(const std::string& found, const std::vector<std::string>& known) const;

  void DecodeMessage(const Node& map, Message* message, const Path& path);
  void DecodeField(const Node& value, Mark mark, Message* message, const FieldDescriptor* field,
                   const NumberFormat& format, bool demand, const Path& path);
  void DecodeMap(const Node& map, Message* message, const FieldDescriptor* field, const Path& path);
  void DecodeMapEntry(const Node& key, const Node& value, Message* entry,
                      const FieldDescriptor* key_field, const Path& path);
  void DecodeList(const Node& value, Mark mark, Message* message, const FieldDescriptor* field,
                  const NumberFormat& format, const Path& path);
  void DecodeScalar(const Node& value, Mark mark, Message* message, const FieldDescriptor* field,
                    const NumberFormat& format, bool demand, const Path& path);

  // Number, Count and Name.
  void DecodeLeaf(const Node& value, Mark mark, Message* leaf, const NumberFormat& format,
                  const Path& path);
  void DecodeLeafMap(const Node& map, Message* leaf, const NumberFormat& format, const Path& path);
  // `kind`: "range" or "uncertain", written by its members.
  void DecodeMembers(const char* kind, const Node& map, Message* leaf, const NumberFormat& format,
                     const Path& path);
  void DecodeChoices(const Node& value, Mark mark, Message* leaf, const NumberFormat& format,
                     const Path& path);

  // `{maximize: purity}` for `{direction: maximize, figure: purity}`.
  void DecodeObjectiveKey(const Node& key, const Node& value, Message* message, const Path& path);

  NumberFormat FormatOf(const FieldDescriptor* field, bool canonical, const std::string& element);
  std::string ElementOf(const Node& map, const Message& message) const;

  const ReadOptions& options_;
  const std::string& file_;
  const bool json_;
  ReadResult* const result_;
};

}  // namespace raffinate::service
