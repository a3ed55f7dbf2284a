#include "optimizer/search/polish_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/random_stream.h"

namespace raffinate::optimizer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
// A range below this share of the values themselves says nothing.
constexpr double kNarrow = 1e-3;
// Of the ends of a front, the share that is not moved along the lattice.
constexpr double kEndAsItIs = 1.0 / 3;
// Starts of a continuum that are closer than this in every coordinate lead to the same place.
constexpr double kApart = 0.05;
// Points on the way from one member of a front to its neighbour.
constexpr int kStepsAcross = 7;

class Planner {
 public:
  Planner(const GeneSpace& space, std::span<const Candidate> population,
          std::span<const Standing> standings, const std::vector<Candidate>& members,
          const std::vector<double>& scale, std::size_t count)
      : space_(space), members_(members), scale_(scale) {
    for (int k = 0; k < space.size(); ++k) {
      if (space.values(k) > 1) lattice_.push_back(k);
    }
    std::vector<std::size_t> order(population.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return standings[a].rank != standings[b].rank ? standings[a].rank < standings[b].rank
                                                    : standings[a].crowding > standings[b].crowding;
    });
    absl::flat_hash_set<std::vector<double>> seen;
    for (const std::size_t i : order) {
      // More would not be looked at, and each is compared with all.
      if (!population[i].solved || best_.size() >= count) break;
      if (lattice_.empty()) {
        if (Apart(population[i])) best_.push_back(&population[i]);
        continue;
      }
      std::vector<double> key = population[i].genes;
      for (int k = 0; k < space.size(); ++k) {
        if (space.values(k) == 0) key[static_cast<std::size_t>(k)] = 0;
      }
      if (seen.insert(std::move(key)).second) best_.push_back(&population[i]);
    }
    FindGaps();
  }

  std::vector<PolishTask> Plan(std::int64_t seed, std::uint32_t generation, std::size_t count) {
    std::vector<PolishTask> tasks;
    const std::size_t m = scale_.size();
    for (std::size_t n = 0; n < count; ++n) {
      RandomStream random(seed, RandomStream::Purpose::kPolish, generation,
                          static_cast<std::uint32_t>(n));
      if (members_.empty()) {
        if (n >= best_.size()) break;
        tasks.push_back(Free(*best_[n], static_cast<int>((generation + n) % m)));
      } else if (m == 1) {
        PlanOne(n, random, &tasks);
      } else if (n < m) {
        // Most that an end lacks are stages; in their number it moves most of the time.
        tasks.push_back(End(n));
        if (!lattice_.empty() && !random.Chance(kEndAsItIs)) Move(random, &tasks.back().start);
      } else {
        PlanAcross(n - m, random, &tasks);
      }
    }
    return tasks;
  }

 private:
  bool Apart(const Candidate& c) const {
    return std::none_of(best_.begin(), best_.end(), [&](const Candidate* other) {
      for (int k = 0; k < space_.size(); ++k) {
        const std::size_t at = static_cast<std::size_t>(k);
        const double x = space_.Encode(k, c.genes[at]);
        if (std::abs(x - space_.Encode(k, other->genes[at])) >= kApart) return false;
      }
      return true;
    });
  }

  // Two members by their place in the archive.
  struct Gap {
    std::size_t a = 0;
    std::size_t b = 0;
    double width = 0;
  };

  static Candidate From(const Candidate& c) {
    Candidate start;
    start.genes = c.genes;
    start.state = c.state;
    return start;
  }

  PolishTask Free(const Candidate& c, int objective) const {
    return {From(c), objective, std::vector<double>(scale_.size(), kInfinite), {}};
  }

  PolishTask End(std::size_t j) const {
    const auto best = std::min_element(
        members_.begin(), members_.end(),
        [j](const Candidate& a, const Candidate& b) { return a.objectives[j] < b.objectives[j]; });
    return Free(*best, static_cast<int>(j));
  }

  void PlanOne(std::size_t n, RandomStream& random, std::vector<PolishTask>* tasks) const {
    if (n > 0 && (n % 2 == 0 || lattice_.empty())) {
      const std::size_t at = (n + 1) / 2;
      if (at < best_.size()) tasks->push_back(Free(*best_[at], 0));
      return;
    }
    tasks->push_back(End(0));
    if (n > 0) Move(random, &tasks->back().start);
  }

  void PlanAcross(std::size_t n, RandomStream& random, std::vector<PolishTask>* tasks) const {
    const std::size_t at = lattice_.empty() ? n : n / 2;
    if ((lattice_.empty() || n % 2 == 0) && at < gaps_.size()) {
      const Gap& gap = gaps_[at];
      const bool up = random.Chance(0.5);
      const Candidate& from = members_[up ? gap.a : gap.b];
      const Candidate& to = members_[up ? gap.b : gap.a];
      tasks->push_back(SameLattice(from, to) ? Across(from, to) : Midway(random, from, to));
      return;
    }
    tasks->push_back(OnTheSpot(random));
    if (!lattice_.empty()) Move(random, &tasks->back().start);
  }

  // Each member and its neighbour, of two objectives the next one, the farthest first.
  void FindGaps() {
    const std::size_t m = scale_.size();
    if (m < 2) return;
    const auto distance = [&](std::size_t a, std::size_t b) {
      double sum = 0;
      for (std::size_t j = 0; j < m; ++j) {
        const double gap = (members_[a].objectives[j] - members_[b].objectives[j]) / scale_[j];
        sum += gap * gap;
      }
      return sum;
    };
    for (std::size_t a = 0; a + 1 < members_.size(); ++a) {
      std::size_t nearest = a + 1;
      for (std::size_t b = 0; m > 2 && b < members_.size(); ++b) {
        if (b != a && distance(a, b) < distance(a, nearest)) nearest = b;
      }
      gaps_.push_back({a, nearest, distance(a, nearest)});
    }
    std::stable_sort(gaps_.begin(), gaps_.end(),
                     [](const Gap& a, const Gap& b) { return a.width > b.width; });
  }

  // From `a` to `b` step by step.
  PolishTask Across(const Candidate& a, const Candidate& b) const {
    PolishTask task{From(a), 0, {}, {}};
    double most = 0;
    for (std::size_t j = 0; j < scale_.size(); ++j) {
      const double gain = (a.objectives[j] - b.objectives[j]) / scale_[j];
      if (gain > most) {
        most = gain;
        task.objective = static_cast<int>(j);
      }
    }
    for (int step = 1; step <= kStepsAcross; ++step) {
      const double share = static_cast<double>(step) / (kStepsAcross + 1);
      std::vector<double> caps = a.objectives;
      for (std::size_t j = 0; j < scale_.size(); ++j) {
        caps[j] = std::max(caps[j], std::lerp(a.objectives[j], b.objectives[j], share));
      }
      if (step == 1) {
        task.caps = std::move(caps);
      } else {
        task.next_caps.push_back(std::move(caps));
      }
    }
    return task;
  }

  bool SameLattice(const Candidate& a, const Candidate& b) const {
    return std::all_of(lattice_.begin(), lattice_.end(), [&](int k) {
      return a.genes[static_cast<std::size_t>(k)] == b.genes[static_cast<std::size_t>(k)];
    });
  }

  // Half the way between two members of different lattice points.
  PolishTask Midway(RandomStream& random, const Candidate& a, const Candidate& b) const {
    PolishTask task{From(a), 0, {}, {}};
    for (int k = 0; k < space_.size(); ++k) {
      const std::size_t at = static_cast<std::size_t>(k);
      double& gene = task.start.genes[at];
      if (space_.category(k)) {
        if (random.Chance(0.5)) gene = b.genes[at];
      } else if (space_.values(k) > 1) {
        const std::int64_t sum = space_.Index(k, a.genes[at]) + space_.Index(k, b.genes[at]);
        gene = space_.Value(k, (sum + (random.Chance(0.5) ? 1 : 0)) / 2);
      } else {
        gene = space_.Decode(
            k, std::midpoint(space_.Encode(k, a.genes[at]), space_.Encode(k, b.genes[at])));
      }
    }
    task.objective = static_cast<int>(random.Below(static_cast<std::uint32_t>(scale_.size())));
    for (std::size_t j = 0; j < scale_.size(); ++j) {
      task.caps.push_back(std::midpoint(a.objectives[j], b.objectives[j]));
    }
    return task;
  }

  PolishTask OnTheSpot(RandomStream& random) const {
    const Candidate& a = members_[random.Below(static_cast<std::uint32_t>(members_.size()))];
    const std::uint32_t objectives = static_cast<std::uint32_t>(scale_.size());
    return {From(a), static_cast<int>(random.Below(objectives)), a.objectives, {}};
  }

  void Move(RandomStream& random, Candidate* start) const {
    const int k = lattice_[random.Below(static_cast<std::uint32_t>(lattice_.size()))];
    double& gene = start->genes[static_cast<std::size_t>(k)];
    const std::int64_t values = space_.values(k);
    const std::int64_t now = space_.Index(k, gene);
    if (space_.category(k)) {
      const std::int64_t other = random.Below(static_cast<std::uint32_t>(values - 1));
      gene = space_.Value(k, other < now ? other : other + 1);
      return;
    }
    // Mostly to the next value, now and then farther; back from an end.
    const std::int64_t length = std::min(std::int64_t{1} << random.Below(3), values - 1);
    const std::int64_t by = random.Chance(0.5) ? length : -length;
    const std::int64_t next = now + by;
    gene = space_.Value(
        k, next < 0 || next >= values ? std::clamp<std::int64_t>(now - by, 0, values - 1) : next);
  }

  const GeneSpace& space_;
  const std::vector<Candidate>& members_;
  const std::vector<double>& scale_;
  std::vector<int> lattice_;
  std::vector<const Candidate*> best_;
  std::vector<Gap> gaps_;
};

}  // namespace

std::vector<double> ObjectiveScale(const ParetoArchive& archive,
                                   std::span<const Candidate> population, int objectives) {
  std::vector<double> scale;
  const auto measure = [&](std::span<const Candidate> candidates, std::size_t j) {
    double low = kInfinite, high = -kInfinite, size = 0;
    for (const Candidate& c : candidates) {
      if (!c.solved) continue;
      low = std::min(low, c.objectives[j]);
      high = std::max(high, c.objectives[j]);
      size = std::max(size, std::abs(c.objectives[j]));
    }
    return high - low > kNarrow * size ? high - low : size;
  };
  for (std::size_t j = 0; j < static_cast<std::size_t>(objectives); ++j) {
    const double own =
        archive.members().empty() ? measure(population, j) : measure(archive.members(), j);
    scale.push_back(own > 0 && std::isfinite(own) ? own : 1);
  }
  return scale;
}

std::vector<PolishTask> PlanPolish(const GeneSpace& space, std::span<const Candidate> population,
                                   std::span<const Standing> standings,
                                   const ParetoArchive& archive, int objectives, std::int64_t seed,
                                   std::uint32_t generation, std::size_t count) {
  const std::vector<double> scale = ObjectiveScale(archive, population, objectives);
  return Planner(space, population, standings, archive.members(), scale, count)
      .Plan(seed, generation, count);
}

}  // namespace raffinate::optimizer
