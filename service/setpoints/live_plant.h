// A registered plant at work: its model, and what one call leaves to the next.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "optimizer/setpoints/advise.h"
#include "optimizer/setpoints/estimate.h"
#include "optimizer/setpoints/validity.h"
#include "raffinate/v1/setpoints.pb.h"
#include "service/store/plant_store.h"

namespace raffinate::service {

/// An answer, field violations, or another reason why there is none.
template <class T>
struct Outcome {
  T value;
  optimizer::Violations violations;
  absl::Status status;

  bool ok() const { return violations.empty() && status.ok(); }
};

/// Thread safe: calls for one plant wait for each other.
class LivePlant {
 public:
  /// `store` outlives the plant. `answers` are those of its track, oldest first.
  LivePlant(std::string id, v1::Plant plant, std::unique_ptr<optimizer::PlantModel> model,
            std::vector<v1::TrackResponse> answers, PlantStore* store);

  /// As it is now.
  v1::Plant plant();

  Outcome<v1::SetpointAdvice> Advise(const v1::MeasuredState& state);

  /// Answers after `last_sequence` that are kept, in their order; all is well when
  /// `last_sequence` is 0. A client that has more than is kept (the machine lost power) is
  /// believed: numbers go on from there.
  std::vector<v1::TrackResponse> Resume(std::int64_t last_sequence);

  /// The answer to one state, on disk before it is returned. A violation where the number has
  /// been used for a state of another time.
  Outcome<v1::TrackResponse> Track(std::int64_t state_sequence, const v1::MeasuredState& state);

  Outcome<v1::Plant> UpdateParameters(const v1::UpdateParametersRequest& request);
  absl::StatusOr<v1::Plant> ResetParameters(int version);

  /// Nothing is written any more.
  void Forget();

 private:
  Outcome<v1::SetpointAdvice> AdviseNow(const v1::MeasuredState& state, double hours);
  v1::HeldSetpoints Hold(const std::string& reason, const std::string& message,
                         const v1::MeasuredState& state) const;
  void TakeVersion();
  void Remember(const v1::TrackResponse& answer);

  const std::string id_;
  PlantStore* const store_;
  const std::unique_ptr<const optimizer::PlantModel> model_;
  const std::vector<int> drift_inputs_;

  std::mutex mutex_;
  bool forgotten_ = false;
  v1::Plant plant_;
  std::vector<double> offsets_;
  optimizer::AdviceMemory memory_;
  std::vector<double> estimate_state_;
  optimizer::PastInputs past_;
  std::int64_t sequence_ = 0;
  std::deque<v1::TrackResponse> answers_;
  v1::TrackResponse last_advice_;  ///< of the track; sequence 0: none
  double last_state_s_ = 0;        ///< time of the latest tracked state
  std::int64_t last_state_sequence_ = 0;
};

}  // namespace raffinate::service
