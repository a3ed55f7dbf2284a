// Extractant systems: message <-> optimizer model.
#pragma once

#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::service {

/// Fills `model` as far as the message allows and appends to `violations` what the wire
/// can hold and the model cannot, with paths that start with `path` (no dot at its end).
void FromProto(const v1::ExtractantSystem& proto, const std::string& path,
               optimizer::ExtractantSystem* model, optimizer::Violations* violations);

/// Of a number of which no class is given: assumed.
void FromProto(v1::EquilibriumConstant::Provenance proto, const std::string& path,
               optimizer::Provenance* model, optimizer::Violations* violations);

v1::ExtractantSystem ToProto(const optimizer::ExtractantSystem& model);
v1::EquilibriumConstant::Provenance ToProto(optimizer::Provenance model);

}  // namespace raffinate::service
