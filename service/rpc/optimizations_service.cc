#include "service/rpc/optimizations_service.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/convert/flowsheet.h"
#include "service/rpc/errors.h"
#include "service/rpc/paging.h"
#include "service/rpc/watch.h"

namespace raffinate::service {
namespace {

constexpr char kCollection[] = "optimizations/";
constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kMaxId = 64;
constexpr PageLimits kJobPages{50, 1000};
constexpr PageLimits kFlowsheetPages{20, 200};
// gRPC clients refuse more than 4 MiB unless told otherwise; a page ends early
// rather than there.
constexpr std::size_t kMaxPageBytes = 3 << 20;

// The id in "optimizations/{id}".
optimizer::Violations ReadName(const char* field, const std::string& name, std::string* id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (name.starts_with(kCollection)) *id = name.substr(sizeof(kCollection) - 1);
  if (!id->empty() && id->size() <= kMaxId && std::all_of(id->begin(), id->end(), allowed)) {
    return {};
  }
  return {{field, absl::StrCat("is '", name.substr(0, 2 * kMaxId),
                               "'; a name like optimizations/3h7mzq0c8k2v is needed")}};
}

template <class T>
grpc::Status Assign(absl::StatusOr<T> value, T* response) {
  if (!value.ok()) return ToGrpc(value.status());
  *response = *std::move(value);
  return grpc::Status::OK;
}

grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context, const grpc::Status& status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

}  // namespace

grpc::Status OptimizationsService::Create(const v1::CreateOptimizationRequest& request,
                                          v1::Optimization* response) {
  if (request.request_id().size() > kMaxRequestId) {
    return InvalidArgument(
        {{"request_id", absl::StrCat("has ", request.request_id().size(), " characters; at most ",
                                     kMaxRequestId, " are allowed")}});
  }
  if (!request.has_flowsheet()) return InvalidFlowsheet({{"", "is missing; it is needed"}});
  optimizer::Flowsheet flowsheet;
  optimizer::Violations violations = FromProto(request.flowsheet(), &flowsheet);
  violations =
      Merge(std::move(violations), engine_->Validate(flowsheet, optimizer::Purpose::kOptimize));
  if (!violations.empty()) return InvalidFlowsheet(std::move(violations));
  return Assign(jobs_->Create(request.flowsheet(), request.request_id()), response);
}

grpc::Status OptimizationsService::List(const v1::ListOptimizationsRequest& request,
                                        v1::ListOptimizationsResponse* response) {
  static constexpr char kList[] = "optimizations";
  PageRequest page;
  const auto violations =
      ReadPage(kList, request.page_size(), request.page_token(), kJobPages, &page);
  if (!violations.empty()) return InvalidPage(violations);
  auto found = jobs_->List(page.position, page.size);
  if (!found.ok()) return ToGrpc(found.status());
  for (auto& job : found->optimizations) *response->add_optimizations() = std::move(job);
  if (found->next > 0) response->set_next_page_token(NextPageToken(kList, found->next));
  return grpc::Status::OK;
}

grpc::Status OptimizationsService::List(const v1::ListFlowsheetsRequest& request,
                                        v1::ListFlowsheetsResponse* response) {
  std::string id;
  auto violations = ReadName("parent", request.parent(), &id);
  if (!v1::ListFlowsheetsRequest::View_IsValid(request.view())) {
    violations.push_back({"view", absl::StrCat("has the unknown value ", request.view(),
                                               "; known are BASIC, FULL, FIGURES")});
  }
  if (!violations.empty()) return InvalidArgument(violations);
  const std::string list = absl::StrCat(request.parent(), "/flowsheets");
  PageRequest page;
  violations = ReadPage(list, request.page_size(), request.page_token(), kFlowsheetPages, &page);
  if (request.skip() < 0) {
    violations.push_back({"skip", absl::StrCat("is ", request.skip(), "; 0 or more is needed")});
  }
  if (!violations.empty()) return InvalidPage(violations);
  const std::int64_t first =
      std::min<std::int64_t>(page.position + request.skip(), std::numeric_limits<int>::max());
  auto found = jobs_->ListFlowsheets(id, static_cast<int>(first), page.size, kMaxPageBytes);
  if (!found.ok()) return ToGrpc(found.status());
  for (auto& flowsheet : found->flowsheets) {
    if (request.view() != v1::ListFlowsheetsRequest::FULL) {
      flowsheet.clear_streams();
      flowsheet.clear_stages();
      flowsheet.clear_plant();
      flowsheet.clear_elements();
    }
    if (request.view() == v1::ListFlowsheetsRequest::FIGURES) {
      flowsheet.clear_flowsheet();
      flowsheet.clear_flags();
      flowsheet.clear_evidence();
      flowsheet.clear_circuits();
    }
    *response->add_flowsheets() = std::move(flowsheet);
  }
  response->set_total_size(found->total);
  if (found->next > 0) response->set_next_page_token(NextPageToken(list, found->next));
  return grpc::Status::OK;
}

grpc::ServerUnaryReactor* OptimizationsService::CreateOptimization(
    grpc::CallbackServerContext* context, const v1::CreateOptimizationRequest* request,
    v1::Optimization* response) {
  return Reply(context, Create(*request, response));
}

grpc::ServerUnaryReactor* OptimizationsService::GetOptimization(
    grpc::CallbackServerContext* context, const v1::GetOptimizationRequest* request,
    v1::Optimization* response) {
  std::string id;
  const auto violations = ReadName("name", request->name(), &id);
  if (!violations.empty()) return Reply(context, InvalidArgument(violations));
  return Reply(context, Assign(jobs_->Get(id), response));
}

grpc::ServerUnaryReactor* OptimizationsService::ListOptimizations(
    grpc::CallbackServerContext* context, const v1::ListOptimizationsRequest* request,
    v1::ListOptimizationsResponse* response) {
  return Reply(context, List(*request, response));
}

grpc::ServerUnaryReactor* OptimizationsService::CancelOptimization(
    grpc::CallbackServerContext* context, const v1::CancelOptimizationRequest* request,
    v1::Optimization* response) {
  std::string id;
  const auto violations = ReadName("name", request->name(), &id);
  if (!violations.empty()) return Reply(context, InvalidArgument(violations));
  return Reply(context, Assign(jobs_->Cancel(id), response));
}

grpc::ServerUnaryReactor* OptimizationsService::DeleteOptimization(
    grpc::CallbackServerContext* context, const v1::DeleteOptimizationRequest* request,
    google::protobuf::Empty*) {
  std::string id;
  const auto violations = ReadName("name", request->name(), &id);
  if (!violations.empty()) return Reply(context, InvalidArgument(violations));
  return Reply(context, ToGrpc(jobs_->Delete(id)));
}

grpc::ServerWriteReactor<v1::WatchOptimizationResponse>* OptimizationsService::WatchOptimization(
    grpc::CallbackServerContext*, const v1::WatchOptimizationRequest* request) {
  std::string id;
  const auto violations = ReadName("name", request->name(), &id);
  if (!violations.empty()) return FailedWatch(InvalidArgument(violations));
  auto job = jobs_->Find(id);
  if (!job.ok()) return FailedWatch(ToGrpc(job.status()));
  return Watch(*std::move(job));
}

grpc::ServerUnaryReactor* OptimizationsService::ListFlowsheets(
    grpc::CallbackServerContext* context, const v1::ListFlowsheetsRequest* request,
    v1::ListFlowsheetsResponse* response) {
  return Reply(context, List(*request, response));
}

}  // namespace raffinate::service
