// What a formula gives back: a value, or the reason there is none.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace raffinate::kernels::theory {

/// Why a formula has no value: every offending argument, what was found and what would be right,
/// separated by "; ".
struct Reason {
  std::string text;
};

/// A value or a Reason. Test it before use: `value()` of a refusal throws std::bad_variant_access.
template <typename T>
class Answer {
 public:
  Answer(T value) : content_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Answer(Reason reason) : content_(std::move(reason)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(content_); }
  explicit operator bool() const { return ok(); }

  const T& value() const { return std::get<T>(content_); }
  const T& operator*() const { return value(); }
  const T* operator->() const { return &value(); }

  /// Empty when there is a value.
  std::string reason() const { return ok() ? std::string() : std::get<Reason>(content_).text; }

 private:
  std::variant<T, Reason> content_;
};

}  // namespace raffinate::kernels::theory
