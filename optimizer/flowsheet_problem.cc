#include "optimizer/flowsheet_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "optimizer/derivatives.h"
#include "optimizer/foresight.h"
#include "optimizer/judge.h"
#include "optimizer/parallel.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {
FlowsheetProblem::FlowsheetProblem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const kernels::Device& device)
    : decisions_(flowsheet),
      goals_(flowsheet),
      chemistry_(chemistry),
      device_(device),
      graph_(std::make_shared<Graph>(flowsheet)) {
  AddSystems(flowsheet, &chemistry_);
}

void FlowsheetProblem::Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) {
  for (std::size_t from = 0; from < batch.size() && !cancel; from += kTogether) {
    EvaluateTogether(batch.subspan(from, std::min(kTogether, batch.size() - from)), cancel);
  }
}

Flowsheet FlowsheetProblem::Undecided() const {
  Flowsheet flowsheet = decisions_.flowsheet();
  flowsheet.extractant_systems.clear();
  return flowsheet;
}

void FlowsheetProblem::EvaluateTogether(std::span<Candidate> batch,
                                        const std::atomic<bool>& cancel) {
  const auto cancelled = [&cancel] { return cancel.load(std::memory_order_relaxed); };
  std::vector<Prepared> prepared(batch.size());
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    Flowsheet decided = Undecided();
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
      if (!prepared[i].problem.empty()) continue;
      if (Judge(goals_, decisions_.flowsheet(), prepared[i], answers[i], &batch[i])) {
        batch[i].state = Pack(prepared[i], answers[i]);
      }
    }
  });
}

// Whether children start with what is in the stages of their parent. It is in every checkpoint,
// which is to stay small.
bool FlowsheetProblem::KeepsComposition(const Prepared& prepared) const {
  constexpr double kMostBytes = 64 << 20;          // of one population
  constexpr std::int64_t kUsualPopulation = 1000;  // and more, where the search chooses its own
  const std::int64_t population =
      std::max<std::int64_t>(decisions_.flowsheet().search.population, kUsualPopulation);
  return 8.0 * prepared.cascade.stages() * prepared.cascade.size() *
             static_cast<double>(population) <=
         kMostBytes;
}

void FlowsheetProblem::Foresee(std::span<const Candidate> batch, std::span<Foreseen> foreseen) {
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    Flowsheet decided = Undecided();
    for (std::size_t i = begin; i < end; ++i) {
      decisions_.ApplyTo(batch[i].genes, &decided);
      const Prepared prepared = Prepare(decided, chemistry_, graph_);
      foreseen[i].objectives.assign(static_cast<std::size_t>(objectives()), -INFINITY);
      // What cannot be laid out is not solved either, and ranks as such.
      if (!prepared.problem.empty()) continue;
      const Figures figures = ForeseeFigures(decided, prepared);
      foreseen[i] = {goals_.LeastMinimized(figures), goals_.LeastViolation(figures)};
    }
  });
}

bool FlowsheetProblem::differentiable() const { return !goals_.needs_minimum(); }

void FlowsheetProblem::Differentiate(std::span<const Candidate> batch, std::span<Slopes> slopes,
                                     const std::atomic<bool>& cancel) {
  std::vector<Flowsheet> decided(batch.size(), Undecided());
  std::vector<Prepared> prepared(batch.size());
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      decisions_.ApplyTo(batch[i].genes, &decided[i]);
      prepared[i] = Prepare(decided[i], chemistry_, graph_);
    }
  });
  std::vector<Prepared*> all;
  std::vector<const std::vector<double>*> packed;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    all.push_back(&prepared[i]);
    packed.push_back(&batch[i].state);
  }
  std::vector<Answer> answers;
  SolveAll(device_, all, packed, &cancel, &answers);
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !cancel.load(std::memory_order_relaxed); ++i) {
      if (IsSolved(prepared[i], answers[i])) {
        slopes[i] = SlopesOf(decided[i], prepared[i], answers[i]);
      }
    }
  });
}

Slopes FlowsheetProblem::SlopesOf(const Flowsheet& decided, const Prepared& prepared,
                                  const Answer& answer) const {
  const Figures figures = FiguresOf(decided, prepared, answer, {.plant = goals_.needs_plant()});
  const std::vector<GoalPart> objectives = goals_.ObjectiveParts(figures);
  const std::vector<GoalPart> demands = goals_.DemandParts(figures);
  const auto looks_at = [](const std::vector<GoalPart>& parts, const std::string& figure,
                           const std::string& product) {
    return std::any_of(parts.begin(), parts.end(), [&](const GoalPart& part) {
      return part.figure->name == figure && part.product == product;
    });
  };
  const auto wanted_figures = [&](const std::string& figure, const std::string& product) {
    return looks_at(objectives, figure, product) || looks_at(demands, figure, product);
  };
  const std::vector<Variable>& variables = decisions_.variables();
  const std::vector<std::size_t> leaves = decisions_.Leaves();
  const auto continuum = [](const Variable& v) {
    return v.kind == Variable::Kind::kReal && v.step == 0;
  };
  const auto wanted_leaves = [&](std::size_t leaf) {
    const auto found = std::lower_bound(leaves.begin(), leaves.end(), leaf);
    return found != leaves.end() && *found == leaf &&
           continuum(variables[static_cast<std::size_t>(found - leaves.begin())]);
  };
  const std::optional<LeafSensitivities> sensitivities =
      DerivativesOf(decided, chemistry_, prepared, answer, figures, wanted_figures, wanted_leaves);
  Slopes result;
  if (!sensitivities) return result;
  // By every variable; what is no lever, and a figure without derivatives, changes nothing.
  const auto slopes = [&](const GoalPart& part) {
    std::vector<double> by(variables.size(), 0.0);
    for (const Sensitivity& figure : sensitivities->all.figures) {
      if (figure.figure != part.figure->name || figure.product != part.product) continue;
      for (std::size_t l = 0; l < figure.by_lever.size(); ++l) {
        const auto found = std::lower_bound(leaves.begin(), leaves.end(), sensitivities->leaves[l]);
        by[static_cast<std::size_t>(found - leaves.begin())] = part.by_figure * figure.by_lever[l];
      }
    }
    return by;
  };
  result.known = true;
  const auto decades = [](const GoalPart& part) { return part.figure->scale != Scale::kLinear; };
  for (const GoalPart& part : objectives) {
    result.objectives.push_back({part.row, part.value, slopes(part), decades(part)});
  }
  for (const GoalPart& part : demands) {
    result.residuals.push_back(part.value);
    result.decades.push_back(decades(part));
    const std::vector<double> by = slopes(part);
    result.residuals_by.insert(result.residuals_by.end(), by.begin(), by.end());
  }
  return result;
}

}  // namespace raffinate::optimizer
