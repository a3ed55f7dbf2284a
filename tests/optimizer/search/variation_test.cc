#include "optimizer/search/variation.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "optimizer/search/initial_population.h"

namespace raffinate::optimizer {
namespace {

std::vector<Variable> Mixed() {
  Variable real;
  real.lower = 0.5;
  real.upper = 8;
  real.start = 0.7;
  Variable log = real;
  log.log = true;
  Variable stepped = real;
  stepped.step = 0.25;
  Variable integer = real;
  integer.kind = Variable::Kind::kInteger;
  integer.lower = 1;
  integer.start = 5;
  Variable category = integer;
  category.kind = Variable::Kind::kCategory;
  category.lower = 0;
  category.upper = 3;
  category.start = 2;
  return {real, log, stepped, integer, category};
}

void ExpectInside(const std::vector<Variable>& variables, const GeneSpace& space, const Genes& g) {
  for (int i = 0; i < space.size(); ++i) {
    ASSERT_GE(g[i], variables[i].lower);
    ASSERT_LE(g[i], variables[i].upper);
    if (space.values(i) > 0) {
      ASSERT_EQ(space.Value(i, space.Index(i, g[i])), g[i]) << i;
    }
  }
}

TEST(Variation, StaysInsideTheSpace) {
  const std::vector<Variable> variables = Mixed();
  const GeneSpace space(variables);
  for (std::uint32_t i = 0; i < 2000; ++i) {
    RandomStream random(3, RandomStream::Purpose::kCrossover, 0, i);
    Genes a = RandomGenes(space, random);
    Genes b = RandomGenes(space, random);
    Genes c = RandomGenes(space, random);
    MoveByDifference(space, random, a, b, c);
    CrossSimulatedBinary(space, random, a, b);
    Mutate(space, random, true, a);
    for (const Genes& g : {a, b, c}) ExpectInside(variables, space, g);
  }
}

// Crossing keeps the middle of the parents in the mean, and equal parents as they are.
TEST(Variation, CrossoverIsCentredOnTheParents) {
  Variable v;
  const GeneSpace space({v});
  double sum = 0;
  int crossed = 0;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    RandomStream random(3, RandomStream::Purpose::kCrossover, 1, i);
    Genes a{0.45};
    Genes b{0.55};
    CrossSimulatedBinary(space, random, a, b);
    sum += a[0] + b[0];
    crossed += a[0] != 0.45;
    Genes same{0.3};
    Genes twin{0.3};
    CrossSimulatedBinary(space, random, same, twin);
    ASSERT_EQ(same[0], 0.3);
    ASSERT_EQ(twin[0], 0.3);
  }
  EXPECT_NEAR(sum / 20000, 1.0, 1e-3);
  EXPECT_NEAR(crossed / 20000.0, 0.45, 0.02);  // 0.9 of the pairs, half of the genes
}

TEST(Variation, MutationReachesEveryNeighbourAndEveryChoice) {
  const GeneSpace space(Mixed());
  std::set<double> integers;
  std::set<double> choices;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    RandomStream random(5, RandomStream::Purpose::kMutation, 0, i);
    Genes g{1, 1, 1, 5, 2};
    Mutate(space, random, true, g);
    ASSERT_NE(g, (Genes{1, 1, 1, 5, 2}));
    integers.insert(g[3]);
    choices.insert(g[4]);
  }
  EXPECT_TRUE(integers.contains(4));
  EXPECT_TRUE(integers.contains(6));
  EXPECT_EQ(choices, (std::set<double>{0, 1, 2, 3}));
}

TEST(SampleInitial, StartsWithTheStartAndCoversEveryStratum) {
  Variable v;
  v.start = 0.123;
  const GeneSpace space({v, v, v});
  const std::vector<Candidate> sample = SampleInitial(space, 9, 101);
  ASSERT_EQ(sample.size(), 101u);
  EXPECT_EQ(sample[0].genes, (Genes{0.123, 0.123, 0.123}));
  for (std::size_t i = 0; i < 3; ++i) {
    std::set<int> strata;
    for (std::size_t n = 1; n < sample.size(); ++n) {
      strata.insert(static_cast<int>(sample[n].genes[i] * 100));
    }
    EXPECT_EQ(strata.size(), 100u);
  }
}

}  // namespace
}  // namespace raffinate::optimizer
