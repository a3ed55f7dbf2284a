#include "service/jobs/dynamics_queue.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/convert/dynamics.h"
#include "service/convert/flowsheet.h"
#include "service/error.h"

namespace raffinate::service {

DynamicsQueue::DynamicsQueue(const Engine* engine, const Options& options)
    : engine_(engine), options_(options) {
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

DynamicsQueue::~DynamicsQueue() { Close(); }

absl::Status DynamicsQueue::Submit(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return ShuttingDown();
    if (static_cast<int>(waiting_.size()) >= options_.max_waiting) {
      return MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                       absl::StrCat(waiting_.size(), " transients are waiting"));
    }
    waiting_.push_back(std::move(task));
  }
  work_.notify_one();
  return absl::OkStatus();
}

void DynamicsQueue::Close() {
  std::deque<Task> left;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
    for (const auto& cancelled : running_) *cancelled = true;
  }
  work_.notify_all();
  for (auto& task : left) task.done(ShuttingDown());
  std::lock_guard join(join_mutex_);
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void DynamicsQueue::Work() {
  while (true) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
      running_.push_back(task.cancelled);
    }
    DynamicOutcome outcome = Run(task);
    {
      std::lock_guard lock(mutex_);
      std::erase(running_, task.cancelled);
    }
    task.done(std::move(outcome));
  }
}

DynamicOutcome DynamicsQueue::Run(const Task& task) const {
  const auto stopped = [&] {
    return closed_ ? ShuttingDown() : absl::CancelledError("the client no longer waits");
  };
  if (*task.cancelled) return stopped();
  try {
    optimizer::Flowsheet flowsheet;
    optimizer::Violations violations = FromProto(task.flowsheet, &flowsheet);
    violations =
        Merge(std::move(violations), engine_->Validate(flowsheet, optimizer::Purpose::kDynamic));
    if (!violations.empty()) return violations;
    optimizer::DynamicOptions options;
    options.stages = task.stages;
    options.cancel = task.cancelled.get();
    const optimizer::DynamicSummary summary = engine_->SimulateDynamic(
        flowsheet, options,
        [&](const optimizer::DynamicState& state) { task.state(ToProto(state)); });
    if (!summary.complete && *task.cancelled) return stopped();
    return ToProto(summary);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("simulation failed: ", error.what()));
  }
}

}  // namespace raffinate::service
