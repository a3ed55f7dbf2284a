// Which candidates are worth polishing, and towards what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "optimizer/search/archive.h"
#include "optimizer/search/gene_space.h"
#include "optimizer/search/polish.h"
#include "optimizer/search/selection.h"

namespace raffinate::optimizer {

/// At most `count` tasks. While nothing is feasible: the best of the population, no two
/// alike on the lattice. Then members of the archive: the best of one objective to make
/// it better still; of two objectives the ends of the widest gaps, half the way across;
/// others to make one objective better at no loss to the rest, most of them with one
/// variable moved along its lattice (a stage more or less). Of one objective half the
/// tasks begin at the population's best instead, which may lie beyond a ridge.
std::vector<PolishTask> PlanPolish(const GeneSpace& space, std::span<const Candidate> population,
                                   std::span<const Standing> standings,
                                   const ParetoArchive& archive, int objectives, std::int64_t seed,
                                   std::uint32_t generation, std::size_t count);

/// What counts as much of each objective: its range in the archive, or its size where
/// that says nothing. > 0.
std::vector<double> ObjectiveScale(const ParetoArchive& archive,
                                   std::span<const Candidate> population, int objectives);

}  // namespace raffinate::optimizer
