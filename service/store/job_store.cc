#include "service/store/job_store.h"

#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/status_macros.h"
#include "service/store/file_lock.h"
#include "service/store/schema.h"
#include "service/store/sqlite.h"

namespace raffinate::service {
namespace {

constexpr char kMemory[] = ":memory:";

// The columns of a record; the short form leaves out what can be large.
constexpr char kColumns[] =
    "sequence, id, request_id, state, cancel_requested, error, create_time, start_time, end_time, "
    "elapsed_s, progress, flowsheet_count, attempts, flowsheet, feed";
constexpr char kShortColumns[] =
    "sequence, id, request_id, state, cancel_requested, error, create_time, start_time, end_time, "
    "elapsed_s, progress, flowsheet_count, attempts, x'', x''";

absl::Time TimeAt(std::int64_t nanoseconds) {
  return nanoseconds == 0 ? absl::InfinitePast() : absl::FromUnixNanos(nanoseconds);
}

absl::StatusOr<JobRecord> ReadRecord(const Statement& row) {
  JobRecord out;
  out.sequence = row.IntAt(0);
  out.id = row.BytesAt(1);
  out.request_id = row.BytesAt(2);
  out.state = static_cast<JobState>(row.IntAt(3));
  out.cancel_requested = row.IntAt(4) != 0;
  out.error = row.BytesAt(5);
  out.create_time = TimeAt(row.IntAt(6));
  out.start_time = TimeAt(row.IntAt(7));
  out.end_time = TimeAt(row.IntAt(8));
  out.snapshot.elapsed_s = row.RealAt(9);
  v1::WatchOptimizationResponse feed;
  if (!out.snapshot.progress.ParseFromString(row.BytesAt(10)) ||
      !out.flowsheet.ParseFromString(row.BytesAt(13)) || !feed.ParseFromString(row.BytesAt(14))) {
    return absl::DataLossError(absl::StrCat("job store: job ", out.id, " cannot be read"));
  }
  out.snapshot.pareto.assign(feed.pareto().begin(), feed.pareto().end());
  out.snapshot.log.assign(feed.log().begin(), feed.log().end());
  out.flowsheet_count = static_cast<int>(row.IntAt(11));
  out.attempts = static_cast<int>(row.IntAt(12));
  return out;
}

std::string Feed(const JobSnapshot& snapshot) {
  v1::WatchOptimizationResponse feed;
  feed.mutable_pareto()->Add(snapshot.pareto.begin(), snapshot.pareto.end());
  feed.mutable_log()->Add(snapshot.log.begin(), snapshot.log.end());
  return feed.SerializeAsString();
}

absl::Status NoSuchJob(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("there is no job ", id));
}

class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(std::unique_ptr<FileLock> lock, Database database)
      : lock_(std::move(lock)), database_(std::move(database)) {}

  absl::Status Prepare() {
    const auto prepare = [&](std::optional<Statement>* to, const std::string& sql) {
      auto statement = database_.Prepare(sql);
      if (statement.ok()) *to = *std::move(statement);
      return statement.status();
    };
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&insert_,
                "INSERT INTO jobs (id, request_id, flowsheet, state, create_time) "
                "VALUES (?, ?, ?, ?, ?)"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&get_, absl::StrCat("SELECT ", kColumns, " FROM jobs WHERE id = ?")));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&request_, absl::StrCat("SELECT ", kColumns, " FROM jobs WHERE request_id = ?")));
    RAFFINATE_RETURN_IF_ERROR(prepare(&list_, absl::StrCat("SELECT ", kShortColumns,
                                                           " FROM jobs WHERE sequence < ? "
                                                           "ORDER BY sequence DESC LIMIT ?")));
    RAFFINATE_RETURN_IF_ERROR(prepare(
        &unfinished_,
        absl::StrCat("SELECT ", kColumns, " FROM jobs WHERE state IN (?, ?) ORDER BY sequence")));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&running_,
                "UPDATE jobs SET state = ?, start_time = coalesce(start_time, ?), "
                "attempts = attempts + 1 WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&save_,
                "UPDATE jobs SET progress = ?, feed = ?, elapsed_s = ?, attempts = 0, "
                "checkpoint = coalesce(?, checkpoint) WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&load_, "SELECT checkpoint FROM jobs WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&cancel_, "UPDATE jobs SET cancel_requested = 1 WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&finish_,
                "UPDATE jobs SET state = ?, error = ?, end_time = ?, progress = ?, "
                "feed = ?, elapsed_s = ?, flowsheet_count = ?, attempts = 0, "
                "checkpoint = NULL WHERE id = ? AND state IN (?, ?)"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&add_flowsheet_,
                                      "INSERT INTO flowsheets (job, ordinal, simulation) "
                                      "VALUES ((SELECT sequence FROM jobs WHERE id = ?), ?, ?)"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&state_, "SELECT state FROM jobs WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&delete_, "DELETE FROM jobs WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&count_, "SELECT flowsheet_count, sequence FROM jobs WHERE id = ?"));
    return prepare(&flowsheets_,
                   "SELECT simulation FROM flowsheets WHERE job = ? AND ordinal >= ? "
                   "ORDER BY ordinal LIMIT ?");
  }

  absl::StatusOr<std::int64_t> Insert(const JobRecord& job) override {
    std::lock_guard lock(mutex_);
    insert_->Text(job.id);
    if (job.request_id.empty()) {
      insert_->Null();
    } else {
      insert_->Text(job.request_id);
    }
    RAFFINATE_RETURN_IF_ERROR(insert_->Blob(job.flowsheet.SerializeAsString())
                                  .Int(job.state)
                                  .Int(absl::ToUnixNanos(job.create_time))
                                  .Run());
    return database_.QueryInt("SELECT last_insert_rowid()");
  }

  absl::StatusOr<JobRecord> Get(const std::string& id) override {
    std::lock_guard lock(mutex_);
    auto row = get_->Text(id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return NoSuchJob(id);
    auto out = ReadRecord(*get_);
    get_->Reset();
    return out;
  }

  absl::StatusOr<std::optional<JobRecord>> FindRequest(const std::string& request_id) override {
    std::lock_guard lock(mutex_);
    auto row = request_->Text(request_id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return std::optional<JobRecord>();
    auto out = ReadRecord(*request_);
    request_->Reset();
    if (!out.ok()) return out.status();
    return std::optional<JobRecord>(*std::move(out));
  }

  absl::StatusOr<std::vector<JobRecord>> List(std::int64_t before, int limit) override {
    std::lock_guard lock(mutex_);
    list_->Int(before).Int(limit);
    return ReadAll(&*list_);
  }

  absl::StatusOr<std::vector<JobRecord>> Unfinished() override {
    std::lock_guard lock(mutex_);
    unfinished_->Int(v1::Optimization::QUEUED).Int(v1::Optimization::RUNNING);
    return ReadAll(&*unfinished_);
  }

  absl::Status MarkRunning(const std::string& id, absl::Time start_time) override {
    std::lock_guard lock(mutex_);
    RAFFINATE_RETURN_IF_ERROR(
        running_->Int(v1::Optimization::RUNNING).Int(absl::ToUnixNanos(start_time)).Text(id).Run());
    return database_.changes() == 1 ? absl::OkStatus() : NoSuchJob(id);
  }

  absl::Status SaveCheckpoint(const std::string& id, const JobSnapshot& snapshot,
                              const std::string& checkpoint) override {
    std::lock_guard lock(mutex_);
    save_->Blob(snapshot.progress.SerializeAsString())
        .Blob(Feed(snapshot))
        .Real(snapshot.elapsed_s);
    if (checkpoint.empty()) {
      save_->Null();
    } else {
      save_->Blob(checkpoint);
    }
    RAFFINATE_RETURN_IF_ERROR(save_->Text(id).Run());
    return database_.changes() == 1 ? absl::OkStatus() : NoSuchJob(id);
  }

  absl::StatusOr<std::string> LoadCheckpoint(const std::string& id) override {
    std::lock_guard lock(mutex_);
    auto row = load_->Text(id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return NoSuchJob(id);
    std::string out = load_->BytesAt(0);
    load_->Reset();
    return out;
  }

  absl::Status RequestCancel(const std::string& id) override {
    std::lock_guard lock(mutex_);
    RAFFINATE_RETURN_IF_ERROR(cancel_->Text(id).Run());
    return database_.changes() == 1 ? absl::OkStatus() : NoSuchJob(id);
  }

  absl::Status Finish(const std::string& id, const JobOutcome& outcome) override {
    std::lock_guard lock(mutex_);
    auto transaction = Transaction::Begin(&database_);
    if (!transaction.ok()) return transaction.status();
    RAFFINATE_RETURN_IF_ERROR(finish_->Int(outcome.state)
                                  .Text(outcome.error)
                                  .Int(absl::ToUnixNanos(outcome.end_time))
                                  .Blob(outcome.snapshot.progress.SerializeAsString())
                                  .Blob(Feed(outcome.snapshot))
                                  .Real(outcome.snapshot.elapsed_s)
                                  .Int(static_cast<std::int64_t>(outcome.flowsheets.size()))
                                  .Text(id)
                                  .Int(v1::Optimization::QUEUED)
                                  .Int(v1::Optimization::RUNNING)
                                  .Run());
    if (database_.changes() != 1) {
      return absl::FailedPreconditionError(
          absl::StrCat("job ", id, " has ended already or does not exist"));
    }
    for (std::size_t i = 0; i < outcome.flowsheets.size(); ++i) {
      RAFFINATE_RETURN_IF_ERROR(add_flowsheet_->Text(id)
                                    .Int(static_cast<std::int64_t>(i))
                                    .Blob(outcome.flowsheets[i].SerializeAsString())
                                    .Run());
    }
    return transaction->Commit();
  }

  absl::Status Delete(const std::string& id) override {
    std::lock_guard lock(mutex_);
    auto transaction = Transaction::Begin(&database_);
    if (!transaction.ok()) return transaction.status();
    auto row = state_->Text(id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return NoSuchJob(id);
    const auto state = static_cast<JobState>(state_->IntAt(0));
    state_->Reset();
    if (!IsEnded(state)) {
      return absl::FailedPreconditionError(absl::StrCat("job ", id, " has not ended"));
    }
    RAFFINATE_RETURN_IF_ERROR(delete_->Text(id).Run());
    return transaction->Commit();
  }

  absl::StatusOr<FlowsheetPage> ListFlowsheets(const std::string& id, int first, int limit,
                                               std::size_t max_bytes) override {
    std::lock_guard lock(mutex_);
    FlowsheetPage out;
    auto row = count_->Text(id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return NoSuchJob(id);
    out.total = static_cast<int>(count_->IntAt(0));
    const std::int64_t job = count_->IntAt(1);
    count_->Reset();
    std::size_t bytes = 0;
    flowsheets_->Int(job).Int(first).Int(limit);
    while (true) {
      row = flowsheets_->Step();
      if (!row.ok()) return row.status();
      if (!*row) break;
      const std::string data = flowsheets_->BytesAt(0);
      bytes += data.size();
      if (!out.flowsheets.empty() && bytes > max_bytes) {
        flowsheets_->Reset();
        break;
      }
      if (!out.flowsheets.emplace_back().ParseFromString(data)) {
        flowsheets_->Reset();
        return absl::DataLossError(absl::StrCat("job store: a result of ", id, " is damaged"));
      }
    }
    const int next = first + static_cast<int>(out.flowsheets.size());
    if (next < out.total && !out.flowsheets.empty()) out.next = next;
    return out;
  }

 private:
  static absl::StatusOr<std::vector<JobRecord>> ReadAll(Statement* statement) {
    std::vector<JobRecord> out;
    while (true) {
      const auto row = statement->Step();
      if (!row.ok()) return row.status();
      if (!*row) return out;
      auto record = ReadRecord(*statement);
      if (!record.ok()) {
        statement->Reset();
        return record.status();
      }
      out.push_back(*std::move(record));
    }
  }

  std::mutex mutex_;                // one connection, one user at a time
  std::unique_ptr<FileLock> lock_;  // null in memory; released after the connection is closed
  Database database_;
  std::optional<Statement> insert_, get_, request_, list_, unfinished_, running_, save_, load_,
      cancel_, finish_, add_flowsheet_, state_, delete_, count_, flowsheets_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<JobStore>> JobStore::Open(const std::string& path) {
  const auto error = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat("job store ", path, ": ", status.message()));
  };
  std::unique_ptr<FileLock> lock;
  if (path != kMemory) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code code;
    if (!folder.empty()) std::filesystem::create_directories(folder, code);
    if (code) {
      return error(absl::FailedPreconditionError(
          absl::StrCat("cannot make the folder ", folder.string(), ": ", code.message())));
    }
    auto acquired = FileLock::Acquire(path + ".lock");
    if (!acquired.ok()) return error(acquired.status());
    lock = *std::move(acquired);
  }
  auto database = Database::Open(path);
  if (!database.ok()) return error(database.status());
  if (absl::Status status = PrepareSchema(&*database); !status.ok()) return error(status);
  auto store = std::make_unique<SqliteJobStore>(std::move(lock), *std::move(database));
  if (absl::Status status = store->Prepare(); !status.ok()) return error(status);
  return std::unique_ptr<JobStore>(std::move(store));
}

}  // namespace raffinate::service
