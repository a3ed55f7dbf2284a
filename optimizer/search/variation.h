// The operators that make genes of genes.
#pragma once

#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/random_stream.h"

namespace raffinate::optimizer {

using Genes = std::vector<double>;

/// Simulated binary crossover, eta 15, in place: of each gene in which the parents
/// differ half are crossed, choices are swapped (Deb and Agrawal 1995). Genes that
/// are not touched keep their bits. Pairs are crossed with probability 0.9.
void CrossSimulatedBinary(const GeneSpace& space, RandomStream& random, Genes& a, Genes& b);

/// Differential evolution, in place: moves `base` by a share of the difference from
/// `to` to `from` in a random part of its genes, at least one (Storn and Price 1997,
/// doi:10.1023/A:1008202821328). What would leave the range ends halfway to it. A
/// choice is taken from `from`.
void MoveByDifference(const GeneSpace& space, RandomStream& random, const Genes& from,
                      const Genes& to, Genes& base);

/// Polynomial mutation, eta 20, of each gene with probability 1/size (Deb and Goyal
/// 1996), and of at least one gene when `at_least_one`. One mutation in ten draws the
/// gene anew, bounds included. A gene with a lattice always moves when it is mutated, a
/// choice to any other one.
void Mutate(const GeneSpace& space, RandomStream& random, bool at_least_one, Genes& genes);

/// Uniform over the space.
Genes RandomGenes(const GeneSpace& space, RandomStream& random);

}  // namespace raffinate::optimizer
