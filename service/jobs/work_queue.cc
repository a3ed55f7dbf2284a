#include "service/jobs/work_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "service/error.h"

namespace raffinate::service {

WorkQueue::WorkQueue(const Options& options) : options_(options) {
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

WorkQueue::~WorkQueue() { Close(); }

absl::Status WorkQueue::Submit(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return ShuttingDown();
    if (static_cast<int>(waiting_.size()) >= options_.max_waiting) {
      return MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                       absl::StrCat(waiting_.size(), " calls are waiting"));
    }
    waiting_.push_back(std::move(task));
  }
  work_.notify_one();
  return absl::OkStatus();
}

void WorkQueue::Close() {
  std::deque<Task> left;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
    for (const auto& cancelled : running_) *cancelled = true;
  }
  work_.notify_all();
  for (Task& task : left) task.refuse(ShuttingDown());
  std::lock_guard join(join_mutex_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkQueue::Work() {
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
    task.run(*task.cancelled);
    std::lock_guard lock(mutex_);
    std::erase(running_, task.cancelled);
  }
}

}  // namespace raffinate::service
