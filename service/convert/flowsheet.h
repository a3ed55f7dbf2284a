// Flowsheet message <-> optimizer model.
#pragma once

#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::service {

/// Fills `model` as far as the message allows and returns what the wire can
/// hold and the model cannot: leaves without a kind, required leaves that are
/// absent, enum values that are not known, NaN and infinity. What the model can
/// hold but physics cannot is the optimizer's to find (optimizer::Validate).
/// Absent optional leaves get the defaults of the contract.
optimizer::Violations FromProto(const v1::Flowsheet& proto, optimizer::Flowsheet* model);

/// The message of a model. What has its default value is left out, so that it
/// reads as a person would write it.
v1::Flowsheet ToProto(const optimizer::Flowsheet& model);

/// Both lists, without those of `later` that concern a field, or a part of a
/// field, that `first` already complains of: a leaf that could not be read
/// would otherwise be reported twice.
optimizer::Violations Merge(optimizer::Violations first, const optimizer::Violations& later);

}  // namespace raffinate::service
