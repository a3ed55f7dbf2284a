#include "bench/result_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "bench/machine.h"

namespace raffinate::bench {

std::string ResultHead(const std::string& benchmark) {
  return "{\n  \"benchmark\": \"" + benchmark + "\",\n  \"date\": \"" + Today() +
         "\",\n  \"processor\": \"" + ProcessorName() + "\",\n  \"compiler\": \"" + __VERSION__ +
         "\"";
}

std::string WhyNotWritable(const std::string& path) {
  if (path.empty() || access(path.c_str(), W_OK) == 0) return "";
  if (errno != ENOENT) return "cannot write " + path + ": " + std::strerror(errno);
  const std::string folder = std::filesystem::absolute(path).parent_path();
  if (access(folder.c_str(), W_OK) == 0) return "";
  return "cannot write " + path + ": " + std::strerror(errno);
}

int WriteResult(const std::string& path, const std::string& json) {
  if (path.empty()) {
    std::cout << json << std::flush;
    return std::cout ? 0 : 1;
  }
  std::ofstream file(path);
  file << json;
  if (file.flush()) return 0;
  std::cerr << "error: cannot write " << path << "\n";
  return 1;
}

}  // namespace raffinate::bench
