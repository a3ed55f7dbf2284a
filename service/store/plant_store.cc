#include "service/store/plant_store.h"

#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/status_macros.h"
#include "service/store/schema.h"
#include "service/store/sqlite.h"

namespace raffinate::service {
namespace {

constexpr char kColumns[] = "sequence, id, request_id, plant";

absl::StatusOr<PlantRecord> ReadRecord(const Statement& row) {
  PlantRecord out;
  out.sequence = row.IntAt(0);
  out.id = row.BytesAt(1);
  out.request_id = row.BytesAt(2);
  if (!out.plant.ParseFromString(row.BytesAt(3))) {
    return absl::DataLossError(absl::StrCat("job store: plant ", out.id, " cannot be read"));
  }
  return out;
}

absl::Status NoSuchPlant(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("there is no plant ", id));
}

class SqlitePlantStore final : public PlantStore {
 public:
  explicit SqlitePlantStore(Database database) : database_(std::move(database)) {}

  absl::Status Prepare() {
    const auto prepare = [&](std::optional<Statement>* to, const std::string& sql) {
      auto statement = database_.Prepare(sql);
      if (statement.ok()) *to = *std::move(statement);
      return statement.status();
    };
    const std::string select = absl::StrCat("SELECT ", kColumns, " FROM plants WHERE ");
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&insert_, "INSERT INTO plants (id, request_id, plant) VALUES (?, ?, ?)"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&update_, "UPDATE plants SET plant = ? WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&get_, select + "id = ?"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&request_, select + "request_id = ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&list_, select + "sequence < ? ORDER BY sequence DESC LIMIT ?"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&delete_, "DELETE FROM plants WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(prepare(&add_,
                                      "INSERT INTO answers (plant, sequence, answer) "
                                      "SELECT sequence, ?, ? FROM plants WHERE id = ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&forget_,
                "DELETE FROM answers WHERE plant = (SELECT sequence FROM plants WHERE id = ?) "
                "AND sequence <= ?"));
    RAFFINATE_RETURN_IF_ERROR(
        prepare(&answers_,
                "SELECT answer FROM answers WHERE plant = "
                "(SELECT sequence FROM plants WHERE id = ?) ORDER BY sequence"));
    return Durable(false);
  }

  absl::Status Insert(const PlantRecord& plant) override {
    std::lock_guard lock(mutex_);
    RAFFINATE_RETURN_IF_ERROR(Durable(true));
    insert_->Text(plant.id);
    if (plant.request_id.empty()) {
      insert_->Null();
    } else {
      insert_->Text(plant.request_id);
    }
    const absl::Status status = insert_->Blob(plant.plant.SerializeAsString()).Run();
    RAFFINATE_RETURN_IF_ERROR(Durable(false));
    return status;
  }

  absl::Status Update(const std::string& id, const v1::Plant& plant) override {
    std::lock_guard lock(mutex_);
    RAFFINATE_RETURN_IF_ERROR(Durable(true));
    const absl::Status status = update_->Blob(plant.SerializeAsString()).Text(id).Run();
    const int changed = database_.changes();
    RAFFINATE_RETURN_IF_ERROR(Durable(false));
    if (!status.ok()) return status;
    return changed == 1 ? absl::OkStatus() : NoSuchPlant(id);
  }

  absl::StatusOr<PlantRecord> Get(const std::string& id) override {
    std::lock_guard lock(mutex_);
    auto row = get_->Text(id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return NoSuchPlant(id);
    auto out = ReadRecord(*get_);
    get_->Reset();
    return out;
  }

  absl::StatusOr<std::optional<PlantRecord>> FindRequest(const std::string& request_id) override {
    std::lock_guard lock(mutex_);
    auto row = request_->Text(request_id).Step();
    if (!row.ok()) return row.status();
    if (!*row) return std::optional<PlantRecord>();
    auto out = ReadRecord(*request_);
    request_->Reset();
    if (!out.ok()) return out.status();
    return std::optional<PlantRecord>(*std::move(out));
  }

  absl::StatusOr<std::vector<PlantRecord>> List(std::int64_t before, int limit) override {
    std::lock_guard lock(mutex_);
    std::vector<PlantRecord> out;
    list_->Int(before).Int(limit);
    while (true) {
      const auto row = list_->Step();
      if (!row.ok()) return row.status();
      if (!*row) return out;
      auto record = ReadRecord(*list_);
      if (!record.ok()) {
        list_->Reset();
        return record.status();
      }
      out.push_back(*std::move(record));
    }
  }

  absl::Status Delete(const std::string& id) override {
    std::lock_guard lock(mutex_);
    RAFFINATE_RETURN_IF_ERROR(delete_->Text(id).Run());
    return database_.changes() == 1 ? absl::OkStatus() : NoSuchPlant(id);
  }

  absl::Status AddAnswer(const std::string& id, const v1::TrackResponse& answer) override {
    std::lock_guard lock(mutex_);
    auto transaction = Transaction::Begin(&database_);
    if (!transaction.ok()) return transaction.status();
    RAFFINATE_RETURN_IF_ERROR(
        add_->Int(answer.sequence()).Blob(answer.SerializeAsString()).Text(id).Run());
    if (database_.changes() != 1) return NoSuchPlant(id);
    RAFFINATE_RETURN_IF_ERROR(forget_->Text(id).Int(answer.sequence() - kKeptAnswers).Run());
    return transaction->Commit();
  }

  absl::StatusOr<std::vector<v1::TrackResponse>> Answers(const std::string& id) override {
    std::lock_guard lock(mutex_);
    std::vector<v1::TrackResponse> out;
    answers_->Text(id);
    while (true) {
      const auto row = answers_->Step();
      if (!row.ok()) return row.status();
      if (!*row) return out;
      if (!out.emplace_back().ParseFromString(answers_->BytesAt(0))) {
        answers_->Reset();
        return absl::DataLossError(absl::StrCat("job store: an answer of ", id, " is damaged"));
      }
    }
  }

 private:
  /// What is registered waits for the disk; answers, of which there are many, do not.
  absl::Status Durable(bool durable) {
    return database_.Execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  }

  std::mutex mutex_;  // one connection, one user at a time
  Database database_;
  std::optional<Statement> insert_, update_, get_, request_, list_, delete_, add_, forget_,
      answers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PlantStore>> PlantStore::Open(const std::string& path) {
  const auto error = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat("job store ", path, ": ", status.message()));
  };
  auto database = Database::Open(path);
  if (!database.ok()) return error(database.status());
  if (absl::Status status = PrepareSchema(&*database); !status.ok()) return error(status);
  auto store = std::make_unique<SqlitePlantStore>(*std::move(database));
  if (absl::Status status = store->Prepare(); !status.ok()) return error(status);
  return std::unique_ptr<PlantStore>(std::move(store));
}

}  // namespace raffinate::service
