// The block `economics`: names that are known, numbers with a meaning.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "optimizer/run.h"
#include "tests/optimizer/economics/fixtures.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Chemistry PricedChemistry() {
  Chemistry chemistry = testing::SmallChemistry();
  chemistry.economics = testing::UnitData();
  return chemistry;
}

struct Case {
  const char* name;
  std::function<void(EconomicsSettings&)> spoil;
  const char* field;
  const char* says;  ///< part of the description
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ValidateEconomicsTest : public ::testing::TestWithParam<Case> {};

TEST_P(ValidateEconomicsTest, TellsExactlyThisProblem) {
  Flowsheet flowsheet = testing::SmallPlant();
  GetParam().spoil(flowsheet.economics);
  const Violations violations = Validate(flowsheet, PricedChemistry(), Purpose::kSimulate);
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].field, GetParam().field);
  EXPECT_THAT(violations[0].description, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Economics, ValidateEconomicsTest,
    ::testing::Values(Case{"PriceMisspelt",
                           [](EconomicsSettings& e) {
                             e.prices = {{"NaHO", 1}};
                           },
                           "economics.prices[0].name", "did you mean 'NaOH'"},
                      Case{"PriceNegative",
                           [](EconomicsSettings& e) {
                             e.prices = {{"NaOH", -1}};
                           },
                           "economics.prices[0].value", "found -1"},
                      Case{"FactorTwice",
                           [](EconomicsSettings& e) {
                             e.factors = {{"operators", 1}, {"operators", 2}};
                           },
                           "economics.factors[1].name", "given twice"},
                      Case{"SettlerOfNoRate",
                           [](EconomicsSettings& e) {
                             e.factors = {{"settler_rate", 0}};
                           },
                           "economics.factors[0].value", "above 0"},
                      Case{"MoreHoursThanAYear",
                           [](EconomicsSettings& e) {
                             e.factors = {{"operating_hours", 9000}};
                           },
                           "economics.factors[0].value", "up to 8784"},
                      Case{"MoreThanAllRecycled",
                           [](EconomicsSettings& e) {
                             e.factors = {{"co2_recycled_share", 1.1}};
                           },
                           "economics.factors[0].value", "at most 1"},
                      Case{"LimitOfNothing",
                           [](EconomicsSettings& e) {
                             e.limits = {{"NH4-N", 0}};
                           },
                           "economics.limits[0].value", "positive limit"},
                      Case{"UnknownSubstance",
                           [](EconomicsSettings& e) {
                             e.limits = {{"NH3-N", 15}};
                           },
                           "economics.limits[0].name", "unknown substance"},
                      Case{"UnknownProduct",
                           [](EconomicsSettings& e) {
                             e.product_prices = {{"gold", 15}};
                           },
                           "economics.product_prices[0].name", "unknown product"},
                      Case{"UnknownExtractant", [](EconomicsSettings& e) { e.extractant = "P50"; },
                           "economics.extractant", "did you mean 'P507'"}),
    [](const auto& info) { return info.param.name; });

TEST(ValidateEconomics, AcceptsWhatIsKnown) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.economics.prices = {{"NaOH", 0}, {"HCl", 0.3}};
  flowsheet.economics.factors = {{"settler_rate", 4}};
  flowsheet.economics.limits = {{"Na", 200}, {"NH4-N", 25}};
  flowsheet.economics.extractant = "P507";
  EXPECT_THAT(Validate(flowsheet, PricedChemistry(), Purpose::kSimulate), IsEmpty());
}

// A search that minimizes cost ends with designs that simulate to their figures.
TEST(ValidateEconomics, FiguresOfThePlantAreObjectives) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[2].flow = Range{0.02, 0.2, 0.05, {}, true};
  flowsheet.objectives = {{Direction::kMinimize, "cost", ""}, {Direction::kMinimize, "co2e", ""}};
  flowsheet.constraints = {{"effluent_over_limit", "", {}, 1e9}};
  EXPECT_THAT(Validate(flowsheet, PricedChemistry(), Purpose::kOptimize), IsEmpty());
  flowsheet.objectives = {{Direction::kMaximize, "cost", ""}};
  EXPECT_THAT(Validate(flowsheet, PricedChemistry(), Purpose::kOptimize), SizeIs(1));
}

}  // namespace
}  // namespace raffinate::optimizer
