// SQLite as values that clean up after themselves. Not thread safe.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace raffinate::service {

class Database;

/// A prepared statement, bound from the first parameter on and read row by row.
class Statement {
 public:
  Statement(Statement&&) = default;
  Statement& operator=(Statement&&) = default;

  /// Binds the next parameter.
  Statement& Int(std::int64_t value);
  Statement& Real(double value);
  Statement& Text(const std::string& value);
  Statement& Blob(const std::string& value);
  Statement& Null();

  /// True when there is a row to read. After false or an error the statement
  /// can be bound again.
  absl::StatusOr<bool> Step();

  /// Runs a statement that gives no rows.
  absl::Status Run();

  /// Columns of the present row, from 0. NULL reads as zero or empty.
  std::int64_t IntAt(int column) const;
  double RealAt(int column) const;
  std::string BytesAt(int column) const;

  /// Forgets bindings and rows.
  void Reset();

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void Bound(int code);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_ = 1;
  int bind_error_ = SQLITE_OK;
};

/// A connection.
class Database {
 public:
  /// Opens or makes the file; ":memory:" lives in memory.
  static absl::StatusOr<Database> Open(const std::string& path);
  Database(Database&&) = default;
  Database& operator=(Database&&) = default;

  /// Runs statements that take no parameters and give no rows.
  absl::Status Execute(const std::string& sql);
  absl::StatusOr<Statement> Prepare(const std::string& sql);
  /// The first column of the first row of a query.
  absl::StatusOr<std::int64_t> QueryInt(const std::string& sql);
  /// Rows changed by the last statement.
  int changes() const { return sqlite3_changes(connection_.get()); }

 private:
  Database() = default;
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

/// What is between its start and Commit() happens as a whole or not at all.
class Transaction {
 public:
  /// Takes the write lock at once.
  static absl::StatusOr<Transaction> Begin(Database* database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }
  ~Transaction();
  absl::Status Commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace raffinate::service
