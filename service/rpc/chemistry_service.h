// raffinate.v1.Chemistry.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/chemistry.grpc.pb.h"
#include "service/jobs/work_queue.h"

namespace raffinate::service {

class ChemistryService final : public v1::Chemistry::CallbackService {
 public:
  /// Both outlive the service; fits are computed on `queue`.
  ChemistryService(const optimizer::Chemistry* chemistry, WorkQueue* queue)
      : chemistry_(chemistry), queue_(queue) {}

  grpc::ServerUnaryReactor* ListExtractantSystems(
      grpc::CallbackServerContext* context, const v1::ListExtractantSystemsRequest* request,
      v1::ListExtractantSystemsResponse* response) override;
  grpc::ServerUnaryReactor* GetExtractantSystem(grpc::CallbackServerContext* context,
                                                const v1::GetExtractantSystemRequest* request,
                                                v1::ExtractantSystem* response) override;
  grpc::ServerUnaryReactor* EvaluateExtractantSystem(
      grpc::CallbackServerContext* context, const v1::EvaluateExtractantSystemRequest* request,
      v1::EvaluateExtractantSystemResponse* response) override;
  grpc::ServerUnaryReactor* FitExtractantSystem(grpc::CallbackServerContext* context,
                                                const v1::FitExtractantSystemRequest* request,
                                                v1::FitExtractantSystemResponse* response) override;
  grpc::ServerUnaryReactor* ListFeeds(grpc::CallbackServerContext* context,
                                      const v1::ListFeedsRequest* request,
                                      v1::ListFeedsResponse* response) override;

 private:
  /// The system of that name, or null and what to answer.
  const optimizer::ExtractantSystem* Find(const std::string& name, grpc::Status* status) const;
  /// `system` of a request as plain values; appends what is wrong with it.
  optimizer::ExtractantSystem Own(const v1::ExtractantSystem& system,
                                  optimizer::Violations* violations) const;

  const optimizer::Chemistry* chemistry_;
  WorkQueue* queue_;
};

}  // namespace raffinate::service
