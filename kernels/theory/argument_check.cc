#include "kernels/theory/argument_check.h"

#include <array>
#include <charconv>

namespace raffinate::kernels::theory {

std::string Number(double value) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), end.ptr);
}

void ArgumentCheck::Require(bool holds, const std::string& name, double value,
                            const std::string& right) {
  Require(holds, name + ": found " + Number(value) + ", must be " + right);
}

void ArgumentCheck::Require(bool holds, const std::string& problem) {
  if (holds) return;
  if (!text_.empty()) text_ += "; ";
  text_ += problem;
}

}  // namespace raffinate::kernels::theory
