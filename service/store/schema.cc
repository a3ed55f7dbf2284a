#include "service/store/schema.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "service/store/job_store.h"

namespace raffinate::service {
namespace {

// Element i makes version i + 1 of version i. Never changed once released.
constexpr const char* kMigrations[] = {
    R"sql(
    CREATE TABLE jobs (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      request_id TEXT UNIQUE,            -- NULL: none
      flowsheet BLOB NOT NULL,           -- raffinate.v1.Flowsheet
      state INTEGER NOT NULL,            -- raffinate.v1.Optimization.State
      cancel_requested INTEGER NOT NULL DEFAULT 0,
      error TEXT NOT NULL DEFAULT '',
      create_time INTEGER NOT NULL,      -- nanoseconds since 1970
      start_time INTEGER,
      end_time INTEGER,
      elapsed_s REAL NOT NULL DEFAULT 0,
      progress BLOB NOT NULL DEFAULT x'',   -- raffinate.v1.Progress
      feed BLOB NOT NULL DEFAULT x'',       -- raffinate.v1.WatchOptimizationResponse: pareto, log
      checkpoint BLOB,
      flowsheet_count INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX jobs_by_state ON jobs (state, sequence);
    CREATE TABLE flowsheets (
      job INTEGER NOT NULL REFERENCES jobs (sequence) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL,          -- from 0
      simulation BLOB NOT NULL,          -- raffinate.v1.Simulation
      PRIMARY KEY (job, ordinal)
    ) WITHOUT ROWID;
    )sql",
    R"sql(
    CREATE TABLE plants (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      request_id TEXT UNIQUE,            -- NULL: none
      plant BLOB NOT NULL                -- raffinate.v1.Plant without quantities
    );
    CREATE TABLE answers (
      plant INTEGER NOT NULL REFERENCES plants (sequence) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,         -- from 1
      answer BLOB NOT NULL,              -- raffinate.v1.TrackResponse
      PRIMARY KEY (plant, sequence)
    ) WITHOUT ROWID;
    )sql",
};
static_assert(std::size(kMigrations) == JobStore::kSchemaVersion);

}  // namespace

absl::Status PrepareSchema(Database* database) {
  const auto id = database->QueryInt("PRAGMA application_id");
  if (!id.ok()) {
    // The first read is where SQLite finds out that a file is none of its own.
    return absl::Status(id.status().code(),
                        absl::StrCat("is not a job store (", id.status().message(), ")"));
  }
  const auto tables = database->QueryInt("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  if (*id != kApplicationId && (*id != 0 || *tables != 0)) {
    return absl::FailedPreconditionError(
        "is a database of another program; name another file or one that does not exist");
  }
  const auto version = database->QueryInt("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version > JobStore::kSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        "was written by a newer version of raffinate (schema ", *version, "; this one knows up to ",
        JobStore::kSchemaVersion, "); upgrade, or name another file"));
  }
  // WAL is kept by the file; the other settings are the connection's.
  for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                             "PRAGMA foreign_keys = ON", "PRAGMA busy_timeout = 5000"}) {
    if (absl::Status status = database->Execute(pragma); !status.ok()) return status;
  }
  for (int at = static_cast<int>(*version); at < JobStore::kSchemaVersion; ++at) {
    auto transaction = Transaction::Begin(database);
    if (!transaction.ok()) return transaction.status();
    for (const std::string& sql :
         {std::string(kMigrations[at]), absl::StrCat("PRAGMA application_id = ", kApplicationId),
          absl::StrCat("PRAGMA user_version = ", at + 1)}) {
      if (absl::Status status = database->Execute(sql); !status.ok()) return status;
    }
    if (absl::Status status = transaction->Commit(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace raffinate::service
