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

class Planner {
 public:
  Planner(const GeneSpace& space, std::span<const Candidate> population,
          std::span<const Standing> standings, const std::vector<Candidate>& members,
          const std::vector<double>& scale)
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
      if (!population[i].solved) break;
      // Without a lattice all are alike, and each counts for itself.
      std::vector<double> key = population[i].genes;
      for (int k = 0; k < space.size(); ++k) {
        if (!lattice_.empty() && space.values(k) == 0) key[static_cast<std::size_t>(k)] = 0;
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
      if (members_.empty() || (m == 1 && n > 0 && (n % 2 == 0 || lattice_.empty()))) {
        const std::size_t at = members_.empty() ? n : (n + 1) / 2;
        if (at >= best_.size()) {
          if (members_.empty()) break;
          continue;
        }
        tasks.push_back(Free(*best_[at], static_cast<int>((generation + n) % m)));
      } else if (n == 0) {
        tasks.push_back(End(static_cast<int>(generation % m)));
      } else if (m == 1) {
        tasks.push_back(Free(members_.front(), 0));
        Move(random, &tasks.back().start);
      } else {
        const std::size_t gap = (n - 1) / 2;
        if (n % 2 == 1 && gap < gaps_.size()) {
          const std::size_t at = gaps_[gap];
          const bool up = random.Chance(0.5);
          tasks.push_back(Between(members_[up ? at : at + 1], members_[up ? at + 1 : at]));
          continue;
        }
        tasks.push_back(OnTheSpot(random));
        if (!lattice_.empty() && n % 4 != 1) Move(random, &tasks.back().start);
      }
    }
    return tasks;
  }

 private:
  static Candidate From(const Candidate& c) {
    Candidate start;
    start.genes = c.genes;
    start.state = c.state;
    return start;
  }

  PolishTask Free(const Candidate& c, int objective) const {
    return {From(c), objective, std::vector<double>(scale_.size(), kInfinite)};
  }

  PolishTask End(int objective) const {
    const std::size_t j = static_cast<std::size_t>(objective);
    const auto best = std::min_element(
        members_.begin(), members_.end(),
        [j](const Candidate& a, const Candidate& b) { return a.objectives[j] < b.objectives[j]; });
    return Free(*best, objective);
  }

  // Members on either side of the widest gaps of a front of two objectives, widest first.
  void FindGaps() {
    if (scale_.size() != 2) return;
    std::vector<double> width;
    for (std::size_t at = 0; at + 1 < members_.size(); ++at) {
      const std::vector<double>& a = members_[at].objectives;
      const std::vector<double>& b = members_[at + 1].objectives;
      width.push_back((b[0] - a[0]) / scale_[0] * (a[1] - b[1]) / scale_[1]);
      gaps_.push_back(at);
    }
    std::stable_sort(gaps_.begin(), gaps_.end(),
                     [&](std::size_t a, std::size_t b) { return width[a] > width[b]; });
  }

  // From `a` half the way to `b`.
  PolishTask Between(const Candidate& a, const Candidate& b) const {
    PolishTask task{From(a), 0, a.objectives};
    double most = 0;
    for (std::size_t j = 0; j < scale_.size(); ++j) {
      const double gain = (a.objectives[j] - b.objectives[j]) / scale_[j];
      if (gain > most) {
        most = gain;
        task.objective = static_cast<int>(j);
      }
      task.caps[j] = std::max(a.objectives[j], 0.5 * (a.objectives[j] + b.objectives[j]));
    }
    return task;
  }

  PolishTask OnTheSpot(RandomStream& random) const {
    const Candidate& a = members_[random.Below(static_cast<std::uint32_t>(members_.size()))];
    const std::uint32_t objectives = static_cast<std::uint32_t>(scale_.size());
    return {From(a), static_cast<int>(random.Below(objectives)), a.objectives};
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
  std::vector<std::size_t> gaps_;  // each from this member to the next
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
  return Planner(space, population, standings, archive.members(), scale)
      .Plan(seed, generation, count);
}

}  // namespace raffinate::optimizer
