// From a flowsheet to its Pareto set: what the service runs as a job.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "optimizer/result.h"
#include "optimizer/search/search.h"

namespace raffinate::optimizer {

/// Everything that is wrong with `flowsheet`; empty when it can be simulated
/// (`kSimulate`: no leaf may be open), optimized (`kOptimize`: at least one
/// open leaf and one product), simulated in time (`kDynamic`: no leaf may be
/// open, and `dynamics` is there) or tested on scenarios (`kTest`: no leaf may be
/// open, and something is uncertain).
enum class Purpose { kSimulate, kOptimize, kDynamic, kTest };
Violations Validate(const Flowsheet& flowsheet, const Chemistry& chemistry, Purpose purpose);

/// Scenarios on which a design is tested: independent draws.
struct ScenarioTest {
  int count = 0;  ///< 1 to kMostTested
  long long seed = 1;
};
inline constexpr int kMostTested = 100000;

struct SimulationRequest {
  Flowsheet flowsheet;         ///< only numbers, and valid
  bool sensitivities = false;  ///< also the derivatives of the figures
  /// Also how it does where what is uncertain comes out otherwise.
  std::optional<ScenarioTest> scenarios = std::nullopt;
  /// Where it becomes true nobody waits for the scenarios any more; may be null.
  std::shared_ptr<const std::atomic<bool>> cancelled = nullptr;
};

/// Steady states. Cold starts. Results in the order of the input.
std::vector<SimulationResult> Simulate(const std::vector<SimulationRequest>& requests,
                                       const Chemistry& chemistry, const kernels::Device& device);

/// An optimization. Not thread safe except for `cancel`.
class OptimizationRun {
 public:
  /// `flowsheet` must be valid for kOptimize.
  static absl::StatusOr<std::unique_ptr<OptimizationRun>> Create(const Flowsheet& flowsheet,
                                                                 const Chemistry& chemistry,
                                                                 const kernels::Device& device);
  virtual ~OptimizationRun() = default;

  /// One generation; false when ended. Wall time limits are the caller's.
  virtual bool Step(const std::atomic<bool>& cancel) = 0;
  virtual const SearchProgress& progress() const = 0;
  virtual const std::string& stop_reason() const = 0;

  /// Objective values of the present Pareto set in the units of the figures
  /// (not negated), one row per member.
  virtual std::vector<std::vector<double>> ParetoObjectives() const = 0;

  /// The Pareto set as flowsheets with only numbers, each simulated again from
  /// a cold start on its own, so that what is reported is what a simulation of
  /// that flowsheet gives. Members whose cold solution no longer meets the
  /// demands within 1e-9 are left out. With `scenarios`, each is tested on five times as many,
  /// independent ones, and left out where it does not meet its demands there.
  virtual std::vector<SimulationResult> Finish() = 0;

  virtual std::string Checkpoint() const = 0;
  virtual absl::Status Restore(const std::string& checkpoint) = 0;
};

}  // namespace raffinate::optimizer
