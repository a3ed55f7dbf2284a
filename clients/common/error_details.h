// What a raffinate server says about an error beyond its code and message.
#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace raffinate::clients {

struct FieldViolation {
  /// Path in the request, as in `flowsheet.streams[1].flow_m3_per_h`.
  std::string field;
  std::string description;
};

struct ErrorDetails {
  std::string reason;  ///< of google.rpc.ErrorInfo, "INVALID_FLOWSHEET"; empty when absent
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> field_violations;
  std::size_t problem_count = 0;  ///< also those left out of `field_violations` for their size
  std::optional<double> retry_delay_s;  ///< when to try again
};

/// Decodes `grpc-status-details-bin`. Empty when there is nothing or nothing
/// that can be read.
ErrorDetails DecodeErrorDetails(const grpc::Status& status);

/// The violations of the request's `flowsheet`, with paths from the flowsheet
/// on (`streams[1].flow_m3_per_h`), as the file reader knows them. Violations
/// of other fields keep their path.
std::vector<FieldViolation> FlowsheetViolations(const ErrorDetails& details);

}  // namespace raffinate::clients
