#include "tests/optimizer/search/serial_search.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/random_stream.h"
#include "optimizer/search/spread.h"
#include "optimizer/search/variation.h"
#include "tests/kernels/oracle/nondominated_sort.h"

namespace raffinate::optimizer::serial {
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
    const std::vector<int> ranks =
        oracle::NonDominatedRanks(Objectives(candidates, feasible), objectives);
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

constexpr int kTries = 8;

std::uint32_t Tournament(std::span<const Standing> standings, RandomStream& random) {
  const std::uint32_t n = static_cast<std::uint32_t>(standings.size());
  const std::uint32_t a = random.Below(n);
  const std::uint32_t b = random.Below(n);
  if (standings[a].rank != standings[b].rank) {
    return standings[a].rank < standings[b].rank ? a : b;
  }
  return standings[b].crowding > standings[a].crowding ? b : a;
}

}  // namespace

std::vector<double> CrowdingDistances(std::span<const double> values, int objectives) {
  const std::size_t m = static_cast<std::size_t>(objectives);
  const std::size_t rows = values.size() / m;
  const auto row = [&](std::size_t i) { return values.subspan(i * m, m); };
  const auto equal = [&](std::size_t a, std::size_t b) {
    return std::equal(row(a).begin(), row(a).end(), row(b).begin());
  };
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  std::vector<double> crowding(rows, 0);
  for (std::size_t j = 0; j < m; ++j) {
    double low = kInfinite;
    double high = -kInfinite;
    for (std::size_t i = 0; i < rows; ++i) {
      low = std::min(low, row(i)[j]);
      high = std::max(high, row(i)[j]);
    }
    const double scale = high > low ? 1 / (high - low) : 0;
    std::vector<std::size_t> chain(rows);
    std::iota(chain.begin(), chain.end(), 0);
    std::sort(chain.begin(), chain.end(), [&](std::size_t a, std::size_t b) {
      if (row(a)[j] != row(b)[j]) return row(a)[j] < row(b)[j];
      for (std::size_t k = 0; k < m; ++k) {
        if (row(a)[k] != row(b)[k]) return row(a)[k] < row(b)[k];
      }
      return a < b;
    });
    chain.erase(std::unique(chain.begin(), chain.end(), equal), chain.end());
    for (std::size_t p = 0; p < chain.size(); ++p) {
      crowding[chain[p]] += p == 0 || p + 1 == chain.size()
                                ? kInfinite
                                : (row(chain[p + 1])[j] - row(chain[p - 1])[j]) * scale;
    }
  }
  return crowding;
}

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

Offspring MakeOffspring(const GeneSpace& space, std::span<const Candidate> population,
                        std::span<const Standing> standings, std::int64_t seed,
                        std::uint32_t generation, double differential_share, std::size_t count) {
  using Purpose = RandomStream::Purpose;
  const std::uint32_t n = static_cast<std::uint32_t>(population.size());
  Offspring offspring;
  offspring.candidates.reserve(count);
  absl::flat_hash_set<Genes> known;
  for (const Candidate& c : population) known.insert(c.genes);

  for (std::uint32_t pair = 0; offspring.candidates.size() < count; ++pair) {
    RandomStream random(seed, Purpose::kCrossover, generation, pair);
    const std::uint32_t parents[2] = {Tournament(standings, random), Tournament(standings, random)};
    Genes genes[2] = {population[parents[0]].genes, population[parents[1]].genes};
    const bool differential = random.Chance(differential_share);
    if (differential) {
      for (Genes& base : genes) {
        const std::uint32_t from = random.Below(n);
        const std::uint32_t to = random.Below(n);
        MoveByDifference(space, random, population[from].genes, population[to].genes, base);
      }
    } else {
      CrossSimulatedBinary(space, random, genes[0], genes[1]);
    }
    for (int k = 0; k < 2 && offspring.candidates.size() < count; ++k) {
      const std::uint32_t index = static_cast<std::uint32_t>(offspring.candidates.size());
      RandomStream own(seed, Purpose::kMutation, generation, index);
      Candidate child;
      child.genes = std::move(genes[k]);
      child.state = population[parents[k]].state;
      Mutate(space, own, /*at_least_one=*/false, child.genes);
      for (int tries = 0; tries < kTries && known.contains(child.genes); ++tries) {
        Mutate(space, own, /*at_least_one=*/true, child.genes);
      }
      if (known.contains(child.genes)) child.genes = RandomGenes(space, own);
      known.insert(child.genes);
      offspring.candidates.push_back(std::move(child));
      offspring.parent.push_back(parents[k]);
      offspring.made_by.push_back(differential ? Operator::kDifferential
                                               : Operator::kSimulatedBinary);
    }
  }
  return offspring;
}

}  // namespace raffinate::optimizer::serial
