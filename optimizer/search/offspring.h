// One generation of children.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/problem.h"
#include "optimizer/search/selection.h"

namespace raffinate::optimizer {

/// The two ways to recombine parents, of which a search learns the better mix.
enum class Operator : std::uint8_t { kSimulatedBinary = 0, kDifferential = 1 };

struct Offspring {
  std::vector<Candidate> candidates;  ///< genes and the warm start of the first parent
  std::vector<Operator> made_by;      ///< one per candidate
  std::vector<std::uint32_t> parent;  ///< first parent of each, index in the population
};

/// Makes `count` children of a population of at least one. Parents win binary
/// tournaments on their standing; every pair is recombined, with probability
/// `differential_share` by differential evolution, and mutated. A child that repeats
/// a member of the population or an earlier child is mutated further, and after
/// some such tries drawn anew. On `threads` threads (0: all), which change nothing.
Offspring MakeOffspring(const GeneSpace& space, std::span<const Candidate> population,
                        std::span<const Standing> standings, std::int64_t seed,
                        std::uint32_t generation, double differential_share, std::size_t count,
                        int threads);

}  // namespace raffinate::optimizer
