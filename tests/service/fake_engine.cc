#include "tests/service/fake_engine.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace raffinate::service {

void FakeEngine::Pace::AllowSteps(int count) {
  std::lock_guard lock(mutex_);
  allowed_ += count;
  changed_.notify_all();
}

void FakeEngine::Pace::AllowAllSteps() {
  std::lock_guard lock(mutex_);
  allowed_ = std::numeric_limits<int>::max() / 2;
  changed_.notify_all();
}

void FakeEngine::Pace::HoldSimulations(bool hold) {
  std::lock_guard lock(mutex_);
  hold_simulations_ = hold;
  changed_.notify_all();
}

void FakeEngine::Pace::AwaitSteps(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ >= count; });
}

void FakeEngine::Pace::AwaitHeldSimulations(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_simulations_ >= count; });
}

std::vector<std::size_t> FakeEngine::Pace::batches() const {
  std::lock_guard lock(mutex_);
  return batches_;
}

bool FakeEngine::Pace::EnterStep(const std::atomic<bool>& cancel) {
  std::unique_lock lock(mutex_);
  // The flag has nobody to notify; a real engine polls it as well.
  while (allowed_ == 0 && !cancel) changed_.wait_for(lock, std::chrono::milliseconds(1));
  if (cancel) return false;
  --allowed_;
  return true;
}

void FakeEngine::Pace::LeaveStep() {
  std::lock_guard lock(mutex_);
  ++ended_;
  changed_.notify_all();
}

void FakeEngine::Pace::EnterSimulation(std::size_t size) {
  std::unique_lock lock(mutex_);
  ++held_simulations_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !hold_simulations_; });
  --held_simulations_;
  batches_.push_back(size);
}

namespace {

std::uint64_t Mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

class FakeRun final : public optimizer::OptimizationRun {
 public:
  FakeRun(optimizer::Flowsheet flowsheet, std::shared_ptr<FakeEngine::Pace> pace)
      : flowsheet_(std::move(flowsheet)),
        pace_(std::move(pace)),
        hash_(Mix(static_cast<std::uint64_t>(flowsheet_.search.seed))) {}

  bool Step(const std::atomic<bool>& cancel) override {
    const auto limit =
        flowsheet_.search.max_evaluations > 0 ? flowsheet_.search.max_evaluations : 100;
    if (progress_.evaluations >= limit) {
      stop_reason_ = "evaluations";
      return false;
    }
    if (!pace_->EnterStep(cancel)) return true;
    if (flowsheet_.name == "throw") throw std::runtime_error("a fake accident");
    hash_ = Mix(hash_);
    members_.push_back(hash_);
    if (members_.size() > 8) members_.erase(members_.begin());
    ++progress_.generations;
    Count();
    pace_->LeaveStep();
    return true;
  }

  const optimizer::SearchProgress& progress() const override { return progress_; }
  const std::string& stop_reason() const override { return stop_reason_; }

  std::vector<std::vector<double>> ParetoObjectives() const override {
    std::vector<std::vector<double>> out;
    for (auto member : members_) out.push_back({static_cast<double>(member % 1000) / 1000, 1});
    return out;
  }

  std::vector<optimizer::SimulationResult> Finish() override {
    std::vector<optimizer::SimulationResult> out;
    for (auto member : members_) {
      auto& result = out.emplace_back();
      result.flowsheet = flowsheet_;
      result.figures.acid_kg_per_t_reo = static_cast<double>(member % 1000003);
      result.streams.push_back({.name = "raffinate",
                                .role = "outlet",
                                .flow_m3_per_h = 1,
                                .metals = {},
                                .free_acid_mol_per_l = 0,
                                .chloride_mol_per_l = 0,
                                .free_dimer_mol_per_l = 0});
      result.stages.resize(2);
      result.convergence.converged = true;
    }
    return out;
  }

  std::string Checkpoint() const override {
    std::ostringstream out;
    out << "fake " << progress_.generations << ' ' << hash_;
    for (auto member : members_) out << ' ' << member;
    return out.str();
  }

  absl::Status Restore(const std::string& checkpoint) override {
    std::istringstream in(checkpoint);
    std::string magic;
    if (!(in >> magic >> progress_.generations >> hash_) || magic != "fake") {
      return absl::DataLossError("no fake checkpoint");
    }
    members_.clear();
    for (std::uint64_t member; in >> member;) members_.push_back(member);
    Count();
    return absl::OkStatus();
  }

 private:
  void Count() {
    progress_.evaluations = FakeEngine::kPopulation * progress_.generations;
    progress_.pareto_size = static_cast<int>(members_.size());
    progress_.hypervolume = 1 - 1.0 / (1 + progress_.generations);
    progress_.converged_share = 1;
  }

  optimizer::Flowsheet flowsheet_;
  std::shared_ptr<FakeEngine::Pace> pace_;
  std::uint64_t hash_;
  std::vector<std::uint64_t> members_;
  optimizer::SearchProgress progress_;
  std::string stop_reason_;
};

FakeEngine::FakeEngine(std::shared_ptr<Pace> pace) : pace_(std::move(pace)) {
  for (const char* name : {"Cyanex272-HCl", "D2EHPA-HCl", "P507-HCl"}) {
    auto& system = chemistry_.systems[name];
    system.name = name;
    system.constants.push_back({.element = "Nd",
                                .log10_k = 1.5,
                                .dimers = std::nullopt,
                                .d = std::nullopt,
                                .beta = std::nullopt,
                                .provenance = optimizer::Provenance::kMeasured,
                                .source = "a test"});
  }
  chemistry_.elements["Pr"].symbol = "Pr";
  chemistry_.elements["Nd"].symbol = "Nd";
  for (auto& [symbol, element] : chemistry_.elements) element.charge = 3;
  auto& feed = chemistry_.feeds["magnet"];
  feed.name = "magnet";
  feed.mol_per_l = {{"Nd", 0.5}, {"Pr", 0.1}};
}

optimizer::Violations FakeEngine::Validate(const optimizer::Flowsheet& flowsheet,
                                           optimizer::Purpose purpose) const {
  optimizer::Violations out;
  if (flowsheet.name.empty()) out.push_back({"name", "is empty; a name is needed"});
  if (purpose == optimizer::Purpose::kOptimize && flowsheet.products.empty()) {
    out.push_back({"products", "is empty; at least one product is needed"});
  }
  return out;
}

std::vector<optimizer::SimulationResult> FakeEngine::Simulate(
    const std::vector<optimizer::SimulationRequest>& requests) const {
  pace_->EnterSimulation(requests.size());
  std::vector<optimizer::SimulationResult> out;
  for (const auto& request : requests) {
    auto& result = out.emplace_back();
    result.flowsheet = request.flowsheet;
    for (const auto& circuit : request.flowsheet.circuits) {
      for (const auto& section : circuit.sections) {
        if (const int* stages = std::get_if<int>(&section.stages)) result.figures.stages += *stages;
      }
    }
    result.convergence.converged = true;
    if (request.sensitivities) {
      result.sensitivities =
          optimizer::Sensitivities{.levers = {{"circuits[0].organic.flow_m3_per_h", 10, "m3/h"}},
                                   .figures = {{"organic", "", 10, "m3/h", {1}}}};
    }
  }
  return out;
}

optimizer::DynamicSummary FakeEngine::SimulateDynamic(
    const optimizer::Flowsheet& flowsheet, const optimizer::DynamicOptions& options,
    const std::function<void(const optimizer::DynamicState&)>& seen) const {
  if (flowsheet.name == "throw") throw std::runtime_error("a fake accident");
  optimizer::DynamicSummary summary;
  summary.flowsheet = flowsheet;
  for (int k = 0; k * flowsheet.dynamics->every <= flowsheet.dynamics->until; ++k) {
    if (!pace_->EnterStep(*options.cancel)) return summary;
    optimizer::DynamicState state;
    state.time_h = summary.end_time_h = k * flowsheet.dynamics->every;
    if (options.stages) state.stages.resize(2);
    seen(state);
    ++summary.steps;
    pace_->LeaveStep();
  }
  summary.complete = true;
  return summary;
}

absl::StatusOr<std::unique_ptr<optimizer::OptimizationRun>> FakeEngine::CreateRun(
    const optimizer::Flowsheet& flowsheet) const {
  if (flowsheet.name == "fail") return absl::InternalError("a fake failure");
  return std::make_unique<FakeRun>(flowsheet, pace_);
}

v1::Flowsheet FakeFlowsheet(const std::string& name, std::int64_t evaluations, std::int64_t seed) {
  v1::Flowsheet out;
  out.set_name(name);
  auto* circuit = out.add_circuits();
  circuit->mutable_extractant()->mutable_system()->set_value("P507-HCl");
  circuit->mutable_extractant()->mutable_concentration_mol_per_l()->set_value(1);
  circuit->mutable_organic()->mutable_flow_m3_per_h()->set_value(10);
  auto* section = circuit->add_sections();
  section->set_name("extraction");
  section->mutable_stages()->set_value(12);
  auto* product = out.add_products();
  product->set_name("Nd");
  product->set_stream("strip liquor");
  product->add_elements("Nd");
  out.mutable_search()->set_max_evaluations(evaluations);
  out.mutable_search()->set_seed(seed);
  return out;
}

}  // namespace raffinate::service
