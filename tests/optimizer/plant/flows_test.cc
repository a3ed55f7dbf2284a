// What is known of a plant before it is solved, and small linear systems.
#include <random>

#include "optimizer/plant/linear.h"
#include "optimizer/plant/plant.h"
#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

TEST(Linear, SolvesWhatItWasMadeOf) {
  const unsigned seed = testing::Seed();
  SCOPED_TRACE("RAFFINATE_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  for (const int n : {1, 2, 7, 30}) {
    std::vector<double> a(n * n), x(n * 2), b(n * 2, 0.0);
    for (double& v : a) v = normal(random);
    for (double& v : x) v = normal(random);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        for (int c = 0; c < 2; ++c) b[i * 2 + c] += a[i * n + j] * x[j * 2 + c];
      }
    }
    ASSERT_TRUE(SolveLinear(n, a, 2, &b));
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(b[i], x[i], 1e-9);
  }
}

TEST(Linear, KnowsASingularMatrix) {
  std::vector<double> b = {1, 1};
  EXPECT_FALSE(SolveLinear(2, {1, -1, -1, 1}, 1, &b));
}

// A recycle of the share s of what leaves carries 1 / (1 - s) times what is fed.
TEST(Flows, ARecycleFillsUp) {
  Flowsheet flowsheet = testing::Battery();
  flowsheet.splits = {{"raffinate", {{"returned", 0.75}, {"out", {}}}}};
  flowsheet.circuits[0].sections[0].inlets.push_back({"returned", {}});
  flowsheet.products[0].stream = "out";
  const Chemistry chemistry = testing::SmallChemistry();
  Plant plant;
  ASSERT_EQ(MakePlant(flowsheet, chemistry, Graph(flowsheet), &plant), "");
  ASSERT_EQ(plant.links.size(), 1u);
  EXPECT_NEAR(plant.links[0].flow[0], 3 * 1.05, 1e-12);
  // Chloride of feed and scrub acid leaves with the rest of the raffinate, sodium with it.
  const SimulationResult result = testing::SimulatePlant(flowsheet, chemistry);
  EXPECT_NEAR(testing::StreamOf(result, "out").flow_m3_per_h, 1.05, 1e-12);
  EXPECT_NEAR(testing::StreamOf(result, "out").chloride_mol_per_l * 1.05, 0.61 + 0.05, 1e-9);
}

// A draw given as a flow is that flow, whatever comes round.
TEST(Flows, ADrawOfAFlowInARecycle) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  Draw draw;
  draw.name = "drawn";
  draw.stage = 3;
  draw.flow = 0.4;
  flowsheet.circuits[0].sections[0].draws = {draw};
  flowsheet.circuits[1].sections[0].inlets.push_back({"drawn", {}});
  const SimulationResult result = testing::SimulatePlant(flowsheet, testing::SmallChemistry());
  EXPECT_NEAR(testing::StreamOf(result, "drawn").flow_m3_per_h, 0.4, 1e-12);
  EXPECT_NEAR(testing::StreamOf(result, "scrub liquor").flow_m3_per_h, 0.45, 1e-12);
  EXPECT_LE(result.convergence.balance_error, 1e-9);
}

}  // namespace
}  // namespace raffinate::optimizer
