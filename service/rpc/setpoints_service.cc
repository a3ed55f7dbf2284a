#include "service/rpc/setpoints_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/rpc/errors.h"
#include "service/rpc/paging.h"
#include "service/rpc/track_call.h"

namespace raffinate::service {
namespace {

constexpr char kCollection[] = "plants/";
constexpr char kList[] = "plants";
constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kMaxId = 64;
constexpr PageLimits kPages{50, 1000};

optimizer::Violations Below(const char* field, optimizer::Violations violations) {
  for (optimizer::Violation& violation : violations) {
    violation.field = violation.field.empty() ? field : absl::StrCat(field, ".", violation.field);
  }
  return violations;
}

}  // namespace

optimizer::Violations ReadPlantName(const std::string& name, std::string* id) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.starts_with(kCollection)) *id = name.substr(sizeof(kCollection) - 1);
  if (!id->empty() && id->size() <= kMaxId && std::all_of(id->begin(), id->end(), allowed)) {
    return {};
  }
  return {{"name", absl::StrCat("is '", name.substr(0, 2 * kMaxId),
                                "'; a name like plants/3h7mzq0c8k2v is needed")}};
}

grpc::ServerUnaryReactor* SetpointsService::Run(grpc::CallbackServerContext* context,
                                                std::function<grpc::Status()> work) {
  auto* reactor = context->DefaultReactor();
  WorkQueue::Task task;
  task.run = [reactor, work = std::move(work)](const std::atomic<bool>&) {
    reactor->Finish(work());
  };
  task.refuse = [reactor](absl::Status status) { reactor->Finish(ToGrpc(status)); };
  if (const absl::Status status = work_->Submit(std::move(task)); !status.ok()) {
    reactor->Finish(ToGrpc(status));
  }
  return reactor;
}

grpc::ServerUnaryReactor* SetpointsService::CreatePlant(grpc::CallbackServerContext* context,
                                                        const v1::CreatePlantRequest* request,
                                                        v1::Plant* response) {
  return Run(context, [this, request, response]() -> grpc::Status {
    if (request->request_id().size() > kMaxRequestId) {
      return InvalidArgument(
          {{"request_id", absl::StrCat("has ", request->request_id().size(),
                                       " characters; at most ", kMaxRequestId, " are allowed")}});
    }
    Outcome<v1::Plant> plant = plants_->Create(request->plant(), request->request_id());
    if (!plant.violations.empty()) {
      return InvalidArgument(Below("plant", std::move(plant.violations)), "INVALID_PLANT");
    }
    if (!plant.status.ok()) return ToGrpc(plant.status);
    *response = std::move(plant.value);
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* SetpointsService::GetPlant(grpc::CallbackServerContext* context,
                                                     const v1::GetPlantRequest* request,
                                                     v1::Plant* response) {
  return Run(context, [this, request, response]() -> grpc::Status {
    std::string id;
    const auto violations = ReadPlantName(request->name(), &id);
    if (!violations.empty()) return InvalidArgument(violations);
    auto plant = plants_->Find(id);
    if (!plant.ok()) return ToGrpc(plant.status());
    *response = (*plant)->plant();
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* SetpointsService::ListPlants(grpc::CallbackServerContext* context,
                                                       const v1::ListPlantsRequest* request,
                                                       v1::ListPlantsResponse* response) {
  return Run(context, [this, request, response]() -> grpc::Status {
    PageRequest page;
    const auto violations =
        ReadPage(kList, request->page_size(), request->page_token(), kPages, &page);
    if (!violations.empty()) return InvalidPage(violations);
    auto found = plants_->List(page.position, page.size);
    if (!found.ok()) return ToGrpc(found.status());
    for (v1::Plant& plant : found->plants) *response->add_plants() = std::move(plant);
    if (found->next > 0) response->set_next_page_token(NextPageToken(kList, found->next));
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* SetpointsService::DeletePlant(grpc::CallbackServerContext* context,
                                                        const v1::DeletePlantRequest* request,
                                                        google::protobuf::Empty*) {
  return Run(context, [this, request]() -> grpc::Status {
    std::string id;
    const auto violations = ReadPlantName(request->name(), &id);
    if (!violations.empty()) return InvalidArgument(violations);
    return ToGrpc(plants_->Delete(id));
  });
}

grpc::ServerUnaryReactor* SetpointsService::Advise(grpc::CallbackServerContext* context,
                                                   const v1::AdviseRequest* request,
                                                   v1::AdviseResponse* response) {
  return Run(context, [this, request, response]() -> grpc::Status {
    std::string id;
    const auto violations = ReadPlantName(request->name(), &id);
    if (!violations.empty()) return InvalidArgument(violations);
    auto plant = plants_->Find(id);
    if (!plant.ok()) return ToGrpc(plant.status());
    Outcome<v1::SetpointAdvice> advice = (*plant)->Advise(request->state());
    if (!advice.violations.empty()) {
      return InvalidArgument(Below("state", std::move(advice.violations)), "INVALID_STATE");
    }
    if (!advice.status.ok()) return ToGrpc(advice.status);
    *response->mutable_advice() = std::move(advice.value);
    return grpc::Status::OK;
  });
}

grpc::ServerBidiReactor<v1::TrackRequest, v1::TrackResponse>* SetpointsService::Track(
    grpc::CallbackServerContext*) {
  return StartTrackCall(plants_, work_);
}

grpc::ServerUnaryReactor* SetpointsService::UpdateParameters(
    grpc::CallbackServerContext* context, const v1::UpdateParametersRequest* request,
    v1::Plant* response) {
  return Run(context, [this, request, response]() -> grpc::Status {
    std::string id;
    const auto violations = ReadPlantName(request->name(), &id);
    if (!violations.empty()) return InvalidArgument(violations);
    auto plant = plants_->Find(id);
    if (!plant.ok()) return ToGrpc(plant.status());
    Outcome<v1::Plant> updated = (*plant)->UpdateParameters(*request);
    if (!updated.violations.empty()) {
      return InvalidArgument(updated.violations, "INVALID_STATE");
    }
    if (!updated.status.ok()) return ToGrpc(updated.status);
    *response = std::move(updated.value);
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* SetpointsService::ResetParameters(
    grpc::CallbackServerContext* context, const v1::ResetParametersRequest* request,
    v1::Plant* response) {
  return Run(context, [this, request, response]() -> grpc::Status {
    std::string id;
    const auto violations = ReadPlantName(request->name(), &id);
    if (!violations.empty()) return InvalidArgument(violations);
    auto plant = plants_->Find(id);
    if (!plant.ok()) return ToGrpc(plant.status());
    auto changed = (*plant)->ResetParameters(request->version());
    if (!changed.ok()) return ToGrpc(changed.status());
    *response = *std::move(changed);
    return grpc::Status::OK;
  });
}

}  // namespace raffinate::service
