// The leaves of a flowsheet by their names in a file.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::cli {

/// The name of `field` within what is called `above` and was reached by
/// `above_field` (null at the top): "streams.scrub" and `flow_m3_per_h` give
/// "streams.scrub.flow". `member` is the field's value, of a repeated one that
/// at `index`; null where it is not set.
std::string NameBelow(const std::string& above,
                      const google::protobuf::FieldDescriptor* above_field,
                      const google::protobuf::FieldDescriptor* field,
                      const google::protobuf::Message* member, int index);

/// "streams.scrub.flow" for the path "streams[0].flow_m3_per_h". A path that
/// leads nowhere in `flowsheet` is given back as it is.
std::string NameInFile(const v1::Flowsheet& flowsheet, const std::string& path);

}  // namespace raffinate::cli
