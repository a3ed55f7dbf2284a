// Chemistry messages <-> optimizer model; extractant systems in extractant_system.h.
#pragma once

#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/chemistry.pb.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/convert/extractant_system.h"

namespace raffinate::service {

/// Each fills `model` as far as the message allows and appends to `violations`
/// what the wire can hold and the model cannot, with paths that start with
/// `path` (no dot at its end; may be empty).
void FromProto(const v1::Element& proto, const std::string& path, optimizer::Element* model,
               optimizer::Violations* violations);
void FromProto(const v1::Feed& proto, const std::string& path, optimizer::Feed* model,
               optimizer::Violations* violations);

void FromProto(const v1::Hydroxide& proto, const std::string& path, optimizer::Hydroxide* model,
               optimizer::Violations* violations);

/// The whole of data/. Names given twice are violations.
optimizer::Violations FromProto(const v1::ChemistryData& proto, optimizer::Chemistry* model);

v1::Element ToProto(const optimizer::Element& model);
v1::Feed ToProto(const optimizer::Feed& model);

}  // namespace raffinate::service
