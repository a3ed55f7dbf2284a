// A process that is killed while it writes loses nothing that it was told is
// stored, and leaves nothing half done.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "service/store/job_store.h"
#include "tests/service/temporary_folder.h"

namespace raffinate::service {
namespace {

constexpr int kFlowsheets = 7;

// Takes jobs through their lives and says after each step that it is done.
[[noreturn]] void Write(const std::string& path, int round, int pipe) {
  auto store = JobStore::Open(path);
  if (!store.ok()) _exit(1);
  const auto tell = [&](bool ok) {
    if (!ok || write(pipe, "+", 1) != 1) _exit(2);
  };
  for (int i = 0;; ++i) {
    JobRecord job;
    job.id = std::to_string(round) + "-" + std::to_string(i);
    job.create_time = absl::Now();
    tell((*store)->Insert(job).ok());
    tell((*store)->MarkRunning(job.id, absl::Now()).ok());
    tell((*store)->SaveCheckpoint(job.id, {}, std::string(20000, 'c')).ok());
    JobOutcome outcome;
    outcome.end_time = absl::Now();
    outcome.flowsheets.resize(kFlowsheets);
    for (auto& f : outcome.flowsheets) f.mutable_flowsheet()->set_name(std::string(5000, 'f'));
    tell((*store)->Finish(job.id, outcome).ok());
  }
}

TEST(JobStore, LosesNothingWhenItsProcessIsKilled) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const TemporaryFolder folder;
  const std::string path = folder.File("jobs.db");
  int succeeded = 0, left = 0;
  for (int round = 0; round < 12; ++round) {
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(pipes[0]);
      Write(path, round, pipes[1]);
    }
    close(pipes[1]);
    int acknowledged = 0;
    char byte;
    const int steps = std::uniform_int_distribution<int>(1, 25)(random);
    while (acknowledged < steps && read(pipes[0], &byte, 1) == 1) ++acknowledged;
    ASSERT_EQ(acknowledged, steps) << "the writer gave up";
    // A random point within the step that follows.
    usleep(static_cast<useconds_t>(std::uniform_int_distribution<int>(0, 3000)(random)));
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    while (read(pipes[0], &byte, 1) == 1) ++acknowledged;
    close(pipes[0]);

    auto store = JobStore::Open(path);
    ASSERT_TRUE(store.ok()) << store.status();
    int steps_found = 0;
    for (int i = 0;; ++i) {
      const std::string id = std::to_string(round) + "-" + std::to_string(i);
      const auto job = (*store)->Get(id);
      if (!job.ok()) break;
      const auto page = (*store)->ListFlowsheets(id, 0, 100, 1 << 30);
      ASSERT_TRUE(page.ok());
      if (job->state == v1::Optimization::SUCCEEDED) {
        steps_found += 4;
        ++succeeded;
        EXPECT_EQ(page->flowsheets.size(), static_cast<std::size_t>(kFlowsheets));
        continue;
      }
      ++left;
      EXPECT_TRUE(page->flowsheets.empty());
      const std::string checkpoint = *(*store)->LoadCheckpoint(id);
      steps_found += job->state == v1::Optimization::QUEUED ? 1 : checkpoint.empty() ? 2 : 3;
      EXPECT_TRUE(checkpoint.empty() || checkpoint == std::string(20000, 'c'));
    }
    // The last step may have been stored without its word having got out.
    EXPECT_GE(steps_found, acknowledged);
    EXPECT_LE(steps_found, acknowledged + 1);
  }
  EXPECT_GT(succeeded, 0);
  std::cout << succeeded << " jobs ended, " << left << " interrupted\n";
}

}  // namespace
}  // namespace raffinate::service
