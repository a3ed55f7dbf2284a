// Calls that compute for seconds, and wait for a thread to do it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"

namespace raffinate::service {

/// Thread safe.
class WorkQueue {
 public:
  struct Options {
    int max_waiting = 64;  ///< over which tasks are refused
    int threads = 1;
  };

  struct Task {
    /// Set by the caller when nobody waits any more, and by Close(); `run` polls it.
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
    /// One of the two is called, exactly once: `run` on a thread of the queue, or
    /// `refuse` with SHUTTING_DOWN where it never got one.
    std::function<void(const std::atomic<bool>& cancelled)> run;
    std::function<void(absl::Status)> refuse;
  };

  explicit WorkQueue(const Options& options);
  ~WorkQueue();

  /// An error, without a call of either: QUEUE_FULL, SHUTTING_DOWN.
  absl::Status Submit(Task task);

  /// Refuses what waits, cancels what runs, and takes nothing more.
  void Close();

 private:
  void Work();

  const Options options_;
  std::mutex mutex_;
  std::condition_variable work_;
  bool closed_ = false;
  std::deque<Task> waiting_;
  std::vector<std::shared_ptr<std::atomic<bool>>> running_;  ///< their `cancelled`
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace raffinate::service
