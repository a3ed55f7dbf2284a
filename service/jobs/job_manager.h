// The queue of jobs and the threads that work on it.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/jobs/engine.h"
#include "service/jobs/job.h"
#include "service/jobs/runner.h"
#include "service/store/job_store.h"

namespace raffinate::service {

struct JobManagerOptions {
  int max_queued = 64;
  int max_running = 1;
  RunnerOptions runner;
};

/// Thread safe. Errors carry a reason (ReasonOf) where the contract names one.
class JobManager {
 public:
  /// Queues the unfinished jobs of `store`. `store` and `engine` outlive the
  /// manager.
  static absl::StatusOr<std::unique_ptr<JobManager>> Load(JobStore* store, const Engine* engine,
                                                          const JobManagerOptions& options);
  /// Drains.
  ~JobManager();

  /// Starts to work on the queue. To be called once.
  void StartWorkers();

  /// Adds a job. `flowsheet` must be valid for kOptimize. With a request id
  /// that made a job before: that job, or REQUEST_ID_REUSED when the flowsheet
  /// is another. QUEUE_FULL, SHUTTING_DOWN.
  absl::StatusOr<v1::Optimization> Create(const v1::Flowsheet& flowsheet,
                                          const std::string& request_id);

  /// All of the following: OPTIMIZATION_NOT_FOUND when there is no such job.
  absl::StatusOr<v1::Optimization> Get(const std::string& id);
  absl::StatusOr<v1::Optimization> Cancel(const std::string& id);
  /// OPTIMIZATION_RUNNING when it has not ended.
  absl::Status Delete(const std::string& id);
  /// To be watched. A job that has ended is a copy that will not change.
  absl::StatusOr<std::shared_ptr<Job>> Find(const std::string& id);
  absl::StatusOr<FlowsheetPage> ListFlowsheets(const std::string& id, int first, int limit,
                                               std::size_t max_bytes);

  struct Page {
    std::vector<v1::Optimization> optimizations;  ///< without flowsheet
    std::int64_t next = 0;  ///< `before` of the next page; 0 when there is none
  };
  /// Newest first; `before` 0 starts.
  absl::StatusOr<Page> List(std::int64_t before, int limit);

  /// Accepts nothing more, saves running jobs and leaves them for the next
  /// process. Watched jobs are closed. Returns when the threads are gone.
  void Drain();

 private:
  JobManager(JobStore* store, const Engine* engine, const JobManagerOptions& options)
      : store_(store), engine_(engine), options_(options) {}

  void Work();
  std::string NewId();

  JobStore* store_;
  const Engine* engine_;
  const JobManagerOptions options_;

  std::mutex mutex_;
  std::condition_variable work_;
  bool draining_ = false;
  std::deque<std::shared_ptr<Job>> queue_;
  std::map<std::string, std::shared_ptr<Job>> active_;  // queued and running
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace raffinate::service
