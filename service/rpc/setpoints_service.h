// raffinate.v1.Setpoints.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "optimizer/model/violation.h"
#include "raffinate/v1/setpoints.grpc.pb.h"
#include "service/jobs/work_queue.h"
#include "service/setpoints/plants.h"

namespace raffinate::service {

/// The id in "plants/{id}", or what is wrong.
optimizer::Violations ReadPlantName(const std::string& name, std::string* id);

/// What computes waits for a thread of the queue; the rest is answered at once.
class SetpointsService final : public v1::Setpoints::CallbackService {
 public:
  /// Both outlive the service.
  SetpointsService(Plants* plants, WorkQueue* work) : plants_(plants), work_(work) {}

  grpc::ServerUnaryReactor* CreatePlant(grpc::CallbackServerContext* context,
                                        const v1::CreatePlantRequest* request,
                                        v1::Plant* response) override;
  grpc::ServerUnaryReactor* GetPlant(grpc::CallbackServerContext* context,
                                     const v1::GetPlantRequest* request,
                                     v1::Plant* response) override;
  grpc::ServerUnaryReactor* ListPlants(grpc::CallbackServerContext* context,
                                       const v1::ListPlantsRequest* request,
                                       v1::ListPlantsResponse* response) override;
  grpc::ServerUnaryReactor* DeletePlant(grpc::CallbackServerContext* context,
                                        const v1::DeletePlantRequest* request,
                                        google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* Advise(grpc::CallbackServerContext* context,
                                   const v1::AdviseRequest* request,
                                   v1::AdviseResponse* response) override;
  grpc::ServerBidiReactor<v1::TrackRequest, v1::TrackResponse>* Track(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* UpdateParameters(grpc::CallbackServerContext* context,
                                             const v1::UpdateParametersRequest* request,
                                             v1::Plant* response) override;
  grpc::ServerUnaryReactor* ResetParameters(grpc::CallbackServerContext* context,
                                            const v1::ResetParametersRequest* request,
                                            v1::Plant* response) override;

 private:
  /// Runs `work` on a thread of the queue and ends the call with its status.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                std::function<grpc::Status()> work);

  Plants* const plants_;
  WorkQueue* const work_;
};

}  // namespace raffinate::service
