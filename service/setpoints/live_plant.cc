#include "service/setpoints/live_plant.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/convert/setpoints.h"
#include "service/error.h"
#include "service/status_macros.h"

namespace raffinate::service {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr int kMaxStates = 20;
constexpr double kSameTime = 1e-3;  // [s]

absl::Status Refuse(const optimizer::Estimate& estimate) {
  return MakeError(absl::StatusCode::kFailedPrecondition, estimate.reason, estimate.problem);
}

}  // namespace

LivePlant::LivePlant(std::string id, v1::Plant plant, std::unique_ptr<optimizer::PlantModel> model,
                     std::vector<v1::TrackResponse> answers, PlantStore* store)
    : id_(std::move(id)),
      store_(store),
      model_(std::move(model)),
      drift_inputs_(optimizer::DriftInputs(*model_)),
      plant_(std::move(plant)) {
  plant_.set_name("plants/" + id_);
  ListQuantities(*model_, &plant_);
  sequence_ = plant_.last_sequence();
  for (const v1::TrackResponse& answer : answers) Remember(answer);
  TakeVersion();
}

v1::Plant LivePlant::plant() {
  std::lock_guard lock(mutex_);
  v1::Plant plant = plant_;
  plant.set_last_sequence(sequence_);
  return plant;
}

void LivePlant::Forget() {
  std::lock_guard lock(mutex_);
  forgotten_ = true;
}

void LivePlant::TakeVersion() {
  offsets_.assign(model_->spec().parameters.size(), 0.0);
  for (const v1::ParameterVersion& version : plant_.parameter_versions()) {
    if (version.version() != plant_.parameter_version()) continue;
    for (int p = 0; p < version.offsets_size(); ++p) {
      offsets_[static_cast<std::size_t>(p)] = version.offsets(p).log10_k();
    }
  }
}

void LivePlant::Remember(const v1::TrackResponse& answer) {
  sequence_ = std::max(sequence_, answer.sequence());
  last_state_sequence_ = std::max(last_state_sequence_, answer.state_sequence());
  if (answer.has_advice()) {
    last_advice_ = answer;
    last_state_s_ = std::max(last_state_s_, SecondsOf(answer.advice().time()));
  }
  answers_.push_back(answer);
  while (answers_.size() > PlantStore::kKeptAnswers) answers_.pop_front();
}

Outcome<v1::SetpointAdvice> LivePlant::Advise(const v1::MeasuredState& state) {
  std::lock_guard lock(mutex_);
  return AdviseNow(state, model_->spec().interval_h);
}

Outcome<v1::SetpointAdvice> LivePlant::AdviseNow(const v1::MeasuredState& state, double hours) {
  Outcome<v1::SetpointAdvice> out;
  optimizer::MeasuredState measured;
  out.violations = FromProto(state, *model_, &measured);
  if (!out.violations.empty()) return out;
  optimizer::Estimate estimate =
      optimizer::EstimatePlant(*model_, {measured}, offsets_, false, estimate_state_);
  if (!estimate.ok()) {
    out.status = Refuse(estimate);
    return out;
  }
  estimate_state_ = std::move(estimate.state);
  optimizer::AdviceQuestion question;
  question.inputs = estimate.inputs[0];
  for (const int q : model_->setpoints()) {
    for (const optimizer::SetpointValue& present : measured.present) {
      if (present.setpoint == model_->quantities()[q].name) {
        question.present.push_back(present.value);
      }
    }
  }
  question.offsets = offsets_;
  question.hours = hours;
  question.drift_inputs = drift_inputs_;
  const optimizer::Advice advice = optimizer::Advise(*model_, question, &memory_);
  if (!advice.found) {
    out.status = MakeError(absl::StatusCode::kFailedPrecondition, "NO_STEADY_STATE",
                           absl::StrCat("the model has no steady state within reach of the "
                                        "present setpoints: ",
                                        advice.problem));
    return out;
  }
  const optimizer::AdviceValidity validity =
      optimizer::ValidUntil(*model_, measured.time_s, estimate.readings[0], estimate.inputs[0],
                            past_, advice, drift_inputs_);
  if (measured.time_s > past_.time_s) past_ = {measured.time_s, estimate.inputs[0]};
  out.value = ToProto(*model_, advice, estimate.readings[0], validity, measured.time_s);
  out.value.set_parameter_version(plant_.parameter_version());
  return out;
}

std::vector<v1::TrackResponse> LivePlant::Resume(std::int64_t last_sequence) {
  std::lock_guard lock(mutex_);
  std::vector<v1::TrackResponse> out;
  if (last_sequence <= 0) return out;
  sequence_ = std::max(sequence_, last_sequence);
  for (const v1::TrackResponse& answer : answers_) {
    if (answer.sequence() <= last_sequence) continue;
    out.push_back(answer);
    out.back().set_again(true);
    out.back().set_gap(out.size() == 1 && answer.sequence() > last_sequence + 1);
  }
  return out;
}

v1::HeldSetpoints LivePlant::Hold(const std::string& reason, const std::string& message,
                                  const v1::MeasuredState& state) const {
  v1::HeldSetpoints held;
  held.set_reason(reason);
  held.set_message(message);
  held.set_expired(true);
  if (last_advice_.sequence() == 0) return held;
  const v1::SetpointAdvice& advice = last_advice_.advice();
  held.set_advice_sequence(last_advice_.sequence());
  *held.mutable_advice_time() = advice.time();
  *held.mutable_expires() = advice.valid_until();
  // A state without a time cannot say that it is not too late.
  if (!state.has_time() || SecondsOf(state.time()) >= SecondsOf(advice.valid_until())) return held;
  held.set_expired(false);
  for (const v1::AdvisedSetpoint& setpoint : advice.setpoints()) {
    v1::SetpointValue* value = held.add_setpoints();
    value->set_setpoint(setpoint.setpoint());
    value->set_value(setpoint.value());
    value->set_unit(setpoint.unit());
  }
  return held;
}

Outcome<v1::TrackResponse> LivePlant::Track(std::int64_t state_sequence,
                                            const v1::MeasuredState& state) {
  std::lock_guard lock(mutex_);
  Outcome<v1::TrackResponse> out;
  v1::TrackResponse& answer = out.value;
  if (forgotten_) {
    out.status = MakeError(absl::StatusCode::kNotFound, "PLANT_NOT_FOUND",
                           absl::StrCat("plants/", id_, " was deleted"));
    return out;
  }
  for (const v1::TrackResponse& earlier : answers_) {
    if (earlier.state_sequence() != state_sequence) continue;
    if (earlier.has_advice() && state.has_time() &&
        std::fabs(SecondsOf(earlier.advice().time()) - SecondsOf(state.time())) > kSameTime) {
      out.violations.push_back(
          {"state_sequence", absl::StrCat("is ", state_sequence,
                                          ", which has been answered for a state of another time; "
                                          "a new state needs a new number, ",
                                          last_state_sequence_ + 1, " or more")});
      return out;
    }
    answer = earlier;
    answer.set_again(true);
    return out;
  }
  answer.set_sequence(sequence_ + 1);
  answer.set_state_sequence(state_sequence);
  const double time = SecondsOf(state.time());
  if (state_sequence <= last_state_sequence_) {
    *answer.mutable_held() =
        Hold("OUT_OF_ORDER",
             absl::StrCat("state ", state_sequence, " is older than ", last_state_sequence_,
                          ", and its answer is no longer kept"),
             state);
  } else if (state.has_time() && time < last_state_s_) {
    *answer.mutable_held() =
        Hold("OUT_OF_ORDER", "the state is older than one that was answered before", state);
  } else {
    const double interval = model_->spec().interval_h;
    const double hours = last_advice_.sequence() == 0
                             ? interval
                             : (time - SecondsOf(last_advice_.advice().time())) / kSecondsPerHour;
    Outcome<v1::SetpointAdvice> advice = AdviseNow(state, std::clamp(hours, 0.0, interval));
    if (advice.ok()) {
      *answer.mutable_advice() = std::move(advice.value);
    } else if (!advice.violations.empty()) {
      *answer.mutable_held() =
          Hold("INVALID_STATE",
               absl::StrCat(advice.violations[0].field, ": ", advice.violations[0].description,
                            advice.violations.size() > 1
                                ? absl::StrCat(" (and ", advice.violations.size() - 1, " more)")
                                : ""),
               state);
    } else {
      *answer.mutable_held() =
          Hold(ReasonOf(advice.status), std::string(advice.status.message()), state);
    }
  }
  // Kept before it is sent: a client never has what a restarted server does not know.
  out.status = store_->AddAnswer(id_, answer);
  if (out.status.ok()) Remember(answer);
  return out;
}

Outcome<v1::Plant> LivePlant::UpdateParameters(const v1::UpdateParametersRequest& request) {
  std::lock_guard lock(mutex_);
  Outcome<v1::Plant> out;
  if (model_->spec().parameters.empty()) {
    out.status = MakeError(absl::StatusCode::kFailedPrecondition, "NO_PARAMETERS",
                           "the plant was registered without parameters");
    return out;
  }
  if (request.states().empty() || request.states_size() > kMaxStates) {
    out.violations.push_back(
        {"states", absl::StrCat("has ", request.states_size(), " entries; 1 to ", kMaxStates,
                                " are needed")});
    return out;
  }
  std::vector<optimizer::MeasuredState> states;
  double latest = 0;
  for (int k = 0; k < request.states_size(); ++k) {
    for (optimizer::Violation& violation :
         FromProto(request.states(k), *model_, &states.emplace_back())) {
      violation.field = absl::StrCat("states[", k, "].", violation.field);
      out.violations.push_back(std::move(violation));
    }
    latest = std::max(latest, states.back().time_s);
  }
  if (!out.violations.empty()) return out;
  for (const optimizer::MeasuredState& state : states) {
    if (state.at_rest) continue;
    out.status = MakeError(absl::StatusCode::kFailedPrecondition, "NOT_AT_REST",
                           "constants are inferred from states at rest alone");
    return out;
  }
  const optimizer::Estimate estimate =
      optimizer::EstimatePlant(*model_, states, offsets_, true, estimate_state_);
  if (!estimate.ok()) {
    out.status = Refuse(estimate);
    return out;
  }
  v1::Plant changed = plant_;
  v1::ParameterVersion* version = changed.add_parameter_versions();
  const int versions = changed.parameter_versions_size();
  version->set_version(versions > 1 ? changed.parameter_versions(versions - 2).version() + 1 : 1);
  *version->mutable_create_time() =
      TimestampOf(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  *version->mutable_state_time() = TimestampOf(latest);
  for (std::size_t p = 0; p < estimate.offsets.size(); ++p) {
    v1::ParameterOffset* offset = version->add_offsets();
    offset->set_element(model_->spec().parameters[p].element);
    offset->set_log10_k(estimate.offsets[p]);
    offset->set_sd_log10(estimate.offset_sd[p]);
    offset->set_prior_sd_log10(model_->parameter_sd()[p]);
  }
  version->set_chi_square(estimate.chi_square);
  version->set_redundancy(estimate.redundancy + static_cast<int>(estimate.offsets.size()));
  for (const auto& readings : estimate.readings) {
    for (const optimizer::Reading& reading : readings) {
      if (reading.status == optimizer::ReadingStatus::kGrossError ||
          reading.status == optimizer::ReadingStatus::kImplausible) {
        version->add_gross_errors(model_->spec().instruments[reading.instrument].quantity);
      }
    }
  }
  changed.set_parameter_version(version->version());
  out.status = store_->Update(id_, changed);
  if (!out.status.ok()) return out;
  plant_ = std::move(changed);
  TakeVersion();
  out.value = plant_;
  out.value.set_last_sequence(sequence_);
  return out;
}

absl::StatusOr<v1::Plant> LivePlant::ResetParameters(int version) {
  std::lock_guard lock(mutex_);
  const bool known =
      version == 0 ||
      std::any_of(plant_.parameter_versions().begin(), plant_.parameter_versions().end(),
                  [&](const auto& each) { return each.version() == version; });
  if (!known) {
    return MakeError(absl::StatusCode::kNotFound, "PARAMETER_VERSION_NOT_FOUND",
                     absl::StrCat("there is no version ", version, "; there are 0 to ",
                                  plant_.parameter_versions_size()));
  }
  v1::Plant changed = plant_;
  changed.set_parameter_version(version);
  RAFFINATE_RETURN_IF_ERROR(store_->Update(id_, changed));
  plant_ = std::move(changed);
  TakeVersion();
  changed = plant_;
  changed.set_last_sequence(sequence_);
  return changed;
}

}  // namespace raffinate::service
