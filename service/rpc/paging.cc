#include "service/rpc/paging.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

// FNV-1a. Guards against tokens of other lists and typing errors, not against
// forgery: a token gives access to nothing that the list does not.
std::uint64_t Checksum(const std::string& text) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (unsigned char c : text) out = (out ^ c) * 0x100000001b3;
  return out;
}

std::string Seal(const std::string& list, std::int64_t position) {
  return absl::StrCat(position, ".", absl::Hex(Checksum(absl::StrCat(list, "\n", position))));
}

}  // namespace

std::string NextPageToken(const std::string& list, std::int64_t position) {
  return absl::WebSafeBase64Escape(Seal(list, position));
}

optimizer::Violations ReadPage(const std::string& list, std::int32_t page_size,
                               const std::string& page_token, const PageLimits& limits,
                               PageRequest* out) {
  optimizer::Violations violations;
  if (page_size < 0) {
    violations.push_back(
        {"page_size", absl::StrCat("is ", page_size, "; 0 (the default) or more is needed")});
  }
  out->size = page_size == 0 ? limits.default_size : std::min(page_size, limits.max_size);
  out->position = 0;
  if (page_token.empty()) return violations;
  std::string sealed;
  std::int64_t position = 0;
  if (!absl::WebSafeBase64Unescape(page_token, &sealed) ||
      !absl::SimpleAtoi(sealed.substr(0, sealed.find('.')), &position) || position <= 0 ||
      sealed != Seal(list, position)) {
    violations.push_back({"page_token",
                          "is no token of this list; use next_page_token of the page before, with "
                          "the same request otherwise"});
  }
  out->position = position;
  return violations;
}

grpc::Status InvalidPage(const optimizer::Violations& violations) {
  const bool token = std::any_of(violations.begin(), violations.end(),
                                 [](const auto& v) { return v.field == "page_token"; });
  return InvalidArgument(violations, token ? "INVALID_PAGE_TOKEN" : "INVALID_REQUEST");
}

}  // namespace raffinate::service
