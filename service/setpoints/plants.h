// All registered plants.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "service/jobs/engine.h"
#include "service/setpoints/live_plant.h"

namespace raffinate::service {

/// Thread safe.
class Plants {
 public:
  /// Both outlive it.
  Plants(PlantStore* store, const Engine* engine) : store_(store), engine_(engine) {}

  /// Violations by field of the Plant message.
  Outcome<v1::Plant> Create(const v1::Plant& plant, const std::string& request_id);

  /// Brings a plant of an earlier process back to work. PLANT_NOT_FOUND.
  absl::StatusOr<std::shared_ptr<LivePlant>> Find(const std::string& id);

  struct Page {
    std::vector<v1::Plant> plants;
    std::int64_t next = 0;  ///< 0: there are no more
  };
  /// Newest first, older than `before` (0: all), without flowsheet and quantities.
  absl::StatusOr<Page> List(std::int64_t before, int limit);
  absl::Status Delete(const std::string& id);

 private:
  std::unique_ptr<optimizer::PlantModel> Model(const v1::Plant& plant,
                                               optimizer::Violations* violations) const;

  PlantStore* const store_;
  const Engine* const engine_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<LivePlant>> live_;
};

}  // namespace raffinate::service
