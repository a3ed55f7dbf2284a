// Runs one job from where it is to its end, or until it is interrupted.
#pragma once

#include "absl/time/time.h"
#include "service/jobs/engine.h"
#include "service/jobs/job.h"
#include "service/store/job_store.h"

namespace raffinate::service {

struct RunnerOptions {
  absl::Duration checkpoint_interval = absl::Seconds(2);
};

/// A job that processes died of this often, without being saved once in
/// between, is given up instead of killing the next one.
inline constexpr int kMaxAttempts = 10;

/// Takes `job` up: from its checkpoint when there is one, and as RUNNING in the
/// store. Stops soon after `job->stop()` is set: with the results so far when a
/// cancel was requested, otherwise with a checkpoint and without an end, for
/// the next process. Wall time limits are kept here, over all processes; the
/// first generation is always completed, so that there is a result.
///
/// Never throws: what goes wrong in the engine ends the job as FAILED.
void RunJob(Job* job, JobStore* store, const Engine& engine, const RunnerOptions& options);

}  // namespace raffinate::service
