#include "optimizer/search/variation.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace raffinate::optimizer {
namespace {

constexpr double kCrossoverChance = 0.9;
constexpr double kCrossoverEta = 15;
constexpr double kMutationEta = 20;
// Share of mutations that draw a gene anew from a range this much wider on either
// side, so that one in six lands on a bound. Polynomial steps do not cross a gap that
// constraints leave in one gene, and optima of plants lie on bounds: at a tenth
// Osyczka and Kundu's problem is solved by 9 seeds of 9 instead of 5.
constexpr double kJumpChance = 0.1;
constexpr double kBeyond = 0.1;

// Spread factor of bounded simulated binary crossover for a parent pair `gap` apart
// whose nearer bound is `room` away from the parent on that side.
double SpreadFactor(double room, double gap, double uniform) {
  const double beta = 1 + 2 * room / gap;
  const double alpha = 2 - std::pow(beta, -(kCrossoverEta + 1));
  const double x = uniform * alpha;
  return std::pow(x <= 1 ? x : 1 / (2 - x), 1 / (kCrossoverEta + 1));
}

// Moves a coordinate in [0, 1] by the bounded polynomial distribution.
double PolynomialStep(double coordinate, double uniform) {
  const bool down = uniform < 0.5;
  const double room = down ? 1 - coordinate : coordinate;
  const double edge = std::pow(room, kMutationEta + 1);
  const double share = down ? 2 * uniform : 2 * (1 - uniform);
  const double size = 1 - std::pow(share + (1 - share) * edge, 1 / (kMutationEta + 1));
  return std::clamp(down ? coordinate - size : coordinate + size, 0.0, 1.0);
}

double MutatedGene(const GeneSpace& space, int i, double gene, RandomStream& random) {
  const std::int64_t values = space.values(i);
  if (values == 1) return space.Decode(i, 0.5);
  if (space.category(i)) {
    const std::int64_t now = space.Index(i, gene);
    const std::int64_t other = random.Below(static_cast<std::uint32_t>(values - 1));
    return space.Value(i, other < now ? other : other + 1);
  }
  const double uniform = random.Uniform();
  const double target = random.Chance(kJumpChance) ? (1 + 2 * kBeyond) * uniform - kBeyond
                                                   : PolynomialStep(space.Encode(i, gene), uniform);
  const double moved = space.Decode(i, target);
  if (values == 0 || moved != gene) return moved;
  // The step was shorter than the lattice: go to the next value, back from an end.
  const std::int64_t now = space.Index(i, gene);
  const bool down = now == values - 1 || (now > 0 && uniform < 0.5);
  return space.Value(i, down ? now - 1 : now + 1);
}

}  // namespace

void CrossSimulatedBinary(const GeneSpace& space, RandomStream& random, Genes& a, Genes& b) {
  if (!random.Chance(kCrossoverChance)) return;
  for (int i = 0; i < space.size(); ++i) {
    if (!random.Chance(0.5) || a[i] == b[i]) continue;
    if (space.category(i)) {
      std::swap(a[i], b[i]);
      continue;
    }
    double low = space.Encode(i, a[i]);
    double high = space.Encode(i, b[i]);
    if (low > high) std::swap(low, high);
    const double uniform = random.Uniform();
    const bool swap = random.Chance(0.5);
    const double gap = high - low;
    if (gap < 1e-14) continue;
    const double middle = 0.5 * (low + high);
    a[i] = space.Decode(i, middle - 0.5 * gap * SpreadFactor(low, gap, uniform));
    b[i] = space.Decode(i, middle + 0.5 * gap * SpreadFactor(1 - high, gap, uniform));
    if (swap) std::swap(a[i], b[i]);
  }
}

void MoveByDifference(const GeneSpace& space, RandomStream& random, const Genes& from,
                      const Genes& to, Genes& base) {
  const double factor = 0.4 + 0.5 * random.Uniform();
  const double share = random.Chance(0.5) ? 0.9 : 0.2;
  const int always = static_cast<int>(random.Below(static_cast<std::uint32_t>(space.size())));
  for (int i = 0; i < space.size(); ++i) {
    if (!random.Chance(share) && i != always) continue;
    if (space.category(i)) {
      base[i] = from[i];
      continue;
    }
    if (from[i] == to[i]) continue;
    const double start = space.Encode(i, base[i]);
    double moved = start + factor * (space.Encode(i, from[i]) - space.Encode(i, to[i]));
    if (moved < 0) moved = 0.5 * start;
    if (moved > 1) moved = 0.5 * (1 + start);
    base[i] = space.Decode(i, moved);
  }
}

void Mutate(const GeneSpace& space, RandomStream& random, bool at_least_one, Genes& genes) {
  const double chance = 1.0 / space.size();
  bool none = true;
  for (int i = 0; i < space.size(); ++i) {
    if (!random.Chance(chance)) continue;
    genes[i] = MutatedGene(space, i, genes[i], random);
    none = false;
  }
  if (none && at_least_one) {
    const int i = static_cast<int>(random.Below(static_cast<std::uint32_t>(space.size())));
    genes[i] = MutatedGene(space, i, genes[i], random);
  }
}

Genes RandomGenes(const GeneSpace& space, RandomStream& random) {
  Genes genes(static_cast<std::size_t>(space.size()));
  for (int i = 0; i < space.size(); ++i) genes[i] = space.Decode(i, random.Uniform());
  return genes;
}

}  // namespace raffinate::optimizer
