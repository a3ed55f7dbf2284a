// A job as the server holds it in memory: what it is, where it is, who watches.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "raffinate/v1/optimizations.pb.h"
#include "service/jobs/log_buffer.h"
#include "service/store/job_store.h"

namespace raffinate::service {

/// Wants to know of changes.
class JobListener {
 public:
  virtual ~JobListener() = default;
  /// Something may have changed. Called from any thread, must not block.
  virtual void Changed() = 0;
};

/// What a watcher has seen.
struct WatchCursor {
  std::int64_t log = 0;
  std::int64_t pareto = 0;
};

/// The public form of a stored job.
v1::Optimization Describe(const JobRecord& record, bool with_flowsheet);

/// Thread safe.
class Job {
 public:
  static constexpr std::size_t kLogLines = 500;

  explicit Job(JobRecord record);

  const std::string& id() const { return id_; }
  const v1::Flowsheet& flowsheet() const { return flowsheet_; }

  /// The flag that the search polls.
  const std::atomic<bool>& stop() const { return stop_; }

  v1::Optimization Describe(bool with_flowsheet) const;
  JobState state() const;
  JobSnapshot snapshot() const;
  bool cancel_requested() const;
  /// Times it was taken up without being saved before this process.
  int attempts() const { return attempts_; }

  /// State, Pareto points when they changed since `cursor`, log lines since
  /// `cursor`. Moves the cursor.
  v1::WatchOptimizationResponse Changes(WatchCursor* cursor) const;

  /// Whether the server has stopped to work on it before it ended.
  bool closed() const;

  void Listen(std::weak_ptr<JobListener> listener);

  /// Asks the search to stop for good.
  void RequestCancel();
  /// Asks the search to stop for now.
  void Interrupt() { stop_ = true; }

  void SetRunning(absl::Time start_time);
  /// A log line, sent with the next change.
  void Log(std::string line);
  /// New progress; `pareto` as in the watch response.
  void Publish(const v1::Progress& progress, std::vector<v1::ParetoPoint> pareto, double elapsed_s);
  void SetEnded(const JobOutcome& outcome);
  /// The server goes; watchers are told.
  void Close();

 private:
  void Notify();

  const std::string id_;
  const v1::Flowsheet flowsheet_;
  const int attempts_;
  std::atomic<bool> stop_{false};

  mutable std::mutex mutex_;
  JobRecord record_;  // without flowsheet and log
  LogBuffer log_{kLogLines};
  std::int64_t pareto_version_ = 0;
  bool closed_ = false;
  std::vector<std::weak_ptr<JobListener>> listeners_;
};

}  // namespace raffinate::service
