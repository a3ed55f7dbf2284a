#include "optimizer/flowsheet_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "optimizer/model/figures.h"
#include "optimizer/model/warm_state.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {
namespace {

struct Work {
  Flowsheet flowsheet;
  Prepared prepared;
  kernels::State warm;
};

void MarkUnsolved(double residual, int objectives, Candidate* candidate) {
  candidate->solved = false;
  candidate->state.clear();
  const double bounded = std::isfinite(residual)
                             ? std::min(residual, FlowsheetProblem::kUnsolvedViolation)
                             : FlowsheetProblem::kUnsolvedViolation;
  candidate->violation = FlowsheetProblem::kUnsolvedViolation + bounded;
  candidate->objectives.assign(static_cast<std::size_t>(objectives),
                               FlowsheetProblem::kUnsolvedObjective);
}

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

FlowsheetProblem::FlowsheetProblem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const kernels::Device& device)
    : decisions_(flowsheet), goals_(flowsheet), chemistry_(chemistry), device_(device) {}

void FlowsheetProblem::Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) {
  std::vector<Work> works(batch.size());
  std::vector<kernels::Task> tasks;
  std::vector<std::size_t> candidate_of;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (cancel.load(std::memory_order_relaxed)) return;
    Work& work = works[i];
    work.flowsheet = decisions_.Apply(batch[i].genes);
    work.prepared = Prepare(work.flowsheet, chemistry_);
    if (!work.prepared.problem.empty()) {
      MarkUnsolved(INFINITY, objectives(), &batch[i]);
      continue;
    }
    work.warm = UnpackState(batch[i].state, work.prepared.built.sections);
    tasks.push_back({&work.prepared.cascade, work.warm.ln_h.empty() ? nullptr : &work.warm});
    candidate_of.push_back(i);
  }

  kernels::SolveOptions options;
  options.cancel = &cancel;
  std::vector<kernels::Solution> solutions(tasks.size());
  kernels::Solve(device_, tasks, options, solutions);
  if (cancel.load(std::memory_order_relaxed)) return;

  for (std::size_t k = 0; k < solutions.size(); ++k) {
    Candidate& candidate = batch[candidate_of[k]];
    const Work& work = works[candidate_of[k]];
    const kernels::Solution& solution = solutions[k];
    if (solution.status != kernels::SolveStatus::kSolved) {
      MarkUnsolved(solution.residual, objectives(), &candidate);
      continue;
    }
    const Figures figures =
        ComputeFigures(work.flowsheet, {work.prepared.built, work.prepared.cascade, solution});
    candidate.objectives = goals_.Minimized(figures);
    candidate.violation = std::min(goals_.Violation(figures), kUnsolvedViolation / 2);
    candidate.solved = AllFinite(candidate.objectives) && std::isfinite(candidate.violation);
    if (!candidate.solved) {
      MarkUnsolved(INFINITY, objectives(), &candidate);
      continue;
    }
    candidate.state = PackState(work.prepared.built.sections, solution.state);
  }
}

}  // namespace raffinate::optimizer
