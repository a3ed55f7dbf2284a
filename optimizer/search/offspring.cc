#include "optimizer/search/offspring.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "optimizer/search/random_stream.h"
#include "optimizer/search/variation.h"

namespace raffinate::optimizer {
namespace {

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

}  // namespace raffinate::optimizer
