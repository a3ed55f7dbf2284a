#include "service/rpc/flowsheets_service.h"

#include <optional>
#include <string>
#include <utility>

#include "service/convert/flowsheet.h"
#include "service/convert/flowsheet_text.h"
#include "service/convert/path.h"
#include "service/file/writer.h"
#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

constexpr std::size_t kMaxFileName = 255;  // repeated with every problem

std::optional<optimizer::Purpose> ToOptimizer(v1::ParseFlowsheetRequest::Purpose purpose) {
  switch (purpose) {
    case v1::ParseFlowsheetRequest::SIMULATE:
      return optimizer::Purpose::kSimulate;
    case v1::ParseFlowsheetRequest::OPTIMIZE:
      return optimizer::Purpose::kOptimize;
    case v1::ParseFlowsheetRequest::DYNAMIC:
      return optimizer::Purpose::kDynamic;
    default:
      return std::nullopt;
  }
}

grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context, const grpc::Status& status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

}  // namespace

grpc::Status FlowsheetsService::Parse(const v1::ParseFlowsheetRequest& request,
                                      v1::ParseFlowsheetResponse* response) const {
  optimizer::Violations bad;
  if (!v1::ParseFlowsheetRequest::Purpose_IsValid(request.purpose())) {
    UnknownEnum(request.purpose(), "purpose", "SIMULATE, OPTIMIZE, DYNAMIC", &bad);
  }
  if (request.file_name().size() > kMaxFileName) {
    bad.push_back({"file_name", absl::StrCat("has ", request.file_name().size(), " bytes; at most ",
                                             kMaxFileName, " are allowed")});
  }
  if (!bad.empty()) return InvalidArgument(bad);

  ReadResult read = ReadText(request.text(), request.file_name(), FileFormat::kAuto,
                             ReadOptionsFor(engine_->chemistry()), response->mutable_flowsheet());
  if (const auto purpose = ToOptimizer(request.purpose())) {
    AddViolations(
        response->flowsheet(),
        [&](const optimizer::Flowsheet& model) { return engine_->Validate(model, *purpose); },
        request.file_name(), &read);
  }
  for (FileProblem& problem : read.problems) {
    auto* out = response->add_problems();
    out->set_line(problem.line);
    out->set_column(problem.column);
    out->set_path(std::move(problem.path));
    out->set_description(std::move(problem.message));
  }
  return grpc::Status::OK;
}

grpc::Status FlowsheetsService::Format(const v1::FormatFlowsheetRequest& request,
                                       v1::FormatFlowsheetResponse* response) const {
  if (!request.has_flowsheet()) return InvalidFlowsheet({{"", "is missing; it is needed"}});
  optimizer::Flowsheet model;
  optimizer::Violations violations = FromProto(request.flowsheet(), &model);
  if (!violations.empty()) return InvalidFlowsheet(std::move(violations));
  response->set_text(WriteYaml(request.flowsheet()));
  return grpc::Status::OK;
}

grpc::ServerUnaryReactor* FlowsheetsService::ParseFlowsheet(
    grpc::CallbackServerContext* context, const v1::ParseFlowsheetRequest* request,
    v1::ParseFlowsheetResponse* response) {
  return Reply(context, Parse(*request, response));
}

grpc::ServerUnaryReactor* FlowsheetsService::FormatFlowsheet(
    grpc::CallbackServerContext* context, const v1::FormatFlowsheetRequest* request,
    v1::FormatFlowsheetResponse* response) {
  return Reply(context, Format(*request, response));
}

}  // namespace raffinate::service
