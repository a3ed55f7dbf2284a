// Optimization jobs on disk: what outlives the process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "raffinate/v1/optimizations.pb.h"

namespace raffinate::service {

using JobState = v1::Optimization::State;

/// Whether a job in this state will never change again.
inline bool IsEnded(JobState state) {
  return state == v1::Optimization::SUCCEEDED || state == v1::Optimization::CANCELLED ||
         state == v1::Optimization::FAILED;
}

/// Where a search is.
struct JobSnapshot {
  v1::Progress progress;
  std::vector<v1::ParetoPoint> pareto;
  std::vector<std::string> log;  ///< newest lines
  double elapsed_s = 0;          ///< search time over all processes [s]
};

struct JobRecord {
  std::int64_t sequence = 0;  ///< order of creation, given by the store
  std::string id;
  std::string request_id;  ///< empty: none
  v1::Flowsheet flowsheet;
  JobState state = v1::Optimization::QUEUED;
  bool cancel_requested = false;
  std::string error;
  absl::Time create_time = absl::InfinitePast();  ///< InfinitePast: not yet, as below
  absl::Time start_time = absl::InfinitePast();
  absl::Time end_time = absl::InfinitePast();
  JobSnapshot snapshot;
  int flowsheet_count = 0;
  /// Times a process took the job up since it was last saved. More than one
  /// means that processes died of it, or beside it.
  int attempts = 0;
};

/// How a job ended.
struct JobOutcome {
  JobState state = v1::Optimization::SUCCEEDED;
  std::string error;
  absl::Time end_time = absl::InfinitePast();
  JobSnapshot snapshot;
  std::vector<v1::Simulation> flowsheets;
};

struct FlowsheetPage {
  std::vector<v1::Simulation> flowsheets;
  int next = -1;  ///< ordinal after the last one; -1 when there is none
  int total = 0;
};

/// Every change is one transaction that is on the disk when the call returns.
/// Thread safe.
class JobStore {
 public:
  /// The schema this version reads and writes. Older ones are migrated.
  static constexpr int kSchemaVersion = 2;

  /// Opens or makes `path` with its folder; ":memory:" for a store that is gone
  /// with the process. FAILED_PRECONDITION when the file is in use by another
  /// server, is no job store, or is one of a newer version.
  static absl::StatusOr<std::unique_ptr<JobStore>> Open(const std::string& path);
  virtual ~JobStore() = default;

  /// Adds a job and returns its sequence. ALREADY_EXISTS when its id or request
  /// id is taken.
  virtual absl::StatusOr<std::int64_t> Insert(const JobRecord& job) = 0;

  /// NOT_FOUND when there is none.
  virtual absl::StatusOr<JobRecord> Get(const std::string& id) = 0;
  virtual absl::StatusOr<std::optional<JobRecord>> FindRequest(const std::string& request_id) = 0;

  /// Up to `limit` jobs older than `before` (a sequence), newest first, without
  /// flowsheet, Pareto points and log.
  virtual absl::StatusOr<std::vector<JobRecord>> List(std::int64_t before, int limit) = 0;

  /// Jobs that have not ended, in order of creation.
  virtual absl::StatusOr<std::vector<JobRecord>> Unfinished() = 0;

  /// RUNNING from now on, one attempt more; keeps an earlier start time.
  virtual absl::Status MarkRunning(const std::string& id, absl::Time start_time) = 0;

  /// Keeps the state of a search; no attempt counts any more. An empty
  /// `checkpoint` keeps the one there is.
  virtual absl::Status SaveCheckpoint(const std::string& id, const JobSnapshot& snapshot,
                                      const std::string& checkpoint) = 0;
  /// Empty when none was saved.
  virtual absl::StatusOr<std::string> LoadCheckpoint(const std::string& id) = 0;

  virtual absl::Status RequestCancel(const std::string& id) = 0;

  /// Ends a job: its state, its results and the end of its checkpoint at once.
  /// FAILED_PRECONDITION when it has ended before.
  virtual absl::Status Finish(const std::string& id, const JobOutcome& outcome) = 0;

  /// NOT_FOUND; FAILED_PRECONDITION when it has not ended.
  virtual absl::Status Delete(const std::string& id) = 0;

  /// Results from `first` (from 0) on, at most `limit`, and no more than fit in
  /// `max_bytes` (but one). NOT_FOUND when there is no such job.
  virtual absl::StatusOr<FlowsheetPage> ListFlowsheets(const std::string& id, int first, int limit,
                                                       std::size_t max_bytes) = 0;
};

}  // namespace raffinate::service
