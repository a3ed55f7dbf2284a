#include "optimizer/flowsheet_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "optimizer/parallel.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {
namespace {

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
    : decisions_(flowsheet),
      goals_(flowsheet),
      chemistry_(chemistry),
      device_(device),
      graph_(std::make_shared<Graph>(flowsheet)) {
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
  std::vector<Prepared> prepared(batch.size());
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    Flowsheet decided = decisions_.flowsheet();
    // What is prepared points to its extractant system and must not point into
    // this copy; the systems are in chemistry_.
    decided.extractant_systems.clear();
    for (std::size_t i = begin; i < end && !cancelled(); ++i) {
      decisions_.ApplyTo(batch[i].genes, &decided);
      prepared[i] = Prepare(decided, chemistry_, graph_);
    }
  });
  if (cancelled()) return;

  std::vector<Prepared*> all;
  std::vector<const std::vector<double>*> packed;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!prepared[i].problem.empty()) MarkUnsolved(INFINITY, objectives(), &batch[i]);
    all.push_back(&prepared[i]);
    packed.push_back(&batch[i].state);
  }
  std::vector<Answer> answers;
  SolveAll(device_, all, packed, &cancel, &answers);
  if (cancelled()) return;

  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (prepared[i].problem.empty()) Judge(prepared[i], answers[i], &batch[i]);
    }
  });
}

void FlowsheetProblem::Judge(const Prepared& prepared, const Answer& answer,
                             Candidate* candidate) const {
  if (!IsSolved(prepared, answer)) {
    MarkUnsolved(ResidualOf(prepared, answer), objectives(), candidate);
    return;
  }
  const Figures figures =
      FiguresOf(decisions_.flowsheet(), prepared, answer,
                {.minimum = goals_.needs_minimum(), .plant = goals_.needs_plant()});
  candidate->objectives = goals_.Minimized(figures);
  candidate->violation = std::min(goals_.Violation(figures), kUnsolvedViolation / 2);
  candidate->solved = AllFinite(candidate->objectives) && std::isfinite(candidate->violation);
  if (!candidate->solved) {
    MarkUnsolved(INFINITY, objectives(), candidate);
    return;
  }
  candidate->state = PackAnswer(prepared, answer);
}

}  // namespace raffinate::optimizer
