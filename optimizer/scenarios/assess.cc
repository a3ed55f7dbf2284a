#include "optimizer/scenarios/assess.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "optimizer/judge.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/scenarios/draw.h"
#include "optimizer/scenarios/flexibility.h"
#include "optimizer/scenarios/outcome.h"
#include "optimizer/scenarios/robust_problem.h"
#include "optimizer/scenarios/share.h"
#include "optimizer/scenarios/solve.h"

namespace raffinate::optimizer {
namespace {

/// Scenarios between two looks at whether a test can still be passed.
constexpr std::size_t kRound = 256;
/// Scenarios that what is found is tested on, for each that candidates are judged on.
constexpr std::size_t kTestedPerJudged = 5;

/// What is told of every design, beside objectives and demands.
constexpr const char* kAlways[] = {"purity", "recovery", "acid", "base", "wastewater"};

/// The values of one figure over scenarios.
struct Values {
  const FigureInfo* figure = nullptr;
  std::string product;
  double nominal = 0;
  std::vector<double> values;  ///< NaN where there is no steady state
};

double ValueOf(const Values& of, const Figures& figures) {
  if (!of.figure->per_product()) return of.figure->of_flowsheet(figures);
  for (const ProductFigures& product : figures.products) {
    if (product.product == of.product) return of.figure->of_product(product);
  }
  return NAN;
}

std::vector<Values> FiguresToTell(const Goals& goals, const Figures& nominal) {
  std::vector<Values> all;
  const auto add = [&](const FigureInfo* figure, const std::string& product) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Values& v) {
      return v.figure == figure && v.product == product;
    });
    if (known) return;
    Values& added = all.emplace_back(Values{figure, product, 0, {}});
    added.nominal = ValueOf(added, nominal);
  };
  for (const GoalPart& part : goals.DemandParts(nominal)) add(part.figure, part.product);
  for (const GoalPart& part : goals.ObjectiveParts(nominal)) add(part.figure, part.product);
  for (const char* name : kAlways) {
    const FigureInfo* figure = FindFigure(name);
    if (!figure->per_product()) {
      if (!nominal.products.empty()) add(figure, "");
      continue;
    }
    for (const ProductFigures& product : nominal.products) add(figure, product.product);
  }
  return all;
}

FigureSpread Spread(const Values& of) {
  FigureSpread spread{of.figure->name, of.product, of.figure->unit, of.nominal};
  std::vector<double> sorted;
  for (const double value : of.values) {
    if (std::isfinite(value)) sorted.push_back(value);
  }
  if (sorted.empty()) return spread;
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(sorted.size());
  for (const double value : sorted) spread.mean += value / n;
  double squares = 0;
  for (const double value : sorted) squares += (value - spread.mean) * (value - spread.mean);
  spread.sd = sorted.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  // Hyndman and Fan's type 7, as most programs have it.
  const auto quantile = [&](double p) {
    const double at = p * (n - 1);
    const std::size_t below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
  };
  spread.least = sorted.front();
  spread.p5 = quantile(0.05);
  spread.median = quantile(0.5);
  spread.p95 = quantile(0.95);
  spread.most = sorted.back();
  return spread;
}

}  // namespace

Assessment Assess(const Flowsheet& design, const Chemistry& chemistry,
                  const kernels::Device& device, const ScenarioTest& test,
                  const Aggregation* enough, bool flexibility, const std::atomic<bool>* cancel) {
  Chemistry known = chemistry;
  AddSystems(design, &known);
  Flowsheet bare = design;
  bare.extractant_systems.clear();
  const auto graph = std::make_shared<const Graph>(bare);
  const Goals goals(bare);
  const Uncertainty uncertainty(design, known);
  const std::size_t count = static_cast<std::size_t>(test.count);

  Assessment result;
  Robustness& robustness = result.robustness;
  robustness.seed = test.seed;
  Prepared prepared = Prepare(bare, known, graph);
  std::vector<Answer> answers;
  SolveAll(device, {&prepared}, {}, nullptr, &answers);
  if (!IsSolved(prepared, answers.front())) return result;
  const Figures nominal = FiguresOf(bare, prepared, answers.front(), ExtrasOf(goals));
  const std::vector<double> state = PackAnswer(prepared, answers.front());

  std::vector<Values> values = FiguresToTell(goals, nominal);
  std::vector<Uncertainty::Draw> draws = uncertainty.Sample(count, test.seed, false);
  // Constants that vary make a chemistry for each draw: not for all of them at a time.
  for (std::size_t first = 0; first < count; first += kRound) {
    const std::size_t round = std::min(kRound, count - first);
    const ScenarioSet scenarios(uncertainty, bare, known,
                                {draws.begin() + static_cast<std::ptrdiff_t>(first),
                                 draws.begin() + static_cast<std::ptrdiff_t>(first + round)});
    std::vector<ScenarioTask> tasks;
    for (std::size_t k = 0; k < round; ++k) tasks.push_back({&bare, &state, k});
    result.outcomes.resize(first + round);
    for (Values& of : values) of.values.resize(first + round, NAN);
    SolveScenarios(device, scenarios, tasks, graph, ExtrasOf(goals), cancel,
                   [&](std::size_t task, const Figures* figures) {
                     result.outcomes[first + task] = MakeOutcome(goals, figures);
                     if (figures == nullptr) return;
                     for (Values& of : values) of.values[first + task] = ValueOf(of, *figures);
                   });
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return result;
    if (enough != nullptr && enough->Hopeless(result.outcomes)) break;
  }

  robustness.scenarios = static_cast<int>(result.outcomes.size());
  for (const GoalPart& part : goals.DemandParts(nominal)) {
    robustness.demands.push_back({part.figure->name, part.product, part.at_least, part.limit, 0});
  }
  for (const Outcome& outcome : result.outcomes) {
    robustness.solved += outcome.solved ? 1 : 0;
    robustness.met += outcome.met() ? 1 : 0;
    if (!outcome.solved) continue;
    for (std::size_t d = 0; d < robustness.demands.size(); ++d) {
      robustness.demands[d].met += outcome.residuals[d] <= 0 ? 1 : 0;
    }
  }
  const auto met = static_cast<std::size_t>(robustness.met);
  robustness.least_probability = LeastProbability(met, result.outcomes.size());
  robustness.most_probability = MostProbability(met, result.outcomes.size());
  for (const Values& of : values) robustness.figures.push_back(Spread(of));
  if (flexibility && !robustness.demands.empty() && goals.Violation(nominal) == 0) {
    robustness.flexibility =
        ComputeFlexibility(bare, known, goals, uncertainty, graph, state, device);
  }
  return result;
}

std::vector<SimulationResult> KeepRobust(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                         const kernels::Device& device,
                                         std::vector<SimulationResult> simulated) {
  const Scenarios& scenarios = *flowsheet.scenarios;
  ScenarioTest test;
  test.count = static_cast<int>(kTestedPerJudged * ScenarioCount(scenarios));
  test.seed = CheckSeed(flowsheet);
  const Aggregation aggregation(scenarios, static_cast<std::size_t>(test.count));
  const Goals goals(flowsheet);

  std::vector<SimulationResult> kept;
  std::vector<std::vector<double>> objectives;
  SimulationResult* nearest = nullptr;
  double least = 0;
  for (SimulationResult& result : simulated) {
    if (!result.convergence.converged) continue;
    Assessment assessed = Assess(result.flowsheet, chemistry, device, test, &aggregation, false);
    Outcome nominal = MakeOutcome(goals, &result.figures);
    Aggregated joined = aggregation.Join(nominal, assessed.outcomes);
    result.robustness = std::move(assessed.robustness);
    if (joined.solved && joined.violation == 0) {
      objectives.push_back(std::move(joined.objectives));
      kept.push_back(std::exchange(result, SimulationResult()));
      continue;
    }
    const double missed = joined.solved ? joined.violation : kUnsolvedViolation;
    if (nearest == nullptr || missed < least) {
      nearest = &result;
      least = missed;
    }
  }
  const std::vector<char> stays = ParetoRows(objectives);
  std::vector<SimulationResult> pareto;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (stays[i]) pareto.push_back(std::move(kept[i]));
  }
  if (!pareto.empty()) return pareto;
  if (nearest == nullptr) {
    // Convergence says why.
    if (simulated.size() > 1) simulated.resize(1);
    return simulated;
  }
  const Robustness& robustness = *nearest->robustness;
  nearest->flags.insert(
      nearest->flags.begin(),
      Flag{"DEMANDS_NOT_MET",
           absl::StrFormat("no design met its demands over the scenarios as asked for; this one "
                           "comes nearest: it meets all of them in %d of %d",
                           robustness.met, robustness.scenarios),
           {}});
  return {std::move(*nearest)};
}

}  // namespace raffinate::optimizer
