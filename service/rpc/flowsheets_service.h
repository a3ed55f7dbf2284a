// raffinate.v1.Flowsheets.
#pragma once

#include <grpcpp/grpcpp.h>

#include "raffinate/v1/flowsheets.grpc.pb.h"
#include "service/jobs/engine.h"

namespace raffinate::service {

/// Answered in the thread that brings the call: texts are small and bounded.
class FlowsheetsService final : public v1::Flowsheets::CallbackService {
 public:
  /// The engine outlives the service.
  explicit FlowsheetsService(const Engine* engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* ParseFlowsheet(grpc::CallbackServerContext* context,
                                           const v1::ParseFlowsheetRequest* request,
                                           v1::ParseFlowsheetResponse* response) override;
  grpc::ServerUnaryReactor* FormatFlowsheet(grpc::CallbackServerContext* context,
                                            const v1::FormatFlowsheetRequest* request,
                                            v1::FormatFlowsheetResponse* response) override;

 private:
  grpc::Status Parse(const v1::ParseFlowsheetRequest& request,
                     v1::ParseFlowsheetResponse* response) const;
  grpc::Status Format(const v1::FormatFlowsheetRequest& request,
                      v1::FormatFlowsheetResponse* response) const;

  const Engine* engine_;
};

}  // namespace raffinate::service
