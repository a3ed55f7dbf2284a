#include "clients/cli/json.h"

#include <google/protobuf/util/json_util.h>

namespace raffinate::cli {

std::string ToJson(const google::protobuf::Message& message, bool one_line) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  // A figure that is zero is a figure; readers should not have to guess.
  options.always_print_primitive_fields = true;
  options.add_whitespace = !one_line;
  std::string text;
  // Fails for messages with Any of unknown type, of which the API has none.
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  if (text.empty() || text.back() != '\n') text += '\n';
  return text;
}

}  // namespace raffinate::cli
