// Argument checks shared by the formulas; not part of the module's interface.
#pragma once

#include <string>

#include "kernels/theory/answer.h"

namespace raffinate::kernels::theory {

/// Shortest decimal text that reads back as `value`.
std::string Number(double value);

/// Collects every problem of a call before it is refused.
class ArgumentCheck {
 public:
  /// Notes "name: found value, must be right" unless `holds`. NaN never holds: write
  /// conditions so that they are false for it.
  void Require(bool holds, const std::string& name, double value, const std::string& right);
  void Require(bool holds, const std::string& problem);

  bool failed() const { return !text_.empty(); }
  Reason reason() const { return Reason{text_}; }

 private:
  std::string text_;
};

}  // namespace raffinate::kernels::theory
