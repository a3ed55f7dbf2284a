// What the exit status of `raffinate` means. Part of its interface: printed by
// --help, relied on by scripts.
#pragma once

namespace raffinate::cli {

enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       ///< it was tried and did not work: not converged, job failed, disk full
  kBadInput = 2,     ///< command line or file; nothing was written
  kInterrupted = 3,  ///< stopped by Ctrl-C; the best so far was written
  kUnavailable = 4,  ///< no server, or one that takes no more work now
};

inline constexpr char kExitCodeHelp[] =
    "Exit codes:\n"
    "  0  done\n"
    "  1  failed: not converged, no flowsheet meets the demands, a job failed, a transient\n"
    "     stopped early\n"
    "  2  bad command line or bad input file; nothing was written\n"
    "  3  stopped by Ctrl-C; the best so far was written, a transient so far printed\n"
    "  4  server not reachable or not able to take work; address in use\n"
    "130  stopped by a second Ctrl-C";

}  // namespace raffinate::cli
