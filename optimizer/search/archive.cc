#include "optimizer/search/archive.h"

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "kernels/population/population.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/spread.h"

namespace raffinate::optimizer {
namespace {

std::vector<double> Flatten(const std::vector<const Candidate*>& candidates) {
  std::vector<double> values;
  for (const Candidate* c : candidates) {
    values.insert(values.end(), c->objectives.begin(), c->objectives.end());
  }
  return values;
}

}  // namespace

std::vector<double> ParetoArchive::Objectives() const {
  std::vector<double> values;
  for (const Candidate& c : members_) {
    values.insert(values.end(), c.objectives.begin(), c.objectives.end());
  }
  return values;
}

bool ParetoArchive::Insert(std::span<const Candidate> batch) {
  for (const Candidate& c : batch) {
    if (least_violated_.empty() || LessViolated(c, least_violated_.front())) least_violated_ = {c};
  }

  std::vector<const Candidate*> pool;
  for (const Candidate& c : members_) pool.push_back(&c);
  const std::size_t old = pool.size();
  for (const Candidate& c : batch) {
    if (Feasible(c)) pool.push_back(&c);
  }
  if (pool.size() == old) return false;

  std::vector<double> columns(pool.size() * static_cast<std::size_t>(objectives_));
  for (std::size_t i = 0; i < pool.size(); ++i) {
    for (std::size_t j = 0; j < static_cast<std::size_t>(objectives_); ++j) {
      columns[j * pool.size() + i] = pool[i]->objectives[j];
    }
  }
  const std::vector<int> ranks =
      kernels::Ranks(device_, {columns, pool.size(), objectives_}, /*enough=*/1);
  absl::flat_hash_set<std::vector<double>> seen;
  std::vector<const Candidate*> front;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (ranks[i] == 0 && seen.insert(pool[i]->objectives).second) front.push_back(pool[i]);
  }
  if (front.size() > capacity_) {
    std::vector<const Candidate*> kept;
    for (std::size_t i : SelectSpread(Flatten(front), objectives_, capacity_)) {
      kept.push_back(front[i]);
    }
    front = std::move(kept);
  }

  // Members come first in the pool and never repeat each other, so that nothing
  // changed exactly when all of them and nothing else is left.
  if (front.size() == old && std::equal(front.begin(), front.end(), pool.begin())) return false;
  std::vector<Candidate> members;
  members.reserve(front.size());
  for (const Candidate* c : front) members.push_back(*c);
  std::sort(members.begin(), members.end(), [](const Candidate& a, const Candidate& b) {
    return a.objectives != b.objectives ? a.objectives < b.objectives : a.genes < b.genes;
  });
  members_ = std::move(members);
  return true;
}

}  // namespace raffinate::optimizer
