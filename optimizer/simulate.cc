#include "optimizer/simulate.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kernels/gradient.h"
#include "kernels/shape.h"
#include "kernels/solve.h"
#include "optimizer/model/evidence.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/minimum.h"
#include "optimizer/model/plant.h"
#include "optimizer/model/sensitivity.h"
#include "optimizer/run.h"

namespace raffinate::optimizer {
namespace {

std::string WhyNot(const Prepared& prepared, const kernels::Solution& solution) {
  if (!prepared.problem.empty()) return prepared.problem;
  const std::string where =
      solution.worst_stage < 0
          ? ""
          : absl::StrCat(", worst at stage ", solution.worst_stage + 1, " in section '",
                         prepared.built.SectionOf(solution.worst_stage), "'");
  switch (solution.status) {
    case kernels::SolveStatus::kSolved:
      return "";
    case kernels::SolveStatus::kNotConverged:
      return absl::StrFormat("no steady state found in %d iterations: residual %.3g%s",
                             solution.iterations, solution.residual, where);
    case kernels::SolveStatus::kInvalid:
      return absl::StrCat("nothing to solve: ", kernels::CheckCascade(prepared.cascade));
    case kernels::SolveStatus::kCancelled:
      return "cancelled";
  }
  return "";
}

/// The sensitivities of a batch, differentiated together.
class Gradients {
 public:
  explicit Gradients(const Chemistry& chemistry) : chemistry_(chemistry) {}

  /// Keeps references to all but `index`, that of the result.
  void Add(const Flowsheet& flowsheet, const Prepared& prepared, const kernels::Solution& solution,
           std::size_t index) {
    const Solved& solved = solved_.emplace_back(Solved{prepared.built, prepared.cascade, solution});
    const FigureGradients& figures = figures_.emplace_back(flowsheet, chemistry_, solved);
    tasks_.push_back({&solved.cascade, &solved.solution, figures.seeds()});
    index_.push_back(index);
  }

  void Finish(const kernels::Device& device, std::vector<SimulationResult>* results) const {
    std::vector<std::vector<kernels::CascadeGradient>> gradients(tasks_.size());
    kernels::Differentiate(device, tasks_, gradients);
    for (std::size_t k = 0; k < tasks_.size(); ++k) {
      (*results)[index_[k]].sensitivities = figures_[k].Finish(gradients[k]);
    }
  }

 private:
  const Chemistry& chemistry_;
  // Deques: what is in them is pointed to.
  std::deque<Solved> solved_;
  std::deque<FigureGradients> figures_;
  std::vector<kernels::GradientTask> tasks_;
  std::vector<std::size_t> index_;
};

}  // namespace

Prepared Prepare(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  Prepared prepared;
  prepared.problem = Build(flowsheet, chemistry, &prepared.built);
  if (prepared.problem.empty()) {
    prepared.problem = kernels::Assemble(prepared.built.circuit, &prepared.cascade);
  }
  return prepared;
}

SimulationResult MakeResult(const Flowsheet& flowsheet, const Prepared& prepared,
                            const kernels::Solution& solution) {
  SimulationResult result;
  result.flowsheet = flowsheet;
  result.convergence.converged =
      prepared.problem.empty() && solution.status == kernels::SolveStatus::kSolved;
  result.convergence.iterations = solution.iterations;
  result.convergence.residual = solution.residual;
  result.convergence.message = WhyNot(prepared, solution);
  if (!result.convergence.converged) return result;
  result.convergence.balance_error =
      kernels::BalanceError(prepared.built.circuit, prepared.cascade, solution);
  const Solved solved{prepared.built, prepared.cascade, solution};
  result.figures = ComputeFigures(flowsheet, solved);
  AddTheoreticalMinimum(flowsheet, solved, &result.figures);
  if (std::optional<PlantEvaluation> plant = EvaluatePlant(flowsheet, solved)) {
    result.figures.plant = plant->figures;
    result.plant = std::move(plant->report);
  }
  result.streams = ComputeStreams(flowsheet, solved);
  result.stages = ComputeStages(solved);
  result.flags = ComputeFlags(solved);
  result.evidence = ComputeEvidence(flowsheet, solved);
  return result;
}

std::vector<SimulationResult> Simulate(const std::vector<SimulationRequest>& requests,
                                       const Chemistry& chemistry, const kernels::Device& device) {
  std::vector<Prepared> prepared;
  prepared.reserve(requests.size());
  std::vector<kernels::Task> tasks;
  std::vector<std::size_t> solution_of(requests.size(), 0);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    prepared.push_back(Prepare(requests[i].flowsheet, chemistry));
    if (!prepared.back().problem.empty()) continue;
    solution_of[i] = tasks.size();
    tasks.push_back({&prepared[i].cascade, nullptr});
  }
  std::vector<kernels::Solution> solutions(tasks.size());
  kernels::Solve(device, tasks, kernels::SolveOptions(), solutions);
  std::vector<SimulationResult> results;
  results.reserve(requests.size());
  Gradients gradients(chemistry);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const bool possible = prepared[i].problem.empty();
    const kernels::Solution none;
    const kernels::Solution& solution = possible ? solutions[solution_of[i]] : none;
    results.push_back(MakeResult(requests[i].flowsheet, prepared[i], solution));
    if (requests[i].sensitivities && results.back().convergence.converged) {
      gradients.Add(requests[i].flowsheet, prepared[i], solution, i);
    }
  }
  gradients.Finish(device, &results);
  return results;
}

}  // namespace raffinate::optimizer
