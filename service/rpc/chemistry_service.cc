#include "service/rpc/chemistry_service.h"

#include <string>
#include <vector>

#include "optimizer/model/names.h"
#include "service/convert/chemistry.h"
#include "service/error.h"
#include "service/rpc/errors.h"
#include "service/rpc/paging.h"

namespace raffinate::service {
namespace {

constexpr PageLimits kPages{50, 1000};
constexpr std::size_t kMaxName = 64;  // repeated in messages

// One page of a map, whose entries are in the order of their names.
template <class Map, class Request, class Add>
grpc::Status ListNamed(const Map& map, const char* list, const Request& request, Add add,
                       std::string* next_page_token) {
  PageRequest page;
  const auto violations = ReadPage(list, request.page_size(), request.page_token(), kPages, &page);
  if (!violations.empty()) return InvalidPage(violations);
  std::int64_t position = 0;
  for (const auto& [name, value] : map) {
    if (position >= page.position + page.size) {
      *next_page_token = NextPageToken(list, position);
      break;
    }
    if (position++ >= page.position) add(value);
  }
  return grpc::Status::OK;
}

grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context, const grpc::Status& status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* ChemistryService::ListExtractantSystems(
    grpc::CallbackServerContext* context, const v1::ListExtractantSystemsRequest* request,
    v1::ListExtractantSystemsResponse* response) {
  return Reply(context, ListNamed(
                            chemistry_->systems, "extractant_systems", *request,
                            [&](const auto& system) {
                              *response->add_extractant_systems() = ToProto(system);
                            },
                            response->mutable_next_page_token()));
}

grpc::ServerUnaryReactor* ChemistryService::GetExtractantSystem(
    grpc::CallbackServerContext* context, const v1::GetExtractantSystemRequest* request,
    v1::ExtractantSystem* response) {
  const auto found = chemistry_->systems.find(request->name());
  if (found != chemistry_->systems.end()) {
    *response = ToProto(found->second);
    return Reply(context, grpc::Status::OK);
  }
  if (request->name().empty()) {
    return Reply(context, InvalidArgument({{"name",
                                            "is missing; the name of an extractant system "
                                            "is needed"}}));
  }
  std::vector<std::string> known;
  for (const auto& [name, system] : chemistry_->systems) known.push_back(name);
  const std::string message =
      optimizer::Unknown("extractant system", request->name().substr(0, kMaxName), known);
  return Reply(context, ToGrpc(MakeError(absl::StatusCode::kNotFound, "EXTRACTANT_SYSTEM_NOT_FOUND",
                                         message)));
}

grpc::ServerUnaryReactor* ChemistryService::ListFeeds(grpc::CallbackServerContext* context,
                                                      const v1::ListFeedsRequest* request,
                                                      v1::ListFeedsResponse* response) {
  return Reply(context, ListNamed(
                            chemistry_->feeds, "feeds", *request,
                            [&](const auto& feed) { *response->add_feeds() = ToProto(feed); },
                            response->mutable_next_page_token()));
}

}  // namespace raffinate::service
