// What the service needs of an engine. The real one is the optimizer
// (optimizer_engine.h); tests bring their own.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "optimizer/dynamics.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"
#include "optimizer/result.h"
#include "optimizer/run.h"

namespace raffinate::service {

/// Thread safe.
class Engine {
 public:
  virtual ~Engine() = default;

  /// What the engine knows without being told by a flowsheet.
  virtual const optimizer::Chemistry& chemistry() const = 0;

  /// Everything wrong with a flowsheet; empty when it can be used for `purpose`.
  virtual optimizer::Violations Validate(const optimizer::Flowsheet& flowsheet,
                                         optimizer::Purpose purpose) const = 0;

  /// Steady states of valid flowsheets that have only numbers, in their order,
  /// with sensitivities where they are asked for.
  virtual std::vector<optimizer::SimulationResult> Simulate(
      const std::vector<optimizer::SimulationRequest>& requests) const = 0;

  /// The transient of a flowsheet that is valid for kDynamic.
  virtual optimizer::DynamicSummary SimulateDynamic(
      const optimizer::Flowsheet& flowsheet, const optimizer::DynamicOptions& options,
      const std::function<void(const optimizer::DynamicState&)>& seen) const = 0;

  /// A search over a flowsheet that is valid for kOptimize.
  virtual absl::StatusOr<std::unique_ptr<optimizer::OptimizationRun>> CreateRun(
      const optimizer::Flowsheet& flowsheet) const = 0;
};

}  // namespace raffinate::service
