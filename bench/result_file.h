// How benchmarks hand in what they measured.
#pragma once

#include <string>

namespace raffinate::bench {

/// What every result begins with: "{" and benchmark, date, processor and compiler, without a
/// comma at the end.
std::string ResultHead(const std::string& benchmark);

/// Empty, or why `path` cannot be written: asked before minutes of work. An empty path is standard
/// output.
std::string WhyNotWritable(const std::string& path);

/// Writes `json` to `path`, or to standard output where that is empty. The exit code: 0, or 1
/// with a message on standard error.
int WriteResult(const std::string& path, const std::string& json);

}  // namespace raffinate::bench
