#include "service/rpc/fit_call.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "optimizer/fit/fit.h"
#include "optimizer/fit/system.h"
#include "service/convert/chemistry.h"
#include "service/convert/fit.h"
#include "service/error.h"
#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

namespace fit = optimizer::fit;

class FitCall final : public grpc::ServerUnaryReactor {
 public:
  FitCall(WorkQueue* queue, const optimizer::Chemistry* chemistry,
          const optimizer::ExtractantSystem* start, const v1::FitExtractantSystemRequest& request,
          v1::FitExtractantSystemResponse* response)
      : charges_(fit::ChargesOf(*chemistry)), response_(response) {
    if (start != nullptr) start_ = *start;
    optimizer::Violations violations;
    input_ = FromProto(request, &violations);
    if (start_) constants_ = fit::ConstantsOf(*start_, charges_);
    if (start_ && start_->medium == optimizer::Medium::kSulphate &&
        input_.options.complexes != fit::Sharing::kFixed) {
      violations.push_back(
          {"complexes", absl::StrCat("asked for, but the medium of ", start_->name,
                                     " is sulphate; complexes are fitted with the monovalent "
                                     "anions of chloride and nitrate media")});
    }
    if (violations.empty()) {
      violations = fit::Check(input_.contacts, constants_, charges_, input_.options);
    }
    if (!violations.empty()) {
      Finish(InvalidArgument(violations));
      return;
    }
    WorkQueue::Task task;
    task.cancelled = cancelled_;
    task.run = [this](const std::atomic<bool>& cancelled) { Run(cancelled); };
    task.refuse = [this](const absl::Status& status) { Finish(ToGrpc(status)); };
    const absl::Status status = queue->Submit(std::move(task));
    if (!status.ok()) Finish(ToGrpc(status));
  }

  void OnCancel() override { *cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  void Run(const std::atomic<bool>& cancelled) {
    try {
      input_.options.cancel = &cancelled;
      // One flask takes microseconds: threads and devices would cost more than they save.
      input_.options.device = {kernels::Device::Kind::kCpu, 0, 1};
      const absl::StatusOr<fit::FitResult> result =
          fit::Fit(input_.contacts, constants_, charges_, input_.options);
      Finish(result.ok() ? Answer(*result) : Refusal(result.status()));
    } catch (const std::exception& error) {
      Finish(ToGrpc(absl::InternalError(absl::StrCat("the fit failed: ", error.what()))));
    }
  }

  grpc::Status Answer(const fit::FitResult& result) {
    const optimizer::ExtractantSystem* start = start_ ? &*start_ : nullptr;
    *response_ = ToProto(result, input_.contacts);
    const optimizer::ExtractantSystem system =
        fit::MakeSystem(result, input_.contacts, start, input_.text, input_.options);
    *response_->mutable_extractant_system() = ToProto(system);
    for (const std::string& note : fit::NotesOn(result, system, start)) response_->add_notes(note);
    return grpc::Status::OK;
  }

  static grpc::Status Refusal(const absl::Status& status) {
    if (status.code() != absl::StatusCode::kFailedPrecondition) return ToGrpc(status);
    return ToGrpc(MakeError(status.code(), "NOT_DETERMINED", status.message()));
  }

  const std::map<std::string, double> charges_;
  std::optional<optimizer::ExtractantSystem> start_;
  fit::Constants constants_;
  FitInput input_;
  v1::FitExtractantSystemResponse* const response_;
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

grpc::ServerUnaryReactor* StartFitCall(WorkQueue* queue, const optimizer::Chemistry* chemistry,
                                       const optimizer::ExtractantSystem* start,
                                       const v1::FitExtractantSystemRequest& request,
                                       v1::FitExtractantSystemResponse* response) {
  return new FitCall(queue, chemistry, start, request, response);
}

}  // namespace raffinate::service
