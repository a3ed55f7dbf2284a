// Naming and choosing devices.
#include <algorithm>
#include <charconv>
#include <thread>

#include "kernels/cpu/lanes.h"
#include "kernels/cuda/backend.h"
#include "kernels/solve.h"

namespace raffinate::kernels {

std::vector<std::string> DescribeDevices() {
  const cpu::Backend backend = cpu::Best();
  std::vector<std::string> lines;
  lines.push_back("cpu: " + std::string(backend.name) + ", " + std::to_string(backend.lanes) +
                  " lanes, " + std::to_string(std::max(1u, std::thread::hardware_concurrency())) +
                  " threads");
  if (!cuda::Built()) {
    lines.push_back("cuda: not in this build (no CUDA compiler was found)");
    return lines;
  }
  const int count = cuda::DeviceCount();
  if (count == 0) lines.push_back("cuda: in this build, but no usable device on this machine");
  for (int i = 0; i < count; ++i) {
    lines.push_back("cuda:" + std::to_string(i) + ": " + cuda::DeviceName(i));
  }
  return lines;
}

std::string ParseDevice(const std::string& text, Device* device) {
  *device = Device();
  if (text == "auto") {
    if (cuda::DeviceCount() > 0) device->kind = Device::Kind::kCuda;
    return "";
  }
  if (text == "cpu") return "";
  if (text == "cpu-scalar") {
    device->kind = Device::Kind::kCpuScalar;
    return "";
  }
  if (text.rfind("cuda", 0) == 0) {
    device->kind = Device::Kind::kCuda;
    if (text.size() > 4) {
      const char* end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(text.data() + 5, end, device->index);
      if (text[4] != ':' || error != std::errc() || stop != end || device->index < 0) {
        return "device '" + text + "' is none of cpu, cpu-scalar, cuda, cuda:N, auto";
      }
    }
    if (!cuda::Built()) return "this build has no CUDA backend; use cpu";
    const int count = cuda::DeviceCount();
    if (device->index >= count) {
      return "CUDA device " + std::to_string(device->index) + " does not exist; this machine has " +
             std::to_string(count);
    }
    return "";
  }
  return "device '" + text + "' is none of cpu, cpu-scalar, cuda, cuda:N, auto";
}

}  // namespace raffinate::kernels
