// Messages of FitExtractantSystem <-> the model of optimizer/fit.
#pragma once

#include <span>
#include <vector>

#include "optimizer/fit/fit.h"
#include "optimizer/fit/system.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/chemistry.pb.h"

namespace raffinate::service {

/// A request without its start.
struct FitInput {
  std::vector<optimizer::fit::Contact> contacts;
  optimizer::fit::Options options;
  optimizer::fit::SystemText text;
};

/// Values that no model could hold are violations: too many contacts, an unknown
/// enumeration value, no source or medium. The rest is for fit::Check.
FitInput FromProto(const v1::FitExtractantSystemRequest& proto, optimizer::Violations* violations);

/// Everything but the system and its notes.
v1::FitExtractantSystemResponse ToProto(const optimizer::fit::FitResult& result,
                                        std::span<const optimizer::fit::Contact> contacts);

}  // namespace raffinate::service
