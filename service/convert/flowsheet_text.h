// What is wrong with a flowsheet that was read from a text, at its place there.
#pragma once

#include <functional>
#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"

namespace raffinate::service {

/// Everything wrong with a model for what it was read for.
using FlowsheetValidator = std::function<optimizer::Violations(const optimizer::Flowsheet&)>;

/// Masses of the elements of `chemistry`, by which concentrations are read.
ReadOptions ReadOptionsFor(const optimizer::Chemistry& chemistry);

/// Adds to `read` what the conversion of `flowsheet` and `validate` complain of, at
/// its line in the text that `file` names. What merely follows from problems that
/// the text already has is left out; all of it when a whole part is unread.
void AddViolations(const v1::Flowsheet& flowsheet, const FlowsheetValidator& validate,
                   const std::string& file, ReadResult* read);

}  // namespace raffinate::service
