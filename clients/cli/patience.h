// Calls that outlive a loss of the server.
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>
#include <optional>

#include "clients/cli/progress.h"

namespace raffinate::cli {

/// Makes calls again while no server answers, says so, and says when it is back.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  /// @param give_up_s Time without any answer after which it gives up [s]; 0: at once.
  /// @param progress Where it says so; outlives the object.
  /// @param stop Whether to give up now; may be null.
  Patience(double give_up_s, ProgressLine* progress, std::function<bool()> stop = nullptr);

  /// Makes `call`, and again as long as its status is UNAVAILABLE, with pauses that grow to
  /// five seconds. The status of the last.
  grpc::Status Make(const std::function<grpc::Status()>& call);

  /// A call that is still under way heard from the server.
  void Heard();

 private:
  bool Wait(Clock::duration pause) const;  // false where it was stopped

  const std::chrono::duration<double> give_up_;
  ProgressLine* const progress_;
  const std::function<bool()> stop_;
  std::optional<Clock::time_point> lost_;  // since when nobody answers
  Clock::duration pause_;
};

}  // namespace raffinate::cli
