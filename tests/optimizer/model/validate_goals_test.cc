// Every problem of ranges, choices, products, objectives and settings, with its
// exact path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>

#include "optimizer/run.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Describe(const Violations& violations) {
  std::string text;
  for (const Violation& v : violations) text += v.field + ": " + v.description + "\n";
  return text;
}

/// The small plant with its scrub flow open.
Flowsheet OpenPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[2].flow = Range{0.02, 0.2, 0.05, {}, true};
  return flowsheet;
}

struct Case {
  const char* name;
  std::function<void(Flowsheet&)> spoil;
  const char* field;
  const char* says;  ///< part of the description
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ValidateGoalsTest : public ::testing::TestWithParam<Case> {};

TEST_P(ValidateGoalsTest, TellsExactlyThisProblem) {
  Flowsheet flowsheet = OpenPlant();
  GetParam().spoil(flowsheet);
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kOptimize);
  ASSERT_THAT(violations, SizeIs(1)) << Describe(violations);
  EXPECT_EQ(violations[0].field, GetParam().field);
  EXPECT_THAT(violations[0].description, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, ValidateGoalsTest,
    ::testing::Values(Case{"Empty",
                           [](Flowsheet& f) {
                             f.streams[1].flow = Range{0.3, 0.1, {}, {}, false};
                           },
                           "streams[1].flow_m3_per_h.range.min", "the range is empty"},
                      Case{"Point",
                           [](Flowsheet& f) {
                             f.streams[1].flow = Range{0.1, 0.1, {}, {}, false};
                           },
                           "streams[1].flow_m3_per_h.range.max", "write the number itself"},
                      Case{"NegativeMin",
                           [](Flowsheet& f) {
                             f.streams[1].flow = Range{-1, 0.1, {}, {}, false};
                           },
                           "streams[1].flow_m3_per_h.range.min", "found -1 m3/h"},
                      Case{"InfiniteMax",
                           [](Flowsheet& f) {
                             f.streams[1].flow =
                                 Range{0.1, std::numeric_limits<double>::infinity(), {}, {}, false};
                           },
                           "streams[1].flow_m3_per_h.range.max", "found inf"},
                      Case{"LogFromZero",
                           [](Flowsheet& f) {
                             f.streams[2].hcl = Range{0, 1, {}, {}, true};
                           },
                           "streams[2].hcl_mol_per_l.range.log", "above 0"},
                      Case{"NegativeStep",
                           [](Flowsheet& f) {
                             f.streams[2].hcl = Range{0, 1, {}, -0.1, false};
                           },
                           "streams[2].hcl_mol_per_l.range.step", "above 0"},
                      Case{"StepTooWide",
                           [](Flowsheet& f) {
                             f.streams[2].hcl = Range{0, 1, {}, 2, false};
                           },
                           "streams[2].hcl_mol_per_l.range.step", "only 1 wide"},
                      Case{"StartOutside",
                           [](Flowsheet& f) {
                             f.streams[2].hcl = Range{0, 1, 1.5, {}, false};
                           },
                           "streams[2].hcl_mol_per_l.range.start", "0 to 1"},
                      Case{"FractionalStages",
                           [](Flowsheet& f) {
                             f.circuits[0].sections[1].stages = Range{2.5, 9, {}, {}, false};
                           },
                           "circuits[0].sections[1].stages.range.min", "whole number"},
                      Case{"NoChoices", [](Flowsheet& f) { f.streams[2].hcl = Choices{}; },
                           "streams[2].hcl_mol_per_l.choices", "found 0 choices"},
                      Case{"BadChoice",
                           [](Flowsheet& f) {
                             f.streams[2].hcl = Choices{{1, -2}};
                           },
                           "streams[2].hcl_mol_per_l.choices.values[1]", "found -2"},
                      Case{"ChoiceTwice",
                           [](Flowsheet& f) {
                             f.streams[2].hcl = Choices{{1, 1}};
                           },
                           "streams[2].hcl_mol_per_l.choices.values[1]", "listed twice"},
                      Case{"UnknownSystemChoice",
                           [](Flowsheet& f) {
                             f.circuits[0].system = std::vector<std::string>{"P507", "P508"};
                           },
                           "circuits[0].extractant.system.choices.values[1]",
                           "did you mean 'P507'"},
                      Case{"ChoiceWithoutConstant",
                           [](Flowsheet& f) {
                             f.circuits[0].system = std::vector<std::string>{"P507", "no-sodium"};
                           },
                           "streams[1].naoh_mol_per_l", "no-sodium has no constant for Na"},
                      Case{"DrawStageAboveTheLargestSection",
                           [](Flowsheet& f) {
                             f.circuits[0].sections[1].stages = Range{3, 9, {}, {}, false};
                             Draw draw;
                             draw.name = "side";
                             draw.stage = Range{2, 12, {}, {}, false};
                             draw.share = 0.1;
                             f.circuits[0].sections[1].draws = {draw};
                           },
                           "circuits[0].sections[1].draws[0].stage", "at most 9 stages"},
                      Case{"ChlorideThatNeverBalances",
                           [](Flowsheet& f) {
                             f.streams[0].hcl.reset();
                             f.streams[0].chloride = Range{0.1, 0.5, {}, {}, false};
                           },
                           "streams[0].chloride_mol_per_l", "charges cannot balance"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Products, ValidateGoalsTest,
    ::testing::Values(
        Case{"NoProducts", [](Flowsheet& f) { f.products.clear(); }, "products",
             "at least one product"},
        Case{"ProductWithoutName", [](Flowsheet& f) { f.products[1].name = ""; },
             "products[1].name", "missing"},
        Case{"ProductTwice", [](Flowsheet& f) { f.products[1].name = "lanthanum"; },
             "products[1].name", "two products"},
        Case{"NoSuchStream", [](Flowsheet& f) { f.products[1].stream = "strip liqor"; },
             "products[1].stream", "did you mean 'strip liquor'"},
        Case{"LoadedOrganicOfAClosedLoop",
             [](Flowsheet& f) { f.products[1].stream = "loaded organic"; }, "products[1].stream",
             "known: spent, raffinate, strip liquor"},
        Case{"NoElements", [](Flowsheet& f) { f.products[1].elements.clear(); },
             "products[1].elements", "none found"},
        Case{"UnknownProductElement", [](Flowsheet& f) { f.products[1].elements = {"Nb"}; },
             "products[1].elements[0]", "unknown element 'Nb'"},
        Case{"NotFed",
             [](Flowsheet& f) {
               f.products[1].elements = {"Nd", "Dy"};
             },
             "products[1].elements[1]", "no stream feeds Dy; fed are La, Nd"},
        Case{"Sodium", [](Flowsheet& f) { f.products[1].elements = {"Na"}; },
             "products[1].elements[0]", "no product"},
        Case{"PerfectPurity", [](Flowsheet& f) { f.products[1].min_purity = 1.0; },
             "products[1].min_purity", "impossible"},
        Case{"PurityInPercent", [](Flowsheet& f) { f.products[1].min_purity = 99.9; },
             "products[1].min_purity", "found a purity of 99.9"},
        Case{"RecoveryAboveOne", [](Flowsheet& f) { f.products[1].min_recovery = 1.01; },
             "products[1].min_recovery", "found a recovery of 1.01"},
        Case{"ZeroRecovery", [](Flowsheet& f) { f.products[1].min_recovery = 0.0; },
             "products[1].min_recovery", "above 0"},
        Case{"MoreThanIsFed",
             [](Flowsheet& f) {
               f.products[0].elements = {"Nd"};
               f.products[0].min_recovery = 0.6;
               f.products[1].min_recovery = 0.5;
             },
             "products[1].min_recovery", "together more than is fed"},
        Case{"MoreThanIsFedOfSharedElements",
             [](Flowsheet& f) {
               f.products[0].elements = {"La", "Nd"};
               f.products[0].min_recovery = 0.8;
               f.products[1].min_recovery = 0.5;
             },
             "products[1].min_recovery", "share Nd"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Goals, ValidateGoalsTest,
    ::testing::Values(
        Case{"UnknownFigure",
             [](Flowsheet& f) {
               f.objectives = {{Direction::kMaximize, "purtiy", ""}};
             },
             "objectives[0].figure", "did you mean 'purity'"},
        Case{"WrongDirection",
             [](Flowsheet& f) {
               f.objectives = {{Direction::kMaximize, "acid", ""}};
             },
             "objectives[0].direction", "MINIMIZE it"},
        Case{"UnknownProduct",
             [](Flowsheet& f) {
               f.objectives = {{Direction::kMaximize, "purity", "neodym"}};
             },
             "objectives[0].product", "unknown product 'neodym'"},
        Case{"ProductOfAWholeFigure",
             [](Flowsheet& f) {
               f.objectives = {{Direction::kMinimize, "acid", "neodymium"}};
             },
             "objectives[0].product", "leave the product out"},
        Case{"ObjectiveTwice",
             [](Flowsheet& f) {
               f.objectives = {{Direction::kMinimize, "acid", ""},
                               {Direction::kMinimize, "acid_kg_per_t_reo", ""}};
             },
             "objectives[1]", "already an objective"},
        Case{"ConstraintWithoutLimit",
             [](Flowsheet& f) {
               f.constraints = {{"acid", "", {}, {}}};
             },
             "constraints[0]", "neither min nor max"},
        Case{"EmptyConstraint",
             [](Flowsheet& f) {
               f.constraints = {{"min_ph", "", 3, 1}};
             },
             "constraints[0].min", "nothing lies between"},
        Case{"NanConstraint",
             [](Flowsheet& f) {
               f.constraints = {{"acid", "", {}, std::numeric_limits<double>::quiet_NaN()}};
             },
             "constraints[0].max", "found nan"},
        Case{"UnknownConstraint",
             [](Flowsheet& f) {
               f.constraints = {{"acdi", "", {}, 3}};
             },
             "constraints[0].figure", "did you mean 'acid'"},
        Case{"NegativeEvaluations", [](Flowsheet& f) { f.search.max_evaluations = -1; },
             "search.max_evaluations", "found -1"},
        Case{"NegativeWallTime", [](Flowsheet& f) { f.search.max_wall_time_s = -1; },
             "search.max_wall_time_s", "found -1"},
        Case{"NegativeStagnation", [](Flowsheet& f) { f.search.stagnation_generations = -1; },
             "search.stagnation_generations", "found -1"},
        Case{"TinyPopulation", [](Flowsheet& f) { f.search.population = 3; }, "search.population",
             "4 to 100000"},
        Case{"HugePopulation", [](Flowsheet& f) { f.search.population = 100001; },
             "search.population", "4 to 100000"},
        Case{"NegativeIslands", [](Flowsheet& f) { f.search.islands = -1; }, "search.islands",
             "found -1; it must be 1 to 64"},
        Case{"ManyIslands", [](Flowsheet& f) { f.search.islands = 65; }, "search.islands",
             "found 65; it must be 1 to 64"},
        Case{"CrowdedIslands",
             [](Flowsheet& f) {
               f.search.islands = 8;
               f.search.population = 31;
             },
             "search.population", "at least 32"},
        Case{"StarvedIslands",
             [](Flowsheet& f) {
               f.search.islands = 8;
               f.search.max_evaluations = 7;
             },
             "search.max_evaluations", "at least 8"},
        Case{"NothingOpen", [](Flowsheet& f) { f.streams[2].flow = 0.05; }, "circuits",
             "nothing is left open"}),
    [](const auto& info) { return info.param.name; });

TEST(ValidateGoals, AcceptsAnOpenPlant) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.products[1].min_purity = 0.999;
  flowsheet.products[1].min_recovery = 0.99;
  flowsheet.objectives = {{Direction::kMaximize, "purity", "neodymium"},
                          {Direction::kMinimize, "stage_flow", ""},
                          {Direction::kMaximize, "loading", ""}};
  flowsheet.constraints = {{"max_ph", "", {}, 5}};
  flowsheet.circuits[0].sections[1].stages = Range{3, 12, 6, {}, false};
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kOptimize);
  EXPECT_THAT(violations, IsEmpty()) << Describe(violations);
}

TEST(ValidateGoals, SharedElementsWithRoomForBothAreNoProblem) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.products[0].elements = {"La", "Nd"};
  flowsheet.products[0].min_recovery = 0.5;
  flowsheet.products[1].min_recovery = 0.9;
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kOptimize);
  EXPECT_THAT(violations, IsEmpty()) << Describe(violations);
}

}  // namespace
}  // namespace raffinate::optimizer
