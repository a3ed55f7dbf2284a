#include "clients/cli/jobs.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace raffinate::cli {
namespace {

grpc::Status FollowOnce(OptimizationsStub* stub, const std::string& name, Patience* patience,
                        ProgressLine* progress, std::vector<std::string>* log,
                        v1::Optimization* last) {
  grpc::ClientContext context;
  v1::WatchOptimizationRequest request;
  request.set_name(name);
  const auto stream = stub->WatchOptimization(&context, request);
  bool log_begins = true;
  v1::WatchOptimizationResponse response;
  while (stream->Read(&response)) {
    patience->Heard();
    if (response.has_optimization()) *last = response.optimization();
    if (log != nullptr && !response.log().empty()) {
      if (log_begins) {
        JoinLog(response.log(), log);
      } else {
        log->insert(log->end(), response.log().begin(), response.log().end());
      }
      log_begins = false;
    }
    if (progress != nullptr && response.has_optimization()) progress->Show(*last);
  }
  const grpc::Status status = stream->Finish();
  if (status.ok() && !Ended(*last)) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                        absl::StrCat("the server stopped before ", name,
                                     " ended; it goes on when the server is back"));
  }
  return status;
}

}  // namespace

std::string FullName(const std::string& name) {
  return absl::StartsWith(name, "optimizations/") ? name : absl::StrCat("optimizations/", name);
}

bool Ended(const v1::Optimization& optimization) {
  return optimization.state() == v1::Optimization::SUCCEEDED ||
         optimization.state() == v1::Optimization::CANCELLED ||
         optimization.state() == v1::Optimization::FAILED;
}

void JoinLog(const google::protobuf::RepeatedPtrField<std::string>& told,
             std::vector<std::string>* log) {
  if (told.empty()) return;
  // Lines may be alike: where the most agree is where they were told before.
  auto from = log->end();
  std::ptrdiff_t most = 0;
  for (auto at = log->begin(); at != log->end(); ++at) {
    const std::ptrdiff_t agree = std::mismatch(at, log->end(), told.begin(), told.end()).first - at;
    if (agree > most) {
      most = agree;
      from = at;
    }
  }
  log->erase(from, log->end());
  log->insert(log->end(), told.begin(), told.end());
}

grpc::Status Follow(OptimizationsStub* stub, const std::string& name, Patience* patience,
                    ProgressLine* progress, std::vector<std::string>* log, v1::Optimization* last) {
  return patience->Make([&] { return FollowOnce(stub, name, patience, progress, log, last); });
}

grpc::Status FetchFlowsheets(OptimizationsStub* stub, const std::string& name,
                             v1::ListFlowsheetsRequest::View view,
                             v1::ListFlowsheetsResponse* all) {
  all->Clear();
  v1::ListFlowsheetsRequest request;
  request.set_parent(name);
  request.set_page_size(200);
  request.set_view(view);
  do {
    grpc::ClientContext context;
    v1::ListFlowsheetsResponse page;
    const grpc::Status status = stub->ListFlowsheets(&context, request, &page);
    if (!status.ok()) return status;
    for (v1::Simulation& simulation : *page.mutable_flowsheets()) {
      all->add_flowsheets()->Swap(&simulation);
    }
    all->set_total_size(page.total_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return grpc::Status::OK;
}

}  // namespace raffinate::cli
