// raffinate.v1.Optimizations.
#pragma once

#include <grpcpp/grpcpp.h>

#include "raffinate/v1/optimizations.grpc.pb.h"
#include "service/jobs/engine.h"
#include "service/jobs/job_manager.h"

namespace raffinate::service {

/// Unary calls are answered in the thread that brings them: none of them waits
/// for more than the job store. Watches hold no thread.
class OptimizationsService final : public v1::Optimizations::CallbackService {
 public:
  /// Both outlive the service.
  OptimizationsService(JobManager* jobs, const Engine* engine) : jobs_(jobs), engine_(engine) {}

  grpc::ServerUnaryReactor* CreateOptimization(grpc::CallbackServerContext* context,
                                               const v1::CreateOptimizationRequest* request,
                                               v1::Optimization* response) override;
  grpc::ServerUnaryReactor* GetOptimization(grpc::CallbackServerContext* context,
                                            const v1::GetOptimizationRequest* request,
                                            v1::Optimization* response) override;
  grpc::ServerUnaryReactor* ListOptimizations(grpc::CallbackServerContext* context,
                                              const v1::ListOptimizationsRequest* request,
                                              v1::ListOptimizationsResponse* response) override;
  grpc::ServerUnaryReactor* CancelOptimization(grpc::CallbackServerContext* context,
                                               const v1::CancelOptimizationRequest* request,
                                               v1::Optimization* response) override;
  grpc::ServerUnaryReactor* DeleteOptimization(grpc::CallbackServerContext* context,
                                               const v1::DeleteOptimizationRequest* request,
                                               google::protobuf::Empty* response) override;
  grpc::ServerWriteReactor<v1::WatchOptimizationResponse>* WatchOptimization(
      grpc::CallbackServerContext* context, const v1::WatchOptimizationRequest* request) override;
  grpc::ServerUnaryReactor* ListFlowsheets(grpc::CallbackServerContext* context,
                                           const v1::ListFlowsheetsRequest* request,
                                           v1::ListFlowsheetsResponse* response) override;

 private:
  grpc::Status Create(const v1::CreateOptimizationRequest& request, v1::Optimization* response);
  grpc::Status List(const v1::ListOptimizationsRequest& request,
                    v1::ListOptimizationsResponse* response);
  grpc::Status List(const v1::ListFlowsheetsRequest& request, v1::ListFlowsheetsResponse* response);

  JobManager* jobs_;
  const Engine* engine_;
};

}  // namespace raffinate::service
