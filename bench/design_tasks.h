// The suite of design tasks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace raffinate::bench {

/// As LoadFlowsheet takes them.
inline constexpr const char* kDesignTasks[] = {
    "bench/tasks/underwood-binary",    "bench/tasks/fenske-binary",
    "bench/tasks/nd-pr-reagents",      "bench/tasks/nd-pr-front",
    "examples/gd-eu-sm-optimize",      "examples/nd-pr-split-optimize",
    "examples/nd-pr-dilute-optimize",  "examples/magnet-optimize",
    "examples/magnet-linked-optimize", "bench/tasks/monazite"};

/// What a benchmark of the tasks is told.
struct TaskOptions {
  int seeds = 3;
  std::int64_t evaluations = 0;    ///< at most, of each search
  std::string output;              ///< empty: standard output
  std::vector<std::string> paths;  ///< of kDesignTasks, in their order
};

/// Reads `[--seeds N] [--evaluations N] [--output FILE] [TASK...]`, a TASK being the last part of a
/// path; none: all. nullopt after a message on standard error that says what is wrong.
std::optional<TaskOptions> ReadTaskOptions(const std::string& program,
                                           std::int64_t usual_evaluations, int argc, char** argv);

}  // namespace raffinate::bench
