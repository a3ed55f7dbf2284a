// Page sizes and opaque page tokens.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>

#include "optimizer/model/violation.h"

namespace raffinate::service {

/// What a list method is willing to do.
struct PageLimits {
  int default_size = 50;
  int max_size = 1000;
};

/// A page asked for.
struct PageRequest {
  int size = 0;
  std::int64_t position = 0;  ///< as it was given to NextPageToken; 0: the first page
};

/// A token that leads to `position` (> 0) of the list that `list` names: the
/// method and whatever else makes it another list.
std::string NextPageToken(const std::string& list, std::int64_t position);

/// Reads the paging fields of a request. Violations when the size is negative,
/// or the token is not one of this list.
optimizer::Violations ReadPage(const std::string& list, std::int32_t page_size,
                               const std::string& page_token, const PageLimits& limits,
                               PageRequest* out);

/// INVALID_ARGUMENT for what ReadPage found: reason INVALID_PAGE_TOKEN or
/// INVALID_REQUEST.
grpc::Status InvalidPage(const optimizer::Violations& violations);

}  // namespace raffinate::service
