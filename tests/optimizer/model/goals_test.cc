#include "optimizer/model/goals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Figures TwoProducts() {
  Figures figures;
  figures.products.resize(2);
  figures.products[0] = {"lanthanum", 0.99, 0.95, 0.01, 10, 10.1};
  figures.products[1] = {"neodymium", 0.9999, 0.9, 0.0001, 20, 20.002};
  figures.reagents_kg_per_t_reo = 800;
  figures.wastewater_m3_per_t_reo = 50;
  figures.stages = 30;
  return figures;
}

TEST(Goals, DefaultsArePurityReagentsAndWastewater) {
  const Goals goals(testing::SmallPlant());
  ASSERT_EQ(goals.objectives(), 3);
  // The worst purity counts, one nine is one unit.
  EXPECT_THAT(goals.Minimized(TwoProducts()), ElementsAre(DoubleNear(-2, 1e-12), 800, 50));
  EXPECT_THAT(goals.InFigureUnits(TwoProducts()), ElementsAre(0.99, 800, 50));
}

TEST(Goals, ObjectivesComeBackInTheUnitsOfTheFigures) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.objectives = {{Direction::kMaximize, "purity", "neodymium"},
                          {Direction::kMaximize, "recovery", ""},
                          {Direction::kMinimize, "impurity", ""},
                          {Direction::kMaximize, "reo", ""},
                          {Direction::kMinimize, "stages", ""}};
  const Goals goals(flowsheet);
  const std::vector<double> minimized = goals.Minimized(TwoProducts());
  EXPECT_THAT(minimized, ElementsAre(DoubleNear(-4, 1e-12), DoubleNear(-1, 1e-12),
                                     DoubleNear(-2, 1e-12), -10, 30));
  EXPECT_THAT(goals.ToFigureUnits(minimized),
              ElementsAre(DoubleNear(0.9999, 1e-12), DoubleNear(0.9, 1e-12),
                          DoubleNear(0.01, 1e-12), 10, 30));
}

TEST(Goals, NobodyPaysForATenthNine) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.objectives = {{Direction::kMaximize, "purity", ""}};
  Figures figures = TwoProducts();
  for (ProductFigures& product : figures.products) product.impurity = 1e-14;
  EXPECT_THAT(Goals(flowsheet).Minimized(figures), ElementsAre(DoubleNear(-9, 1e-12)));
}

TEST(Goals, ResidualsTellEveryDemandAndSumUpToTheViolation) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.products[0].min_purity = 0.999;
  flowsheet.products[0].min_recovery = 0.9;
  flowsheet.products[1].min_purity = {};
  flowsheet.products[1].min_recovery = {};
  Constraint purity;
  purity.figure = "purity";
  purity.min = 0.99999;
  Constraint stages;
  stages.figure = "stages";
  stages.max = 40;
  flowsheet.constraints = {purity, stages};
  const Goals goals(flowsheet);
  const std::vector<double> residuals = goals.Residuals(TwoProducts());
  EXPECT_EQ(goals.demands(), residuals.size());
  // A nine missed, recovery met by log10 0.1/0.05, three and one nine missed, ten stages to spare.
  EXPECT_THAT(residuals,
              ElementsAre(DoubleNear(1, 1e-9), DoubleNear(std::log10(0.5), 1e-9),
                          DoubleNear(3, 1e-9), DoubleNear(1, 1e-9), DoubleNear(-0.25, 1e-9)));
  double missed = 0;
  for (const double residual : residuals) missed += std::max(0.0, residual);
  EXPECT_NEAR(goals.Violation(TwoProducts()), missed, 1e-12);
}

TEST(Goals, ViolationsOfPurityAreInNines) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.products[0].min_purity = 0.999;
  flowsheet.products[1].min_recovery = 0.99;
  const Goals goals(flowsheet);
  const auto misses = goals.Misses(TwoProducts(), 0);
  ASSERT_EQ(misses.size(), 2u);
  EXPECT_NEAR(misses[0].violation, 1, 1e-9);
  EXPECT_EQ(misses[0].message, "product lanthanum: purity is 0.99, demanded is at least 0.999");
  EXPECT_NEAR(misses[1].violation, 1, 1e-9);
  EXPECT_THAT(misses[1].message, HasSubstr("neodymium: recovery is 0.9"));
  EXPECT_NEAR(goals.Violation(TwoProducts()), 2, 1e-9);
}

TEST(Goals, MetDemandsHaveNoViolation) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.products[0].min_purity = 0.98;
  flowsheet.constraints = {{"stages", "", {}, 30}, {"purity", "", 0.98, {}}};
  EXPECT_EQ(Goals(flowsheet).Violation(TwoProducts()), 0);
}

TEST(Goals, ConstraintsCountRelativeToTheirLimit) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.constraints = {{"stages", "", {}, 20}, {"wastewater", "", 100, {}}};
  const auto misses = Goals(flowsheet).Misses(TwoProducts(), 0);
  ASSERT_EQ(misses.size(), 2u);
  EXPECT_NEAR(misses[0].violation, 0.5, 1e-12);
  EXPECT_NEAR(misses[1].violation, 0.5, 1e-12);
  EXPECT_EQ(misses[1].message, "wastewater is 50 m3/t, demanded is at least 100 m3/t");
}

TEST(Goals, AConstraintWithoutAProductHoldsForEach) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.constraints = {{"recovery", "", 0.97, {}}};
  EXPECT_EQ(Goals(flowsheet).Misses(TwoProducts(), 0).size(), 2u);
  flowsheet.constraints[0].product = "neodymium";
  EXPECT_EQ(Goals(flowsheet).Misses(TwoProducts(), 0).size(), 1u);
}

TEST(Goals, TheToleranceIsInTheUnitsOfTheFigure) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.products[0].min_purity = 0.99 + 5e-10;
  const Goals goals(flowsheet);
  EXPECT_GT(goals.Violation(TwoProducts()), 0);
  EXPECT_TRUE(goals.Misses(TwoProducts(), 1e-9).empty());
}

TEST(FigureTable, NamesAreUniqueAndFoundEitherWay) {
  std::set<std::string> names;
  for (const FigureInfo& figure : FigureTable()) {
    EXPECT_TRUE(names.insert(figure.name).second) << figure.name;
    EXPECT_EQ(FindFigure(figure.name), &figure);
    EXPECT_EQ(FindFigure(figure.field), &figure);
    EXPECT_NE(figure.of_flowsheet == nullptr, figure.of_product == nullptr) << figure.name;
  }
  EXPECT_EQ(FindFigure("happiness"), nullptr);
}

TEST(Goals, AFigureThatMayBeAbsentMissesItsDemandWithAReason) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.objectives = {{Direction::kMinimize, "base_over_minimum", ""}};
  flowsheet.constraints = {{"acid_over_minimum", "", {}, 1.5}};
  const Goals goals(flowsheet);
  EXPECT_TRUE(goals.needs_minimum());
  EXPECT_FALSE(Goals(testing::SmallPlant()).needs_minimum());

  Figures figures = TwoProducts();
  figures.base_over_minimum = 1.25;
  figures.acid_over_minimum = 1.4;
  EXPECT_THAT(goals.Minimized(figures), ElementsAre(1.25));
  EXPECT_EQ(goals.Violation(figures), 0);
  figures.acid_over_minimum = 1.8;
  EXPECT_NEAR(goals.Violation(figures), 0.2, 1e-12);

  figures.base_over_minimum.reset();
  figures.acid_over_minimum.reset();
  figures.minimum.base_reason = "no base is used";
  figures.minimum.acid_reason = "no acid is used";
  EXPECT_THAT(goals.Minimized(figures), ElementsAre(Goals::kNoValue));
  const auto misses = goals.Misses(figures, 0);
  ASSERT_EQ(misses.size(), 2u);
  EXPECT_EQ(misses[0].message, "base_over_minimum has no value: no base is used");
  EXPECT_EQ(misses[1].message, "acid_over_minimum has no value: no acid is used");
  EXPECT_EQ(goals.Violation(figures), 2);
  figures.minimum.reason = "there is no scrub";
  EXPECT_THAT(goals.Misses(figures, 0)[1].message, HasSubstr("there is no scrub"));
}

}  // namespace
}  // namespace raffinate::optimizer
