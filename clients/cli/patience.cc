#include "clients/cli/patience.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace raffinate::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause(250);
constexpr milliseconds kLongestPause(5000);
// A wish to stop is heard within this.
constexpr milliseconds kSlice(100);

}  // namespace

Patience::Patience(double give_up_s, ProgressLine* progress, std::function<bool()> stop)
    : give_up_(give_up_s), progress_(progress), stop_(std::move(stop)), pause_(kFirstPause) {}

grpc::Status Patience::Make(const std::function<grpc::Status()>& call) {
  for (;;) {
    grpc::Status status = call();
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) {
      if (lost_) Heard();
      return status;
    }
    const Clock::time_point now = Clock::now();
    if (give_up_.count() <= 0 || (lost_ && now - *lost_ >= give_up_)) return status;
    if (!lost_) {
      lost_ = now;
      pause_ = kFirstPause;
      progress_->Say(absl::StrCat("the server does not answer; trying again for ",
                                  FormatDuration(give_up_.count())));
    }
    if (!Wait(pause_)) return status;
    pause_ = std::min<Clock::duration>(2 * pause_, kLongestPause);
  }
}

void Patience::Heard() {
  if (lost_) progress_->Say("the server is back");
  lost_.reset();
}

bool Patience::Wait(Clock::duration pause) const {
  const Clock::time_point end = Clock::now() + pause;
  while (Clock::now() < end) {
    if (stop_ && stop_()) return false;
    std::this_thread::sleep_for(kSlice);
  }
  return !(stop_ && stop_());
}

}  // namespace raffinate::cli
