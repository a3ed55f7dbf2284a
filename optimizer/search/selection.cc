#include "optimizer/search/selection.h"

#include <algorithm>
#include <numeric>

#include "optimizer/search/feasibility.h"
#include "optimizer/search/nondominated_sort.h"
#include "optimizer/search/spread.h"

namespace raffinate::optimizer {
namespace {

// Up to this product of members and places, a front of three or more objectives is
// thinned by distance; beyond it by crowding, which costs O(N log N).
constexpr std::size_t kDistanceWork = 4'000'000;

std::vector<double> Objectives(std::span<const Candidate> candidates,
                               const std::vector<std::size_t>& members) {
  std::vector<double> values;
  for (std::size_t i : members) {
    values.insert(values.end(), candidates[i].objectives.begin(), candidates[i].objectives.end());
  }
  return values;
}

std::vector<bool> Repeats(std::span<const Candidate> candidates) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto& x = candidates[a].genes;
    const auto& y = candidates[b].genes;
    return x != y ? x < y : a < b;
  });
  std::vector<bool> repeats(candidates.size(), false);
  for (std::size_t i = 1; i < order.size(); ++i) {
    repeats[order[i]] = candidates[order[i]].genes == candidates[order[i - 1]].genes;
  }
  return repeats;
}

// Members of each rank, every list ascending.
std::vector<std::vector<std::size_t>> Fronts(std::span<const Candidate> candidates,
                                             int objectives) {
  const std::vector<bool> repeats = Repeats(candidates);
  std::vector<std::size_t> feasible, others, last;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    (repeats[i] ? last : Feasible(candidates[i]) ? feasible : others).push_back(i);
  }
  std::vector<std::vector<std::size_t>> fronts;
  if (!feasible.empty()) {
    const std::vector<int> ranks = NonDominatedRanks(Objectives(candidates, feasible), objectives);
    fronts.resize(static_cast<std::size_t>(*std::max_element(ranks.begin(), ranks.end())) + 1);
    for (std::size_t n = 0; n < feasible.size(); ++n) {
      fronts[static_cast<std::size_t>(ranks[n])].push_back(feasible[n]);
    }
  }
  std::sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
    if (LessViolated(candidates[a], candidates[b])) return true;
    if (LessViolated(candidates[b], candidates[a])) return false;
    return a < b;
  });
  for (std::size_t n = 0; n < others.size(); ++n) {
    if (n == 0 || LessViolated(candidates[others[n - 1]], candidates[others[n]])) {
      fronts.emplace_back();
    }
    fronts.back().push_back(others[n]);
  }
  if (!last.empty()) fronts.push_back(std::move(last));
  return fronts;
}

// Unsolved candidates have no figures that could be spread.
bool HasFigures(std::span<const Candidate> candidates, const std::vector<std::size_t>& members) {
  return std::all_of(members.begin(), members.end(),
                     [&](std::size_t i) { return candidates[i].solved; });
}

}  // namespace

std::vector<Standing> Stand(std::span<const Candidate> candidates, int objectives) {
  std::vector<Standing> standings(candidates.size());
  int rank = 0;
  for (const auto& front : Fronts(candidates, objectives)) {
    std::vector<double> crowding(front.size(), 0);
    if (HasFigures(candidates, front)) {
      crowding = CrowdingDistances(Objectives(candidates, front), objectives);
    }
    for (std::size_t n = 0; n < front.size(); ++n) standings[front[n]] = {rank, crowding[n]};
    ++rank;
  }
  return standings;
}

std::vector<std::size_t> Survivors(std::span<const Candidate> candidates, int objectives,
                                   std::size_t keep) {
  std::vector<std::size_t> survivors;
  for (const auto& front : Fronts(candidates, objectives)) {
    const std::size_t places = keep - survivors.size();
    if (places == 0) break;
    if (front.size() <= places || !HasFigures(candidates, front)) {
      survivors.insert(survivors.end(), front.begin(),
                       front.begin() + static_cast<std::ptrdiff_t>(std::min(places, front.size())));
      continue;
    }
    const std::vector<double> values = Objectives(candidates, front);
    if (objectives <= 2 || front.size() * places <= kDistanceWork) {
      for (std::size_t n : SelectSpread(values, objectives, places)) {
        survivors.push_back(front[n]);
      }
    } else {
      const std::vector<double> crowding = CrowdingDistances(values, objectives);
      std::vector<std::size_t> order(front.size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t a, std::size_t b) { return crowding[a] > crowding[b]; });
      for (std::size_t n = 0; n < places; ++n) survivors.push_back(front[order[n]]);
    }
  }
  std::sort(survivors.begin(), survivors.end());
  return survivors;
}

}  // namespace raffinate::optimizer
