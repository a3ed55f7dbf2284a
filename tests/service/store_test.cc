#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "service/store/job_store.h"
#include "service/store/sqlite.h"
#include "tests/service/temporary_folder.h"

namespace raffinate::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

JobRecord NewJob(const std::string& id, const std::string& request_id = "") {
  JobRecord out;
  out.id = id;
  out.request_id = request_id;
  out.flowsheet.set_name("flowsheet of " + id);
  out.create_time = absl::FromUnixNanos(1'700'000'000'123'456'789);
  return out;
}

JobSnapshot Snapshot(int generations) {
  JobSnapshot out;
  out.progress.set_generations(generations);
  out.pareto.emplace_back().add_objectives(0.5);
  out.log = {"line one", "line two"};
  out.elapsed_s = 12.5;
  return out;
}

JobOutcome Outcome(int flowsheets, std::size_t padding = 0) {
  JobOutcome out;
  out.end_time = absl::FromUnixSeconds(1'700'000'100);
  out.snapshot = Snapshot(9);
  for (int i = 0; i < flowsheets; ++i) {
    auto& simulation = out.flowsheets.emplace_back();
    simulation.mutable_flowsheet()->set_name("result " + std::to_string(i));
    simulation.mutable_flowsheet()->set_description(std::string(padding, 'x'));
  }
  return out;
}

std::unique_ptr<JobStore> Open(const std::string& path) {
  auto store = JobStore::Open(path);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

TEST(JobStore, KeepsAJobThroughItsWholeLifeAndReopening) {
  const TemporaryFolder folder;
  const std::string path = folder.File("deep/er/jobs.db");
  auto store = Open(path);
  ASSERT_TRUE(store->Insert(NewJob("a", "request")).ok());
  const absl::Time start = absl::FromUnixSeconds(1'700'000'050);
  ASSERT_TRUE(store->MarkRunning("a", start).ok());
  ASSERT_TRUE(store->SaveCheckpoint("a", Snapshot(4), std::string("\0binary\0", 8)).ok());

  store.reset();
  store = Open(path);
  auto unfinished = store->Unfinished();
  ASSERT_TRUE(unfinished.ok());
  ASSERT_EQ(unfinished->size(), 1u);
  const JobRecord& job = unfinished->front();
  EXPECT_EQ(job.state, v1::Optimization::RUNNING);
  EXPECT_EQ(job.flowsheet.name(), "flowsheet of a");
  EXPECT_EQ(job.request_id, "request");
  EXPECT_EQ(job.create_time, NewJob("a").create_time);
  EXPECT_EQ(job.start_time, start);
  EXPECT_EQ(job.snapshot.progress.generations(), 4);
  EXPECT_EQ(job.snapshot.elapsed_s, 12.5);
  ASSERT_EQ(job.snapshot.log.size(), 2u);
  EXPECT_EQ(job.snapshot.log[1], "line two");
  ASSERT_EQ(job.snapshot.pareto.size(), 1u);
  EXPECT_EQ(*store->LoadCheckpoint("a"), std::string("\0binary\0", 8));

  ASSERT_TRUE(store->Finish("a", Outcome(3)).ok());
  store.reset();
  store = Open(path);
  EXPECT_TRUE(store->Unfinished()->empty());
  auto ended = store->Get("a");
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->state, v1::Optimization::SUCCEEDED);
  EXPECT_EQ(ended->flowsheet_count, 3);
  EXPECT_EQ(*store->LoadCheckpoint("a"), "");
  auto page = store->ListFlowsheets("a", 1, 10, 1 << 20);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->flowsheets.size(), 2u);
  EXPECT_EQ(page->flowsheets[0].flowsheet().name(), "result 1");
  EXPECT_EQ(page->total, 3);
  EXPECT_EQ(page->next, -1);
}

TEST(JobStore, StartTimeStaysAndAttemptsCountUntilSaved) {
  auto store = Open(":memory:");
  ASSERT_TRUE(store->Insert(NewJob("a")).ok());
  ASSERT_TRUE(store->MarkRunning("a", absl::FromUnixSeconds(10)).ok());
  ASSERT_TRUE(store->MarkRunning("a", absl::FromUnixSeconds(20)).ok());
  EXPECT_EQ(store->Get("a")->start_time, absl::FromUnixSeconds(10));
  EXPECT_EQ(store->Get("a")->attempts, 2);
  ASSERT_TRUE(store->SaveCheckpoint("a", Snapshot(1), "state").ok());
  EXPECT_EQ(store->Get("a")->attempts, 0);
  ASSERT_TRUE(store->SaveCheckpoint("a", Snapshot(2), "").ok());
  EXPECT_EQ(*store->LoadCheckpoint("a"), "state");
}

TEST(JobStore, RequestIdsAreUniqueAndFound) {
  auto store = Open(":memory:");
  ASSERT_TRUE(store->Insert(NewJob("a", "once")).ok());
  EXPECT_EQ(store->Insert(NewJob("b", "once")).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(store->Insert(NewJob("a")).status().code(), absl::StatusCode::kAlreadyExists);
  // Having none is no id that could be taken.
  ASSERT_TRUE(store->Insert(NewJob("c")).ok());
  ASSERT_TRUE(store->Insert(NewJob("d")).ok());
  EXPECT_EQ((*store->FindRequest("once"))->id, "a");
  EXPECT_FALSE(store->FindRequest("never")->has_value());
}

TEST(JobStore, ListsNewestFirst) {
  auto store = Open(":memory:");
  std::vector<std::int64_t> sequences;
  for (const char* id : {"a", "b", "c"}) sequences.push_back(*store->Insert(NewJob(id)));
  auto all = store->List(std::numeric_limits<std::int64_t>::max(), 10);
  ASSERT_EQ(all->size(), 3u);
  EXPECT_EQ((*all)[0].id, "c");
  auto older = store->List(sequences[2], 1);
  ASSERT_EQ(older->size(), 1u);
  EXPECT_EQ((*older)[0].id, "b");
}

TEST(JobStore, FinishIsAllOrNothingAndOnlyOnce) {
  auto store = Open(":memory:");
  ASSERT_TRUE(store->Insert(NewJob("a")).ok());
  ASSERT_TRUE(store->Finish("a", Outcome(2)).ok());
  JobOutcome second = Outcome(5);
  second.state = v1::Optimization::FAILED;
  EXPECT_EQ(store->Finish("a", second).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store->Get("a")->state, v1::Optimization::SUCCEEDED);
  EXPECT_EQ(store->ListFlowsheets("a", 0, 10, 1 << 20)->flowsheets.size(), 2u);
  EXPECT_EQ(store->Finish("nobody", Outcome(1)).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(JobStore, DeletesEndedJobsWithTheirResults) {
  auto store = Open(":memory:");
  ASSERT_TRUE(store->Insert(NewJob("a", "request")).ok());
  EXPECT_EQ(store->Delete("a").code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store->Finish("a", Outcome(2)).ok());
  EXPECT_TRUE(store->Delete("a").ok());
  EXPECT_EQ(store->Delete("a").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store->Get("a").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store->ListFlowsheets("a", 0, 1, 1).status().code(), absl::StatusCode::kNotFound);
  // Its request id is free again.
  EXPECT_TRUE(store->Insert(NewJob("b", "request")).ok());
}

TEST(JobStore, PagesEndAtTheirSizeInBytesButAreNeverEmpty) {
  auto store = Open(":memory:");
  ASSERT_TRUE(store->Insert(NewJob("a")).ok());
  ASSERT_TRUE(store->Finish("a", Outcome(5, 1000)).ok());
  auto page = store->ListFlowsheets("a", 0, 5, 2500);
  EXPECT_EQ(page->flowsheets.size(), 2u);
  EXPECT_EQ(page->next, 2);
  page = store->ListFlowsheets("a", 2, 5, 10);
  EXPECT_EQ(page->flowsheets.size(), 1u);
  EXPECT_EQ(page->next, 3);
}

TEST(JobStore, RefusesASecondServerAndNamesTheFirst) {
  const TemporaryFolder folder;
  const std::string path = folder.File("jobs.db");
  auto store = Open(path);
  const auto second = JobStore::Open(path);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()),
              AllOf(HasSubstr(path), HasSubstr("in use by another server"),
                    HasSubstr(std::to_string(getpid()))));
  store.reset();
  EXPECT_TRUE(JobStore::Open(path).ok());
}

TEST(JobStore, RefusesANewerSchema) {
  const TemporaryFolder folder;
  const std::string path = folder.File("jobs.db");
  Open(path).reset();
  auto database = Database::Open(path);
  ASSERT_TRUE(database->Execute("PRAGMA user_version = 77").ok());
  const auto store = JobStore::Open(path);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(store.status().message()),
              AllOf(HasSubstr("newer version"), HasSubstr("77")));
}

TEST(JobStore, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  const TemporaryFolder folder;
  const std::string path = folder.File("other.db");
  {
    auto database = Database::Open(path);
    ASSERT_TRUE(database->Execute("CREATE TABLE theirs (x)").ok());
  }
  const auto store = JobStore::Open(path);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("another program"));
  auto database = Database::Open(path);
  EXPECT_EQ(*database->QueryInt("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST(JobStore, RefusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder;
  const std::string path = folder.File("notes.txt");
  const std::string text(5000, 'n');
  std::ofstream(path) << text;
  const auto store = JobStore::Open(path);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("not a job store"));
  std::ifstream in(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), text);
}

TEST(JobStore, SaysWhyAPlaceCannotHoldIt) {
  const TemporaryFolder folder;
  std::ofstream(folder.File("file")) << "x";
  const auto store = JobStore::Open(folder.File("file/jobs.db"));
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr(folder.File("file")));
}

}  // namespace
}  // namespace raffinate::service
