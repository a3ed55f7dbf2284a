#include "optimizer/scenarios/flexibility.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "optimizer/scenarios/outcome.h"
#include "optimizer/scenarios/solve.h"

namespace raffinate::optimizer {
namespace {

constexpr int kBisections = 10;

/// One number in one direction. Values are nominal + share * (end - nominal).
struct Side {
  std::size_t number = 0;
  double end = 0;
  double met = 0, missed = 1;  ///< shares
  bool ends = false;           ///< demands are missed at the end

  double At(double share, double nominal) const { return nominal + share * (end - nominal); }
};

}  // namespace

std::vector<Reach> ComputeFlexibility(const Flowsheet& design, const Chemistry& chemistry,
                                      const Goals& goals, const Uncertainty& uncertainty,
                                      const std::shared_ptr<const Graph>& graph,
                                      const std::vector<double>& state,
                                      const kernels::Device& device) {
  const std::vector<UncertainNumber>& numbers = uncertainty.numbers();
  std::vector<Side> sides;  // low and high of each number in turn
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const UncertainNumber& number = numbers[i];
    const double far = kMostDeviations * number.sd;
    sides.push_back({i, std::max(number.low, number.sd > 0 ? number.value - far : number.low)});
    sides.push_back({i, std::min(number.high, number.sd > 0 ? number.value + far : number.high)});
  }
  for (int round = 0; round <= kBisections; ++round) {
    std::vector<Side*> open;
    std::vector<double> shares;
    std::vector<Uncertainty::Draw> draws;
    for (Side& side : sides) {
      const double nominal = numbers[side.number].value;
      if (side.end == nominal || (round > 0 && !side.ends)) continue;
      open.push_back(&side);
      shares.push_back(round == 0 ? 1 : (side.met + side.missed) / 2);
      draws.push_back(uncertainty.Nominal());
      draws.back().values[side.number] = side.At(shares.back(), nominal);
    }
    const ScenarioSet scenarios(uncertainty, design, chemistry, std::move(draws));
    std::vector<ScenarioTask> tasks;
    for (std::size_t k = 0; k < open.size(); ++k) tasks.push_back({&design, &state, k});
    std::vector<char> met(open.size(), 0);
    SolveScenarios(device, scenarios, tasks, graph, ExtrasOf(goals), nullptr,
                   [&](std::size_t task, const Figures* figures) {
                     met[task] = MakeOutcome(goals, figures).met() ? 1 : 0;
                   });
    for (std::size_t k = 0; k < open.size(); ++k) {
      if (round == 0) {
        open[k]->ends = met[k] == 0;
        if (met[k] != 0) open[k]->met = 1;
      } else {
        (met[k] != 0 ? open[k]->met : open[k]->missed) = shares[k];
      }
    }
  }
  std::vector<std::pair<double, Reach>> ordered;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const UncertainNumber& number = numbers[i];
    const Side &low = sides[2 * i], &high = sides[2 * i + 1];
    Reach reach{number.path,
                number.unit,
                number.value,
                number.sd,
                low.At(low.met, number.value),
                high.At(high.met, number.value),
                low.ends,
                high.ends};
    ordered.emplace_back(std::min(low.ends ? low.met : 1.0, high.ends ? high.met : 1.0),
                         std::move(reach));
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Reach> flexibility;
  for (auto& [share, reach] : ordered) flexibility.push_back(std::move(reach));
  return flexibility;
}

}  // namespace raffinate::optimizer
