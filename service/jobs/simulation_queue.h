// Simulations that wait for each other, so that the engine solves batches.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "raffinate/v1/simulation.pb.h"
#include "service/jobs/engine.h"

namespace raffinate::service {

/// A solved flowsheet, what is wrong with it, or why there is no answer.
using SimulationOutcome = std::variant<v1::Simulation, optimizer::Violations, absl::Status>;

/// Thread safe.
class SimulationQueue {
 public:
  struct Options {
    int max_waiting = 1024;  ///< over which kBounded tasks are refused
    int max_batch = 256;     ///< most flowsheets in one solve
    int threads = 2;         ///< so that a long batch does not hold up a short one
  };

  struct Task {
    v1::Flowsheet flowsheet;
    bool sensitivities = false;                 ///< whether the simulation shall have them
    std::optional<v1::ScenarioTest> scenarios;  ///< for robustness
    /// Set by the caller when nobody waits any more; the task is then not
    /// solved if that has not begun, and is answered with CANCELLED.
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
    /// Called exactly once from a thread of the queue. Must not block.
    std::function<void(SimulationOutcome)> done;
  };

  SimulationQueue(const Engine* engine, const Options& options);
  ~SimulationQueue();

  enum class Admission {
    kBounded,  ///< refused when too many wait
    kAlways,   ///< from callers that bound themselves
  };

  /// Takes the task, to be solved with all others that wait when a thread gets
  /// to it. An error, without a call of `done`: QUEUE_FULL, SHUTTING_DOWN.
  absl::Status Submit(Task task, Admission admission);

  /// Answers what waits with SHUTTING_DOWN, ends what is being solved, and
  /// takes nothing more.
  void Close();

 private:
  void Work();
  void Solve(std::vector<Task> batch) const;

  const Engine* engine_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable work_;
  bool closed_ = false;
  std::deque<Task> waiting_;
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace raffinate::service
