// Where a search starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// The start point and a Latin hypercube sample of `count` - 1 points: every
/// variable has one value in each of count - 1 equal parts of its range (McKay,
/// Beckman and Conover 1979, doi:10.1080/00401706.1979.10489755).
std::vector<Candidate> SampleInitial(const GeneSpace& space, std::int64_t seed, std::size_t count);

/// The start point and every other point of a space of `points` points.
std::vector<Candidate> Enumerate(const GeneSpace& space, std::int64_t points);

}  // namespace raffinate::optimizer
