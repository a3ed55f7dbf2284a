#include "optimizer/simulate.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kernels/gradient.h"
#include "kernels/shape.h"
#include "kernels/solve.h"
#include "optimizer/derivatives.h"
#include "optimizer/economics/elements.h"
#include "optimizer/model/evidence.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/minimum.h"
#include "optimizer/model/sensitivity.h"
#include "optimizer/model/warm_state.h"
#include "optimizer/parallel.h"
#include "optimizer/plant/balance.h"
#include "optimizer/plant/minimum.h"
#include "optimizer/plant/result.h"
#include "optimizer/run.h"
#include "optimizer/scenarios/assess.h"

namespace raffinate::optimizer {
namespace {

std::string WhyNot(const kernels::Solution& solution, const Built& built,
                   const kernels::Cascade& cascade) {
  const std::string where =
      solution.worst_stage < 0
          ? ""
          : absl::StrCat(", worst at stage ", solution.worst_stage + 1, " in section '",
                         built.SectionOf(solution.worst_stage), "'");
  switch (solution.status) {
    case kernels::SolveStatus::kSolved:
      return "";
    case kernels::SolveStatus::kNotConverged:
      return absl::StrFormat("no steady state found in %d iterations: residual %.3g%s",
                             solution.iterations, solution.residual, where);
    case kernels::SolveStatus::kNoSteadyState:
      return absl::StrFormat(
          "no steady state: with constant loading the organic holds all the metal that reaches "
          "stage %d in section '%s', and %.3g %% more than the feeds bring; feed more metal there, "
          "or less organic",
          solution.worst_stage + 1, built.SectionOf(solution.worst_stage), 100 * solution.residual);
    case kernels::SolveStatus::kInvalid:
      return absl::StrCat("nothing to solve: ", kernels::CheckCascade(cascade));
    case kernels::SolveStatus::kCancelled:
      return "cancelled";
  }
  return "";
}

std::string WhyNot(const Plant& plant, const PlantSolution& solution) {
  if (solution.status == kernels::SolveStatus::kSolved || solution.circuit < 0) return "";
  if (!solution.stream.empty()) {
    return absl::StrFormat(
        "the recycle by stream '%s' was not closed in %d passes: what leaves and what enters "
        "differ by %.3g of what is fed",
        solution.stream, solution.passes, solution.residual);
  }
  const std::size_t c = static_cast<std::size_t>(solution.circuit);
  return absl::StrCat(plant.names[c], ": ",
                      WhyNot(solution.circuits[c], plant.circuits[c], plant.cascades[c]));
}

void TakeEvaluation(std::optional<PlantEvaluation> evaluation, SimulationResult* result) {
  if (!evaluation) return;
  result->figures.plant = evaluation->figures;
  result->plant = std::move(evaluation->report);
}

SimulationResult PlantResult(const Flowsheet& flowsheet, const Prepared& prepared,
                             const PlantSolution& solution) {
  const Plant& plant = *prepared.plant;
  SimulationResult result;
  result.flowsheet = flowsheet;
  SolveReport& convergence = result.convergence;
  convergence.converged =
      prepared.problem.empty() && solution.status == kernels::SolveStatus::kSolved;
  convergence.message = prepared.problem.empty() ? WhyNot(plant, solution) : prepared.problem;
  convergence.recycle_iterations = solution.passes;
  convergence.recycle_residual = solution.residual;
  for (const kernels::Solution& circuit : solution.circuits) {
    convergence.iterations += circuit.iterations;
    convergence.residual = std::max(convergence.residual, circuit.residual);
  }
  if (!convergence.converged) return result;
  convergence.balance_error = PlantBalanceError(plant, solution);
  result.figures = ComputePlantFigures(flowsheet, plant, solution);
  AddPlantMinimum(flowsheet, plant, solution, &result.figures);
  TakeEvaluation(EvaluatePlant(flowsheet, plant, solution), &result);
  result.elements = ComputeElementExits(ComputePlantBalance(flowsheet, plant, solution));
  result.streams = PlantStreams(flowsheet, plant, solution);
  result.stages = PlantStages(plant, solution);
  result.flags = PlantFlags(plant, solution);
  result.evidence = PlantEvidence(flowsheet, *prepared.graph, plant, solution);
  result.circuits = PlantCircuits(plant, solution);
  return result;
}

/// The sensitivities of a batch, differentiated together.
class Gradients {
 public:
  explicit Gradients(const Chemistry& chemistry) : chemistry_(chemistry) {}

  /// Keeps references to all but `index`, that of the result.
  void Add(const Flowsheet& flowsheet, const Prepared& prepared, const kernels::Solution& solution,
           const Figures& of_result, std::size_t index) {
    const Solved& solved = solved_.emplace_back(Solved{prepared.built, prepared.cascade, solution});
    const FigureGradients& figures = figures_.emplace_back(
        flowsheet, chemistry_, solved, of_result, nullptr, EconomicGradients(flowsheet, solved));
    tasks_.push_back({&solved.cascade, &solved.solution, figures.seeds()});
    index_.push_back(index);
  }

  void Finish(const kernels::Device& device, std::vector<SimulationResult>* results) const {
    std::vector<std::vector<kernels::CascadeGradient>> gradients(tasks_.size());
    kernels::Differentiate(device, tasks_, gradients);
    for (std::size_t k = 0; k < tasks_.size(); ++k) {
      (*results)[index_[k]].sensitivities = figures_[k].Finish(std::move(gradients[k])).all;
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

Prepared Prepare(const Flowsheet& flowsheet, const Chemistry& chemistry,
                 std::shared_ptr<const Graph> graph) {
  Prepared prepared;
  prepared.graph = std::move(graph);
  if (!prepared.graph->alone()) {
    prepared.plant = std::make_unique<Plant>();
    prepared.problem = MakePlant(flowsheet, chemistry, *prepared.graph, prepared.plant.get());
    return prepared;
  }
  prepared.problem = Build(flowsheet, chemistry, &prepared.built);
  if (prepared.problem.empty()) {
    prepared.problem = kernels::Assemble(prepared.built.circuit, &prepared.cascade);
  }
  return prepared;
}

Prepared Prepare(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  return Prepare(flowsheet, chemistry, std::make_shared<Graph>(flowsheet));
}

std::vector<double> PackAnswer(const Prepared& prepared, const Answer& answer, bool composition) {
  if (prepared.plant != nullptr) return PackPlant(*prepared.plant, answer.plant);
  const std::span<const double> x = answer.circuit.x;
  return PackState(prepared.built.sections, answer.circuit.state,
                   x.first(composition ? x.size() : 0));
}

void SolveAll(const kernels::Device& device, const std::vector<Prepared*>& prepared,
              const std::vector<const std::vector<double>*>& packed,
              const std::atomic<bool>* cancel, std::vector<Answer>* answers) {
  answers->clear();
  answers->resize(prepared.size());
  kernels::SolveOptions options;
  options.cancel = cancel;
  std::vector<WarmStart> starts(packed.size());
  std::vector<PlantState> plant_states(packed.size());
  ParallelFor(device.threads, packed.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!prepared[i]->problem.empty()) continue;
      if (const Plant* plant = prepared[i]->plant.get(); plant != nullptr) {
        plant_states[i] = UnpackPlant(*packed[i], *plant);
      } else {
        starts[i] = UnpackState(*packed[i], prepared[i]->built.sections);
      }
    }
  });
  std::vector<kernels::Task> circuits;
  std::vector<PlantTask> plants;
  std::vector<std::size_t> circuit_of, plant_of;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    if (!prepared[i]->problem.empty()) continue;
    if (Plant* plant = prepared[i]->plant.get(); plant != nullptr) {
      const bool warm = !packed.empty() && !plant_states[i].circuits.empty();
      plants.push_back({plant, warm ? &plant_states[i] : nullptr});
      plant_of.push_back(i);
    } else {
      const bool warm = !packed.empty() && !starts[i].state.ln_h.empty();
      circuits.push_back({&prepared[i]->cascade, warm ? &starts[i].state : nullptr,
                          warm ? &starts[i].x : nullptr});
      circuit_of.push_back(i);
    }
  }
  std::vector<kernels::Solution> solved(circuits.size());
  kernels::Solve(device, circuits, options, solved);
  for (std::size_t k = 0; k < solved.size(); ++k) {
    (*answers)[circuit_of[k]].circuit = std::move(solved[k]);
  }
  if (plants.empty()) return;
  PlantOptions plant_options;
  plant_options.solve.cancel = cancel;
  std::vector<PlantSolution> plant_solutions(plants.size());
  SolvePlants(device, plants, plant_options, plant_solutions);
  for (std::size_t k = 0; k < plant_solutions.size(); ++k) {
    (*answers)[plant_of[k]].plant = std::move(plant_solutions[k]);
  }
}

bool IsSolved(const Prepared& prepared, const Answer& answer) {
  const kernels::SolveStatus status =
      prepared.plant != nullptr ? answer.plant.status : answer.circuit.status;
  return prepared.problem.empty() && status == kernels::SolveStatus::kSolved;
}

double ResidualOf(const Prepared& prepared, const Answer& answer) {
  if (prepared.plant == nullptr) return answer.circuit.residual;
  const PlantSolution& plant = answer.plant;
  if (plant.circuit < 0) return plant.residual;
  // Stopped in one of its circuits, perhaps before any recycle was looked at.
  return std::max(plant.residual, plant.circuits[static_cast<std::size_t>(plant.circuit)].residual);
}

Figures FiguresOf(const Flowsheet& flowsheet, const Prepared& prepared, const Answer& answer,
                  const Extras& extras) {
  Figures figures;
  std::optional<PlantEvaluation> evaluation;
  if (prepared.plant != nullptr) {
    figures = ComputePlantFigures(flowsheet, *prepared.plant, answer.plant);
    if (extras.minimum) AddPlantMinimum(flowsheet, *prepared.plant, answer.plant, &figures);
    if (extras.plant) evaluation = EvaluatePlant(flowsheet, *prepared.plant, answer.plant);
  } else {
    const Solved solved{prepared.built, prepared.cascade, answer.circuit};
    figures = ComputeFigures(flowsheet, solved);
    if (extras.minimum) AddTheoreticalMinimum(flowsheet, solved, &figures);
    if (extras.plant) evaluation = EvaluatePlant(flowsheet, solved);
  }
  if (evaluation) figures.plant = evaluation->figures;
  return figures;
}

SimulationResult MakeResult(const Flowsheet& flowsheet, const Prepared& prepared,
                            const Answer& answer) {
  if (prepared.plant != nullptr) return PlantResult(flowsheet, prepared, answer.plant);
  const kernels::Solution& solution = answer.circuit;
  SimulationResult result;
  result.flowsheet = flowsheet;
  result.convergence.converged =
      prepared.problem.empty() && solution.status == kernels::SolveStatus::kSolved;
  result.convergence.iterations = solution.iterations;
  result.convergence.residual = solution.residual;
  result.convergence.message = prepared.problem.empty()
                                   ? WhyNot(solution, prepared.built, prepared.cascade)
                                   : prepared.problem;
  if (!result.convergence.converged) return result;
  result.convergence.balance_error =
      kernels::BalanceError(prepared.built.circuit, prepared.cascade, solution);
  const Solved solved{prepared.built, prepared.cascade, solution};
  result.figures = FiguresOf(flowsheet, prepared, answer, {.minimum = true});
  TakeEvaluation(EvaluatePlant(flowsheet, solved), &result);
  result.elements = ComputeElementExits(ComputePlantBalance(flowsheet, solved));
  result.streams = ComputeStreams(flowsheet, solved);
  result.stages = ComputeStages(solved);
  result.flags = ComputeFlags(solved);
  result.evidence = ComputeEvidence(flowsheet, solved);
  return result;
}

std::vector<SimulationResult> Simulate(const std::vector<SimulationRequest>& requests,
                                       const Chemistry& chemistry, const kernels::Device& device) {
  // Deques: what is prepared is pointed to.
  std::deque<Prepared> prepared;
  std::vector<Prepared*> all;
  for (const SimulationRequest& request : requests) {
    all.push_back(&prepared.emplace_back(Prepare(request.flowsheet, chemistry)));
  }
  std::vector<Answer> answers;
  SolveAll(device, all, {}, nullptr, &answers);
  std::vector<SimulationResult> results;
  results.reserve(requests.size());
  Gradients gradients(chemistry);
  std::vector<std::size_t> plants;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    results.push_back(MakeResult(requests[i].flowsheet, prepared[i], answers[i]));
    if (!requests[i].sensitivities || !results.back().convergence.converged) continue;
    if (prepared[i].plant != nullptr) {
      plants.push_back(i);
    } else {
      gradients.Add(requests[i].flowsheet, prepared[i], answers[i].circuit, results.back().figures,
                    i);
    }
  }
  gradients.Finish(device, &results);
  ParallelFor(device.threads, plants.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      const std::size_t i = plants[k];
      if (auto found = DerivativesOf(requests[i].flowsheet, chemistry, prepared[i], answers[i],
                                     results[i].figures)) {
        results[i].sensitivities = std::move(found->all);
      }
    }
  });
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].scenarios || !results[i].convergence.converged) continue;
    results[i].robustness = Assess(requests[i].flowsheet, chemistry, device, *requests[i].scenarios,
                                   nullptr, true, requests[i].cancelled.get())
                                .robustness;
  }
  return results;
}

}  // namespace raffinate::optimizer
