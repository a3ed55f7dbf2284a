// Designs in scenarios, as batches of the solver.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/graph.h"
#include "optimizer/result.h"
#include "optimizer/scenarios/draw.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// Draws with the constants that each of them draws.
class ScenarioSet {
 public:
  /// `chemistry` holds the flowsheet's own systems. Keeps a reference to it and to `uncertainty`.
  ScenarioSet(const Uncertainty& uncertainty, const Flowsheet& flowsheet,
              const Chemistry& chemistry, std::vector<Uncertainty::Draw> draws);

  std::size_t size() const { return draws_.size(); }
  void Apply(std::size_t scenario, Flowsheet* flowsheet) const {
    uncertainty_.Apply(draws_[scenario], flowsheet);
  }
  const Chemistry& chemistry(std::size_t scenario) const {
    return drawn_.empty() ? chemistry_ : drawn_[scenario];
  }

 private:
  const Uncertainty& uncertainty_;
  const Chemistry& chemistry_;
  std::vector<Uncertainty::Draw> draws_;
  std::vector<Chemistry> drawn_;  ///< empty where no constant varies
};

/// A design in a scenario.
struct ScenarioTask {
  const Flowsheet* design = nullptr;           ///< decided; without systems of its own
  const std::vector<double>* state = nullptr;  ///< PackAnswer of the design as it is taken to be
  std::size_t scenario = 0;
};

/// Solves all tasks and calls `visit(task, figures)` for each, on several threads; null where there
/// is no steady state. When `cancel` becomes true it returns soon, with tasks left out.
void SolveScenarios(const kernels::Device& device, const ScenarioSet& scenarios,
                    std::span<const ScenarioTask> tasks, const std::shared_ptr<const Graph>& graph,
                    const Extras& extras, const std::atomic<bool>* cancel,
                    const std::function<void(std::size_t, const Figures*)>& visit);

}  // namespace raffinate::optimizer
