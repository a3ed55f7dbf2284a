#include <utility>

#include "optimizer/model/leaves.h"
#include "optimizer/model/validate.h"
#include "optimizer/plant/plant.h"
#include "optimizer/run.h"

namespace raffinate::optimizer {

Violations Validate(const Flowsheet& flowsheet, const Chemistry& chemistry, Purpose purpose) {
  Examination examination{flowsheet, chemistry, {}};
  CheckSizes(&examination);
  if (!examination.violations.empty()) return std::move(examination.violations);
  CheckNames(&examination);
  const bool closed = purpose != Purpose::kOptimize;
  CheckLeaves(closed, &examination);
  CheckSystems(&examination);
  CheckStreams(&examination);
  CheckMedia(&examination);
  CheckGraph(&examination);
  CheckCircuit(&examination);
  CheckProducts(&examination);
  CheckGoals(&examination);
  CheckEconomics(&examination);
  if (purpose == Purpose::kOptimize) {
    bool open = false;
    VisitLeaves(flowsheet,
                [&open](const auto& leaf, const Bounds&, const auto&) { open |= IsOpen(leaf); });
    if (!open) {
      examination.Add("circuits",
                      "nothing is left open; write a range or choices where there is something to "
                      "decide, or simulate this flowsheet");
    }
    if (flowsheet.products.empty()) {
      examination.Add("products", "none found; an optimization needs at least one product");
    }
  }
  if (purpose == Purpose::kDynamic && !flowsheet.dynamics) {
    examination.Add("dynamics",
                    "missing; a transient needs the residence times of mixer and settler, until "
                    "and every");
  }
  CheckDynamics(closed, &examination);
  // Flows can only be solved where everything else is right.
  if (const Graph graph(flowsheet); closed && examination.violations.empty() && !graph.alone()) {
    Plant plant;
    if (auto wrong = MakePlant(flowsheet, chemistry, graph, &plant); !wrong.empty()) {
      examination.Add("circuits", wrong);
    }
  }
  return std::move(examination.violations);
}

}  // namespace raffinate::optimizer
