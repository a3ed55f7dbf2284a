#include "optimizer/scenarios/robust_problem.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "optimizer/judge.h"
#include "optimizer/scenarios/outcome.h"

namespace raffinate::optimizer {
namespace {

/// Scenarios of the first round; the second one has the rest.
constexpr std::size_t kFirstRound = 16;

/// One candidate on its way through the scenarios.
struct Racer {
  std::size_t candidate = 0;
  Flowsheet design;
  Outcome nominal;
  std::vector<Outcome> outcomes;
};

}  // namespace

std::size_t ScenarioCount(const Scenarios& scenarios) {
  return static_cast<std::size_t>(scenarios.count > 0 ? scenarios.count : kUsualScenarios);
}

long long SearchSeed(const Flowsheet& flowsheet) {
  return flowsheet.scenarios->seed != 0 ? flowsheet.scenarios->seed : flowsheet.search.seed;
}

long long CheckSeed(const Flowsheet& flowsheet) {
  // Any other one does; far away, where nobody looks for a seed of their own.
  return SearchSeed(flowsheet) + 1'000'000'007;
}

RobustProblem::RobustProblem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                             const kernels::Device& device)
    : FlowsheetProblem(flowsheet, chemistry, device),
      uncertainty_(flowsheet, this->chemistry()),
      scenarios_(
          uncertainty_, flowsheet, this->chemistry(),
          uncertainty_.Sample(ScenarioCount(*flowsheet.scenarios), SearchSeed(flowsheet), true)),
      aggregation_(*flowsheet.scenarios, scenarios_.size()) {}

void RobustProblem::Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) {
  FlowsheetProblem::Evaluate(batch, cancel);
  const auto cancelled = [&cancel] { return cancel.load(std::memory_order_relaxed); };
  if (cancelled()) return;

  std::vector<Racer> racers;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i].solved) continue;
    Racer& racer = racers.emplace_back();
    racer.candidate = i;
    racer.design = decisions().Apply(batch[i].genes);
    racer.design.extractant_systems.clear();  // in chemistry()
    racer.nominal = {true, batch[i].objectives, batch[i].residuals, batch[i].violation};
  }
  std::vector<Racer*> running;
  for (Racer& racer : racers) running.push_back(&racer);
  std::size_t done = 0;
  while (done < scenarios_.size() && !running.empty() && !cancelled()) {
    const std::size_t until =
        done == 0 ? std::min(kFirstRound, scenarios_.size()) : scenarios_.size();
    std::vector<ScenarioTask> tasks;
    std::vector<Outcome*> outcomes;
    for (Racer* racer : running) {
      racer->outcomes.resize(until);
      for (std::size_t k = done; k < until; ++k) {
        tasks.push_back({&racer->design, &batch[racer->candidate].state, k});
        outcomes.push_back(&racer->outcomes[k]);
      }
    }
    SolveScenarios(device(), scenarios_, tasks, graph(), ExtrasOf(goals()), &cancel,
                   [&](std::size_t task, const Figures* figures) {
                     *outcomes[task] = MakeOutcome(goals(), figures);
                   });
    done = until;
    std::erase_if(running, [&](Racer* racer) { return aggregation_.Hopeless(racer->outcomes); });
  }
  if (cancelled()) return;

  for (Racer& racer : racers) {
    Candidate& candidate = batch[racer.candidate];
    Aggregated joined = aggregation_.Join(racer.nominal, racer.outcomes);
    if (!joined.solved) {
      MarkUnsolved(0, objectives(), &candidate);
      continue;
    }
    candidate.objectives = std::move(joined.objectives);
    candidate.residuals = std::move(joined.residuals);
    // What was seen of few scenarios looks better than it is: only those who were seen in as
    // many are compared by how much they miss.
    const bool left = racer.outcomes.size() < scenarios_.size();
    candidate.violation = (left ? 1 : 0) + joined.violation / (1 + joined.violation);
  }
}

}  // namespace raffinate::optimizer
