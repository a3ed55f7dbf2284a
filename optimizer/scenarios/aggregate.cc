#include "optimizer/scenarios/aggregate.h"

#include <algorithm>
#include <cmath>

#include "optimizer/judge.h"
#include "optimizer/scenarios/share.h"

namespace raffinate::optimizer {
namespace {

/// The least value that a share `share` of them does not exceed.
double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(share * static_cast<double>(values.size()) - 1e-9);
  const std::size_t index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values[std::min(index, values.size() - 1)];
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

Aggregation::Aggregation(const Scenarios& scenarios, std::size_t count)
    : scenarios_(scenarios),
      count_(count),
      allowed_(scenarios.demands == Statistic::kQuantile
                   ? AllowedFailures(count, scenarios.probability)
                   : 0) {}

bool Aggregation::Hopeless(const std::vector<Outcome>& some) const {
  if (scenarios_.demands == Statistic::kMean) return false;
  const auto missed =
      std::count_if(some.begin(), some.end(), [](const Outcome& o) { return !o.met(); });
  return static_cast<std::size_t>(missed) > allowed_;
}

double Aggregation::Demands(const std::vector<Outcome>& outcomes) const {
  if (scenarios_.demands == Statistic::kMean) {
    double violation = 0;
    std::vector<double> sums;
    double solved = 0;
    for (const Outcome& outcome : outcomes) {
      // On average there is no number for a scenario without a steady state.
      if (!outcome.solved) {
        violation += 1;
        continue;
      }
      sums.resize(outcome.residuals.size(), 0.0);
      for (std::size_t d = 0; d < sums.size(); ++d) sums[d] += outcome.residuals[d];
      ++solved;
    }
    for (const double sum : sums) violation += std::max(0.0, sum / solved);
    return violation;
  }
  std::vector<double> violations;
  for (const Outcome& outcome : outcomes) violations.push_back(outcome.violation);
  return Quantile(std::move(violations), share());
}

std::vector<double> Aggregation::Residuals(const std::vector<Outcome>& outcomes) const {
  std::vector<double> residuals;
  for (std::size_t d = 0;; ++d) {
    std::vector<double> of_demand;
    for (const Outcome& outcome : outcomes) {
      if (!outcome.solved) continue;
      if (d == outcome.residuals.size()) return residuals;
      of_demand.push_back(outcome.residuals[d]);
    }
    residuals.push_back(scenarios_.demands == Statistic::kMean
                            ? Mean(of_demand)
                            : Quantile(std::move(of_demand), share()));
  }
}

Aggregated Aggregation::Join(const Outcome& nominal, const std::vector<Outcome>& outcomes) const {
  Aggregated joined;
  std::vector<std::vector<double>> rows(nominal.objectives.size());
  for (const Outcome& outcome : outcomes) {
    if (!outcome.solved) continue;
    joined.solved = true;
    for (std::size_t k = 0; k < rows.size(); ++k) rows[k].push_back(outcome.objectives[k]);
  }
  if (!joined.solved) return joined;
  joined.violation = std::min(Demands(outcomes), kUnsolvedViolation / 2);
  joined.residuals = Residuals(outcomes);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    switch (scenarios_.objectives) {
      case Statistic::kMean:
        joined.objectives.push_back(Mean(rows[k]));
        break;
      case Statistic::kQuantile:
        joined.objectives.push_back(Quantile(std::move(rows[k]), scenarios_.probability));
        break;
      case Statistic::kWorst:
        joined.objectives.push_back(*std::max_element(rows[k].begin(), rows[k].end()));
        break;
      case Statistic::kNominal:
        joined.objectives.push_back(nominal.objectives[k]);
        break;
    }
  }
  return joined;
}

}  // namespace raffinate::optimizer
