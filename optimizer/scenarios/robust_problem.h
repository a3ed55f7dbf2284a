// A flowsheet with open leaves, judged over scenarios.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "optimizer/flowsheet_problem.h"
#include "optimizer/scenarios/aggregate.h"
#include "optimizer/scenarios/draw.h"
#include "optimizer/scenarios/solve.h"

namespace raffinate::optimizer {

/// Every candidate is solved as FlowsheetProblem does, and from that profile in the scenarios, the
/// same for all. One that misses its demands in more of the first few than are allowed of all is
/// left there; its violation is then between 1 and 2, otherwise below 1.
class RobustProblem : public FlowsheetProblem {
 public:
  /// `flowsheet` must be valid for kOptimize and have `scenarios`.
  RobustProblem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                const kernels::Device& device);

  // Its requirements are the demands, each in the statistic of `scenarios`: less than all at once,
  // which is the violation, and a way there.
  /// In scenarios flows are others.
  bool foresees() const override { return false; }
  /// Quantiles of scenarios have kinks, and meeting each is not meeting all at once.
  bool smooth() const override { return false; }
  bool differentiable() const override { return false; }
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override;

 private:
  Uncertainty uncertainty_;
  ScenarioSet scenarios_;
  Aggregation aggregation_;
};

/// What candidates are judged on, and the seeds: candidates and the test of what is found draw
/// from different ones.
std::size_t ScenarioCount(const Scenarios& scenarios);
long long SearchSeed(const Flowsheet& flowsheet);
long long CheckSeed(const Flowsheet& flowsheet);

}  // namespace raffinate::optimizer
