// The stream of WatchOptimization.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "raffinate/v1/optimizations.pb.h"
#include "service/jobs/job.h"

namespace raffinate::service {

/// Sends the present state of `job`, then its changes, as fast as the client
/// takes them: what it was too slow for is folded into the next message. Ends
/// with the job, with the client, or with UNAVAILABLE when the server goes.
/// Owns itself.
grpc::ServerWriteReactor<v1::WatchOptimizationResponse>* Watch(std::shared_ptr<Job> job);

/// A stream that only fails.
grpc::ServerWriteReactor<v1::WatchOptimizationResponse>* FailedWatch(const grpc::Status& status);

}  // namespace raffinate::service
