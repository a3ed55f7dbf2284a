#include "optimizer/search/hopeless.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace raffinate::optimizer {
namespace {

constexpr std::size_t kStays = 8;

// Whether `member` is nowhere worse and somewhere better than anything with these bounds.
bool Dominates(const Candidate& member, const std::vector<double>& bounds) {
  bool better = false;
  for (std::size_t j = 0; j < bounds.size(); ++j) {
    if (member.objectives[j] > bounds[j]) return false;
    better = better || member.objectives[j] < bounds[j];
  }
  return better;
}

}  // namespace

void LeaveOutHopeless(Problem& problem, const ParetoArchive& archive, Offspring* offspring) {
  const std::vector<Candidate>& members = archive.members();
  if (members.empty() || !problem.foresees()) return;
  const std::size_t made = offspring->candidates.size();
  std::vector<Foreseen> foreseen(made);
  problem.Foresee(offspring->candidates, foreseen);
  std::vector<char> hopeless;
  for (const Foreseen& f : foreseen) {
    hopeless.push_back(f.violation > 0 ||
                       std::any_of(members.begin(), members.end(), [&f](const Candidate& member) {
                         return Dominates(member, f.objectives);
                       }));
  }
  const auto hoped = std::count(hopeless.begin(), hopeless.end(), 0);
  std::size_t spared = static_cast<std::size_t>(std::max<std::ptrdiff_t>(
      static_cast<std::ptrdiff_t>((made + kStays - 1) / kStays) - hoped, 0));
  Offspring kept;
  for (std::size_t i = 0; i < made; ++i) {
    if (hopeless[i] != 0 && spared == 0) continue;
    spared -= hopeless[i] != 0;
    kept.candidates.push_back(std::move(offspring->candidates[i]));
    kept.made_by.push_back(offspring->made_by[i]);
    kept.parent.push_back(offspring->parent[i]);
  }
  *offspring = std::move(kept);
}

}  // namespace raffinate::optimizer
