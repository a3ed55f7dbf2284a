// The decisions of a flowsheet: its leaves that hold a range or choices.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <utility>
#include <vector>

#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::cli {

struct Decision {
  /// As in a file: "streams.scrub.flow".
  std::string name;
  /// UDUNITS; empty for counts and names, "1" for shares.
  std::string unit;
  /// The way to the leaf: fields, with the index of repeated ones.
  std::vector<std::pair<const google::protobuf::FieldDescriptor*, int>> steps;
};

std::vector<Decision> DecisionsOf(const v1::Flowsheet& question);

/// What `answer`, a result of the flowsheet, has there; empty when it has
/// nothing.
std::string ValueOf(const Decision& decision, const v1::Flowsheet& answer);

}  // namespace raffinate::cli
