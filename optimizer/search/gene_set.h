// Which genes are known already.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "optimizer/parallel.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Genes, not owned, with their hash, which several threads can compute beforehand.
struct HashedGenes {
  HashedGenes() = default;
  explicit HashedGenes(const std::vector<double>& of)
      : hash(absl::Hash<std::vector<double>>()(of)), genes(&of) {}

  bool operator==(const HashedGenes& other) const {
    return hash == other.hash && *genes == *other.genes;
  }
  struct Hash {
    std::size_t operator()(const HashedGenes& g) const { return g.hash; }
  };

  std::size_t hash = 0;
  const std::vector<double>* genes = nullptr;
};

using GeneSet = absl::flat_hash_set<HashedGenes, HashedGenes::Hash>;

/// Of every candidate, on `threads` threads (0: all).
inline std::vector<HashedGenes> HashGenes(int threads, std::span<const Candidate> candidates) {
  std::vector<HashedGenes> hashed(candidates.size());
  ParallelFor(ThreadsFor(threads, candidates.size()), candidates.size(),
              [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) {
                  hashed[i] = HashedGenes(candidates[i].genes);
                }
              });
  return hashed;
}

}  // namespace raffinate::optimizer
