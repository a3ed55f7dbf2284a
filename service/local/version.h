// What this program is.
#pragma once

#include <string>

namespace raffinate::service {

/// "0.1.0".
std::string Version();

}  // namespace raffinate::service
