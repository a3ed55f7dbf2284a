#include "optimizer/scenarios/outcome.h"

#include <algorithm>
#include <cmath>

#include "optimizer/judge.h"

namespace raffinate::optimizer {

Outcome MakeOutcome(const Goals& goals, const Figures* figures) {
  Outcome outcome;
  outcome.violation = kUnsolvedViolation / 2;
  if (figures == nullptr) return outcome;
  std::vector<double> objectives = goals.Minimized(*figures);
  const double violation = goals.Violation(*figures);
  const bool finite =
      std::isfinite(violation) &&
      std::all_of(objectives.begin(), objectives.end(), [](double v) { return std::isfinite(v); });
  if (!finite) return outcome;
  outcome.solved = true;
  outcome.objectives = std::move(objectives);
  outcome.residuals = goals.Residuals(*figures);
  outcome.violation = std::min(violation, kUnsolvedViolation / 2);
  return outcome;
}

Extras ExtrasOf(const Goals& goals) {
  return {.minimum = goals.needs_minimum(), .plant = goals.needs_plant()};
}

}  // namespace raffinate::optimizer
