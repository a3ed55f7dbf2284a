#include "service/local/device.h"

#include "kernels/solve.h"

namespace raffinate::service {

absl::Status ChooseDevice(const std::string& name, int threads, ServerOptions* options) {
  const std::string wrong = kernels::ParseDevice(name, &options->device);
  if (!wrong.empty()) return absl::InvalidArgumentError(wrong);
  options->device.threads = threads;
  return absl::OkStatus();
}

}  // namespace raffinate::service
