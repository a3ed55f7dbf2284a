// Derivatives of the figures against differences of whole simulations.
#include "optimizer/model/sensitivity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "kernels/solve.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/simulate.h"
#include "tests/optimizer/derivatives_support.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using testing::FigureOf;
using testing::FivePoints;
using testing::SetLeaf;

const kernels::Device kScalar{kernels::Device::Kind::kCpuScalar, 0, 1};

/// A flowsheet with its steady state.
struct Simulated {
  Simulated(const Flowsheet& flowsheet, const Chemistry& chemistry,
            const kernels::State* warm = nullptr)
      : prepared(Prepare(flowsheet, chemistry)) {
    EXPECT_EQ(prepared.problem, "");
    const kernels::Task task{&prepared.cascade, warm};
    kernels::Solve(kScalar, {&task, 1}, kernels::SolveOptions(), {&solution, 1});
    EXPECT_EQ(solution.status, kernels::SolveStatus::kSolved);
  }
  Solved solved() const { return {prepared.built, prepared.cascade, solution}; }

  Prepared prepared;
  kernels::Solution solution;
};

/// Compares every derivative of every figure. Returns how many levers there are.
std::size_t Compare(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  const Simulated middle(flowsheet, chemistry);
  const Sensitivities all = ComputeSensitivities(flowsheet, chemistry, middle.solved(), kScalar);
  for (const Sensitivity& s : all.figures) {
    EXPECT_EQ(s.by_lever.size(), all.levers.size());
    const Figures figures = ComputeFigures(flowsheet, middle.solved());
    EXPECT_NEAR(s.value, FigureOf(figures, s.figure, s.product), 1e-12 * std::abs(s.value));
  }
  for (std::size_t l = 0; l < all.levers.size(); ++l) {
    const Lever& lever = all.levers[l];
    SCOPED_TRACE(lever.path);
    const FivePoints points(lever.value);
    const bool ends = points.ends;
    const double scale = points.scale;
    std::vector<Figures> at;
    for (int k = 0; k < FivePoints::kCount; ++k) {
      Flowsheet changed = flowsheet;
      SetLeaf(&changed, lever.path, points.At(k));
      const Simulated there(changed, chemistry, &middle.solution.state);
      at.push_back(ComputeFigures(changed, there.solved()));
    }
    for (const Sensitivity& s : all.figures) {
      SCOPED_TRACE(s.figure + " " + s.product);
      // Stages of equal phase ratio part where an end is left: a kink.
      if (ends && s.figure.find("organic_to_aqueous") != std::string::npos) continue;
      double difference = 0;
      for (int k = 0; k < FivePoints::kCount; ++k) {
        difference += points.Weight(k) * FigureOf(at[k], s.figure, s.product);
      }
      // Per relative change of the lever, against the figure itself. The smaller
      // step beside an end, where figures bend most, leaves the difference fewer
      // digits.
      EXPECT_NEAR(s.by_lever[l] * scale, difference * scale,
                  (ends ? 1e-3 : 1e-5) * std::abs(difference * scale) +
                      (ends ? 1e-5 : 1e-7) * std::abs(s.value));
    }
  }
  return all.levers.size();
}

TEST(Sensitivity, ClosedLoop) {
  EXPECT_EQ(Compare(testing::SmallPlant(), testing::SmallChemistry()), 29u);
}

TEST(Sensitivity, OpenLoopWithSaponifiedOrganicDrawsAndImperfectStages) {
  EXPECT_GT(Compare(testing::ImperfectOpenLoop(), testing::SmallChemistry()), 15u);
}

TEST(Sensitivity, ConstantD) {
  Flowsheet f = testing::SmallPlant();
  f.circuits[0].system = std::string("ratio");
  f.circuits[0].organic.loop = Loop::kOpen;
  f.circuits[0].sections = {f.circuits[0].sections[1], f.circuits[0].sections[2]};
  f.streams.erase(f.streams.begin() + 1);
  f.products[1].stream = "loaded organic";
  EXPECT_GT(Compare(f, testing::SmallChemistry()), 8u);
}

TEST(Sensitivity, ConstantBeta) {
  Flowsheet f = testing::SmallPlant();
  f.circuits[0].system = std::string("beta");
  f.circuits[0].organic.loop = Loop::kOpen;
  f.circuits[0].sections = {f.circuits[0].sections[1], f.circuits[0].sections[2]};
  f.circuits[0].extractant_mol_per_l = 0.4;
  f.streams.erase(f.streams.begin() + 1);
  f.streams[0].hcl = 0.0;
  f.products[1].stream = "loaded organic";
  EXPECT_GT(Compare(f, testing::SmallChemistry()), 5u);
}

TEST(Sensitivity, EveryFigureThatCanChangeHasOne) {
  Flowsheet f = testing::SmallPlant();
  f.streams[1].nh4oh = 0.1;
  const Chemistry chemistry = testing::SmallChemistry();
  const Simulated middle(f, chemistry);
  std::map<std::string, std::size_t> found;
  for (const Sensitivity& s :
       ComputeSensitivities(f, chemistry, middle.solved(), kScalar).figures) {
    ++found[s.figure];
  }
  for (const FigureInfo& figure : FigureTable()) {
    const std::string name = figure.name;
    const std::size_t wanted = figure.per_product() ? f.products.size() : 1;
    // Stages come in whole numbers; ratios to the theoretical minimum have none. Figures of the
    // plant: plant_sensitivity_test.cc.
    const bool none = name == "stages" || figure.of_minimum || figure.of_plant;
    EXPECT_EQ(found[name], none ? 0 : wanted) << name;
  }
}

// Two numbers that an engineer can check by hand: with the feed's flow all amounts
// per tonne but those of the other streams stand still, and no figure changes when
// every flow grows alike.
TEST(Sensitivity, EveryFlowTogetherChangesOnlyTheSize) {
  const Flowsheet f = testing::SmallPlant();
  const Chemistry chemistry = testing::SmallChemistry();
  const Simulated middle(f, chemistry);
  const Sensitivities all = ComputeSensitivities(f, chemistry, middle.solved(), kScalar);
  for (const Sensitivity& s : all.figures) {
    double sum = 0;
    for (std::size_t l = 0; l < all.levers.size(); ++l) {
      if (all.levers[l].path.find("flow_m3_per_h") == std::string::npos) continue;
      sum += s.by_lever[l] * all.levers[l].value;
    }
    const bool grows = s.figure == "reo" || s.figure == "total_reo" || s.figure == "organic" ||
                       s.figure == "stage_flow";
    EXPECT_NEAR(sum, grows ? s.value : 0, 1e-8 * std::max(1.0, std::abs(s.value))) << s.figure;
  }
}

}  // namespace
}  // namespace raffinate::optimizer
