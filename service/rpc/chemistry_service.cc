#include "service/rpc/chemistry_service.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "optimizer/fit/system.h"
#include "optimizer/model/check_system.h"
#include "optimizer/model/distribution.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"
#include "service/convert/chemistry.h"
#include "service/error.h"
#include "service/rpc/errors.h"
#include "service/rpc/fit_call.h"
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

/// The state asked for, the middle of the system's ranges where nothing is.
optimizer::DistributionState ReadState(const v1::EvaluateExtractantSystemRequest& request,
                                       const optimizer::ExtractantSystem& system,
                                       optimizer::Violations* violations) {
  constexpr double kMostPh = 20;
  optimizer::DistributionState state = optimizer::MiddleState(system);
  if (request.has_ph()) {
    state.ph = request.ph();
    if (!(std::fabs(state.ph) <= kMostPh)) {
      violations->push_back({"ph", absl::StrCat("found ", state.ph, "; it must lie between -",
                                                kMostPh, " and ", kMostPh)});
    }
  }
  const bool total = request.has_extractant_mol_per_l();
  if (request.has_free_dimer_mol_per_l()) {
    state.free_dimer = request.free_dimer_mol_per_l();
    if (total || request.has_loading()) {
      violations->push_back({"free_dimer_mol_per_l",
                             "given beside extractant_mol_per_l or loading; give either the free "
                             "dimer, or the total and its loading"});
    }
  } else if (total) {
    state.free_dimer = request.extractant_mol_per_l() / 2 * (1 - request.loading());
  }
  if (request.has_loading() && !total && !request.has_free_dimer_mol_per_l()) {
    violations->push_back(
        {"extractant_mol_per_l", "missing; a loading needs the total extractant that it is of"});
  }
  state.loading = request.loading();
  if (!(request.loading() >= 0 && request.loading() < 1)) {
    violations->push_back(
        {"loading", absl::StrCat("found ", request.loading(), "; it must be 0 to below 1")});
  }
  if (!(state.free_dimer > 0) || !std::isfinite(state.free_dimer)) {
    violations->push_back(
        {total ? "extractant_mol_per_l" : "free_dimer_mol_per_l",
         absl::StrCat("found ", total ? request.extractant_mol_per_l() : state.free_dimer,
                      "; it must be above 0")});
  }
  return state;
}

v1::ElementDistribution ToProto(const optimizer::ElementDistribution& model) {
  v1::ElementDistribution out;
  out.set_element(model.element);
  if (model.log10_k_dimer) out.set_log10_k_dimer(*model.log10_k_dimer);
  out.set_d(model.d);
  if (model.separation_factor) out.set_separation_factor(*model.separation_factor);
  if (model.separation_factor_log10_standard_error) {
    out.set_separation_factor_log10_standard_error(*model.separation_factor_log10_standard_error);
  }
  out.set_depends_on_state(model.depends_on_state);
  out.set_separation_factor_class(service::ToProto(model.separation_factor_class));
  return out;
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

const optimizer::ExtractantSystem* ChemistryService::Find(const std::string& name,
                                                          grpc::Status* status) const {
  const auto found = chemistry_->systems.find(name);
  if (found != chemistry_->systems.end()) return &found->second;
  if (name.empty()) {
    *status = InvalidArgument({{"name",
                                "is missing; the name of an extractant system "
                                "is needed"}});
    return nullptr;
  }
  std::vector<std::string> known;
  for (const auto& [each, system] : chemistry_->systems) known.push_back(each);
  const std::string message =
      optimizer::Unknown("extractant system", name.substr(0, kMaxName), known);
  *status = ToGrpc(MakeError(absl::StatusCode::kNotFound, "EXTRACTANT_SYSTEM_NOT_FOUND", message));
  return nullptr;
}

optimizer::ExtractantSystem ChemistryService::Own(const v1::ExtractantSystem& system,
                                                  optimizer::Violations* violations) const {
  optimizer::ExtractantSystem own;
  FromProto(system, "extractant_system", &own, violations);
  if (violations->empty()) {
    optimizer::CheckSystem(own, chemistry_->elements, "extractant_system", violations);
  }
  return own;
}

grpc::ServerUnaryReactor* ChemistryService::GetExtractantSystem(
    grpc::CallbackServerContext* context, const v1::GetExtractantSystemRequest* request,
    v1::ExtractantSystem* response) {
  grpc::Status status;
  if (const auto* system = Find(request->name(), &status); system != nullptr) {
    *response = ToProto(*system);
  }
  return Reply(context, status);
}

grpc::ServerUnaryReactor* ChemistryService::EvaluateExtractantSystem(
    grpc::CallbackServerContext* context, const v1::EvaluateExtractantSystemRequest* request,
    v1::EvaluateExtractantSystemResponse* response) {
  grpc::Status status;
  optimizer::ExtractantSystem own;
  const optimizer::ExtractantSystem* system = nullptr;
  optimizer::Violations violations;
  if (request->has_extractant_system()) {
    own = Own(request->extractant_system(), &violations);
    system = &own;
  } else {
    system = Find(request->name(), &status);
    if (system == nullptr) return Reply(context, status);
  }
  optimizer::DistributionState state;
  if (violations.empty()) state = ReadState(*request, *system, &violations);
  if (!violations.empty()) return Reply(context, InvalidArgument(violations));

  *response->mutable_extractant_system() = ToProto(*system);
  if (optimizer::KnowsProton(system->law)) response->set_ph(state.ph);
  if (optimizer::CountsExtractant(system->law)) {
    response->set_free_dimer_mol_per_l(state.free_dimer);
  }
  for (const auto& element : optimizer::Distribution(*system, *chemistry_, state)) {
    *response->add_elements() = ToProto(element);
  }
  response->set_weakest_class(ToProto(optimizer::WeakestClass(*system)));
  for (const std::string& note : optimizer::NotesOn(*system, state)) response->add_notes(note);
  return Reply(context, status);
}

grpc::ServerUnaryReactor* ChemistryService::FitExtractantSystem(
    grpc::CallbackServerContext* context, const v1::FitExtractantSystemRequest* request,
    v1::FitExtractantSystemResponse* response) {
  optimizer::ExtractantSystem own;
  const optimizer::ExtractantSystem* start = nullptr;
  optimizer::Violations violations;
  if (request->has_extractant_system()) {
    own = Own(request->extractant_system(), &violations);
    start = &own;
  } else if (!request->name().empty()) {
    grpc::Status status;
    start = Find(request->name(), &status);
    if (start == nullptr) return Reply(context, status);
  }
  if (start != nullptr && violations.empty()) {
    for (const auto& [field, description] : optimizer::fit::CheckStart(*start)) {
      violations.push_back(
          {request->has_extractant_system() ? "extractant_system." + field : "name", description});
    }
  }
  if (!violations.empty()) return Reply(context, InvalidArgument(violations));
  return StartFitCall(queue_, chemistry_, start, *request, response);
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
