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
/// alike on the lattice. Then, of one objective, the best candidate, and with one variable
/// moved along its lattice (a stage more or less), and in turn with it others of the
/// population, which may lie beyond a ridge. Of several objectives: the best of each, to
/// make it better still, most often moved along the lattice; then members on one side of
/// the widest gaps to the other side (from half the way, where the sides differ on the
/// lattice), and where there is a lattice in turn with them any members, moved along it, to
/// make one objective better at no loss to the rest.
std::vector<PolishTask> PlanPolish(const GeneSpace& space, std::span<const Candidate> population,
                                   std::span<const Standing> standings,
                                   const ParetoArchive& archive, int objectives, std::int64_t seed,
                                   std::uint32_t generation, std::size_t count);

/// What counts as much of each objective: its range in the archive, or its size where
/// that says nothing. > 0.
std::vector<double> ObjectiveScale(const ParetoArchive& archive,
                                   std::span<const Candidate> population, int objectives);

}  // namespace raffinate::optimizer
