#include "clients/common/error_details.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace raffinate::clients {
namespace {

// Of "12 problems, the first: ..."; 0 where the message does not begin with their number.
std::size_t CountIn(std::string_view message) {
  std::size_t count = 0;
  const char* const last = message.data() + message.size();
  const auto [end, error] = std::from_chars(message.data(), last, count);
  const std::string_view rest(end, static_cast<std::size_t>(last - end));
  return error == std::errc() && rest.starts_with(" problem") ? count : 0;
}

}  // namespace

ErrorDetails DecodeErrorDetails(const grpc::Status& status) {
  ErrorDetails out;
  google::rpc::Status proto;
  if (status.error_details().empty() || !proto.ParseFromString(status.error_details())) return out;
  for (const auto& any : proto.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      out.reason = info.reason();
      out.domain = info.domain();
      out.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (any.UnpackTo(&bad)) {
      for (const auto& v : bad.field_violations()) {
        out.field_violations.push_back({v.field(), v.description()});
      }
    } else if (any.UnpackTo(&retry)) {
      out.retry_delay_s = static_cast<double>(retry.retry_delay().seconds()) +
                          1e-9 * static_cast<double>(retry.retry_delay().nanos());
    }
  }
  if (!out.field_violations.empty()) {
    out.problem_count = std::max(CountIn(status.error_message()), out.field_violations.size());
  }
  return out;
}

std::vector<FieldViolation> FlowsheetViolations(const ErrorDetails& details) {
  static constexpr char kPrefix[] = "flowsheet.";
  std::vector<FieldViolation> out = details.field_violations;
  for (auto& violation : out) {
    if (violation.field.starts_with(kPrefix)) violation.field.erase(0, sizeof(kPrefix) - 1);
  }
  return out;
}

}  // namespace raffinate::clients
