#include "optimizer/search/selection.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/population/population.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/gene_set.h"
#include "optimizer/search/spread.h"

namespace raffinate::optimizer {
namespace {

// Up to this product of members and places, a front of three or more objectives is
// thinned by distance; beyond it by crowding, which costs O(N log N).
constexpr std::size_t kDistanceWork = 4'000'000;

// Row-major.
std::vector<double> Objectives(std::span<const Candidate> candidates,
                               const std::vector<std::size_t>& members) {
  std::vector<double> values;
  for (std::size_t i : members) {
    values.insert(values.end(), candidates[i].objectives.begin(), candidates[i].objectives.end());
  }
  return values;
}

// The candidate fastest.
std::vector<double> ObjectiveColumns(std::span<const Candidate> candidates,
                                     const std::vector<std::size_t>& members, int objectives) {
  std::vector<double> values(members.size() * static_cast<std::size_t>(objectives));
  for (std::size_t n = 0; n < members.size(); ++n) {
    for (std::size_t j = 0; j < static_cast<std::size_t>(objectives); ++j) {
      values[j * members.size() + n] = candidates[members[n]].objectives[j];
    }
  }
  return values;
}

std::vector<bool> Repeats(int threads, std::span<const Candidate> candidates) {
  GeneSet known;
  known.reserve(candidates.size());
  std::vector<bool> repeats(candidates.size(), false);
  const std::vector<HashedGenes> hashed = HashGenes(threads, candidates);
  for (std::size_t i = 0; i < hashed.size(); ++i) repeats[i] = !known.insert(hashed[i]).second;
  return repeats;
}

// Members of each rank, every list ascending, until at least `enough` candidates have one.
std::vector<std::vector<std::size_t>> Fronts(const kernels::Device& device,
                                             std::span<const Candidate> candidates, int objectives,
                                             std::size_t enough) {
  const std::vector<bool> repeats = Repeats(device.threads, candidates);
  std::vector<std::size_t> feasible, missed, unsolved, last;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& c = candidates[i];
    (repeats[i] ? last : Feasible(c) ? feasible : c.solved ? missed : unsolved).push_back(i);
  }
  std::vector<std::vector<std::size_t>> fronts;
  const auto rank = [&](const std::vector<std::size_t>& members, const std::vector<double>& values,
                        int columns, std::size_t most) {
    const std::vector<int> ranks = kernels::Ranks(device, {values, members.size(), columns}, most);
    const std::size_t first = fronts.size();
    for (std::size_t n = 0; n < members.size(); ++n) {
      if (ranks[n] == kernels::kUnranked) continue;
      const std::size_t front = first + static_cast<std::size_t>(ranks[n]);
      if (front >= fronts.size()) fronts.resize(front + 1);
      fronts[front].push_back(members[n]);
    }
  };
  if (!feasible.empty()) {
    rank(feasible, ObjectiveColumns(candidates, feasible, objectives), objectives, enough);
  }
  if (feasible.size() >= enough) return fronts;
  if (!missed.empty()) {
    std::vector<double> violations;
    for (const std::size_t i : missed) violations.push_back(candidates[i].violation);
    rank(missed, violations, 1, enough - feasible.size());
  }
  if (!unsolved.empty()) fronts.push_back(std::move(unsolved));
  if (!last.empty()) fronts.push_back(std::move(last));
  return fronts;
}

// Unsolved candidates have no figures that could be spread.
bool HasFigures(std::span<const Candidate> candidates, const std::vector<std::size_t>& members) {
  return std::all_of(members.begin(), members.end(),
                     [&](std::size_t i) { return candidates[i].solved; });
}

// The `places` members of a front, ascending, that stand for it best.
std::vector<std::size_t> Thin(const kernels::Device& device, std::span<const Candidate> candidates,
                              const std::vector<std::size_t>& front, int objectives,
                              std::size_t places) {
  std::vector<std::size_t> kept;
  if (!HasFigures(candidates, front)) {
    kept.assign(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(places));
    return kept;
  }
  if (objectives <= 2 || front.size() * places <= kDistanceWork) {
    for (std::size_t n : SelectSpread(Objectives(candidates, front), objectives, places)) {
      kept.push_back(front[n]);
    }
    return kept;
  }
  const std::vector<double> crowding = kernels::Crowding(
      device, {ObjectiveColumns(candidates, front, objectives), front.size(), objectives},
      std::vector<int>(front.size(), 0));
  std::vector<std::size_t> order(front.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return crowding[a] > crowding[b]; });
  for (std::size_t n = 0; n < places; ++n) kept.push_back(front[order[n]]);
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace

Selected SelectSurvivors(const kernels::Device& device, std::span<const Candidate> candidates,
                         int objectives, std::size_t keep) {
  // Ranks of survivors among themselves are those in the whole, as every rank before the
  // last survives whole.
  constexpr int kGone = -1;
  std::vector<int> rank(candidates.size(), kGone);
  std::vector<std::size_t> spread;  // survivors whose crowding can be told, front by front
  std::vector<int> front_of;        // of each of them, counted from 0
  int next_rank = 0;
  int next_front = 0;
  std::size_t places = std::min(keep, candidates.size());
  for (auto& front : Fronts(device, candidates, objectives, places)) {
    if (places == 0) break;
    if (front.size() > places) front = Thin(device, candidates, front, objectives, places);
    places -= front.size();
    for (const std::size_t i : front) rank[i] = next_rank;
    ++next_rank;
    if (!HasFigures(candidates, front)) continue;
    spread.insert(spread.end(), front.begin(), front.end());
    front_of.insert(front_of.end(), front.size(), next_front++);
  }
  const std::vector<double> crowding = kernels::Crowding(
      device, {ObjectiveColumns(candidates, spread, objectives), spread.size(), objectives},
      front_of);
  std::vector<double> crowding_of(candidates.size(), 0);
  for (std::size_t n = 0; n < spread.size(); ++n) crowding_of[spread[n]] = crowding[n];
  Selected selected;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (rank[i] == kGone) continue;
    selected.survivors.push_back(i);
    selected.standings.push_back({rank[i], crowding_of[i]});
  }
  return selected;
}

}  // namespace raffinate::optimizer
