// The call FitExtractantSystem.
#pragma once

#include <grpcpp/grpcpp.h>

#include "optimizer/model/chemistry.h"
#include "raffinate/v1/chemistry.pb.h"
#include "service/jobs/work_queue.h"

namespace raffinate::service {

/// Fits on a thread of `queue`; a client that is gone ends it. `start` is the system of
/// the request, or null where it names none; it must be good, and is copied. `chemistry`
/// outlives the call. Owns itself.
grpc::ServerUnaryReactor* StartFitCall(WorkQueue* queue, const optimizer::Chemistry* chemistry,
                                       const optimizer::ExtractantSystem* start,
                                       const v1::FitExtractantSystemRequest& request,
                                       v1::FitExtractantSystemResponse* response);

}  // namespace raffinate::service
