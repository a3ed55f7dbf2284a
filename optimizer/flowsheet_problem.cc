#include "optimizer/flowsheet_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

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
      if (!prepared[i].problem.empty()) continue;
      if (Judge(goals_, decisions_.flowsheet(), prepared[i], answers[i], &batch[i])) {
        batch[i].state = PackAnswer(prepared[i], answers[i]);
      }
    }
  });
}

}  // namespace raffinate::optimizer
