#include "service/jobs/job.h"

#include <algorithm>
#include <utility>

namespace raffinate::service {
namespace {

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  out->set_seconds(seconds);
  out->set_nanos(
      static_cast<std::int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

bool SamePoints(const std::vector<v1::ParetoPoint>& a, const std::vector<v1::ParetoPoint>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& p, const auto& q) {
    return std::equal(p.objectives().begin(), p.objectives().end(), q.objectives().begin(),
                      q.objectives().end());
  });
}

}  // namespace

v1::Optimization Describe(const JobRecord& record, bool with_flowsheet) {
  v1::Optimization out;
  out.set_name("optimizations/" + record.id);
  if (with_flowsheet) *out.mutable_flowsheet() = record.flowsheet;
  out.set_state(record.state);
  if (record.snapshot.progress.ByteSizeLong() > 0) {
    *out.mutable_progress() = record.snapshot.progress;
  }
  out.set_error_message(record.error);
  const absl::Time never = absl::InfinitePast();
  if (record.create_time != never) SetTime(record.create_time, out.mutable_create_time());
  if (record.start_time != never) SetTime(record.start_time, out.mutable_start_time());
  if (record.end_time != never) SetTime(record.end_time, out.mutable_end_time());
  out.set_flowsheet_count(record.flowsheet_count);
  return out;
}

Job::Job(JobRecord record)
    : id_(record.id),
      flowsheet_(record.flowsheet),
      attempts_(record.attempts),
      stop_(record.cancel_requested),
      record_(std::move(record)) {
  record_.flowsheet.Clear();
  for (auto& line : record_.snapshot.log) log_.Add(std::move(line));
  record_.snapshot.log.clear();
  if (!record_.snapshot.pareto.empty()) pareto_version_ = 1;
}

v1::Optimization Job::Describe(bool with_flowsheet) const {
  std::lock_guard lock(mutex_);
  v1::Optimization out = service::Describe(record_, false);
  if (with_flowsheet) *out.mutable_flowsheet() = flowsheet_;
  return out;
}

JobState Job::state() const {
  std::lock_guard lock(mutex_);
  return record_.state;
}

JobSnapshot Job::snapshot() const {
  std::lock_guard lock(mutex_);
  JobSnapshot out = record_.snapshot;
  out.log = log_.lines();
  return out;
}

bool Job::cancel_requested() const {
  std::lock_guard lock(mutex_);
  return record_.cancel_requested;
}

v1::WatchOptimizationResponse Job::Changes(WatchCursor* cursor) const {
  std::lock_guard lock(mutex_);
  v1::WatchOptimizationResponse out;
  *out.mutable_optimization() = service::Describe(record_, false);
  if (cursor->pareto != pareto_version_) {
    cursor->pareto = pareto_version_;
    out.mutable_pareto()->Add(record_.snapshot.pareto.begin(), record_.snapshot.pareto.end());
  }
  for (auto& line : log_.Since(&cursor->log)) out.add_log(std::move(line));
  return out;
}

bool Job::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

void Job::Listen(std::weak_ptr<JobListener> listener) {
  std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& known) { return known.expired(); });
  listeners_.push_back(std::move(listener));
}

void Job::RequestCancel() {
  {
    std::lock_guard lock(mutex_);
    record_.cancel_requested = true;
  }
  stop_ = true;
}

void Job::SetRunning(absl::Time start_time) {
  {
    std::lock_guard lock(mutex_);
    record_.state = v1::Optimization::RUNNING;
    if (record_.start_time == absl::InfinitePast()) record_.start_time = start_time;
  }
  Notify();
}

void Job::Log(std::string line) {
  std::lock_guard lock(mutex_);
  log_.Add(std::move(line));
}

void Job::Publish(const v1::Progress& progress, std::vector<v1::ParetoPoint> pareto,
                  double elapsed_s) {
  {
    std::lock_guard lock(mutex_);
    record_.snapshot.progress = progress;
    record_.snapshot.elapsed_s = elapsed_s;
    if (!SamePoints(pareto, record_.snapshot.pareto)) {
      record_.snapshot.pareto = std::move(pareto);
      ++pareto_version_;
    }
  }
  Notify();
}

void Job::SetEnded(const JobOutcome& outcome) {
  {
    std::lock_guard lock(mutex_);
    record_.state = outcome.state;
    record_.error = outcome.error;
    record_.end_time = outcome.end_time;
    record_.flowsheet_count = static_cast<int>(outcome.flowsheets.size());
    record_.snapshot.progress = outcome.snapshot.progress;
  }
  Notify();
}

void Job::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  Notify();
}

void Job::Notify() {
  std::vector<std::weak_ptr<JobListener>> listeners;
  {
    std::lock_guard lock(mutex_);
    listeners = listeners_;
  }
  // Without the lock: a listener reads the job.
  for (const auto& weak : listeners) {
    if (auto listener = weak.lock()) listener->Changed();
  }
}

}  // namespace raffinate::service
