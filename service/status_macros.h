// Short forms for passing errors on.
#pragma once

#include "absl/status/status.h"

/// Returns from the function when `expression` is an error status.
#define RAFFINATE_RETURN_IF_ERROR(expression)                               \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)
