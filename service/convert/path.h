// Field paths and checks shared by the conversions.
#pragma once

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "optimizer/model/violation.h"

namespace raffinate::service {

/// `path` + "." + `field`, or `field` alone at the top.
inline std::string Sub(absl::string_view path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

/// `path` + "." + `field` + "[i]".
inline std::string Sub(absl::string_view path, absl::string_view field, int index) {
  return absl::StrCat(Sub(path, field), "[", index, "]");
}

/// Refuses NaN and infinity, which every double on the wire can be.
inline bool CheckFinite(double value, absl::string_view path, optimizer::Violations* violations) {
  if (std::isfinite(value)) return true;
  violations->push_back(
      {std::string(path),
       absl::StrCat("is ", std::isnan(value) ? "NaN" : "infinite", "; a finite number is needed")});
  return false;
}

/// Refuses a number that is no value of its enum.
inline void UnknownEnum(int found, absl::string_view path, absl::string_view known,
                        optimizer::Violations* violations) {
  violations->push_back(
      {std::string(path), absl::StrCat("has the unknown value ", found, "; known are ", known)});
}

}  // namespace raffinate::service
