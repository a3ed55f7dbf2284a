// The stream of SimulateDynamic.
#pragma once

#include <grpcpp/grpcpp.h>

#include "raffinate/v1/simulator.pb.h"
#include "service/jobs/dynamics_queue.h"

namespace raffinate::service {

/// Sends states as they are computed, then the summary. A client that is slow to
/// read holds its transient up; one that is gone, or whose deadline is over, ends
/// it. Owns itself.
grpc::ServerWriteReactor<v1::SimulateDynamicResponse>* StartDynamicCall(
    DynamicsQueue* queue, const v1::SimulateDynamicRequest& request);

}  // namespace raffinate::service
