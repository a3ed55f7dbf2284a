#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/validate.h"
#include "optimizer/plant/plant.h"
#include "optimizer/run.h"
#include "optimizer/scenarios/draw.h"
#include "optimizer/train/size.h"
#include "optimizer/train/task.h"

namespace raffinate::optimizer {

namespace {

// A train has no circuits yet: of what is checked otherwise, what does not need them.
void ExamineTrain(Purpose purpose, Examination* examination) {
  if (purpose != Purpose::kOptimize) {
    examination->Add("train", "is yet to be designed; optimize this flowsheet first");
  }
  CheckLeaves(false, examination);
  CheckSystems(examination);
  for (Violation& violation :
       MakeTrainTask(examination->flowsheet, examination->chemistry, nullptr)) {
    examination->violations.push_back(std::move(violation));
  }
  CheckGoals(examination);
  CheckEconomics(examination);
  if (examination->flowsheet.scenarios) {
    examination->Add("scenarios",
                     "found beside a train; design the train first, then give what it finds "
                     "ranges where it may change");
  }
  if (examination->flowsheet.dynamics) {
    examination->Add("dynamics", "found beside a train; a transient needs circuits");
  }
  if (!examination->violations.empty()) return;
  // Streams, media and demands are checked where they matter: in a plant of the train.
  TrainTask task;
  MakeTrainTask(examination->flowsheet, examination->chemistry, &task);
  const StructureLimits limits = LimitsOf(*examination->flowsheet.train, task);
  std::string error;
  for (const TrainStructure& structure : FindStructures(task.mixture, limits, &error)) {
    std::vector<BlockDesign> designs;
    Flowsheet flowsheet;
    error = Size(task, structure, kUsualSectionStages, &designs);
    if (error.empty()) error = LayOut(task, structure, designs, &flowsheet);
    if (!error.empty()) continue;
    examination->violations = Validate(flowsheet, examination->chemistry, Purpose::kSimulate);
    return;
  }
  examination->Add("train", absl::StrCat("no structure can be sized: ", error));
}

}  // namespace

Violations Validate(const Flowsheet& flowsheet, const Chemistry& chemistry, Purpose purpose) {
  Examination examination{flowsheet, chemistry, {}};
  CheckSizes(&examination);
  if (!examination.violations.empty()) return std::move(examination.violations);
  CheckNames(&examination);
  const bool closed = purpose != Purpose::kOptimize;
  if (flowsheet.train) {
    ExamineTrain(purpose, &examination);
    return std::move(examination.violations);
  }
  CheckLeaves(closed, &examination);
  CheckSystems(&examination);
  CheckStreams(&examination);
  CheckMedia(&examination);
  CheckGraph(&examination);
  CheckCircuit(&examination);
  CheckProducts(&examination);
  CheckGoals(&examination);
  CheckEconomics(&examination);
  CheckScenarios(&examination);
  if ((flowsheet.scenarios || purpose == Purpose::kTest) && examination.violations.empty() &&
      Uncertainty(flowsheet, chemistry).empty()) {
    examination.Add("scenarios",
                    flowsheet.scenarios && flowsheet.scenarios->constants
                        ? "no number is uncertain and no constant states a standard error; give "
                          "one with sd or uniform, or log10_error for the constants"
                        : "nothing is uncertain; write a number with its sd, or uniform, or give "
                          "assays");
  }
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
