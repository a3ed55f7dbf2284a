// What the search is told of a candidate, and what is left of them in the end.
#pragma once

#include <vector>

#include "optimizer/model/goals.h"
#include "optimizer/search/problem.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// A candidate without a steady state is unsolved: its violation lies above that of any solved one
/// and its objectives are kUnsolvedObjective, so that everything stays finite.
inline constexpr double kUnsolvedViolation = 1e6;
inline constexpr double kUnsolvedObjective = 1e300;

/// Simulations of a search that is given no end.
inline constexpr long long kUsualEvaluations = 20000;

/// Adds the flowsheet's own systems to the chemistry that its candidates are laid out with.
void AddSystems(const Flowsheet& flowsheet, Chemistry* chemistry);

/// Marks a candidate without a steady state; `residual` tells those apart.
void MarkUnsolved(double residual, int objectives, Candidate* candidate);

/// Fills what a candidate's solution says, but its state. Returns whether it is solved.
bool Judge(const Goals& goals, const Flowsheet& flowsheet, const Prepared& prepared,
           const Answer& answer, Candidate* candidate);

/// Of designs that were simulated on their own: those that meet the demands and that no other one
/// beats, each once. When none meets them, the one that comes nearest, with a flag that says what
/// it misses.
std::vector<SimulationResult> KeepPareto(const Goals& goals,
                                         std::vector<SimulationResult> simulated);

/// Of rows of objectives (minimized): which ones no other beats, of equals the first.
std::vector<char> ParetoRows(const std::vector<std::vector<double>>& objectives);

/// Whether objectives `a` (minimized) are nowhere worse than `b` and somewhere better.
bool Dominates(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace raffinate::optimizer
