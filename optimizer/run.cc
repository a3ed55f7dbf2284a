#include "optimizer/run.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/fingerprint.h"
#include "optimizer/flowsheet_problem.h"

namespace raffinate::optimizer {
namespace {

/// Stop when a flowsheet names none.
constexpr long long kUsualEvaluations = 20000;

/// By how much a design may miss a demand that the search saw as met: what a
/// cold start may differ from a warm one.
constexpr double kDemandTolerance = 1e-9;

constexpr char kMagic[] = "raffinate-run-1\n";
constexpr std::size_t kMagicSize = sizeof kMagic - 1;
constexpr std::size_t kFingerprintSize = 16;  // hexadecimal

SearchOptions OptionsOf(const SearchSettings& settings) {
  SearchOptions options;
  options.seed = settings.seed;
  options.population = settings.population;
  options.max_evaluations = settings.max_evaluations;
  options.stagnation_generations = settings.stagnation_generations;
  const bool no_stop = settings.max_evaluations == 0 && settings.max_wall_time_s == 0 &&
                       settings.stagnation_generations == 0;
  if (no_stop) options.max_evaluations = kUsualEvaluations;
  return options;
}

bool Dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better |= a[k] < b[k];
  }
  return better;
}

class Run : public OptimizationRun {
 public:
  Run(const Flowsheet& flowsheet, const Chemistry& chemistry, const kernels::Device& device)
      : problem_(flowsheet, chemistry, device),
        fingerprint_(absl::StrCat(absl::Hex(Fingerprint(flowsheet, chemistry), absl::kZeroPad16))) {
  }

  absl::Status Start(const SearchOptions& options) {
    auto search = Search::Create(&problem_, options);
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
      objectives.push_back(problem_.goals().ToFigureUnits(candidate.objectives));
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
  FlowsheetProblem problem_;
  std::string fingerprint_;
  std::unique_ptr<Search> search_;
};

std::vector<SimulationResult> Run::Finish() {
  std::vector<SimulationRequest> designs;
  for (const Candidate& candidate : search_->Pareto()) {
    designs.push_back({problem_.decisions().Apply(candidate.genes)});
  }
  std::vector<SimulationResult> simulated =
      Simulate(designs, problem_.chemistry(), problem_.device());

  const Goals& goals = problem_.goals();
  std::vector<SimulationResult> kept;
  std::vector<std::vector<double>> objectives;
  for (SimulationResult& result : simulated) {
    if (!result.convergence.converged) continue;
    if (!goals.Misses(result.figures, kDemandTolerance).empty()) continue;
    objectives.push_back(goals.Minimized(result.figures));
    // What is left behind has not converged: out of the fallback below.
    kept.push_back(std::exchange(result, SimulationResult()));
  }
  std::vector<SimulationResult> pareto;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    // Of equals (a decision without effect, or a difference that rounding
    // removed) the first is enough.
    const bool repeated = std::find(objectives.begin(), objectives.begin() + i, objectives[i]) !=
                          objectives.begin() + i;
    const bool dominated = std::any_of(
        objectives.begin(), objectives.end(),
        [&](const std::vector<double>& other) { return Dominates(other, objectives[i]); });
    if (!dominated && !repeated) pareto.push_back(std::move(kept[i]));
  }
  if (!pareto.empty()) return pareto;

  // Nothing meets the demands: the design that comes nearest says which of them
  // is out of reach, and by how much.
  SimulationResult* nearest = nullptr;
  double least = 0;
  for (SimulationResult& result : simulated) {
    if (!result.convergence.converged) continue;
    const double violation = goals.Violation(result.figures);
    if (nearest == nullptr || violation < least) {
      nearest = &result;
      least = violation;
    }
  }
  if (nearest == nullptr) {
    // Convergence says why.
    if (simulated.size() > 1) simulated.resize(1);
    return simulated;
  }
  std::vector<std::string> missed;
  for (const Missed& miss : goals.Misses(nearest->figures, kDemandTolerance)) {
    missed.push_back(miss.message);
  }
  nearest->flags.insert(nearest->flags.begin(),
                        Flag{"DEMANDS_NOT_MET",
                             absl::StrCat("no design met every demand; this one comes nearest: ",
                                          absl::StrJoin(missed, "; ")),
                             {}});
  return {std::move(*nearest)};
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
  auto run = std::make_unique<Run>(flowsheet, chemistry, device);
  if (absl::Status status = run->Start(OptionsOf(flowsheet.search)); !status.ok()) return status;
  return run;
}

}  // namespace raffinate::optimizer
