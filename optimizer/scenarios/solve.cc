#include "optimizer/scenarios/solve.h"

#include <algorithm>
#include <set>
#include <utility>

#include "optimizer/model/validate.h"
#include "optimizer/parallel.h"

namespace raffinate::optimizer {
namespace {

/// Tasks that are laid out at a time: enough to fill a device, and some 100 MB at most.
constexpr std::size_t kChunk = 1024;

/// What scenarios of the flowsheet can need of `chemistry`, so that one of their own is small.
Chemistry Lean(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  Chemistry lean;
  lean.elements = chemistry.elements;
  lean.hydroxides = chemistry.hydroxides;
  lean.limits = chemistry.limits;
  lean.economics = chemistry.economics;
  for (const auto& [path, system] : ChosenSystems(flowsheet, chemistry)) {
    lean.systems[system->name] = *system;
  }
  for (const Stream& stream : flowsheet.streams) {
    const auto feed = chemistry.feeds.find(stream.feed);
    if (feed != chemistry.feeds.end()) lean.feeds.insert(*feed);
  }
  return lean;
}

}  // namespace

ScenarioSet::ScenarioSet(const Uncertainty& uncertainty, const Flowsheet& flowsheet,
                         const Chemistry& chemistry, std::vector<Uncertainty::Draw> draws)
    : uncertainty_(uncertainty), chemistry_(chemistry), draws_(std::move(draws)) {
  if (!uncertainty.has_constants()) return;
  const Chemistry lean = Lean(flowsheet, chemistry);
  drawn_.reserve(draws_.size());
  for (const Uncertainty::Draw& draw : draws_) drawn_.push_back(uncertainty.With(draw, lean));
}

void SolveScenarios(const kernels::Device& device, const ScenarioSet& scenarios,
                    std::span<const ScenarioTask> tasks, const std::shared_ptr<const Graph>& graph,
                    const Extras& extras, const std::atomic<bool>* cancel,
                    const std::function<void(std::size_t, const Figures*)>& visit) {
  const auto cancelled = [cancel] {
    return cancel != nullptr && cancel->load(std::memory_order_relaxed);
  };
  for (std::size_t first = 0; first < tasks.size() && !cancelled(); first += kChunk) {
    const std::size_t count = std::min(kChunk, tasks.size() - first);
    std::vector<Flowsheet> drawn(count);
    std::vector<Prepared> prepared(count);
    ParallelFor(device.threads, count, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end && !cancelled(); ++i) {
        const ScenarioTask& task = tasks[first + i];
        drawn[i] = *task.design;
        scenarios.Apply(task.scenario, &drawn[i]);
        prepared[i] = Prepare(drawn[i], scenarios.chemistry(task.scenario), graph);
      }
    });
    if (cancelled()) return;
    std::vector<Prepared*> all;
    std::vector<const std::vector<double>*> packed;
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(&prepared[i]);
      packed.push_back(tasks[first + i].state);
    }
    std::vector<Answer> answers;
    SolveAll(device, all, packed, cancel, &answers);
    if (cancelled()) return;
    ParallelFor(device.threads, count, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (!IsSolved(prepared[i], answers[i])) {
          visit(first + i, nullptr);
          continue;
        }
        const Figures figures = FiguresOf(drawn[i], prepared[i], answers[i], extras);
        visit(first + i, &figures);
      }
    });
  }
}

}  // namespace raffinate::optimizer
