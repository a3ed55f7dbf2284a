// Selection and variation one candidate after the other, by plain sorts and sets: what those
// of the search, which run in parallel, must give bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/offspring.h"
#include "optimizer/search/problem.h"
#include "optimizer/search/selection.h"

namespace raffinate::optimizer::serial {

/// Crowding distances of the rows of one front (row-major).
std::vector<double> CrowdingDistances(std::span<const double> values, int objectives);

/// Standing of every candidate among all.
std::vector<Standing> Stand(std::span<const Candidate> candidates, int objectives);

/// Indices, ascending, of the `keep` candidates that survive.
std::vector<std::size_t> Survivors(std::span<const Candidate> candidates, int objectives,
                                   std::size_t keep);

/// As optimizer::MakeOffspring.
Offspring MakeOffspring(const GeneSpace& space, std::span<const Candidate> population,
                        std::span<const Standing> standings, std::int64_t seed,
                        std::uint32_t generation, double differential_share, std::size_t count);

}  // namespace raffinate::optimizer::serial
