#include "service/rpc/errors.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "service/error.h"

namespace raffinate::service {
namespace {

// gRPC clients refuse more than 8 KiB of metadata unless told otherwise; half
// a KiB is left for the message and the framing, and base64 is no issue as the
// limit is on the decoded size.
constexpr std::size_t kMaxDetailBytes = 6 * 1024;
constexpr std::size_t kMaxMessageBytes = 512;
constexpr std::size_t kMaxViolationBytes = 1024;
constexpr int kRetrySeconds = 5;

std::string Shortened(const std::string& text, std::size_t size) {
  if (text.size() <= size) return text;
  // Not in the middle of a UTF-8 sequence.
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return absl::StrCat(text.substr(0, size), "...");
}

google::rpc::Status Start(grpc::StatusCode code, const std::string& message,
                          const std::string& reason) {
  google::rpc::Status out;
  out.set_code(code);
  out.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kErrorDomain);
  out.add_details()->PackFrom(info);
  return out;
}

grpc::Status Finish(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

}  // namespace

grpc::Status InvalidArgument(const optimizer::Violations& violations, const std::string& reason) {
  google::rpc::BadRequest bad;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < violations.size(); ++i) {
    google::rpc::BadRequest::FieldViolation violation;
    violation.set_field(Shortened(violations[i].field, kMaxViolationBytes / 4));
    violation.set_description(Shortened(violations[i].description, kMaxViolationBytes));
    bytes += violation.ByteSizeLong() + 4;
    if (i > 0 && bytes > kMaxDetailBytes) {
      auto* rest = bad.add_field_violations();
      rest->set_field(violation.field());
      rest->set_description(absl::StrCat("and ", violations.size() - i,
                                         " more problems from here on, left out for their size"));
      break;
    }
    *bad.add_field_violations() = std::move(violation);
  }
  std::string message = "invalid request";
  if (!violations.empty()) {
    message = violations.size() == 1 ? "1 problem: "
                                     : absl::StrCat(violations.size(), " problems, the first: ");
    absl::StrAppend(&message, violations[0].field, ": ", violations[0].description);
  }
  google::rpc::Status status =
      Start(grpc::StatusCode::INVALID_ARGUMENT, Shortened(message, kMaxMessageBytes), reason);
  status.add_details()->PackFrom(bad);
  return Finish(status);
}

grpc::Status InvalidFlowsheet(optimizer::Violations violations) {
  for (auto& violation : violations) {
    violation.field =
        violation.field.empty() ? "flowsheet" : absl::StrCat("flowsheet.", violation.field);
  }
  return InvalidArgument(violations, "INVALID_FLOWSHEET");
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message = Shortened(std::string(status.message()), kMaxMessageBytes);
  const std::string reason = ReasonOf(status);
  if (reason.empty()) return {code, message};
  google::rpc::Status out = Start(code, message, reason);
  if (reason == "QUEUE_FULL") {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(kRetrySeconds);
    out.add_details()->PackFrom(retry);
  }
  return Finish(out);
}

}  // namespace raffinate::service
