// Plants and the answers of their tracks on disk: what outlives the process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raffinate/v1/setpoints.pb.h"

namespace raffinate::service {

struct PlantRecord {
  std::int64_t sequence = 0;  ///< order of creation, given by the store
  std::string id;
  std::string request_id;  ///< empty: none
  v1::Plant plant;
};

/// Thread safe. Changes of a plant are on the disk when the call returns. Answers outlive the
/// process, however it ends; a machine that loses power can lose the last of them.
class PlantStore {
 public:
  /// Answers kept per plant.
  static constexpr int kKeptAnswers = 100;

  /// Opens the file of a JobStore that is open, or ":memory:".
  static absl::StatusOr<std::unique_ptr<PlantStore>> Open(const std::string& path);
  virtual ~PlantStore() = default;

  /// ALREADY_EXISTS when the id or request id is taken.
  virtual absl::Status Insert(const PlantRecord& plant) = 0;
  /// NOT_FOUND, like those below.
  virtual absl::Status Update(const std::string& id, const v1::Plant& plant) = 0;
  virtual absl::StatusOr<PlantRecord> Get(const std::string& id) = 0;
  virtual absl::StatusOr<std::optional<PlantRecord>> FindRequest(const std::string& request_id) = 0;
  /// Up to `limit` plants older than `before` (a sequence), newest first.
  virtual absl::StatusOr<std::vector<PlantRecord>> List(std::int64_t before, int limit) = 0;
  virtual absl::Status Delete(const std::string& id) = 0;

  /// Adds an answer and forgets those beyond kKeptAnswers.
  virtual absl::Status AddAnswer(const std::string& id, const v1::TrackResponse& answer) = 0;
  /// All that are kept, oldest first.
  virtual absl::StatusOr<std::vector<v1::TrackResponse>> Answers(const std::string& id) = 0;
};

}  // namespace raffinate::service
