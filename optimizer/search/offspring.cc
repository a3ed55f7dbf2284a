#include "optimizer/search/offspring.h"

#include <utility>

#include "optimizer/parallel.h"
#include "optimizer/search/gene_set.h"
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

// Recombines and mutates pair `pair` into its one or two places in `offspring`.
struct Maker {
  const GeneSpace& space;
  std::span<const Candidate> population;
  std::span<const Standing> standings;
  std::int64_t seed;
  std::uint32_t generation;
  double differential_share;

  void Make(std::uint32_t pair, Offspring* offspring, std::vector<RandomStream>* streams) const {
    const std::uint32_t n = static_cast<std::uint32_t>(population.size());
    RandomStream random(seed, RandomStream::Purpose::kCrossover, generation, pair);
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
    for (std::uint32_t k = 0; k < 2; ++k) {
      const std::uint32_t index = 2 * pair + k;
      if (index >= offspring->candidates.size()) break;
      Candidate& child = offspring->candidates[index];
      child.genes = std::move(genes[k]);
      child.state = population[parents[k]].state;
      Mutate(space, (*streams)[index], /*at_least_one=*/false, child.genes);
      offspring->parent[index] = parents[k];
      offspring->made_by[index] =
          differential ? Operator::kDifferential : Operator::kSimulatedBinary;
    }
  }
};

}  // namespace

Offspring MakeOffspring(const GeneSpace& space, std::span<const Candidate> population,
                        std::span<const Standing> standings, std::int64_t seed,
                        std::uint32_t generation, double differential_share, std::size_t count,
                        int threads) {
  Offspring offspring;
  offspring.candidates.resize(count);
  offspring.parent.resize(count);
  offspring.made_by.resize(count);
  std::vector<RandomStream> streams;
  streams.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    streams.emplace_back(seed, RandomStream::Purpose::kMutation, generation, i);
  }
  const Maker maker{space, population, standings, seed, generation, differential_share};
  const std::size_t pairs = (count + 1) / 2;
  ParallelFor(ThreadsFor(threads, count), pairs, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      maker.Make(static_cast<std::uint32_t>(p), &offspring, &streams);
    }
  });

  // One child after the other, for each must differ from all before it.
  const std::vector<HashedGenes> parents = HashGenes(threads, population);
  std::vector<HashedGenes> children = HashGenes(threads, offspring.candidates);
  GeneSet known;
  known.reserve(population.size() + count);
  known.insert(parents.begin(), parents.end());
  for (std::size_t i = 0; i < count; ++i) {
    Genes& genes = offspring.candidates[i].genes;
    for (int tries = 0; tries < kTries && known.contains(children[i]); ++tries) {
      Mutate(space, streams[i], /*at_least_one=*/true, genes);
      children[i] = HashedGenes(genes);
    }
    if (known.contains(children[i])) {
      genes = RandomGenes(space, streams[i]);
      children[i] = HashedGenes(genes);
    }
    known.insert(children[i]);
  }
  return offspring;
}

}  // namespace raffinate::optimizer
