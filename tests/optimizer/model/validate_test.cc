// Every problem of names, leaves, streams and circuits, with its exact path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
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

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::string Describe(const Violations& violations) {
  std::string text;
  for (const Violation& v : violations) text += v.field + ": " + v.description + "\n";
  return text;
}

struct Case {
  const char* name;
  std::function<void(Flowsheet&)> spoil;
  const char* field;
  const char* says;  ///< part of the description
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ValidateTest : public ::testing::TestWithParam<Case> {};

TEST_P(ValidateTest, TellsExactlyThisProblem) {
  Flowsheet flowsheet = testing::SmallPlant();
  GetParam().spoil(flowsheet);
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  ASSERT_THAT(violations, SizeIs(1)) << Describe(violations);
  EXPECT_EQ(violations[0].field, GetParam().field);
  EXPECT_THAT(violations[0].description, HasSubstr(GetParam().says));
}

Draw SideDraw(int stage) {
  Draw draw;
  draw.name = "side";
  draw.stage = stage;
  draw.share = 0.1;
  return draw;
}

INSTANTIATE_TEST_SUITE_P(
    Names, ValidateTest,
    ::testing::Values(
        Case{"StreamWithoutName",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].inlets.clear();
               f.circuits[0].sections[3].outlet.clear();
               f.products.pop_back();
               f.streams[2].name = "";
             },
             "streams[2].name", "missing"},
        Case{"OutletNamedAsAStream",
             [](Flowsheet& f) { f.circuits[0].sections[0].outlet = "feed"; },
             "circuits[0].sections[0].outlet", "already the name at streams[0].name"},
        Case{"DrawNamedAsAnOutlet",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].draws = {SideDraw(2)};
               f.circuits[0].sections[2].draws[0].name = "spent";
             },
             "circuits[0].sections[2].draws[0].name", "'spent'"},
        Case{"DrawWithoutName",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].draws = {SideDraw(2)};
               f.circuits[0].sections[2].draws[0].name = "";
             },
             "circuits[0].sections[2].draws[0].name", "missing"},
        Case{"ReservedName", [](Flowsheet& f) { f.circuits[0].sections[0].outlet = "organic"; },
             "circuits[0].sections[0].outlet", "choose another"},
        Case{"SectionTwice", [](Flowsheet& f) { f.circuits[0].sections[2].name = "strip"; },
             "circuits[0].sections[3].name", "two sections"},
        Case{"SectionWithoutName", [](Flowsheet& f) { f.circuits[0].sections[2].name = ""; },
             "circuits[0].sections[2].name", "missing"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Leaves, ValidateTest,
    ::testing::Values(
        Case{"Nan", [](Flowsheet& f) { f.streams[0].flow = kNan; },
             "streams[0].flow_m3_per_h.value", "found nan"},
        Case{"Infinity", [](Flowsheet& f) { f.circuits[0].organic.flow = kInf; },
             "circuits[0].organic.flow_m3_per_h.value", "found inf"},
        Case{"ZeroFlow", [](Flowsheet& f) { f.streams[1].flow = 0.0; },
             "streams[1].flow_m3_per_h.value", "above 0 m3/h"},
        Case{"NegativeFlow", [](Flowsheet& f) { f.circuits[0].organic.flow = -1.0; },
             "circuits[0].organic.flow_m3_per_h.value", "found -1 m3/h"},
        Case{"NegativeConcentration", [](Flowsheet& f) { f.streams[0].hcl = -0.1; },
             "streams[0].hcl_mol_per_l.value", "at least 0 mol/L"},
        Case{"NoStages", [](Flowsheet& f) { f.circuits[0].sections[2].stages = 0; },
             "circuits[0].sections[2].stages.value", "at least 1"},
        Case{"TooManyStages", [](Flowsheet& f) { f.circuits[0].sections[2].stages = 1001; },
             "circuits[0].sections[2].stages.value", "at most 1000"},
        Case{"OutletShare", [](Flowsheet& f) { f.circuits[0].sections[3].outlet_share = 1.5; },
             "circuits[0].sections[3].outlet_share.value", "found 1.5"},
        Case{"Efficiency", [](Flowsheet& f) { f.circuits[0].sections[1].efficiency = 0.0; },
             "circuits[0].sections[1].efficiency.value", "above 0"},
        Case{"AqueousEntrainment",
             [](Flowsheet& f) { f.circuits[0].sections[1].aqueous_entrainment = 0.5; },
             "circuits[0].sections[1].aqueous_entrainment.value", "below 0.5"},
        Case{"OrganicEntrainment",
             [](Flowsheet& f) { f.circuits[0].sections[1].organic_entrainment = -0.1; },
             "circuits[0].sections[1].organic_entrainment.value", "at least 0"},
        Case{"Saponification", [](Flowsheet& f) { f.circuits[0].organic.saponification = 0.6; },
             "circuits[0].organic.saponification.value", "at most 0.5"},
        Case{"DrawShare",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].draws = {SideDraw(2)};
               f.circuits[0].sections[2].draws[0].share = 1.2;
             },
             "circuits[0].sections[2].draws[0].share.value", "found 1.2"},
        Case{"OpenRange",
             [](Flowsheet& f) {
               f.circuits[0].organic.flow = Range{1, 2, {}, {}, false};
             },
             "circuits[0].organic.flow_m3_per_h", "a range, 1 to 2"},
        Case{"OpenChoice",
             [](Flowsheet& f) {
               f.circuits[0].sections[1].stages = Choices{{4, 6}};
             },
             "circuits[0].sections[1].stages", "a choice of 4, 6"},
        Case{"OpenName",
             [](Flowsheet& f) {
               f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
               f.extractant_systems[0].name = "mine";
               f.circuits[0].system = std::vector<std::string>{"P507", "mine"};
             },
             "circuits[0].extractant.system", "a choice of P507, mine"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Streams, ValidateTest,
    ::testing::Values(
        Case{"UnknownElement",
             [](Flowsheet& f) {
               f.streams[0].metals.push_back({"Ndd", 0.1});
             },
             "streams[0].metals[2].element", "did you mean 'Nd'"},
        Case{"ElementTwice",
             [](Flowsheet& f) {
               f.streams[0].metals.push_back({"Nd", 0.1});
             },
             "streams[0].metals[2].element", "listed twice"},
        Case{"UnknownFeed", [](Flowsheet& f) { f.streams[0].feed = "liqour"; }, "streams[0].feed",
             "did you mean 'liquor'"},
        Case{"NoConstant",
             [](Flowsheet& f) {
               f.streams[0].metals.push_back({"Zn", 0.1});
             },
             "streams[0].metals[2].element", "P507 has no constant for Zn; it has La, Pr"},
        Case{"NoSodium", [](Flowsheet& f) { f.circuits[0].system = std::string("no-sodium"); },
             "streams[1].naoh_mol_per_l", "no-sodium has no constant for Na"},
        Case{"NoAmmoniumForSaponification",
             [](Flowsheet& f) {
               f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
               f.extractant_systems[0].constants.pop_back();
               f.circuits[0].organic.saponification = 0.3;
               f.circuits[0].organic.base = Base::kNH4OH;
             },
             "circuits[0].organic.saponification", "no constant for NH4"},
        Case{"BaseWithMetals",
             [](Flowsheet& f) {
               f.streams[1].metals = {{"Nd", 0.1}};
             },
             "streams[1].metals[0].element", "can hold no metals"},
        Case{"BaseWithAcid", [](Flowsheet& f) { f.streams[1].hcl = 0.1; },
             "streams[1].hcl_mol_per_l", "acid or base, not both"},
        Case{"ChlorideBelowTheMetals",
             [](Flowsheet& f) {
               f.streams[0].hcl.reset();
               f.streams[0].chloride = 0.5;
             },
             "streams[0].chloride_mol_per_l", "charges cannot balance"},
        Case{"ChlorideAgainstAcid", [](Flowsheet& f) { f.streams[0].chloride = 0.65; },
             "streams[0].chloride_mol_per_l", "agree within 1 %"},
        Case{"NoMetalAnywhere",
             [](Flowsheet& f) {
               f.streams[0].metals.clear();
               f.products.clear();
             },
             "streams", "no stream holds a metal"},
        Case{"StreamEntersNowhere",
             [](Flowsheet& f) {
               f.streams.push_back({});
               f.streams[4].name = "water";
               f.streams[4].flow = 1.0;
             },
             "streams[4].name", "enters nowhere"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Circuit, ValidateTest,
    ::testing::Values(
        Case{"UnknownSystem", [](Flowsheet& f) { f.circuits[0].system = std::string("P570"); },
             "circuits[0].extractant.system", "did you mean 'P507'"},
        Case{"NoSystem", [](Flowsheet& f) { f.circuits[0].system = std::string(); },
             "circuits[0].extractant.system", "missing"},
        Case{"NoExtractant", [](Flowsheet& f) { f.circuits[0].extractant_mol_per_l = 0.0; },
             "circuits[0].extractant.concentration_mol_per_l", "above 0 mol/L"},
        Case{"UnknownInlet",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].inlets.push_back({"scrub acdi", {}});
             },
             "circuits[0].sections[2].inlets[1].stream", "did you mean 'scrub acid'"},
        Case{"EntersTwice",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].inlets.push_back({"feed", {}});
             },
             "circuits[0].sections[2].inlets[1].stream", "each stream enters once"},
        Case{"InletStageOutside",
             [](Flowsheet& f) {
               f.streams.push_back({});
               f.streams[4].name = "water";
               f.streams[4].flow = 1.0;
               f.circuits[0].sections[1].inlets.push_back({"water", 7});
             },
             "circuits[0].sections[1].inlets[1].stage", "has 6 stages"},
        Case{"DrawStageOutside",
             [](Flowsheet& f) { f.circuits[0].sections[2].draws = {SideDraw(5)}; },
             "circuits[0].sections[2].draws[0].stage", "has 4 stages"},
        Case{"DrawWithoutAmount",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].draws = {SideDraw(2)};
               f.circuits[0].sections[2].draws[0].share.reset();
             },
             "circuits[0].sections[2].draws[0]", "neither of share and flow"},
        Case{"DrawWithTwoAmounts",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].draws = {SideDraw(2)};
               f.circuits[0].sections[2].draws[0].flow = 0.1;
             },
             "circuits[0].sections[2].draws[0]", "both of share and flow"},
        Case{"DrawBesideOutlet",
             [](Flowsheet& f) { f.circuits[0].sections[1].draws = {SideDraw(1)}; },
             "circuits[0].sections[1].draws[0].stage", "already drawn"},
        Case{"NoOutlet", [](Flowsheet& f) { f.circuits[0].sections[0].outlet.clear(); },
             "circuits[0].sections[0].outlet", "missing"},
        Case{"RefluxOutOfTheFirstSection",
             [](Flowsheet& f) { f.circuits[0].sections[0].outlet_share = 0.5; },
             "circuits[0].sections[0].outlet_share", "must be 1"},
        Case{"DryLastStage", [](Flowsheet& f) { f.circuits[0].sections[3].inlets[0].stage = 2; },
             "circuits[0].sections[3].inlets", "no aqueous reaches"},
        Case{"DryBelowAnOutlet",
             [](Flowsheet& f) {
               f.circuits[0].sections[2].outlet = "scrub liquor";
               f.circuits[0].sections[1].inlets[0].stage = 2;
             },
             "circuits[0].sections[1].inlets", "no aqueous reaches"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Systems, ValidateTest,
    ::testing::Values(Case{"NoLogK",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
                             f.extractant_systems[0].constants[1].log10_k.reset();
                           },
                           "extractant_systems[0].constants[1].log10_k",
                           "MASS_ACTION_DIMER needs it"},
                      Case{"NoBeta",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["beta"]};
                             f.extractant_systems[0].constants[1].beta.reset();
                           },
                           "extractant_systems[0].constants[1].beta", "CONSTANT_BETA needs it"},
                      Case{"NegativeD",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["ratio"]};
                             f.extractant_systems[0].constants[0].d = -1;
                           },
                           "extractant_systems[0].constants[0].d", "above 0"},
                      Case{"UnknownElementOfASystem",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
                             f.extractant_systems[0].constants[1].element = "Prr";
                           },
                           "extractant_systems[0].constants[1].element", "did you mean 'Pr'"},
                      Case{"SystemTwice",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["P507"],
                                                     testing::SmallChemistry().systems["P507"]};
                           },
                           "extractant_systems[1].name", "defined twice"},
                      Case{"NanInASystem",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
                             f.extractant_systems[0].constants[0].log10_k = kNan;
                           },
                           "extractant_systems[0].constants[0].log10_k", "found nan"},
                      Case{"Loading",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
                             f.extractant_systems[0].loading_limit->share = 2;
                           },
                           "extractant_systems[0].loading_limit.share", "found 2"},
                      Case{"OverrideTakesNothingOver",
                           [](Flowsheet& f) {
                             f.extractant_systems = {testing::SmallChemistry().systems["P507"]};
                             f.extractant_systems[0].constants.erase(
                                 f.extractant_systems[0].constants.begin() + 2);
                           },
                           "streams[0].metals[1].element", "own replaces it whole"}),
    [](const auto& info) { return info.param.name; });

TEST(Validate, AcceptsTheSmallPlant) {
  const Violations violations =
      Validate(testing::SmallPlant(), testing::SmallChemistry(), Purpose::kSimulate);
  EXPECT_THAT(violations, IsEmpty()) << Describe(violations);
}

TEST(Validate, AcceptsWaterAndAMeasuredChloride) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[2].hcl.reset();
  flowsheet.streams[0].chloride = 0.611;
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  EXPECT_THAT(violations, IsEmpty()) << Describe(violations);
}

TEST(Validate, TellsEveryProblemAtOnce) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].metals[1].element = "Xx";
  flowsheet.streams[1].flow = 0.0;
  flowsheet.streams[2].hcl = kNan;
  flowsheet.circuits[0].sections[1].stages = -3;
  flowsheet.circuits[0].sections[0].outlet.clear();
  flowsheet.products[0].stream = "rafinate";
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  // The Nd product has lost its feed as well.
  EXPECT_THAT(violations, SizeIs(7)) << Describe(violations);
}

TEST(Validate, WantsACircuitAndNamesThatDiffer) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits.push_back(flowsheet.circuits[0]);
  const Violations two = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  EXPECT_THAT(two, ::testing::Contains(::testing::Field(&Violation::field, "circuits[1].name")));
  flowsheet.circuits.clear();
  const Violations none = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  EXPECT_THAT(none, ::testing::Contains(::testing::Field(&Violation::field, "circuits")));
}

TEST(Validate, AnEmptyFlowsheetIsRefusedAndDoesNotCrash) {
  const Violations violations =
      Validate(Flowsheet(), testing::SmallChemistry(), Purpose::kOptimize);
  EXPECT_GE(violations.size(), 3u);
}

TEST(Validate, EndlessListsAreRefusedBeforeTheyCostTime) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams.resize(200000);
  flowsheet.products.resize(200000);
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  ASSERT_THAT(violations, SizeIs(2)) << Describe(violations);
  EXPECT_EQ(violations[0].field, "streams");
  EXPECT_THAT(violations[1].description, HasSubstr("at most 100"));
}

TEST(Validate, ConstantLoadingHasNoPlaceForBase) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].system = std::string("beta");
  const Violations violations = Validate(flowsheet, testing::SmallChemistry(), Purpose::kSimulate);
  ASSERT_THAT(violations, SizeIs(1)) << Describe(violations);
  EXPECT_EQ(violations[0].field, "streams[1].naoh_mol_per_l");
}

}  // namespace
}  // namespace raffinate::optimizer
