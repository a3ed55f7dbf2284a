#include "optimizer/setpoints/validity.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace raffinate::optimizer {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kSeen = 3;  ///< standard deviations

double SdOf(const std::vector<Reading>& readings, const PlantModel& model, int quantity) {
  for (const Reading& reading : readings) {
    const Instrument& instrument = model.spec().instruments[reading.instrument];
    if (instrument.quantity == model.quantities()[quantity].name) return reading.sd;
  }
  return 0;
}

}  // namespace

std::vector<int> DriftInputs(const PlantModel& model) {
  std::vector<int> out;
  for (const Instrument& instrument : model.spec().instruments) {
    const int q = FindQuantity(model.quantities(), instrument.quantity);
    const Quantity& quantity = model.quantities()[q];
    if (quantity.kind == Quantity::Kind::kInput && !quantity.setpoint) out.push_back(q);
  }
  return out;
}

AdviceValidity ValidUntil(const PlantModel& model, double time_s,
                          const std::vector<Reading>& readings, const PlantInputs& inputs,
                          const PastInputs& past, const Advice& advice,
                          const std::vector<int>& drift_inputs) {
  AdviceValidity validity;
  validity.until_s = std::numeric_limits<double>::infinity();
  for (const Reading& reading : readings) {
    const Instrument& instrument = model.spec().instruments[reading.instrument];
    const int q = FindQuantity(model.quantities(), instrument.quantity);
    if (reading.status != ReadingStatus::kUsed || instrument.optional ||
        model.quantities()[q].kind != Quantity::Kind::kInput) {
      continue;
    }
    const double stale = reading.time_s + instrument.max_age_h * kSecondsPerHour;
    if (stale < validity.until_s) {
      validity.until_s = stale;
      validity.reason = absl::StrCat("the measurement of ", instrument.quantity, " becomes stale");
    }
  }
  if (!std::isfinite(validity.until_s)) {
    validity.until_s = time_s + model.spec().interval_h * kSecondsPerHour;
    validity.reason = "nothing needed is measured: the interval of the plant";
  }
  if (past.time_s <= 0 || past.time_s >= time_s) return validity;
  for (std::size_t k = 0; k < advice.demands.size(); ++k) {
    if (!advice.demands[k].met) continue;
    double rate = 0;  // of the scaled demand [per s]
    for (std::size_t i = 0; i < drift_inputs.size(); ++i) {
      const int q = drift_inputs[i];
      const double change = inputs[q] - past.inputs[q];
      if (std::fabs(change) <= kSeen * std::sqrt(2.0) * SdOf(readings, model, q)) continue;
      rate += advice.demands_by_input[k][i] * change / (time_s - past.time_s);
    }
    const PlantDemand& demand = model.demands()[k];
    // From the margin to the demand itself, as the scaled demand counts it.
    const double margin =
        demand.advised == demand.limit ? 0 : -std::log10(1 - model.spec().demand_margin);
    const double spare = advice.point.demands[k] + margin;
    if (!(rate < 0) || !(spare > 0)) continue;
    const double missed = time_s + spare / -rate;
    if (missed < validity.until_s) {
      validity.until_s = missed;
      validity.reason = absl::StrCat(
          demand.figure->name, demand.product.empty() ? "" : absl::StrCat(" of ", demand.product),
          " is missed if the inputs go on changing as measured");
    }
  }
  return validity;
}

}  // namespace raffinate::optimizer
