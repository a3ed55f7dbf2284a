// Transients: message <-> optimizer model.
#pragma once

#include <string>

#include "optimizer/dynamics.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/dynamics.pb.h"
#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::service {

/// Fills `model` as far as the message allows, like FromProto of a flowsheet;
/// paths start with `path`.
void FromProto(const v1::Dynamics& proto, const std::string& path, optimizer::Dynamics* model,
               optimizer::Violations* violations);

/// What is not set, or has its default value, is left out.
v1::Dynamics ToProto(const optimizer::Dynamics& model);

v1::DynamicState ToProto(const optimizer::DynamicState& state);
v1::DynamicSummary ToProto(const optimizer::DynamicSummary& summary);

}  // namespace raffinate::service
