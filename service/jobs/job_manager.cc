#include "service/jobs/job_manager.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/error.h"
#include "service/status_macros.h"

namespace raffinate::service {
namespace {

// Errors of the store in the words of the contract.
absl::Status WithReason(const absl::Status& status, const std::string& id) {
  if (status.code() == absl::StatusCode::kNotFound) {
    return MakeError(absl::StatusCode::kNotFound, "OPTIMIZATION_NOT_FOUND",
                     absl::StrCat("there is no optimizations/", id));
  }
  return status;
}

absl::Status StillRunning(const std::string& id) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "OPTIMIZATION_RUNNING",
                   absl::StrCat("optimizations/", id, " has not ended; cancel it first"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<JobManager>> JobManager::Load(JobStore* store, const Engine* engine,
                                                             const JobManagerOptions& options) {
  auto unfinished = store->Unfinished();
  if (!unfinished.ok()) return unfinished.status();
  std::unique_ptr<JobManager> out(new JobManager(store, engine, options));
  for (auto& record : *unfinished) {
    auto job = std::make_shared<Job>(std::move(record));
    out->queue_.push_back(job);
    out->active_.emplace(job->id(), job);
  }
  return out;
}

void JobManager::StartWorkers() {
  std::lock_guard join(join_mutex_);
  for (int i = 0; i < options_.max_running; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

JobManager::~JobManager() { Drain(); }

absl::StatusOr<v1::Optimization> JobManager::Create(const v1::Flowsheet& flowsheet,
                                                    const std::string& request_id) {
  std::lock_guard lock(mutex_);
  if (draining_) return ShuttingDown();
  if (!request_id.empty()) {
    auto earlier = store_->FindRequest(request_id);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) {
      const JobRecord& record = **earlier;
      if (record.flowsheet.SerializeAsString() != flowsheet.SerializeAsString()) {
        return MakeError(
            absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
            absl::StrCat("request_id '", request_id, "' made optimizations/", record.id,
                         " from another flowsheet; a new request needs a new id"));
      }
      const auto active = active_.find(record.id);
      return active == active_.end() ? Describe(record, true) : active->second->Describe(true);
    }
  }
  if (static_cast<int>(queue_.size()) >= options_.max_queued) {
    return MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                     absl::StrCat("the queue of ", options_.max_queued, " jobs is full"));
  }
  JobRecord record;
  record.id = NewId();
  record.request_id = request_id;
  record.flowsheet = flowsheet;
  record.create_time = absl::Now();
  auto sequence = store_->Insert(record);
  if (!sequence.ok()) return sequence.status();
  record.sequence = *sequence;
  auto job = std::make_shared<Job>(std::move(record));
  queue_.push_back(job);
  active_.emplace(job->id(), job);
  work_.notify_one();
  return job->Describe(true);
}

absl::StatusOr<v1::Optimization> JobManager::Get(const std::string& id) {
  {
    std::lock_guard lock(mutex_);
    if (const auto active = active_.find(id); active != active_.end()) {
      return active->second->Describe(true);
    }
  }
  auto record = store_->Get(id);
  if (!record.ok()) return WithReason(record.status(), id);
  return Describe(*record, true);
}

absl::StatusOr<v1::Optimization> JobManager::Cancel(const std::string& id) {
  std::shared_ptr<Job> job;
  {
    std::lock_guard lock(mutex_);
    if (draining_) return ShuttingDown();
    if (const auto active = active_.find(id); active != active_.end()) {
      job = active->second;
      RAFFINATE_RETURN_IF_ERROR(WithReason(store_->RequestCancel(id), id));
      job->RequestCancel();
      const auto queued = std::find(queue_.begin(), queue_.end(), job);
      // One that ran before has results to keep: a worker ends it.
      if (queued != queue_.end() && job->state() == v1::Optimization::QUEUED) {
        JobOutcome outcome;
        outcome.state = v1::Optimization::CANCELLED;
        outcome.end_time = absl::Now();
        job->Log("cancelled before it began");
        outcome.snapshot = job->snapshot();
        outcome.snapshot.progress.set_stop_reason("cancelled");
        RAFFINATE_RETURN_IF_ERROR(store_->Finish(id, outcome));
        queue_.erase(queued);
        active_.erase(active);
        job->SetEnded(outcome);
      }
    }
  }
  if (job != nullptr) return job->Describe(true);
  return Get(id);
}

absl::Status JobManager::Delete(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (const auto active = active_.find(id); active != active_.end()) {
    if (!IsEnded(active->second->state())) return StillRunning(id);
    // It ended just now; its worker has not come round to saying so.
    active_.erase(active);
  }
  const absl::Status status = store_->Delete(id);
  if (status.code() == absl::StatusCode::kFailedPrecondition) return StillRunning(id);
  return WithReason(status, id);
}

absl::StatusOr<std::shared_ptr<Job>> JobManager::Find(const std::string& id) {
  {
    std::lock_guard lock(mutex_);
    if (const auto active = active_.find(id); active != active_.end()) return active->second;
  }
  auto record = store_->Get(id);
  if (!record.ok()) return WithReason(record.status(), id);
  return std::make_shared<Job>(*std::move(record));
}

absl::StatusOr<FlowsheetPage> JobManager::ListFlowsheets(const std::string& id, int first,
                                                         int limit, std::size_t max_bytes) {
  auto page = store_->ListFlowsheets(id, first, limit, max_bytes);
  if (!page.ok()) return WithReason(page.status(), id);
  return page;
}

absl::StatusOr<JobManager::Page> JobManager::List(std::int64_t before, int limit) {
  if (before <= 0) before = std::numeric_limits<std::int64_t>::max();
  // One more than asked for tells whether there is a next page.
  auto records = store_->List(before, limit + 1);
  if (!records.ok()) return records.status();
  Page out;
  if (static_cast<int>(records->size()) > limit) {
    records->resize(limit);
    out.next = records->back().sequence;
  }
  std::lock_guard lock(mutex_);
  for (const auto& record : *records) {
    const auto active = active_.find(record.id);
    out.optimizations.push_back(active == active_.end() ? Describe(record, false)
                                                        : active->second->Describe(false));
  }
  return out;
}

void JobManager::Drain() {
  std::vector<std::shared_ptr<Job>> left;
  {
    std::lock_guard lock(mutex_);
    draining_ = true;
    for (const auto& [id, job] : active_) job->Interrupt();
  }
  work_.notify_all();
  std::lock_guard join(join_mutex_);
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, job] : active_) left.push_back(job);
    active_.clear();
    queue_.clear();
  }
  for (const auto& job : left) job->Close();
}

void JobManager::Work() {
  while (true) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return draining_ || !queue_.empty(); });
      if (draining_) return;
      job = queue_.front();
      queue_.pop_front();
    }
    RunJob(job.get(), store_, *engine_, options_.runner);
    std::lock_guard lock(mutex_);
    if (IsEnded(job->state())) active_.erase(job->id());
  }
}

std::string JobManager::NewId() {
  // 60 random bits in letters and digits that people do not mistake.
  static constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::random_device random;
  std::string out;
  for (int i = 0; i < 12; ++i) out += kAlphabet[random() % 32];
  return out;
}

}  // namespace raffinate::service
