#include "service/rpc/dynamics_call.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

using Reactor = grpc::ServerWriteReactor<v1::SimulateDynamicResponse>;

// States that may wait for the client.
constexpr std::size_t kWindow = 16;

class DynamicCall final : public Reactor {
 public:
  DynamicCall(DynamicsQueue* queue, const v1::SimulateDynamicRequest& request) {
    if (!request.has_flowsheet()) {
      Finish(InvalidFlowsheet({{"", "is missing; it is needed"}}));
      return;
    }
    DynamicsQueue::Task task;
    task.flowsheet = request.flowsheet();
    task.stages = request.stages();
    task.cancelled = cancelled_;
    task.state = [this](v1::DynamicState state) { Push(std::move(state)); };
    task.done = [this](DynamicOutcome outcome) { End(std::move(outcome)); };
    const absl::Status status = queue->Submit(std::move(task));
    if (!status.ok()) Finish(ToGrpc(status));
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    messages_.pop_front();
    if (!ok) *cancelled_ = true;
    taken_.notify_all();
    Pump(std::move(lock));
  }

  void OnCancel() override {
    std::unique_lock lock(mutex_);
    *cancelled_ = true;
    taken_.notify_all();
  }

  void OnDone() override { delete this; }

 private:
  void Push(v1::DynamicState state) {
    std::unique_lock lock(mutex_);
    // When the queue is closed it sets the flag and has nobody to notify.
    while (messages_.size() >= kWindow && !*cancelled_) {
      taken_.wait_for(lock, std::chrono::milliseconds(50));
    }
    if (*cancelled_) return;
    *messages_.emplace_back().mutable_state() = std::move(state);
    Pump(std::move(lock));
  }

  void End(DynamicOutcome outcome) {
    std::unique_lock lock(mutex_);
    ended_ = true;
    if (auto* summary = std::get_if<v1::DynamicSummary>(&outcome)) {
      *messages_.emplace_back().mutable_summary() = std::move(*summary);
    } else if (auto* violations = std::get_if<optimizer::Violations>(&outcome)) {
      status_ = InvalidFlowsheet(std::move(*violations));
    } else {
      status_ = ToGrpc(std::get<absl::Status>(outcome));
    }
    Pump(std::move(lock));
  }

  // Starts the next write, or ends the call; that is outside of the lock, as it
  // may be the end of this object.
  void Pump(std::unique_lock<std::mutex> lock) {
    if (writing_ || finished_) return;
    if (ended_ && (messages_.empty() || !status_.ok())) {
      finished_ = true;
      const grpc::Status status = status_;
      lock.unlock();
      Finish(status);
    } else if (!messages_.empty()) {
      writing_ = true;
      StartWrite(&messages_.front());
    }
  }

  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);

  std::mutex mutex_;
  std::condition_variable taken_;
  std::deque<v1::SimulateDynamicResponse> messages_;
  bool writing_ = false, ended_ = false, finished_ = false;
  grpc::Status status_;
};

}  // namespace

Reactor* StartDynamicCall(DynamicsQueue* queue, const v1::SimulateDynamicRequest& request) {
  return new DynamicCall(queue, request);
}

}  // namespace raffinate::service
