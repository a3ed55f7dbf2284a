#include "service/local/version.h"

namespace raffinate::service {

std::string Version() { return RAFFINATE_VERSION; }

}  // namespace raffinate::service
