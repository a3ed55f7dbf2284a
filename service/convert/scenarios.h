// Scenarios and what comes of them.
#pragma once

#include <string>

#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "optimizer/result.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "raffinate/v1/robustness.pb.h"

namespace raffinate::service {

/// Appends what does not fit the model; its own rules are Validate's.
void FromProto(const v1::Scenarios& proto, const std::string& path, optimizer::Scenarios* model,
               optimizer::Violations* violations);
v1::Scenarios ToProto(const optimizer::Scenarios& model);

v1::Robustness ToProto(const optimizer::Robustness& robustness);

}  // namespace raffinate::service
