#include "service/jobs/runner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/convert/flowsheet.h"
#include "service/convert/simulation.h"
#include "service/jobs/estimate.h"

namespace raffinate::service {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Faster than people and slower than small generations.
constexpr Seconds kPublishInterval{0.1};
constexpr Seconds kLogInterval{10};
// A full disk may be emptied; results that took hours are worth waiting for.
constexpr int kFinishTries = 10;
constexpr std::chrono::seconds kFinishRetry{1};
// A limit beyond this is none; it keeps points in time representable [s].
constexpr double kLongestWallTime = 1e8;

// Sets the job's stop flag at a point in time, so that a long generation does
// not outlast the wall time limit.
class Alarm {
 public:
  Alarm(Job* job, Clock::time_point at)
      : thread_([this, job, at](std::stop_token token) {
          std::unique_lock lock(mutex_);
          wake_.wait_until(lock, token, at, [] { return false; });
          if (!token.stop_requested()) job->Interrupt();
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

class Runner {
 public:
  Runner(Job* job, JobStore* store, const Engine& engine, const RunnerOptions& options)
      : job_(job), store_(store), engine_(engine), options_(options) {}

  void Run() {
    if (job_->attempts() >= kMaxAttempts) {
      return Fail(
          absl::StrCat("given up: ", job_->attempts(), " processes ended while they ran this job"));
    }
    const absl::Time now = absl::Now();
    if (absl::Status status = store_->MarkRunning(job_->id(), now); !status.ok()) {
      return Fail(std::string(status.message()));
    }
    job_->SetRunning(now);
    try {
      Search();
    } catch (const std::exception& error) {
      Fail(absl::StrCat("internal error: ", error.what()));
    }
  }

 private:
  void Search() {
    optimizer::Flowsheet flowsheet;
    const optimizer::Violations violations = FromProto(job_->flowsheet(), &flowsheet);
    if (!violations.empty()) {
      // It was accepted once, by an earlier version.
      return Fail(absl::StrCat("the flowsheet is no longer accepted: ", violations[0].field, " ",
                               violations[0].description));
    }
    elapsed_before_s_ = job_->snapshot().elapsed_s;
    if (absl::Status status = Begin(flowsheet); !status.ok()) {
      return Fail(std::string(status.message()));
    }
    const std::string reason = Loop(flowsheet.search.max_wall_time_s);
    Publish(reason);
    if (reason.empty()) {
      Save();
      return;
    }
    job_->Log(absl::StrCat("search ended: ", reason, "; checking the results"));
    JobOutcome outcome;
    outcome.state =
        reason == "cancelled" ? v1::Optimization::CANCELLED : v1::Optimization::SUCCEEDED;
    for (const auto& result : run_->Finish()) outcome.flowsheets.push_back(ToProto(result));
    job_->Log(absl::StrCat(outcome.flowsheets.size(), " flowsheets"));
    End(std::move(outcome));
  }

  absl::Status Begin(const optimizer::Flowsheet& flowsheet) {
    auto run = engine_.CreateRun(flowsheet);
    if (!run.ok()) return run.status();
    run_ = *std::move(run);
    auto checkpoint = store_->LoadCheckpoint(job_->id());
    if (!checkpoint.ok()) return checkpoint.status();
    if (checkpoint->empty()) {
      job_->Log("search started");
    } else if (absl::Status status = run_->Restore(*checkpoint); status.ok()) {
      job_->Log(absl::StrCat("search resumed at generation ", run_->progress().generations,
                             " after ", run_->progress().evaluations, " evaluations"));
    } else {
      // A failed restore may have left anything behind.
      run = engine_.CreateRun(flowsheet);
      if (!run.ok()) return run.status();
      run_ = *std::move(run);
      elapsed_before_s_ = 0;
      job_->Log(absl::StrCat("the checkpoint cannot be used (", status.message(),
                             "); search started again"));
    }
    begin_ = last_save_ = last_log_ = Clock::now();
    evaluations_before_ = run_->progress().evaluations;
    return absl::OkStatus();
  }

  // Why the search ended; empty when it was interrupted.
  std::string Loop(double max_wall_time_s) {
    std::unique_ptr<Alarm> alarm;
    while (true) {
      if (job_->cancel_requested()) return "cancelled";
      const bool out_of_time = max_wall_time_s > 0 && ElapsedSeconds() >= max_wall_time_s;
      const bool begun = run_->progress().generations > 0;
      if (out_of_time && begun) return "wall_time";
      if (job_->stop()) return "";
      if (max_wall_time_s > 0 && begun && alarm == nullptr) {
        // A little late rather than early: woken early, the loop would take it
        // for an interruption.
        alarm = std::make_unique<Alarm>(
            job_, begin_ + std::chrono::milliseconds(1) +
                      std::chrono::duration_cast<Clock::duration>(Seconds(
                          std::min(max_wall_time_s, kLongestWallTime) - elapsed_before_s_)));
      }
      const bool more = run_->Step(job_->stop());
      // A stopped step has ended nothing, whatever it returns.
      if (!more && !job_->stop()) return run_->stop_reason();
      if (!more && !run_->stop_reason().empty() && run_->stop_reason() != "cancelled") {
        return job_->cancel_requested() ? "cancelled" : run_->stop_reason();
      }
      const auto now = Clock::now();
      if (now - last_publish_ >= kPublishInterval) Publish("");
      if (now - last_save_ >= absl::ToChronoNanoseconds(options_.checkpoint_interval)) Save();
    }
  }

  void Publish(const std::string& stop_reason) {
    const auto& search = run_->progress();
    v1::Progress progress = ToProto(search);
    const double seconds = Seconds(Clock::now() - begin_).count();
    if (seconds > 0) {
      progress.set_evaluations_per_s(static_cast<double>(search.evaluations - evaluations_before_) /
                                     seconds);
    }
    progress.set_stop_reason(stop_reason);
    if (stop_reason.empty()) {
      progress.set_remaining_s(
          EstimateRemaining(job_->flowsheet().search(), progress, ElapsedSeconds()));
    }
    std::vector<v1::ParetoPoint> pareto;
    for (const auto& row : run_->ParetoObjectives()) {
      pareto.emplace_back().mutable_objectives()->Add(row.begin(), row.end());
    }
    const auto now = Clock::now();
    if (now - last_log_ >= kLogInterval) {
      last_log_ = now;
      job_->Log(absl::StrFormat(
          "generation %d: %d evaluations, %d in the Pareto set, "
          "hypervolume %.4f",
          search.generations, search.evaluations, search.pareto_size, search.hypervolume));
    }
    last_publish_ = now;
    job_->Publish(progress, std::move(pareto), ElapsedSeconds());
  }

  void Save() {
    Publish("");
    const absl::Status status =
        store_->SaveCheckpoint(job_->id(), job_->snapshot(), run_->Checkpoint());
    // The search can go on; only a crash would now cost more.
    if (!status.ok()) job_->Log(absl::StrCat("not saved: ", status.message()));
    last_save_ = Clock::now();
  }

  void Fail(std::string message) {
    job_->Log(absl::StrCat("failed: ", message));
    JobOutcome outcome;
    outcome.state = v1::Optimization::FAILED;
    outcome.error = std::move(message);
    End(std::move(outcome));
  }

  void End(JobOutcome outcome) {
    outcome.end_time = absl::Now();
    for (int tries = 1;; ++tries) {
      outcome.snapshot = job_->snapshot();
      const absl::Status status = store_->Finish(job_->id(), outcome);
      if (status.ok()) break;
      job_->Log(absl::StrCat("results not stored: ", status.message()));
      if (tries == kFinishTries) {
        // In the store it is still RUNNING and will be taken up again.
        outcome.state = v1::Optimization::FAILED;
        outcome.error = absl::StrCat("results could not be stored: ", status.message());
        outcome.flowsheets.clear();
        break;
      }
      std::this_thread::sleep_for(kFinishRetry);
    }
    job_->SetEnded(outcome);
  }

  double ElapsedSeconds() const {
    return elapsed_before_s_ + Seconds(Clock::now() - begin_).count();
  }

  Job* job_;
  JobStore* store_;
  const Engine& engine_;
  RunnerOptions options_;
  std::unique_ptr<optimizer::OptimizationRun> run_;
  double elapsed_before_s_ = 0;
  std::int64_t evaluations_before_ = 0;  // by earlier processes
  Clock::time_point begin_ = Clock::now();
  Clock::time_point last_publish_, last_save_, last_log_;
};

}  // namespace

void RunJob(Job* job, JobStore* store, const Engine& engine, const RunnerOptions& options) {
  Runner(job, store, engine, options).Run();
}

}  // namespace raffinate::service
