// Errors that carry the reason which clients see in google.rpc.ErrorInfo.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace raffinate::service {

inline constexpr char kReasonUrl[] = "raffinate/reason";

/// An error with an upper-snake-case reason, "QUEUE_FULL".
inline absl::Status MakeError(absl::StatusCode code, absl::string_view reason,
                              absl::string_view message) {
  absl::Status out(code, message);
  out.SetPayload(kReasonUrl, absl::Cord(reason));
  return out;
}

/// Empty when the error carries none.
inline std::string ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  return payload ? std::string(*payload) : std::string();
}

inline absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                   "the server is shutting down; try again when it is back");
}

}  // namespace raffinate::service
