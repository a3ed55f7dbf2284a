// The stream of Track.
#pragma once

#include <grpcpp/grpcpp.h>

#include "raffinate/v1/setpoints.pb.h"
#include "service/jobs/work_queue.h"
#include "service/setpoints/plants.h"

namespace raffinate::service {

/// Answers state by state in the order in which they come; the next is read when the answer
/// to the last has left, so that flow control reaches the client. Owns itself.
grpc::ServerBidiReactor<v1::TrackRequest, v1::TrackResponse>* StartTrackCall(Plants* plants,
                                                                             WorkQueue* work);

}  // namespace raffinate::service
