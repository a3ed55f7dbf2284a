// Draws of what is uncertain.
#include "optimizer/scenarios/draw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "optimizer/model/leaves.h"
#include "optimizer/scenarios/normal.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

/// The small plant with a feed that is not known exactly.
Flowsheet UncertainPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.1, 0.02};
  flowsheet.streams[0].flow = Uncertain{1.0, std::nullopt, 0.9, 1.2};
  return flowsheet;
}

TEST(Uncertainty, ListsWhatIsUncertain) {
  const Flowsheet flowsheet = UncertainPlant();
  const Uncertainty uncertainty(flowsheet, testing::SmallChemistry());
  ASSERT_EQ(uncertainty.numbers().size(), 2u);
  EXPECT_EQ(uncertainty.numbers()[0].path, "streams[0].flow_m3_per_h");
  EXPECT_EQ(uncertainty.numbers()[0].sd, 0);
  EXPECT_EQ(uncertainty.numbers()[1].path, "streams[0].metals[0].mol_per_l");
  EXPECT_EQ(uncertainty.numbers()[1].low, 0);
  EXPECT_TRUE(Uncertainty(testing::SmallPlant(), testing::SmallChemistry()).empty());
}

TEST(Uncertainty, LatinHypercubeHasOneValuePerStratum) {
  const Uncertainty uncertainty(UncertainPlant(), testing::SmallChemistry());
  constexpr std::size_t kCount = 50;
  const auto draws = uncertainty.Sample(kCount, 3, true);
  std::set<int> of_flow, of_metal;
  for (const auto& draw : draws) {
    of_flow.insert(static_cast<int>((draw.values[0] - 0.9) / 0.3 * kCount));
    of_metal.insert(static_cast<int>(NormalProbability((draw.values[1] - 0.1) / 0.02) * kCount));
  }
  EXPECT_EQ(of_flow.size(), kCount);
  EXPECT_EQ(of_metal.size(), kCount);
}

TEST(Uncertainty, IndependentDrawsHaveTheMomentsOfTheirDistribution) {
  const Uncertainty uncertainty(UncertainPlant(), testing::SmallChemistry());
  constexpr std::size_t kCount = 20000;
  double flow = 0, metal = 0, square = 0, product = 0;
  for (const auto& draw : uncertainty.Sample(kCount, 5, false)) {
    flow += draw.values[0] / kCount;
    metal += draw.values[1] / kCount;
    square += std::pow(draw.values[1] - 0.1, 2) / kCount;
    product += (draw.values[0] - 1.05) * (draw.values[1] - 0.1) / kCount;
  }
  const double of_mean = 5 / std::sqrt(static_cast<double>(kCount));  // five standard errors
  EXPECT_NEAR(flow, 1.05, of_mean * 0.3 / std::sqrt(12));
  EXPECT_NEAR(metal, 0.1, of_mean * 0.02);
  EXPECT_NEAR(square, 0.0004, of_mean * 0.0004 * std::sqrt(2));
  EXPECT_NEAR(product, 0, of_mean * 0.02 * 0.3 / std::sqrt(12));
}

TEST(Uncertainty, SeedsDrawOtherNumbersAndTheSameOnesAgain) {
  const Uncertainty uncertainty(UncertainPlant(), testing::SmallChemistry());
  for (const bool stratified : {false, true}) {
    const auto first = uncertainty.Sample(20, 1, stratified);
    const auto again = uncertainty.Sample(20, 1, stratified);
    const auto other = uncertainty.Sample(20, 2, stratified);
    for (std::size_t k = 0; k < first.size(); ++k) {
      EXPECT_EQ(first[k].values, again[k].values);
      EXPECT_NE(first[k].values, other[k].values);
    }
  }
}

TEST(Uncertainty, CovarianceOfConstantsIsThatOfTheDraws) {
  Chemistry chemistry = testing::SmallChemistry();
  ExtractantSystem& system = chemistry.systems["P507"];
  // Pr follows La exactly, at twice the deviation; Nd by half.
  system.covariance.parameters = {"La.log10_k", "Pr.log10_k", "Nd.log10_k"};
  system.covariance.rows = {
      {0.0004, 0.0008, 0.0002}, {0.0008, 0.0016, 0.0004}, {0.0002, 0.0004, 0.0009}};
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.scenarios.emplace().constants = true;
  const Uncertainty uncertainty(flowsheet, chemistry);
  ASSERT_EQ(uncertainty.numbers().size(), 3u);
  constexpr std::size_t kCount = 20000;
  double sums[3][3] = {};
  for (const auto& draw : uncertainty.Sample(kCount, 7, false)) {
    double deviation[3];
    for (std::size_t i = 0; i < 3; ++i) {
      deviation[i] = draw.values[i] - uncertainty.numbers()[i].value;
    }
    EXPECT_NEAR(deviation[1], 2 * deviation[0], 1e-12);
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) sums[i][j] += deviation[i] * deviation[j] / kCount;
    }
    const Chemistry drawn = uncertainty.With(draw, chemistry);
    EXPECT_EQ(*drawn.systems.at("P507").Find("Pr")->log10_k, draw.values[1]);
    EXPECT_EQ(*drawn.systems.at("P507").Find("Dy")->log10_k, 0.51);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const auto& rows = system.covariance.rows;
      const double error = std::sqrt((rows[i][i] * rows[j][j] + rows[i][j] * rows[i][j]) / kCount);
      EXPECT_NEAR(sums[i][j], rows[i][j], 5 * error) << i << " " << j;
    }
  }
}

TEST(Uncertainty, StandardErrorsAndTheDefaultOne) {
  Chemistry chemistry = testing::SmallChemistry();
  chemistry.systems["P507"].constants[2].log10_standard_error = 0.05;  // Nd
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.scenarios.emplace().constants = true;
  EXPECT_EQ(Uncertainty(flowsheet, chemistry).numbers().size(), 1u);
  flowsheet.scenarios->log10_error = 0.1;
  const Uncertainty all(flowsheet, chemistry);
  ASSERT_EQ(all.numbers().size(), 4u);  // La, Nd, Na, NH4: Pr and Dy are not fed
  for (const UncertainNumber& number : all.numbers()) {
    EXPECT_EQ(number.sd, number.path == "P507: Nd.log10_k" ? 0.05 : 0.1) << number.path;
  }
  flowsheet.circuits[0].system = std::string("beta");
  const Uncertainty of_beta(flowsheet, chemistry);
  ASSERT_EQ(of_beta.numbers().size(), 2u);
  Uncertainty::Draw draw = of_beta.Nominal();
  draw.values[1] = std::log10(5.0);
  EXPECT_NEAR(*of_beta.With(draw, chemistry).systems.at("beta").Find("Nd")->beta, 5, 1e-12);
}

TEST(Uncertainty, WritesIntoTheFlowsheetAndStaysWithinBounds) {
  Flowsheet flowsheet = UncertainPlant();
  flowsheet.streams[0].metals[0].mol_per_l = Uncertain{0.01, 1.0};  // mostly below zero
  flowsheet.circuits[0].sections[1].efficiency = Uncertain{0.95, 0.2};
  const Uncertainty uncertainty(flowsheet, testing::SmallChemistry());
  for (const auto& draw : uncertainty.Sample(500, 11, false)) {
    Flowsheet drawn = flowsheet;
    uncertainty.Apply(draw, &drawn);
    VisitLeaves(drawn, [](const auto& leaf, const Bounds& bounds, auto path) {
      if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
        ASSERT_EQ(leaf.index(), 0u) << path();
        EXPECT_TRUE(bounds.Contain(std::get<double>(leaf))) << path();
      }
    });
    EXPECT_EQ(Value(drawn.streams[0].flow), draw.values[0]);
    EXPECT_EQ(Value(drawn.streams[1].flow), 0.12);
  }
}

TEST(Uncertainty, TakesEveryAssayEquallyOften) {
  Flowsheet flowsheet = testing::SmallPlant();
  Assays& assays = flowsheet.scenarios.emplace().assays.emplace_back();
  assays.stream = "feed";
  assays.samples = {{{{"La", 0.08}}, {}}, {{{"La", 0.1}, {"Nd", 0.12}}, 0.02}, {{{"Nd", 0.2}}, {}}};
  const Uncertainty uncertainty(flowsheet, testing::SmallChemistry());
  int taken[3] = {};
  for (const auto& draw : uncertainty.Sample(30, 1, true)) {
    ++taken[draw.samples[0]];
    Flowsheet drawn = flowsheet;
    uncertainty.Apply(draw, &drawn);
    const Stream& feed = drawn.streams[0];
    EXPECT_EQ(Value(feed.metals[0].mol_per_l), draw.samples[0] == 0 ? 0.08 : 0.1);
    EXPECT_EQ(Value(feed.metals[1].mol_per_l), draw.samples[0] == 0   ? 0.1
                                               : draw.samples[0] == 1 ? 0.12
                                                                      : 0.2);
    EXPECT_EQ(Value(*feed.hcl), draw.samples[0] == 1 ? 0.02 : 0.01);
  }
  for (const int times : taken) EXPECT_EQ(times, 10);
}

}  // namespace
}  // namespace raffinate::optimizer
