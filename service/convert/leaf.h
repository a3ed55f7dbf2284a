// Leaves of the flowsheet: message <-> optimizer model.
#pragma once

#include <string>

#include "optimizer/model/leaf.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::service {

/// Each appends to `violations` when the leaf has no kind or holds NaN or
/// infinity, and then leaves `model` as it was.
void FromProto(const v1::Number& proto, const std::string& path, optimizer::Number* model,
               optimizer::Violations* violations);
void FromProto(const v1::Count& proto, const std::string& path, optimizer::Count* model,
               optimizer::Violations* violations);
void FromProto(const v1::Name& proto, const std::string& path, optimizer::Name* model,
               optimizer::Violations* violations);

v1::Number ToProto(const optimizer::Number& model);
v1::Count ToProto(const optimizer::Count& model);
v1::Name ToProto(const optimizer::Name& model);

}  // namespace raffinate::service
