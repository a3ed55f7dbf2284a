// Errors as clients get them: a gRPC status whose details
// (`grpc-status-details-bin`) hold google.rpc.ErrorInfo and what goes with it.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "optimizer/model/violation.h"

namespace raffinate::service {

inline constexpr char kErrorDomain[] = "raffinate";

/// INVALID_ARGUMENT with one field violation per problem. Trailers must fit in
/// 8 KiB; when the violations do not, the last one says how many were left out.
/// Without a `reason`: INVALID_REQUEST.
grpc::Status InvalidArgument(const optimizer::Violations& violations,
                             const std::string& reason = "INVALID_REQUEST");

/// The same for a request's `flowsheet`: reason INVALID_FLOWSHEET, and paths
/// that start with `flowsheet.`.
grpc::Status InvalidFlowsheet(optimizer::Violations violations);

/// Carries the reason over; QUEUE_FULL gets google.rpc.RetryInfo.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace raffinate::service
