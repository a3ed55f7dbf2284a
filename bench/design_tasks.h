// The suite of design tasks.
#pragma once

namespace raffinate::bench {

/// As LoadFlowsheet takes them.
inline constexpr const char* kDesignTasks[] = {
    "bench/tasks/underwood-binary",    "bench/tasks/fenske-binary",
    "bench/tasks/nd-pr-reagents",      "bench/tasks/nd-pr-front",
    "examples/gd-eu-sm-optimize",      "examples/nd-pr-split-optimize",
    "examples/nd-pr-dilute-optimize",  "examples/magnet-optimize",
    "examples/magnet-linked-optimize", "bench/tasks/monazite"};

}  // namespace raffinate::bench
