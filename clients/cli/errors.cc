#include "clients/cli/errors.h"

#include <algorithm>
#include <iostream>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/common/error_details.h"

namespace raffinate::cli {
namespace {

ExitCode CodeFor(int code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return kOk;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return kBadInput;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNIMPLEMENTED:
      return kUnavailable;
    default:
      return kFailed;
  }
}

}  // namespace

void PrintError(const std::string& message) { std::cerr << "raffinate: " << message << "\n"; }

void PrintProblems(const std::vector<service::FileProblem>& problems) {
  std::size_t count = 0;
  for (const service::FileProblem& problem : problems) {
    std::cerr << service::FormatProblem(problem) << "\n";
    count += problem.count;
  }
  PrintError(absl::StrCat(count, count == 1 ? " problem" : " problems",
                          " in the input; nothing was written"));
}

void PrintProblems(std::vector<service::FileProblem> problems, const grpc::Status& status) {
  const std::size_t count = clients::DecodeErrorDetails(status).problem_count;
  if (!problems.empty() && count > problems.size()) {
    problems.back().count += count - problems.size();
  }
  PrintProblems(problems);
}

ExitCode ReportStatus(const absl::Status& status) {
  if (status.ok()) return kOk;
  PrintError(std::string(status.message()));
  return CodeFor(static_cast<int>(status.code()));
}

ExitCode ReportStatus(const grpc::Status& status) {
  if (status.ok()) return kOk;
  const clients::ErrorDetails details = clients::DecodeErrorDetails(status);
  for (const clients::FieldViolation& violation : details.field_violations) {
    std::cerr << violation.field << ": " << violation.description << "\n";
  }
  if (const std::size_t count = details.problem_count; count > 0) {
    // The message would tell the first once more.
    PrintError(absl::StrCat(count, count == 1 ? " problem" : " problems", " in the request"));
    return CodeFor(status.error_code());
  }
  std::string text = status.error_message();
  if (details.retry_delay_s) {
    absl::StrAppend(&text, absl::StrFormat("; try again in %.0f s", *details.retry_delay_s));
  }
  PrintError(text.empty() ? "the server gave no reason" : text);
  return CodeFor(status.error_code());
}

namespace {

// Violations by their paths in the flowsheet.
ExitCode ReportAt(const grpc::Status& status, const service::FlowsheetFile& file,
                  const std::vector<clients::FieldViolation>& violations) {
  std::vector<service::FileProblem> problems;
  for (const clients::FieldViolation& violation : violations) {
    problems.push_back(file.ProblemAt(violation.field, violation.description));
  }
  // The flowsheet first, then the files that it was read with.
  std::stable_sort(problems.begin(), problems.end(), [&](const auto& a, const auto& b) {
    const bool a_is_other = a.file != file.path, b_is_other = b.file != file.path;
    return std::tie(a_is_other, a.file, a.line, a.column) <
           std::tie(b_is_other, b.file, b.line, b.column);
  });
  PrintProblems(std::move(problems), status);
  return CodeFor(status.error_code());
}

}  // namespace

ExitCode ReportStatus(const grpc::Status& status, const service::FlowsheetFile& file) {
  const std::vector<clients::FieldViolation> violations =
      clients::FlowsheetViolations(clients::DecodeErrorDetails(status));
  return violations.empty() ? ReportStatus(status) : ReportAt(status, file, violations);
}

ExitCode ReportStatus(const grpc::Status& status, const service::FlowsheetFile& file,
                      const std::string& field, const std::string& part) {
  std::vector<clients::FieldViolation> violations;
  for (clients::FieldViolation violation : clients::DecodeErrorDetails(status).field_violations) {
    // One that is not of the file would be told at a wrong place.
    if (!absl::StartsWith(violation.field, field)) return ReportStatus(status);
    violation.field = part + violation.field.substr(field.size());
    violations.push_back(std::move(violation));
  }
  return violations.empty() ? ReportStatus(status) : ReportAt(status, file, violations);
}

}  // namespace raffinate::cli
