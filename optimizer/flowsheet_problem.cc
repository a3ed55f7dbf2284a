#include "optimizer/flowsheet_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "optimizer/model/figures.h"
#include "optimizer/model/minimum.h"
#include "optimizer/model/plant.h"
#include "optimizer/model/warm_state.h"
#include "optimizer/parallel.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {
namespace {

struct Work {
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
    : decisions_(flowsheet), goals_(flowsheet), chemistry_(chemistry), device_(device) {
  for (const ExtractantSystem& own : flowsheet.extractant_systems) {
    ExtractantSystem& known = chemistry_.systems[own.name];
    const bool replaces = known.built_in;
    known = own;
    known.built_in = false;
    known.replaces_built_in = replaces;
  }
}

void FlowsheetProblem::Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) {
  const auto cancelled = [&cancel] { return cancel.load(std::memory_order_relaxed); };
  std::vector<Work> works(batch.size());
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    Flowsheet decided = decisions_.flowsheet();
    // What is prepared points to its extractant system and must not point into
    // this copy; the systems are in chemistry_.
    decided.extractant_systems.clear();
    for (std::size_t i = begin; i < end && !cancelled(); ++i) {
      decisions_.ApplyTo(batch[i].genes, &decided);
      works[i].prepared = Prepare(decided, chemistry_);
      if (works[i].prepared.problem.empty()) {
        works[i].warm = UnpackState(batch[i].state, works[i].prepared.built.sections);
      }
    }
  });
  if (cancelled()) return;

  std::vector<kernels::Task> tasks;
  std::vector<std::size_t> candidate_of;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!works[i].prepared.problem.empty()) {
      MarkUnsolved(INFINITY, objectives(), &batch[i]);
      continue;
    }
    const bool warm = !works[i].warm.ln_h.empty();
    tasks.push_back({&works[i].prepared.cascade, warm ? &works[i].warm : nullptr});
    candidate_of.push_back(i);
  }
  kernels::SolveOptions options;
  options.cancel = &cancel;
  std::vector<kernels::Solution> solutions(tasks.size());
  kernels::Solve(device_, tasks, options, solutions);
  if (cancelled()) return;

  ParallelFor(device_.threads, solutions.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      Judge(works[candidate_of[k]].prepared, solutions[k], &batch[candidate_of[k]]);
    }
  });
}

void FlowsheetProblem::Judge(const Prepared& prepared, const kernels::Solution& solution,
                             Candidate* candidate) const {
  if (solution.status != kernels::SolveStatus::kSolved) {
    MarkUnsolved(solution.residual, objectives(), candidate);
    return;
  }
  const Solved solved{prepared.built, prepared.cascade, solution};
  Figures figures = ComputeFigures(decisions_.flowsheet(), solved);
  if (goals_.needs_minimum()) AddTheoreticalMinimum(decisions_.flowsheet(), solved, &figures);
  if (goals_.needs_plant()) {
    if (const auto plant = EvaluatePlant(decisions_.flowsheet(), solved)) {
      figures.plant = plant->figures;
    }
  }
  candidate->objectives = goals_.Minimized(figures);
  candidate->violation = std::min(goals_.Violation(figures), kUnsolvedViolation / 2);
  candidate->solved = AllFinite(candidate->objectives) && std::isfinite(candidate->violation);
  if (!candidate->solved) {
    MarkUnsolved(INFINITY, objectives(), candidate);
    return;
  }
  candidate->state = PackState(prepared.built.sections, solution.state);
}

}  // namespace raffinate::optimizer
