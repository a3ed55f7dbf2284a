#include "service/setpoints/plants.h"

#include <google/protobuf/util/message_differencer.h>

#include <limits>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/convert/flowsheet.h"
#include "service/convert/setpoints.h"
#include "service/error.h"
#include "service/status_macros.h"

namespace raffinate::service {
namespace {

std::string NewId() {
  static constexpr char kLetters[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::random_device random;
  std::string id;
  for (int k = 0; k < 12; ++k) id += kLetters[random() % 32];
  return id;
}

absl::Status NoSuchPlant(const std::string& id) {
  return MakeError(absl::StatusCode::kNotFound, "PLANT_NOT_FOUND",
                   absl::StrCat("there is no plants/", id));
}

/// What a client gives, without what the server adds.
v1::Plant Given(v1::Plant plant) {
  plant.clear_name();
  plant.clear_create_time();
  plant.clear_quantities();
  plant.clear_parameter_versions();
  plant.clear_parameter_version();
  plant.clear_last_sequence();
  return plant;
}

}  // namespace

std::unique_ptr<optimizer::PlantModel> Plants::Model(const v1::Plant& plant,
                                                     optimizer::Violations* violations) const {
  optimizer::PlantSpec spec;
  optimizer::Violations found = FromProto(plant, &spec);
  if (plant.has_flowsheet()) {
    optimizer::Violations of_flowsheet =
        engine_->Validate(spec.flowsheet, optimizer::Purpose::kOptimize);
    for (optimizer::Violation& violation : of_flowsheet) {
      violation.field = violation.field.empty() ? "flowsheet" : "flowsheet." + violation.field;
    }
    found = Merge(std::move(found), of_flowsheet);
  }
  std::unique_ptr<optimizer::PlantModel> model;
  if (found.empty()) model = optimizer::PlantModel::Create(spec, engine_->chemistry(), &found);
  *violations = std::move(found);
  return model;
}

Outcome<v1::Plant> Plants::Create(const v1::Plant& plant, const std::string& request_id) {
  Outcome<v1::Plant> out;
  PlantRecord record;
  record.plant = Given(plant);
  std::unique_ptr<optimizer::PlantModel> model = Model(record.plant, &out.violations);
  if (!out.violations.empty()) return out;
  std::lock_guard lock(mutex_);
  if (!request_id.empty()) {
    auto earlier = store_->FindRequest(request_id);
    if (!earlier.ok()) {
      out.status = earlier.status();
      return out;
    }
    if (*earlier) {
      if (!google::protobuf::util::MessageDifferencer::Equals(Given((*earlier)->plant),
                                                              record.plant)) {
        out.status =
            MakeError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
                      absl::StrCat("request_id '", request_id, "' made plants/", (*earlier)->id,
                                   " from another plant; a new request needs a new id"));
        return out;
      }
      out.value = (*earlier)->plant;
      out.value.set_name("plants/" + (*earlier)->id);
      ListQuantities(*model, &out.value);
      return out;
    }
  }
  record.id = NewId();
  record.request_id = request_id;
  *record.plant.mutable_create_time() =
      TimestampOf(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  out.status = store_->Insert(record);
  if (!out.status.ok()) return out;
  const auto live = std::make_shared<LivePlant>(record.id, record.plant, std::move(model),
                                                std::vector<v1::TrackResponse>(), store_);
  live_[record.id] = live;
  out.value = live->plant();
  return out;
}

absl::StatusOr<std::shared_ptr<LivePlant>> Plants::Find(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (const auto found = live_.find(id); found != live_.end()) return found->second;
  auto record = store_->Get(id);
  if (absl::IsNotFound(record.status())) return NoSuchPlant(id);
  if (!record.ok()) return record.status();
  auto answers = store_->Answers(id);
  if (!answers.ok()) return answers.status();
  optimizer::Violations violations;
  std::unique_ptr<optimizer::PlantModel> model = Model(record->plant, &violations);
  if (model == nullptr) {
    // Data of this version of the program differ from those it was registered with.
    return absl::FailedPreconditionError(
        absl::StrCat("plants/", id, " can no longer be used: ", violations[0].field, ": ",
                     violations[0].description));
  }
  const auto live = std::make_shared<LivePlant>(id, std::move(record->plant), std::move(model),
                                                *std::move(answers), store_);
  live_[id] = live;
  return live;
}

absl::StatusOr<Plants::Page> Plants::List(std::int64_t before, int limit) {
  auto records =
      store_->List(before > 0 ? before : std::numeric_limits<std::int64_t>::max(), limit + 1);
  if (!records.ok()) return records.status();
  Page page;
  for (PlantRecord& record : *records) {
    if (static_cast<int>(page.plants.size()) == limit) {
      page.next = page.next > 0 ? page.next : record.sequence + 1;
      break;
    }
    record.plant.set_name("plants/" + record.id);
    record.plant.clear_flowsheet();
    page.plants.push_back(std::move(record.plant));
  }
  return page;
}

absl::Status Plants::Delete(const std::string& id) {
  std::lock_guard lock(mutex_);
  const absl::Status status = store_->Delete(id);
  if (absl::IsNotFound(status)) return NoSuchPlant(id);
  RAFFINATE_RETURN_IF_ERROR(status);
  if (const auto found = live_.find(id); found != live_.end()) {
    found->second->Forget();
    live_.erase(found);
  }
  return absl::OkStatus();
}

}  // namespace raffinate::service
