// Transients that wait for each other, each on a thread for as long as it lasts.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/dynamics.pb.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/jobs/engine.h"

namespace raffinate::service {

/// How a transient ended, what is wrong with its flowsheet, or why there is no end.
using DynamicOutcome = std::variant<v1::DynamicSummary, optimizer::Violations, absl::Status>;

/// Thread safe.
class DynamicsQueue {
 public:
  struct Options {
    int max_waiting = 64;  ///< over which tasks are refused
    int threads = 2;
  };

  struct Task {
    v1::Flowsheet flowsheet;
    bool stages = false;  ///< profiles in every state
    /// Set by the caller when nobody waits any more, and by Close(): the transient
    /// then ends with its present step.
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
    /// Both are called from a thread of the queue: `state` in the order of time; it
    /// may block, which holds the transient up, until `cancelled` is set. `done`
    /// exactly once, last, and must not block.
    std::function<void(v1::DynamicState)> state;
    std::function<void(DynamicOutcome)> done;
  };

  DynamicsQueue(const Engine* engine, const Options& options);
  ~DynamicsQueue();

  /// An error, without a call of `done`: QUEUE_FULL, SHUTTING_DOWN.
  absl::Status Submit(Task task);

  /// Answers what waits and what runs with SHUTTING_DOWN, and takes nothing more.
  void Close();

 private:
  void Work();
  DynamicOutcome Run(const Task& task) const;

  const Engine* engine_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::atomic<bool> closed_ = false;
  std::deque<Task> waiting_;
  std::vector<std::shared_ptr<std::atomic<bool>>> running_;  ///< their `cancelled`
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace raffinate::service
