#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "service/error.h"
#include "service/jobs/estimate.h"
#include "service/jobs/job_manager.h"
#include "service/jobs/log_buffer.h"
#include "tests/service/fake_engine.h"
#include "tests/service/temporary_folder.h"

namespace raffinate::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Waits for a state of a job.
class Waiter final : public JobListener {
 public:
  void Changed() override {
    std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  static void Await(const std::shared_ptr<Job>& job, const std::function<bool()>& condition) {
    auto waiter = std::make_shared<Waiter>();
    job->Listen(waiter);
    std::unique_lock lock(waiter->mutex_);
    // The interval covers a change between the condition and the wait.
    while (!condition()) waiter->changed_.wait_for(lock, std::chrono::milliseconds(5));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

// Store, engine and manager of one process.
struct Process {
  explicit Process(const std::string& path = ":memory:", JobManagerOptions options = {}) {
    auto opened = JobStore::Open(path);
    EXPECT_TRUE(opened.ok()) << opened.status();
    store = *std::move(opened);
    auto loaded = JobManager::Load(store.get(), &engine, options);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    jobs = *std::move(loaded);
    jobs->StartWorkers();
  }

  std::string Create(const v1::Flowsheet& flowsheet, const std::string& request_id = "") {
    const auto job = jobs->Create(flowsheet, request_id);
    EXPECT_TRUE(job.ok()) << job.status();
    return job.ok() ? job->name().substr(std::string("optimizations/").size()) : "";
  }

  v1::Optimization AwaitEnd(const std::string& id) {
    const auto job = *jobs->Find(id);
    Waiter::Await(job, [&] { return IsEnded(job->state()); });
    return *jobs->Get(id);
  }

  std::vector<std::string> Results(const std::string& id) {
    std::vector<std::string> out;
    const auto page = jobs->ListFlowsheets(id, 0, 1000, 1 << 30);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return out;
    for (const auto& simulation : page->flowsheets) out.push_back(simulation.SerializeAsString());
    return out;
  }

  std::shared_ptr<FakeEngine::Pace> pace = std::make_shared<FakeEngine::Pace>();
  FakeEngine engine{pace};
  std::unique_ptr<JobStore> store;
  std::unique_ptr<JobManager> jobs;
};

TEST(Jobs, RunsToItsEndAndKeepsTheResults) {
  Process process;
  process.pace->AllowAllSteps();
  const std::string id = process.Create(FakeFlowsheet("job", 100));
  const v1::Optimization job = process.AwaitEnd(id);
  EXPECT_EQ(job.state(), v1::Optimization::SUCCEEDED);
  EXPECT_EQ(job.progress().evaluations(), 100);
  EXPECT_EQ(job.progress().stop_reason(), "evaluations");
  EXPECT_EQ(job.flowsheet_count(), 8);
  EXPECT_EQ(process.Results(id).size(), 8u);
  EXPECT_TRUE(job.has_end_time());
}

TEST(Jobs, ResumesAfterADrainToTheResultOfAnUndisturbedRun) {
  Process undisturbed;
  undisturbed.pace->AllowAllSteps();
  const std::string whole = undisturbed.Create(FakeFlowsheet("job", 300, 42));
  undisturbed.AwaitEnd(whole);

  const TemporaryFolder folder;
  std::string id;
  {
    Process first(folder.File("jobs.db"));
    id = first.Create(FakeFlowsheet("job", 300, 42));
    first.pace->AllowSteps(7);
    first.pace->AwaitSteps(7);
    first.jobs->Drain();
    EXPECT_EQ(first.store->Get(id)->state, v1::Optimization::RUNNING);
  }
  {
    Process second(folder.File("jobs.db"));
    second.pace->AllowSteps(5);
    second.pace->AwaitSteps(5);
    second.jobs->Drain();
    EXPECT_EQ(second.store->Get(id)->snapshot.progress.generations(), 12);
  }
  Process third(folder.File("jobs.db"));
  third.pace->AllowAllSteps();
  EXPECT_EQ(third.AwaitEnd(id).state(), v1::Optimization::SUCCEEDED);
  EXPECT_EQ(third.Results(id), undisturbed.Results(whole));
  // It did continue, and did not start again.
  WatchCursor cursor;
  const auto changes = (*third.jobs->Find(id))->Changes(&cursor);
  EXPECT_THAT(changes.log(), ::testing::Contains(HasSubstr("resumed at generation 12")));
}

TEST(Jobs, QueuedJobsAreTakenUpByTheNextProcessInOrder) {
  const TemporaryFolder folder;
  std::vector<std::string> ids;
  {
    Process first(folder.File("jobs.db"));
    for (int i = 0; i < 3; ++i) ids.push_back(first.Create(FakeFlowsheet("job", 20)));
  }
  Process second(folder.File("jobs.db"));
  second.pace->AllowAllSteps();
  for (const auto& id : ids) {
    EXPECT_EQ(second.AwaitEnd(id).state(), v1::Optimization::SUCCEEDED);
  }
}

TEST(Jobs, CancelEndsARunningJobWithin100MillisecondsAndKeepsWhatWasFound) {
  Process process;
  const std::string id = process.Create(FakeFlowsheet("job", 1000));
  process.pace->AllowSteps(3);
  process.pace->AwaitSteps(3);
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(process.jobs->Cancel(id).ok());
  const v1::Optimization job = process.AwaitEnd(id);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(100));
  EXPECT_EQ(job.state(), v1::Optimization::CANCELLED);
  EXPECT_EQ(job.progress().stop_reason(), "cancelled");
  EXPECT_EQ(process.Results(id).size(), 3u);
  // Once more is no error and changes nothing.
  EXPECT_EQ(process.jobs->Cancel(id)->state(), v1::Optimization::CANCELLED);
}

TEST(Jobs, CancelOfAQueuedJobIsImmediate) {
  Process process;
  process.Create(FakeFlowsheet("running", 1000));
  const std::string queued = process.Create(FakeFlowsheet("queued", 1000));
  EXPECT_EQ(process.jobs->Cancel(queued)->state(), v1::Optimization::CANCELLED);
  EXPECT_EQ(process.store->Get(queued)->state, v1::Optimization::CANCELLED);
}

TEST(Jobs, ACancelIsNotForgottenWithTheProcess) {
  const TemporaryFolder folder;
  std::string id;
  {
    Process first(folder.File("jobs.db"));
    id = first.Create(FakeFlowsheet("job", 1000));
    first.pace->AllowSteps(2);
    first.pace->AwaitSteps(2);
    first.jobs->Drain();
    ASSERT_TRUE(first.store->RequestCancel(id).ok());
  }
  Process second(folder.File("jobs.db"));
  EXPECT_EQ(second.AwaitEnd(id).state(), v1::Optimization::CANCELLED);
  EXPECT_EQ(second.Results(id).size(), 2u);
}

TEST(Jobs, FailuresKeepTheirError) {
  Process process;
  process.pace->AllowAllSteps();
  const v1::Optimization failed = process.AwaitEnd(process.Create(FakeFlowsheet("fail", 10)));
  EXPECT_EQ(failed.state(), v1::Optimization::FAILED);
  EXPECT_EQ(failed.error_message(), "a fake failure");
  const v1::Optimization thrown = process.AwaitEnd(process.Create(FakeFlowsheet("throw", 10)));
  EXPECT_EQ(thrown.state(), v1::Optimization::FAILED);
  EXPECT_THAT(thrown.error_message(), HasSubstr("a fake accident"));
  // And the worker lives on.
  EXPECT_EQ(process.AwaitEnd(process.Create(FakeFlowsheet("job", 10))).state(),
            v1::Optimization::SUCCEEDED);
}

TEST(Jobs, AJobThatKeepsKillingItsProcessIsGivenUp) {
  const TemporaryFolder folder;
  {
    auto store = *JobStore::Open(folder.File("jobs.db"));
    JobRecord record;
    record.id = "poison";
    record.flowsheet = FakeFlowsheet("job", 10);
    record.create_time = absl::Now();
    ASSERT_TRUE(store->Insert(record).ok());
    for (int i = 0; i < kMaxAttempts; ++i) {
      ASSERT_TRUE(store->MarkRunning("poison", absl::Now()).ok());
    }
  }
  Process process(folder.File("jobs.db"));
  const v1::Optimization job = process.AwaitEnd("poison");
  EXPECT_EQ(job.state(), v1::Optimization::FAILED);
  EXPECT_THAT(job.error_message(), HasSubstr("given up"));
}

TEST(Jobs, AnUnusableCheckpointStartsTheSearchAgain) {
  Process undisturbed;
  undisturbed.pace->AllowAllSteps();
  const std::string whole = undisturbed.Create(FakeFlowsheet("job", 50, 3));
  undisturbed.AwaitEnd(whole);
  const TemporaryFolder folder;
  {
    auto store = *JobStore::Open(folder.File("jobs.db"));
    JobRecord record;
    record.id = "old";
    record.flowsheet = FakeFlowsheet("job", 50, 3);
    record.create_time = absl::Now();
    ASSERT_TRUE(store->Insert(record).ok());
    ASSERT_TRUE(store->SaveCheckpoint("old", {}, "of another version").ok());
  }
  Process process(folder.File("jobs.db"));
  process.pace->AllowAllSteps();
  process.AwaitEnd("old");
  EXPECT_EQ(process.Results("old"), undisturbed.Results(whole));
}

TEST(Jobs, WallTimeEndsTheSearchInTheMiddleOfAGeneration) {
  Process process;
  v1::Flowsheet flowsheet = FakeFlowsheet("job", 1000000);
  flowsheet.mutable_search()->set_max_wall_time_s(0.05);
  // One generation is let through; the second would never end by itself.
  process.pace->AllowSteps(1);
  const v1::Optimization job = process.AwaitEnd(process.Create(flowsheet));
  EXPECT_EQ(job.state(), v1::Optimization::SUCCEEDED);
  EXPECT_EQ(job.progress().stop_reason(), "wall_time");
  EXPECT_EQ(job.progress().generations(), 1);
}

TEST(Jobs, WallTimeCountsOverAllProcesses) {
  const TemporaryFolder folder;
  v1::Flowsheet flowsheet = FakeFlowsheet("job", 1000000);
  flowsheet.mutable_search()->set_max_wall_time_s(3600);
  {
    auto store = *JobStore::Open(folder.File("jobs.db"));
    JobRecord record;
    record.id = "old";
    record.flowsheet = flowsheet;
    record.create_time = absl::Now();
    ASSERT_TRUE(store->Insert(record).ok());
    JobSnapshot snapshot;
    snapshot.elapsed_s = 3599.95;
    ASSERT_TRUE(store->SaveCheckpoint("old", snapshot, "fake 1 5 6").ok());
  }
  Process process(folder.File("jobs.db"));
  EXPECT_EQ(process.AwaitEnd("old").progress().stop_reason(), "wall_time");
}

TEST(Jobs, SavesWhileItRuns) {
  JobManagerOptions options;
  options.runner.checkpoint_interval = absl::Nanoseconds(1);
  Process process(":memory:", options);
  const std::string id = process.Create(FakeFlowsheet("job", 1000));
  process.pace->AllowSteps(4);
  process.pace->AwaitSteps(4);
  // The fifth step begins after the fourth was saved.
  const auto job = *process.jobs->Find(id);
  Waiter::Await(job, [&] { return process.store->Get(id)->snapshot.progress.generations() == 4; });
  EXPECT_THAT(*process.store->LoadCheckpoint(id), HasSubstr("fake 4"));
}

TEST(Jobs, QueueIsBounded) {
  JobManagerOptions options;
  options.max_queued = 2;
  Process process(":memory:", options);
  const std::string running = process.Create(FakeFlowsheet("job", 100));
  const auto job = *process.jobs->Find(running);
  Waiter::Await(job, [&] { return job->state() == v1::Optimization::RUNNING; });
  process.Create(FakeFlowsheet("job", 100), "second");
  process.Create(FakeFlowsheet("job", 100));
  const auto refused = process.jobs->Create(FakeFlowsheet("job", 100), "");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), "QUEUE_FULL");
  // One that is there already needs no place.
  EXPECT_TRUE(process.jobs->Create(FakeFlowsheet("job", 100), "second").ok());
}

TEST(Jobs, SeveralRunAtATime) {
  JobManagerOptions options;
  options.max_running = 3;
  Process process(":memory:", options);
  for (int i = 0; i < 3; ++i) {
    const auto job = *process.jobs->Find(process.Create(FakeFlowsheet("job", 100)));
    Waiter::Await(job, [&] { return job->state() == v1::Optimization::RUNNING; });
  }
}

TEST(Jobs, NothingIsAcceptedWhileDraining) {
  Process process;
  process.jobs->Drain();
  EXPECT_EQ(ReasonOf(process.jobs->Create(FakeFlowsheet("job", 10), "").status()), "SHUTTING_DOWN");
}

TEST(LogBuffer, GivesEveryReaderWhatIsNew) {
  LogBuffer log(3);
  std::int64_t cursor = 0;
  EXPECT_THAT(log.Since(&cursor), ElementsAre());
  log.Add("1");
  log.Add("2");
  EXPECT_THAT(log.Since(&cursor), ElementsAre("1", "2"));
  EXPECT_THAT(log.Since(&cursor), ElementsAre());
  for (const char* line : {"3", "4", "5", "6"}) log.Add(line);
  EXPECT_THAT(log.Since(&cursor), ElementsAre("4", "5", "6"));
  EXPECT_THAT(log.lines(), ElementsAre("4", "5", "6"));
}

TEST(Estimate, TakesTheNearestLimit) {
  v1::Search search;
  v1::Progress progress;
  progress.set_evaluations(500);
  progress.set_evaluations_per_s(100);
  EXPECT_EQ(EstimateRemaining(search, progress, 5), (kDefaultEvaluations - 500) / 100.0);
  search.set_max_evaluations(1000);
  EXPECT_EQ(EstimateRemaining(search, progress, 5), 5);
  search.set_max_wall_time_s(7);
  EXPECT_EQ(EstimateRemaining(search, progress, 5), 2);
  EXPECT_EQ(EstimateRemaining(search, progress, 9), 0);
  search.Clear();
  search.set_stagnation_generations(20);
  EXPECT_EQ(EstimateRemaining(search, progress, 5), 0);
}

}  // namespace
}  // namespace raffinate::service
