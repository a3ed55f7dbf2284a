// Messages as JSON, as the gateway reads and writes them: names as in the protos,
// every field that has a value or a default.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include <map>
#include <string>

#include "optimizer/model/violation.h"

namespace raffinate::service {

/// One line, without the line's end.
std::string MessageToJson(const google::protobuf::Message& message);

/// Adds the fields of `text` to `message`; an empty text has none. What is wrong is
/// returned with the path of the field, where JSON has got so far.
optimizer::Violations AddJson(const std::string& text, google::protobuf::Message* message);

/// Adds fields given as text, as in the path or the query of an address:
/// "page_size" or "pageSize", numbers, "true", names of enum values; a dot leads
/// into messages. Not for repeated fields.
optimizer::Violations AddFields(const std::multimap<std::string, std::string>& fields,
                                google::protobuf::Message* message);

/// A google.rpc.Status, with its details.
std::string StatusToJson(const grpc::Status& status);

/// The HTTP status that goes with a code of gRPC.
int HttpStatus(grpc::StatusCode code);

}  // namespace raffinate::service
