#include "optimizer/judge.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raffinate::optimizer {
namespace {

/// By how much a design may miss a demand that the search saw as met: what a
/// cold start may differ from a warm one.
constexpr double kDemandTolerance = 1e-9;

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

bool Dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better |= a[k] < b[k];
  }
  return better;
}

std::vector<char> ParetoRows(const std::vector<std::vector<double>>& objectives) {
  std::vector<char> stays;
  for (auto row = objectives.begin(); row != objectives.end(); ++row) {
    // Of equals (a decision without effect, or a difference that rounding
    // removed) the first is enough.
    const bool repeated = std::find(objectives.begin(), row, *row) != row;
    const bool dominated =
        std::any_of(objectives.begin(), objectives.end(),
                    [&](const std::vector<double>& other) { return Dominates(other, *row); });
    stays.push_back(!dominated && !repeated);
  }
  return stays;
}

void AddSystems(const Flowsheet& flowsheet, Chemistry* chemistry) {
  for (const ExtractantSystem& own : flowsheet.extractant_systems) {
    ExtractantSystem& known = chemistry->systems[own.name];
    const bool replaces = known.built_in;
    known = own;
    known.built_in = false;
    known.replaces_built_in = replaces;
  }
}

void MarkUnsolved(double residual, int objectives, Candidate* candidate) {
  candidate->solved = false;
  candidate->state.clear();
  const double bounded =
      std::isfinite(residual) ? std::min(residual, kUnsolvedViolation) : kUnsolvedViolation;
  candidate->violation = kUnsolvedViolation + bounded;
  candidate->objectives.assign(static_cast<std::size_t>(objectives), kUnsolvedObjective);
}

bool Judge(const Goals& goals, const Flowsheet& flowsheet, const Prepared& prepared,
           const Answer& answer, Candidate* candidate) {
  if (!IsSolved(prepared, answer)) {
    MarkUnsolved(ResidualOf(prepared, answer), goals.objectives(), candidate);
    return false;
  }
  const Figures figures =
      FiguresOf(flowsheet, prepared, answer,
                {.minimum = goals.needs_minimum(), .plant = goals.needs_plant()});
  candidate->objectives = goals.Minimized(figures);
  candidate->violation = std::min(goals.Violation(figures), kUnsolvedViolation / 2);
  candidate->residuals = goals.Residuals(figures);
  candidate->solved = AllFinite(candidate->objectives) && std::isfinite(candidate->violation);
  if (!candidate->solved) MarkUnsolved(INFINITY, goals.objectives(), candidate);
  return candidate->solved;
}

std::vector<SimulationResult> KeepPareto(const Goals& goals,
                                         std::vector<SimulationResult> simulated) {
  std::vector<SimulationResult> kept;
  std::vector<std::vector<double>> objectives;
  for (SimulationResult& result : simulated) {
    if (!result.convergence.converged) continue;
    if (!goals.Misses(result.figures, kDemandTolerance).empty()) continue;
    objectives.push_back(goals.Minimized(result.figures));
    // What is left behind has not converged: out of the fallback below.
    kept.push_back(std::exchange(result, SimulationResult()));
  }
  const std::vector<char> stays = ParetoRows(objectives);
  std::vector<SimulationResult> pareto;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (stays[i]) pareto.push_back(std::move(kept[i]));
  }
  if (!pareto.empty()) return pareto;

  // Nothing meets the demands: the design that comes nearest says which of them
  // is out of reach, and by how much.
  SimulationResult* nearest = nullptr;
  double least = 0;
  for (SimulationResult& result : simulated) {
    if (!result.convergence.converged) continue;
    const double violation = goals.Violation(result.figures);
    if (nearest == nullptr || violation < least) {
      nearest = &result;
      least = violation;
    }
  }
  if (nearest == nullptr) {
    // Convergence says why.
    if (simulated.size() > 1) simulated.resize(1);
    return simulated;
  }
  std::vector<std::string> missed;
  for (const Missed& miss : goals.Misses(nearest->figures, kDemandTolerance)) {
    missed.push_back(miss.message);
  }
  nearest->flags.insert(nearest->flags.begin(),
                        Flag{"DEMANDS_NOT_MET",
                             absl::StrCat("no design met every demand; this one comes nearest: ",
                                          absl::StrJoin(missed, "; ")),
                             {}});
  return {std::move(*nearest)};
}

}  // namespace raffinate::optimizer
