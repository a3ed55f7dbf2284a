#include "service/local/plant_demo.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "optimizer/setpoints/simulated_plant.h"
#include "raffinate/v1/setpoints.grpc.pb.h"
#include "service/convert/setpoints.h"
#include "service/data/chemistry_data.h"

namespace raffinate::service {
namespace {

constexpr double kStart = 1767225600;  // 2026-01-01 in seconds since 1970; any time would do
constexpr int kStatesAtRest = 5;

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

v1::MeasuredState ToProto(const optimizer::MeasuredState& state, bool at_rest) {
  v1::MeasuredState out;
  *out.mutable_time() = TimestampOf(state.time_s);
  out.set_at_rest(at_rest);
  for (const optimizer::SetpointValue& present : state.present) {
    v1::SetpointValue* to = out.add_present();
    to->set_setpoint(present.setpoint);
    to->set_value(present.value);
  }
  for (const optimizer::Measurement& measurement : state.measurements) {
    v1::Measurement* to = out.add_measurements();
    to->set_quantity(measurement.quantity);
    to->set_value(measurement.value);
    *to->mutable_time() = TimestampOf(measurement.time_s);
    to->set_quality(v1::Measurement::GOOD);
  }
  return out;
}

/// The plant that is run, as its owner does not know it.
class Owner {
 public:
  Owner(const optimizer::PlantModel& model, const PlantDemoOptions& options)
      : model_(model), options_(options) {
    double sign = 1;
    for (const double sd : model.parameter_sd()) {
      log10_k_.push_back(sign * options.constants_off * sd);
      sign = -sign;
    }
  }

  absl::Status Start() {
    optimizer::SimulatedPlantOptions options;
    options.seed = options_.seed;
    options.drift_per_day = options_.drift_per_day;
    options.assay_delay_h = options_.assay_delay_h;
    options.mixer_h = options_.mixer_h;
    options.settler_h = options_.settler_h;
    options.log10_k = log10_k_;
    auto plant = optimizer::SimulatedPlant::Create(model_, options, model_.registered(), kStart);
    if (!plant.ok()) return plant.status();
    plant_ = *std::move(plant);
    totals_.products.resize(plant_->Products().size());
    return absl::OkStatus();
  }

  /// From now on; the feed as it is at this hour.
  absl::Status Set(const std::vector<double>& setpoints, double hour) {
    optimizer::PlantInputs inputs = model_.registered();
    for (std::size_t i = 0; i < setpoints.size(); ++i) inputs[model_.setpoints()[i]] = setpoints[i];
    if (hour >= options_.change_at_h) {
      for (std::size_t q = 0; q < inputs.size(); ++q) {
        const optimizer::Quantity& quantity = model_.quantities()[q];
        if (!quantity.setpoint && absl::StrContains(quantity.name, ".metals.")) {
          inputs[q] *= 1 + options_.change;
        }
      }
    }
    return plant_->Set(inputs);
  }

  absl::Status Advance(double hours) {
    if (absl::Status status = plant_->Advance(hours); !status.ok()) return status;
    const auto products = plant_->Products();
    for (std::size_t p = 0; p < products.size(); ++p) {
      PlantDemoTotals::Product& total = totals_.products[p];
      total.name = products[p].product;
      total.worst_purity = std::min(total.worst_purity, products[p].purity);
      const auto& demand = model_.spec().flowsheet.products[p].min_purity;
      if (demand && products[p].purity < *demand) total.hours_missed += hours;
    }
    return absl::OkStatus();
  }

  std::vector<double> Purities() const {
    std::vector<double> out;
    for (const auto& product : plant_->Products()) out.push_back(product.purity);
    return out;
  }

  PlantDemoTotals Totals() const {
    PlantDemoTotals out = totals_;
    const optimizer::PlantTotals& all = plant_->totals();
    out.acid_kg = all.acid_kg;
    out.base_kg = all.base_kg;
    for (std::size_t p = 0; p < out.products.size(); ++p) {
      out.products[p].purity = all.products[p].purity;
      out.products[p].recovery = all.products[p].recovery;
      out.products[p].kg = all.products[p].reo_kg_per_h;
    }
    return out;
  }

  void ForgetTotals() {
    plant_->ForgetTotals();
    totals_ = PlantDemoTotals();
    totals_.products.resize(plant_->Products().size());
  }

  v1::MeasuredState Show(bool at_rest) { return ToProto(plant_->Show(), at_rest); }
  const std::vector<double>& log10_k() const { return log10_k_; }

 private:
  const optimizer::PlantModel& model_;
  const PlantDemoOptions options_;
  std::vector<double> log10_k_;
  std::unique_ptr<optimizer::SimulatedPlant> plant_;
  PlantDemoTotals totals_;
};

class Demo {
 public:
  Demo(const optimizer::PlantModel& model, const PlantDemoOptions& options,
       v1::Setpoints::Stub* stub, std::string name)
      : model_(model),
        options_(options),
        stub_(stub),
        name_(std::move(name)),
        advised_(model, options),
        fixed_(model, options) {}

  absl::StatusOr<PlantDemo> Run(const std::function<void(const PlantDemoHour&)>& seen) {
    PlantDemo demo;
    for (const int q : model_.setpoints()) {
      demo.setpoints.push_back(model_.quantities()[q].name);
      demo.fixed.push_back(model_.quantities()[q].registered);
    }
    demo.true_log10_k = advised_.log10_k();
    for (Owner* owner : {&advised_, &fixed_}) {
      if (absl::Status status = owner->Start(); !status.ok()) return status;
    }
    if (!model_.spec().parameters.empty()) {
      if (absl::Status status = Learn(&demo); !status.ok()) return status;
    }
    grpc::ClientContext context;
    auto stream = stub_->Track(&context);
    std::vector<double> setpoints = demo.fixed;
    const double interval = model_.spec().interval_h;
    for (int k = 0; k * interval < options_.hours * (1 - 1e-9); ++k) {
      PlantDemoHour hour;
      hour.hour = k * interval;
      v1::TrackRequest request;
      if (k == 0) request.set_name(name_);
      request.set_state_sequence(k + 1);
      *request.mutable_state() = advised_.Show(/*at_rest=*/false);
      v1::TrackResponse answer;
      if (!stream->Write(request) || !stream->Read(&answer)) return FromGrpc(stream->Finish());
      if (answer.has_advice()) {
        setpoints.clear();
        for (const v1::AdvisedSetpoint& each : answer.advice().setpoints()) {
          setpoints.push_back(each.value());
        }
      } else {
        hour.held = true;
        hour.held_reason = answer.held().reason();
      }
      hour.setpoints = setpoints;
      for (auto [owner, values] :
           {std::pair(&advised_, &setpoints), std::pair(&fixed_, &demo.fixed)}) {
        if (absl::Status status = owner->Set(*values, hour.hour); !status.ok()) return status;
        if (absl::Status status = owner->Advance(interval); !status.ok()) return status;
      }
      hour.advised_purities = advised_.Purities();
      hour.fixed_purities = fixed_.Purities();
      if (seen) seen(hour);
      demo.hours.push_back(std::move(hour));
    }
    stream->WritesDone();
    if (const grpc::Status status = stream->Finish(); !status.ok()) return FromGrpc(status);
    demo.advised = advised_.Totals();
    demo.unadvised = fixed_.Totals();
    return demo;
  }

 private:
  /// Some hours at rest, by which the constants are inferred.
  absl::Status Learn(PlantDemo* demo) {
    v1::UpdateParametersRequest request;
    request.set_name(name_);
    for (int k = 0; k < kStatesAtRest; ++k) {
      for (Owner* owner : {&advised_, &fixed_}) {
        if (absl::Status status = owner->Advance(model_.spec().interval_h); !status.ok()) {
          return status;
        }
      }
      *request.add_states() = advised_.Show(/*at_rest=*/true);
    }
    for (Owner* owner : {&advised_, &fixed_}) owner->ForgetTotals();
    grpc::ClientContext context;
    v1::Plant plant;
    const grpc::Status status = stub_->UpdateParameters(&context, request, &plant);
    if (!status.ok()) return FromGrpc(status);
    demo->constants = plant.parameter_versions(plant.parameter_versions_size() - 1);
    return absl::OkStatus();
  }

  const optimizer::PlantModel& model_;
  const PlantDemoOptions options_;
  v1::Setpoints::Stub* const stub_;
  const std::string name_;
  Owner advised_, fixed_;
};

}  // namespace

absl::StatusOr<PlantDemo> RunPlantDemo(const v1::Plant& plant,
                                       const std::shared_ptr<grpc::Channel>& channel,
                                       const PlantDemoOptions& options,
                                       const std::function<void(const PlantDemoHour&)>& seen) {
  const auto stub = v1::Setpoints::NewStub(channel);
  v1::Plant registered;
  {
    grpc::ClientContext context;
    v1::CreatePlantRequest request;
    *request.mutable_plant() = plant;
    const grpc::Status status = stub->CreatePlant(&context, request, &registered);
    if (!status.ok()) return FromGrpc(status);
  }
  const auto chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) return chemistry.status();
  optimizer::PlantSpec spec;
  optimizer::Violations violations = FromProto(plant, &spec);
  const auto model = optimizer::PlantModel::Create(spec, *chemistry, &violations);
  if (model == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(violations[0].field, ": ", violations[0].description));
  }
  auto demo = Demo(*model, options, stub.get(), registered.name()).Run(seen);
  grpc::ClientContext context;
  v1::DeletePlantRequest request;
  request.set_name(registered.name());
  google::protobuf::Empty nothing;
  if (const grpc::Status status = stub->DeletePlant(&context, request, &nothing);
      !status.ok() && demo.ok()) {
    return FromGrpc(status);
  }
  return demo;
}

}  // namespace raffinate::service
