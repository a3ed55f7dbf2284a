// raffinate.v1.Chemistry.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "optimizer/model/chemistry.h"
#include "raffinate/v1/chemistry.grpc.pb.h"

namespace raffinate::service {

class ChemistryService final : public v1::Chemistry::CallbackService {
 public:
  /// `chemistry` outlives the service.
  explicit ChemistryService(const optimizer::Chemistry* chemistry) : chemistry_(chemistry) {}

  grpc::ServerUnaryReactor* ListExtractantSystems(
      grpc::CallbackServerContext* context, const v1::ListExtractantSystemsRequest* request,
      v1::ListExtractantSystemsResponse* response) override;
  grpc::ServerUnaryReactor* GetExtractantSystem(grpc::CallbackServerContext* context,
                                                const v1::GetExtractantSystemRequest* request,
                                                v1::ExtractantSystem* response) override;
  grpc::ServerUnaryReactor* EvaluateExtractantSystem(
      grpc::CallbackServerContext* context, const v1::EvaluateExtractantSystemRequest* request,
      v1::EvaluateExtractantSystemResponse* response) override;
  grpc::ServerUnaryReactor* ListFeeds(grpc::CallbackServerContext* context,
                                      const v1::ListFeedsRequest* request,
                                      v1::ListFeedsResponse* response) override;

 private:
  /// The system of that name, or null and what to answer.
  const optimizer::ExtractantSystem* Find(const std::string& name, grpc::Status* status) const;

  const optimizer::Chemistry* chemistry_;
};

}  // namespace raffinate::service
