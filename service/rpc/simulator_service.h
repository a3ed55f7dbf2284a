// raffinate.v1.Simulator.
#pragma once

#include <grpcpp/grpcpp.h>

#include "raffinate/v1/simulator.grpc.pb.h"
#include "service/jobs/dynamics_queue.h"
#include "service/jobs/simulation_queue.h"

namespace raffinate::service {

/// Calls wait in the queue, not in threads.
class SimulatorService final : public v1::Simulator::CallbackService {
 public:
  /// The queues outlive the service.
  SimulatorService(SimulationQueue* queue, DynamicsQueue* dynamics)
      : queue_(queue), dynamics_(dynamics) {}

  grpc::ServerUnaryReactor* Simulate(grpc::CallbackServerContext* context,
                                     const v1::SimulateRequest* request,
                                     v1::SimulateResponse* response) override;
  grpc::ServerBidiReactor<v1::SimulateBatchRequest, v1::SimulateBatchResponse>* SimulateBatch(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<v1::SimulateDynamicResponse>* SimulateDynamic(
      grpc::CallbackServerContext* context, const v1::SimulateDynamicRequest* request) override;

 private:
  SimulationQueue* queue_;
  DynamicsQueue* dynamics_;
};

}  // namespace raffinate::service
