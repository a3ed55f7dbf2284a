#include "service/rpc/watch.h"

#include <mutex>
#include <utility>

#include "service/error.h"
#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

using Reactor = grpc::ServerWriteReactor<v1::WatchOptimizationResponse>;

class WatchCall final : public Reactor,
                        public JobListener,
                        public std::enable_shared_from_this<WatchCall> {
 public:
  explicit WatchCall(std::shared_ptr<Job> job) : job_(std::move(job)) {}

  void Start() {
    self_ = shared_from_this();
    job_->Listen(weak_from_this());
    Pump();
  }

  void Changed() override {
    {
      std::lock_guard lock(mutex_);
      dirty_ = true;
    }
    Pump();
  }

  void OnWriteDone(bool ok) override {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) cancelled_ = true;
    }
    Pump();
  }

  void OnCancel() override {
    {
      std::lock_guard lock(mutex_);
      cancelled_ = true;
    }
    Pump();
  }

  void OnDone() override {
    // The job may be telling us of a change just now, and holds us meanwhile.
    const std::shared_ptr<WatchCall> last = std::move(self_);
  }

 private:
  void Pump() {
    grpc::Status status;
    {
      std::lock_guard lock(mutex_);
      if (writing_ || finished_) return;
      if (cancelled_) {
        status = grpc::Status(grpc::StatusCode::CANCELLED, "cancelled by the client");
      } else if (ended_) {
        status = grpc::Status::OK;
      } else if (dirty_) {
        // Before the reading: a change after it makes this dirty again.
        dirty_ = false;
        const bool closed = job_->closed();
        message_ = job_->Changes(&cursor_);
        ended_ = IsEnded(message_.optimization().state());
        if (ended_ || !closed) {
          writing_ = true;
          StartWrite(&message_);
          return;
        }
        status = ToGrpc(ShuttingDown());
      } else {
        return;
      }
      finished_ = true;
    }
    Finish(status);
  }

  const std::shared_ptr<Job> job_;
  std::shared_ptr<WatchCall> self_;  // while gRPC knows this object
  v1::WatchOptimizationResponse message_;

  std::mutex mutex_;
  WatchCursor cursor_;
  bool dirty_ = true, writing_ = false, ended_ = false, cancelled_ = false, finished_ = false;
};

class FailedCall final : public Reactor {
 public:
  explicit FailedCall(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

Reactor* Watch(std::shared_ptr<Job> job) {
  const auto call = std::make_shared<WatchCall>(std::move(job));
  call->Start();
  return call.get();
}

Reactor* FailedWatch(const grpc::Status& status) { return new FailedCall(status); }

}  // namespace raffinate::service
