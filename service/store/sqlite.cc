#include "service/store/sqlite.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace raffinate::service {
namespace {

absl::Status Error(sqlite3* connection, int code) {
  const std::string message = absl::StrCat(
      "job store: ", connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
      return absl::UnavailableError(message);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_NOTADB:
      return absl::FailedPreconditionError(message);
    case SQLITE_CORRUPT:
      return absl::DataLossError(message);
    case SQLITE_CONSTRAINT:
      return absl::AlreadyExistsError(message);
    default:
      return absl::InternalError(message);
  }
}

}  // namespace

void Statement::Bound(int code) {
  if (bind_error_ == SQLITE_OK) bind_error_ = code;
  ++next_;
}

Statement& Statement::Int(std::int64_t value) {
  Bound(sqlite3_bind_int64(statement_.get(), next_, value));
  return *this;
}

Statement& Statement::Real(double value) {
  Bound(sqlite3_bind_double(statement_.get(), next_, value));
  return *this;
}

Statement& Statement::Text(const std::string& value) {
  Bound(sqlite3_bind_text64(statement_.get(), next_, value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}

Statement& Statement::Blob(const std::string& value) {
  Bound(sqlite3_bind_blob64(statement_.get(), next_, value.data(), value.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::Null() {
  Bound(sqlite3_bind_null(statement_.get(), next_));
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  if (bind_error_ != SQLITE_OK) {
    const absl::Status error = Error(sqlite3_db_handle(statement_.get()), bind_error_);
    Reset();
    return error;
  }
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  const absl::Status status =
      code == SQLITE_DONE ? absl::OkStatus() : Error(sqlite3_db_handle(statement_.get()), code);
  Reset();
  if (!status.ok()) return status;
  return false;
}

absl::Status Statement::Run() {
  const absl::StatusOr<bool> row = Step();
  if (!row.ok()) return row.status();
  if (*row) {
    Reset();
    return absl::InternalError("job store: a statement gave rows that nobody reads");
  }
  return absl::OkStatus();
}

std::int64_t Statement::IntAt(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::RealAt(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::BytesAt(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  next_ = 1;
  bind_error_ = SQLITE_OK;
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  Database out;
  sqlite3* connection = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  out.connection_.reset(connection);
  if (code != SQLITE_OK) return Error(connection, code);
  sqlite3_extended_result_codes(connection, 1);
  return out;
}

absl::Status Database::Execute(const std::string& sql) {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(connection_.get(), code);
}

absl::StatusOr<Statement> Database::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.c_str(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Error(connection_.get(), code);
  return Statement(statement);
}

absl::StatusOr<std::int64_t> Database::QueryInt(const std::string& sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return *row ? statement->IntAt(0) : 0;
}

absl::StatusOr<Transaction> Transaction::Begin(Database* database) {
  const absl::Status status = database->Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) database_->Execute("ROLLBACK").IgnoreError();
}

absl::Status Transaction::Commit() {
  const absl::Status status = database_->Execute("COMMIT");
  if (status.ok()) database_ = nullptr;
  return status;
}

}  // namespace raffinate::service
