#include "service/convert/setpoints.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/convert/flowsheet.h"
#include "service/convert/path.h"
#include "service/convert/simulation.h"
#include "service/file/scalar.h"

namespace raffinate::service {
namespace {

template <class Optional>
void Take(bool has, double value, const std::string& path, Optional* to,
          optimizer::Violations* violations) {
  if (has && CheckFinite(value, path, violations)) *to = value;
}

/// `value` in `unit`, in the quantity's own unit.
bool ToOwnUnit(const optimizer::Quantity& quantity, const optimizer::PlantModel& model,
               const std::string& unit, double value, double* own, std::string* error) {
  *own = value;
  if (unit.empty() || unit == quantity.unit) return true;
  ElementMasses masses;
  if (const auto element = model.chemistry().elements.find(quantity.element);
      element != model.chemistry().elements.end()) {
    masses[quantity.element] = {element->second.mass, element->second.oxide_mass};
  }
  const NumberFormat format{.unit = quantity.unit, .bare = true, .element = quantity.element};
  return ParseNumber(absl::StrCat(ShortestDouble(value), " ", unit), format, masses, own, error);
}

v1::Reading::Status StatusOf(optimizer::ReadingStatus status) {
  switch (status) {
    case optimizer::ReadingStatus::kUsed:
      return v1::Reading::USED;
    case optimizer::ReadingStatus::kMissing:
      return v1::Reading::MISSING;
    case optimizer::ReadingStatus::kStale:
      return v1::Reading::STALE;
    case optimizer::ReadingStatus::kBadQuality:
      return v1::Reading::BAD_QUALITY;
    case optimizer::ReadingStatus::kImplausible:
      return v1::Reading::IMPLAUSIBLE;
    case optimizer::ReadingStatus::kGrossError:
      return v1::Reading::GROSS_ERROR;
    case optimizer::ReadingStatus::kNotAtRest:
      return v1::Reading::NOT_AT_REST;
    case optimizer::ReadingStatus::kRegistered:
      return v1::Reading::REGISTERED;
  }
  return v1::Reading::STATUS_UNSPECIFIED;
}

v1::AdvisedSetpoint::Limit LimitOf(optimizer::SetpointLimit limit) {
  switch (limit) {
    case optimizer::SetpointLimit::kNone:
      return v1::AdvisedSetpoint::LIMIT_UNSPECIFIED;
    case optimizer::SetpointLimit::kOperatingMin:
      return v1::AdvisedSetpoint::OPERATING_MIN;
    case optimizer::SetpointLimit::kOperatingMax:
      return v1::AdvisedSetpoint::OPERATING_MAX;
    case optimizer::SetpointLimit::kMoveMin:
      return v1::AdvisedSetpoint::MOVE_DOWN;
    case optimizer::SetpointLimit::kMoveMax:
      return v1::AdvisedSetpoint::MOVE_UP;
  }
  return v1::AdvisedSetpoint::LIMIT_UNSPECIFIED;
}

}  // namespace

double SecondsOf(const google::protobuf::Timestamp& time) {
  return static_cast<double>(time.seconds()) + 1e-9 * time.nanos();
}

google::protobuf::Timestamp TimestampOf(double seconds) {
  google::protobuf::Timestamp time;
  // To the microsecond, beyond which a double of today does not tell.
  const auto micros = static_cast<std::int64_t>(std::llround(seconds * 1e6));
  time.set_seconds(micros / 1000000);
  time.set_nanos(static_cast<std::int32_t>(micros % 1000000 * 1000));
  return time;
}

optimizer::Violations FromProto(const v1::Plant& plant, optimizer::PlantSpec* spec) {
  optimizer::Violations violations;
  if (!plant.has_flowsheet()) violations.push_back({"flowsheet", "is missing; it is needed"});
  for (optimizer::Violation& violation : FromProto(plant.flowsheet(), &spec->flowsheet)) {
    violation.field = Sub("flowsheet", violation.field);
    violations.push_back(std::move(violation));
  }
  for (int k = 0; k < plant.moves_size(); ++k) {
    const v1::MoveLimit& move = plant.moves(k);
    const std::string at = Sub("", "moves", k);
    optimizer::MoveLimit& out = spec->moves.emplace_back();
    out.setpoint = move.setpoint();
    Take(move.has_per_advice(), move.per_advice(), at + ".per_advice", &out.per_advice,
         &violations);
    Take(move.has_per_hour(), move.per_hour(), at + ".per_hour", &out.per_hour, &violations);
  }
  for (int k = 0; k < plant.instruments_size(); ++k) {
    const v1::Instrument& instrument = plant.instruments(k);
    const std::string at = Sub("", "instruments", k);
    optimizer::Instrument& out = spec->instruments.emplace_back();
    out.quantity = instrument.quantity();
    Take(instrument.has_sd(), instrument.sd(), at + ".sd", &out.sd, &violations);
    Take(instrument.has_relative_sd(), instrument.relative_sd(), at + ".relative_sd",
         &out.relative_sd, &violations);
    Take(true, instrument.max_age_h(), at + ".max_age_h", &out.max_age_h, &violations);
    Take(instrument.has_min(), instrument.min(), at + ".min", &out.min, &violations);
    Take(instrument.has_max(), instrument.max(), at + ".max", &out.max, &violations);
    out.optional = instrument.optional();
  }
  for (int k = 0; k < plant.parameters_size(); ++k) {
    const v1::PlantParameter& parameter = plant.parameters(k);
    optimizer::PlantParameter& out = spec->parameters.emplace_back();
    out.element = parameter.element();
    Take(parameter.has_sd_log10(), parameter.sd_log10(), Sub("", "parameters", k) + ".sd_log10",
         &out.sd, &violations);
  }
  Take(true, plant.demand_margin(), "demand_margin", &spec->demand_margin, &violations);
  if (plant.interval_h() != 0) {
    Take(true, plant.interval_h(), "interval_h", &spec->interval_h, &violations);
  }
  return violations;
}

optimizer::Violations FromProto(const v1::MeasuredState& proto, const optimizer::PlantModel& model,
                                optimizer::MeasuredState* state) {
  optimizer::Violations violations;
  state->time_s = SecondsOf(proto.time());
  state->at_rest = proto.at_rest();
  const auto convert = [&](const std::string& name, const std::string& unit, double value,
                           const std::string& path) {
    double own = value;
    const int q = optimizer::FindQuantity(model.quantities(), name);
    std::string error;
    if (q >= 0 && std::isfinite(value) &&
        !ToOwnUnit(model.quantities()[q], model, unit, value, &own, &error)) {
      violations.push_back({path + ".unit", error});
    }
    return own;
  };
  for (int k = 0; k < proto.present_size(); ++k) {
    const v1::SetpointValue& present = proto.present(k);
    state->present.push_back({present.setpoint(), convert(present.setpoint(), present.unit(),
                                                          present.value(), Sub("", "present", k))});
  }
  for (int k = 0; k < proto.measurements_size(); ++k) {
    const v1::Measurement& measurement = proto.measurements(k);
    const std::string at = Sub("", "measurements", k);
    optimizer::Measurement out;
    out.quantity = measurement.quantity();
    out.value = convert(out.quantity, measurement.unit(), measurement.value(), at);
    out.time_s = SecondsOf(measurement.time());
    switch (measurement.quality()) {
      case v1::Measurement::QUALITY_UNSPECIFIED:
      case v1::Measurement::GOOD:
        break;
      case v1::Measurement::UNCERTAIN:
        out.quality = optimizer::Measurement::Quality::kUncertain;
        break;
      case v1::Measurement::BAD:
        out.quality = optimizer::Measurement::Quality::kBad;
        break;
      default:
        UnknownEnum(measurement.quality(), at + ".quality", "GOOD, UNCERTAIN, BAD", &violations);
    }
    state->measurements.push_back(std::move(out));
  }
  return Merge(std::move(violations), optimizer::CheckState(model, *state));
}

void ListQuantities(const optimizer::PlantModel& model, v1::Plant* plant) {
  plant->clear_quantities();
  for (const optimizer::Quantity& quantity : model.quantities()) {
    v1::PlantQuantity* out = plant->add_quantities();
    out->set_name(quantity.name);
    out->set_unit(quantity.unit);
    out->set_field(quantity.path);
    out->set_setpoint(quantity.setpoint);
    if (!quantity.setpoint) continue;
    out->set_min(quantity.range.min);
    out->set_max(quantity.range.max);
  }
}

v1::SetpointAdvice ToProto(const optimizer::PlantModel& model, const optimizer::Advice& advice,
                           const std::vector<optimizer::Reading>& readings,
                           const optimizer::AdviceValidity& validity, double time_s) {
  v1::SetpointAdvice out;
  *out.mutable_time() = TimestampOf(time_s);
  for (const optimizer::AdvisedSetpoint& setpoint : advice.setpoints) {
    const optimizer::Quantity& quantity = model.quantities()[setpoint.quantity];
    v1::AdvisedSetpoint* to = out.add_setpoints();
    to->set_setpoint(quantity.name);
    to->set_value(setpoint.value);
    to->set_unit(quantity.unit);
    to->set_present(setpoint.present);
    to->set_min(setpoint.lower);
    to->set_max(setpoint.upper);
    to->set_active_limit(LimitOf(setpoint.active));
    to->set_price(setpoint.price);
  }
  out.set_feasible(advice.feasible);
  for (std::size_t k = 0; k < advice.demands.size(); ++k) {
    const optimizer::AdvisedDemand& demand = advice.demands[k];
    const optimizer::PlantDemand& of = model.demands()[k];
    v1::AdvisedDemand* to = out.add_demands();
    to->set_figure(of.figure->name);
    to->set_product(of.product);
    to->set_unit(of.figure->unit);
    to->set_at_least(of.at_least);
    to->set_limit(of.limit);
    to->set_sought(of.advised);
    to->set_value(demand.value);
    if (advice.present_solved) to->set_present_value(demand.present);
    to->set_met(demand.met);
    to->set_active(demand.active);
    to->set_violation(demand.violation);
    to->set_price(demand.price);
    to->set_price_per_percent(demand.price_per_percent);
    to->set_violation_price(demand.violation_price);
    to->mutable_derivatives()->Add(advice.gradients[k + 1].begin(), advice.gradients[k + 1].end());
  }
  if (advice.costliest_demand >= 0) out.set_costliest_demand(advice.costliest_demand);
  out.set_objective(model.objective().figure);
  out.set_objective_product(model.objective().product);
  out.set_objective_unit(optimizer::FindFigure(model.objective().figure)->unit);
  out.set_objective_value(advice.objective);
  out.mutable_objective_derivatives()->Add(advice.gradients[0].begin(), advice.gradients[0].end());
  if (advice.present_solved) {
    out.set_present_objective_value(advice.present_objective);
    const double cost = advice.present_objective - advice.objective;
    out.set_cost_of_present(model.objective().direction == optimizer::Direction::kMaximize ? -cost
                                                                                           : cost);
  }
  out.set_violation(advice.violation);
  out.set_present_violation(advice.present_violation);
  *out.mutable_figures() = ToProto(advice.point.figures);
  // The ratios to the theoretical minimum are not computed here.
  out.mutable_figures()->clear_minimum();
  for (const optimizer::Flag& flag : advice.flags) *out.add_flags() = ToProto(flag);
  for (const optimizer::Reading& reading : readings) {
    const std::string& name = model.spec().instruments[reading.instrument].quantity;
    const optimizer::Quantity& quantity =
        model.quantities()[optimizer::FindQuantity(model.quantities(), name)];
    v1::Reading* to = out.add_readings();
    to->set_quantity(name);
    to->set_unit(quantity.unit);
    to->set_status(StatusOf(reading.status));
    if (std::isfinite(reading.measured)) {
      to->set_measured(reading.measured);
      *to->mutable_time() = TimestampOf(reading.time_s);
    }
    if (std::isfinite(reading.estimate)) to->set_estimate(reading.estimate);
    to->set_estimate_sd(reading.estimate_sd);
    to->set_normalized_residual(reading.normalized_residual);
  }
  *out.mutable_valid_until() = TimestampOf(validity.until_s);
  out.set_valid_until_reason(validity.reason);
  out.set_converged(advice.converged);
  out.set_simulations(advice.simulations);
  return out;
}

}  // namespace raffinate::service
