// raffinate.v1.Simulator.
#pragma once

#include <grpcpp/grpcpp.h>

#include "raffinate/v1/simulator.grpc.pb.h"
#include "service/jobs/simulation_queue.h"

namespace raffinate::service {

/// Calls wait in the queue, not in threads.
class SimulatorService final : public v1::Simulator::CallbackService {
 public:
  /// `queue` outlives the service.
  explicit SimulatorService(SimulationQueue* queue) : queue_(queue) {}

  grpc::ServerUnaryReactor* Simulate(grpc::CallbackServerContext* context,
                                     const v1::SimulateRequest* request,
                                     v1::SimulateResponse* response) override;
  grpc::ServerBidiReactor<v1::SimulateBatchRequest, v1::SimulateBatchResponse>* SimulateBatch(
      grpc::CallbackServerContext* context) override;

 private:
  SimulationQueue* queue_;
};

}  // namespace raffinate::service
