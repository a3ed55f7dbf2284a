#include "optimizer/run.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/fingerprint.h"
#include "optimizer/flowsheet_problem.h"
#include "optimizer/judge.h"
#include "optimizer/scenarios/assess.h"
#include "optimizer/scenarios/robust_problem.h"
#include "optimizer/train/train_run.h"

namespace raffinate::optimizer {
namespace {

constexpr char kMagic[] = "raffinate-run-1\n";
constexpr std::size_t kMagicSize = sizeof kMagic - 1;
constexpr std::size_t kFingerprintSize = 16;  // hexadecimal

SearchOptions OptionsOf(const SearchSettings& settings) {
  SearchOptions options;
  options.seed = settings.seed;
  options.population = settings.population;
  options.islands = settings.islands;
  options.max_evaluations = settings.max_evaluations;
  options.stagnation_generations = settings.stagnation_generations;
  const bool no_stop = settings.max_evaluations == 0 && settings.max_wall_time_s == 0 &&
                       settings.stagnation_generations == 0;
  if (no_stop) options.max_evaluations = kUsualEvaluations;
  return options;
}

// Islands on the CPU are evaluated side by side, each with its share of the threads: those of one
// wait for each other less than all of them would on one island after another.
struct Crew {
  int workers = 1;
  kernels::Device each;  // what a worker computes on
};

Crew CrewOf(const kernels::Device& device, int islands) {
  Crew crew{1, device};
  if (islands == 1 || device.kind == kernels::Device::Kind::kCuda) return crew;
  const int threads =
      device.threads > 0 ? device.threads : static_cast<int>(std::thread::hardware_concurrency());
  crew.workers = std::clamp(threads, 1, islands);
  crew.each.threads = std::max(1, threads / crew.workers);
  return crew;
}

class Run : public OptimizationRun {
 public:
  Run(const Flowsheet& flowsheet, const Chemistry& chemistry, const kernels::Device& device)
      : device_(device),
        problem_(MakeProblem(flowsheet, chemistry, CrewOf(device, flowsheet.search.islands).each)),
        fingerprint_(absl::StrCat(absl::Hex(Fingerprint(flowsheet, chemistry), absl::kZeroPad16))) {
  }

  absl::Status Start(SearchOptions options) {
    const Crew crew = CrewOf(device_, options.islands);
    options.workers = crew.workers;
    options.device = crew.each;
    auto search = Search::Create(problem_.get(), options);
    if (!search.ok()) return search.status();
    search_ = *std::move(search);
    return absl::OkStatus();
  }

  bool Step(const std::atomic<bool>& cancel) override { return search_->Step(cancel); }
  const SearchProgress& progress() const override { return search_->progress(); }
  const std::string& stop_reason() const override { return search_->stop_reason(); }

  std::vector<std::vector<double>> ParetoObjectives() const override {
    std::vector<std::vector<double>> objectives;
    for (const Candidate& candidate : search_->Pareto()) {
      if (!candidate.solved || candidate.violation > 0) continue;
      objectives.push_back(problem_->goals().ToFigureUnits(candidate.objectives));
    }
    return objectives;
  }

  std::vector<SimulationResult> Finish() override;

  std::string Checkpoint() const override {
    return absl::StrCat(kMagic, fingerprint_, search_->Checkpoint());
  }

  absl::Status Restore(const std::string& checkpoint) override {
    if (checkpoint.compare(0, kMagicSize, kMagic) != 0 ||
        checkpoint.size() < kMagicSize + kFingerprintSize) {
      return absl::DataLossError("the checkpoint is damaged: it does not begin as one");
    }
    if (checkpoint.compare(kMagicSize, kFingerprintSize, fingerprint_) != 0) {
      return absl::FailedPreconditionError(
          "the checkpoint is of another flowsheet, seed or chemistry");
    }
    return search_->Restore(checkpoint.substr(kMagicSize + kFingerprintSize));
  }

 private:
  static std::unique_ptr<FlowsheetProblem> MakeProblem(const Flowsheet& flowsheet,
                                                       const Chemistry& chemistry,
                                                       const kernels::Device& device) {
    if (flowsheet.scenarios) return std::make_unique<RobustProblem>(flowsheet, chemistry, device);
    return std::make_unique<FlowsheetProblem>(flowsheet, chemistry, device);
  }

  const kernels::Device device_;
  std::unique_ptr<FlowsheetProblem> problem_;
  std::string fingerprint_;
  std::unique_ptr<Search> search_;
};

std::vector<SimulationResult> Run::Finish() {
  std::vector<SimulationRequest> designs;
  for (const Candidate& candidate : search_->Pareto()) {
    designs.push_back({problem_->decisions().Apply(candidate.genes)});
  }
  std::vector<SimulationResult> simulated = Simulate(designs, problem_->chemistry(), device_);
  const Flowsheet& flowsheet = problem_->decisions().flowsheet();
  return flowsheet.scenarios
             ? KeepRobust(flowsheet, problem_->chemistry(), device_, std::move(simulated))
             : KeepPareto(problem_->goals(), std::move(simulated));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OptimizationRun>> OptimizationRun::Create(
    const Flowsheet& flowsheet, const Chemistry& chemistry, const kernels::Device& device) {
  const Violations violations = Validate(flowsheet, chemistry, Purpose::kOptimize);
  if (!violations.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        violations[0].field, ": ", violations[0].description,
        violations.size() > 1 ? absl::StrCat(" (and ", violations.size() - 1, " more problems)")
                              : ""));
  }
  if (flowsheet.train) return CreateTrainRun(flowsheet, chemistry, device);
  auto run = std::make_unique<Run>(flowsheet, chemistry, device);
  if (absl::Status status = run->Start(OptionsOf(flowsheet.search)); !status.ok()) return status;
  return run;
}

}  // namespace raffinate::optimizer
