#include "optimizer/setpoints/simulated_plant.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kernels/circuit.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/operation.h"

namespace raffinate::optimizer {
namespace {

constexpr double kSecondsPerHour = 3600;
/// Masses that left are summed at least this often.
constexpr double kCountEvery = 0.05;  // [h]

/// Whether the value comes from a laboratory.
bool IsAssay(const Quantity& quantity) { return quantity.unit == "mol/L"; }

}  // namespace

SimulatedPlant::SimulatedPlant(const PlantModel& model, const SimulatedPlantOptions& options,
                               double time_s)
    : model_(model), options_(options), start_s_(time_s), random_(options.seed) {}

absl::StatusOr<std::unique_ptr<SimulatedPlant>> SimulatedPlant::Create(
    const PlantModel& model, const SimulatedPlantOptions& options, const PlantInputs& inputs,
    double time_s) {
  auto plant = std::unique_ptr<SimulatedPlant>(new SimulatedPlant(model, options, time_s));
  for (std::size_t i = 0; i < model.spec().instruments.size(); ++i) {
    plant->drift_sign_.push_back((plant->random_() & 1) != 0 ? 1 : -1);
  }
  if (absl::Status status = plant->Lay(inputs); !status.ok()) return status;
  kernels::Cascade cascade;
  if (const std::string wrong = kernels::Assemble(plant->built_->circuit, &cascade);
      !wrong.empty()) {
    return absl::FailedPreconditionError(wrong);
  }
  std::vector<kernels::Holdup> holdups;
  for (const kernels::StageFlows& f : cascade.flows) {
    const StageVolumes volumes = VolumesOf(f);
    holdups.push_back({options.mixer_h * volumes.aqueous, options.mixer_h * volumes.organic,
                       options.settler_h * volumes.aqueous, options.settler_h * volumes.organic});
  }
  SimulatedPlant* self = plant.get();
  plant->transient_ = std::make_unique<kernels::Transient>(
      plant->built_->circuit, holdups, [self](double, kernels::Circuit* circuit) {
        Between(self->built_->circuit, self->built_->circuit, 0, circuit);
      });
  if (plant->transient_->problem().empty()) plant->transient_->StartSteady(0);
  if (!plant->transient_->problem().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the simulated plant could not start: ", plant->transient_->problem()));
  }
  plant->samples_.push_back({time_s, plant->Truth()});
  plant->ForgetTotals();
  return plant;
}

absl::Status SimulatedPlant::Lay(const PlantInputs& inputs) {
  auto built = std::make_unique<Built>();
  Flowsheet flowsheet = model_.FlowsheetOf(inputs);
  const std::string wrong = Build(flowsheet, model_.chemistry(), built.get());
  if (!wrong.empty()) return absl::InvalidArgumentError(wrong);
  for (std::size_t p = 0; p < options_.log10_k.size(); ++p) {
    const int component = built->Component(model_.spec().parameters[p].element);
    if (component >= 0) built->circuit.components[component].log10_k += options_.log10_k[p];
  }
  inputs_ = inputs;
  flowsheet_ = std::move(flowsheet);
  built_ = std::move(built);
  return absl::OkStatus();
}

absl::Status SimulatedPlant::Set(const PlantInputs& inputs) {
  if (inputs == inputs_) return absl::OkStatus();
  if (absl::Status status = Lay(inputs); !status.ok()) return status;
  // Short steps again after the jump.
  transient_->StartFrom(transient_->state());
  if (!transient_->problem().empty()) return absl::InternalError(transient_->problem());
  return absl::OkStatus();
}

double SimulatedPlant::time_s() const {
  return start_s_ + transient_->state().time * kSecondsPerHour;
}

void SimulatedPlant::Count(double hours) {
  const Supplies supplies = SuppliesOf(*built_);
  const std::vector<kernels::Outflow> rows = transient_->Leaving();
  totals_.hours += hours;
  totals_.acid_kg += supplies.acid_kg_per_h * hours;
  totals_.base_kg += supplies.base_kmol_per_h * kMassNaOH * hours;
  const std::vector<Product>& products = flowsheet_.products;
  for (std::size_t p = 0; p < products.size(); ++p) {
    for (const Leaving& leaving : built_->leaving) {
      if (leaving.name != products[p].stream) continue;
      for (std::size_t i = 0; i < built_->components.size(); ++i) {
        collected_[p][i] += rows[leaving.row].metals[i] * hours;
      }
    }
    for (std::size_t i = 0; i < built_->components.size(); ++i) {
      if (Wants(products[p], *built_->components[i])) {
        totals_.fed_wanted[p] += supplies.fed[i] * hours;
      }
    }
    totals_.products[p] = FiguresOf(products[p], *built_, collected_[p], supplies.fed);
    double left = 0;
    for (std::size_t i = 0; i < built_->components.size(); ++i) {
      if (Wants(products[p], *built_->components[i])) left += collected_[p][i];
    }
    totals_.products[p].recovery = totals_.fed_wanted[p] > 0 ? left / totals_.fed_wanted[p] : 0;
  }
}

absl::Status SimulatedPlant::Advance(double hours) {
  const double end = transient_->state().time + hours;
  while (transient_->state().time < end) {
    const double begin = transient_->state().time;
    const std::string wrong = transient_->Advance(std::min(end, begin + kCountEvery));
    if (!wrong.empty()) return absl::InternalError(wrong);
    Count(transient_->state().time - begin);
  }
  samples_.push_back({time_s(), Truth()});
  return absl::OkStatus();
}

std::vector<double> SimulatedPlant::Truth() const {
  const std::vector<kernels::Outflow> rows = transient_->Leaving();
  std::vector<double> values;
  for (const Instrument& instrument : model_.spec().instruments) {
    const int q = FindQuantity(model_.quantities(), instrument.quantity);
    const Quantity& quantity = model_.quantities()[q];
    double value = 0;
    switch (quantity.kind) {
      case Quantity::Kind::kInput:
        value = inputs_[q];
        break;
      case Quantity::Kind::kStreamFlow:
        value = rows[quantity.row].aqueous_flow;
        break;
      case Quantity::Kind::kStreamMetal: {
        const int component = built_->Component(quantity.element);
        if (component >= 0) {
          value = rows[quantity.row].aqueous_metals[component] / rows[quantity.row].aqueous_flow;
        }
        break;
      }
      case Quantity::Kind::kStagePh:
        value = -transient_->state().profile.ln_h[quantity.stage] / std::log(10.0);
        break;
    }
    values.push_back(value);
  }
  return values;
}

MeasuredState SimulatedPlant::Show() {
  MeasuredState state;
  state.time_s = time_s();
  for (const int q : model_.setpoints()) {
    state.present.push_back({model_.quantities()[q].name, inputs_[q]});
  }
  std::normal_distribution<double> normal;
  const auto& instruments = model_.spec().instruments;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const Quantity& quantity =
        model_.quantities()[FindQuantity(model_.quantities(), instruments[i].quantity)];
    const double taken =
        state.time_s - (IsAssay(quantity) ? options_.assay_delay_h * kSecondsPerHour : 0);
    // What was so before the start is the steady state that it began with.
    const Sample* sample = &samples_.front();
    for (const Sample& each : samples_) {
      if (each.time_s <= taken + 1e-3) sample = &each;
    }
    const double value = sample->values[i];
    const double sd =
        instruments[i].sd.value_or(instruments[i].relative_sd.value_or(0) * std::fabs(value));
    const double drift = drift_sign_[i] * options_.drift_per_day *
                         (std::max(sample->time_s, start_s_) - start_s_) / (24 * kSecondsPerHour);
    Measurement measurement;
    measurement.quantity = quantity.name;
    measurement.value = value + sd * (options_.noise * normal(random_) + drift);
    if (quantity.kind != Quantity::Kind::kStagePh) {
      measurement.value = std::max(0.0, measurement.value);
    }
    measurement.time_s = std::min(state.time_s, std::max(sample->time_s, taken));
    state.measurements.push_back(measurement);
  }
  return state;
}

std::vector<ProductFigures> SimulatedPlant::Products() const {
  const std::vector<kernels::Outflow> rows = transient_->Leaving();
  const Supplies supplies = SuppliesOf(*built_);
  std::vector<ProductFigures> figures;
  for (const Product& product : flowsheet_.products) {
    std::vector<double> leaving(built_->components.size(), 0.0);
    for (const Leaving& each : built_->leaving) {
      if (each.name == product.stream) leaving = rows[each.row].metals;
    }
    figures.push_back(FiguresOf(product, *built_, leaving, supplies.fed));
  }
  return figures;
}

void SimulatedPlant::ForgetTotals() {
  totals_ = PlantTotals();
  totals_.products.resize(flowsheet_.products.size());
  totals_.fed_wanted.assign(flowsheet_.products.size(), 0.0);
  collected_.assign(flowsheet_.products.size(),
                    std::vector<double>(built_->components.size(), 0.0));
}

}  // namespace raffinate::optimizer
