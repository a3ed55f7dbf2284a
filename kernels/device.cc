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

namespace {
std::string NoDevice(const std::string& text) {
  return "device '" + text + "' is none of cpu, cpu-scalar, cuda, cuda:N, cuda:N,M, auto";
}
}  // namespace

std::string ParseDevice(const std::string& text, Device* device) {
  *device = Device();
  if (text == "auto") {
    if (cuda::DeviceCount() == 0) return "";
    device->kind = Device::Kind::kCuda;
    device->pipelines = cuda::MakePipelines();
    return "";
  }
  if (text == "cpu") return "";
  if (text == "cpu-scalar") {
    device->kind = Device::Kind::kCpuScalar;
    return "";
  }
  if (text == "cuda" || text.rfind("cuda:", 0) == 0) {
    device->kind = Device::Kind::kCuda;
    std::vector<int> indices;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data() + 4; at != end;) {
      // At the colon or a comma.
      int index = -1;
      const auto [stop, error] = std::from_chars(at + 1, end, index);
      if (error != std::errc() || index < 0 || index > 63 || (stop != end && *stop != ',')) {
        return NoDevice(text);
      }
      indices.push_back(index);
      at = stop;
    }
    if (!cuda::Built()) return "this build has no CUDA backend; use cpu";
    const int count = cuda::DeviceCount();
    if (count == 0) return "no CUDA device on this machine; use cpu";
    for (const int index : indices) {
      if (index >= count) {
        return "CUDA device " + std::to_string(index) + " does not exist; this machine has " +
               std::to_string(count);
      }
      device->devices |= std::uint64_t{1} << index;
    }
    device->pipelines = cuda::MakePipelines();
    return "";
  }
  return NoDevice(text);
}

}  // namespace raffinate::kernels
