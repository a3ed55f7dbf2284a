// What an extractant system must state before it is used.
#include "optimizer/model/check_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Case {
  const char* name;
  std::function<void(ExtractantSystem&)> spoil;
  const char* field;
  const char* says;
};

Violations Check(const ExtractantSystem& system) {
  Violations violations;
  CheckSystem(system, testing::SmallChemistry().elements, "s", &violations);
  return violations;
}

class CheckSystemTest : public ::testing::TestWithParam<Case> {};

TEST_P(CheckSystemTest, RefusesWithThePathAndWhatWouldBeRight) {
  ExtractantSystem system = testing::SmallChemistry().systems["P507"];
  ASSERT_THAT(Check(system), IsEmpty());
  GetParam().spoil(system);
  const Violations violations = Check(system);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, GetParam().field);
  EXPECT_THAT(violations[0].description, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    MassAction, CheckSystemTest,
    ::testing::Values(
        Case{"NoBasis", [](auto& s) { s.basis = Basis::kUnstated; }, "s.basis",
             "DIMER, moles of (HA)2, or as MONOMER"},
        Case{"NoUnit", [](auto& s) { s.unit_mol_per_l = 0; }, "s.unit", "mol/L"},
        Case{"NoSource", [](auto& s) { s.source.clear(); }, "s.source", "missing"},
        Case{"NoSourceOfAConstant", [](auto& s) { s.constants[1].source.clear(); },
             "s.constants[1].source", "missing"},
        Case{"DoiAsAddress", [](auto& s) { s.doi = "https://doi.org/10.1/x"; }, "s.doi",
             "without 'doi:' or an address"},
        Case{"NoPh", [](auto& s) { s.validity.max_ph.reset(); }, "s.validity.max_ph",
             "PH in not_stated"},
        Case{"NoExtractantRange", [](auto& s) { s.validity.min_free_extractant.reset(); },
             "s.validity.min_free_extractant_mol_per_l", "FREE_EXTRACTANT"},
        Case{"NoLoading", [](auto& s) { s.validity.max_loading.reset(); }, "s.validity.max_loading",
             "LOADING"},
        Case{"NoTemperature", [](auto& s) { s.validity.max_temperature.reset(); },
             "s.validity.max_temperature_celsius", "TEMPERATURE"},
        Case{"NoMedium", [](auto& s) { s.validity.medium.clear(); }, "s.validity.medium",
             "missing"},
        Case{"RangeUpsideDown", [](auto& s) { s.validity.min_ph = 15; }, "s.validity.min_ph",
             "above max_ph 14"},
        Case{"StatedAndNot",
             [](auto& s) { s.validity.not_stated = {Validity::Quantity::kLoading}; },
             "s.validity.max_loading", "one of the two is wrong"},
        Case{"NegativeConcentration", [](auto& s) { s.validity.min_free_extractant = -1; },
             "s.validity.min_free_extractant_mol_per_l", "found -1"},
        Case{"TwoConstantsForOneElement", [](auto& s) { s.constants[1].element = "La"; },
             "s.constants[1].element", "listed twice"},
        Case{"UnknownElement", [](auto& s) { s.constants[1].element = "Xx"; },
             "s.constants[1].element", "unknown element"},
        Case{"LogarithmOfANegativeK", [](auto& s) { s.constants[0].log10_k = std::log10(-1); },
             "s.constants[0].log10_k", "positive K"},
        Case{"DOfAnotherLaw", [](auto& s) { s.constants[0].d = 2; }, "s.constants[0].d",
             "not used by the law MASS_ACTION_DIMER"},
        Case{"NegativeError", [](auto& s) { s.constants[0].log10_standard_error = -0.1; },
             "s.constants[0].log10_standard_error", "found -0.1"},
        Case{"NoConstants", [](auto& s) { s.constants.clear(); }, "s.constants", "none found"},
        Case{"LimitWithoutSource", [](auto& s) { s.loading_limit->source.clear(); },
             "s.loading_limit.source", "missing"}),
    [](const auto& info) { return info.param.name; });

TEST(CheckSystem, ARangeThatTheSourceDoesNotStateMayBeLeftOut) {
  ExtractantSystem system = testing::SmallChemistry().systems["P507"];
  system.validity = {};
  system.validity.medium = "chloride";
  system.validity.not_stated = {Validity::Quantity::kPh, Validity::Quantity::kFreeExtractant,
                                Validity::Quantity::kLoading, Validity::Quantity::kTemperature};
  EXPECT_THAT(Check(system), IsEmpty());
}

TEST(CheckSystem, LawsWithoutExtractantHaveNoBasis) {
  for (const char* name : {"beta", "ratio"}) {
    ExtractantSystem system = testing::SmallChemistry().systems[name];
    EXPECT_THAT(Check(system), IsEmpty()) << name;
    system.basis = Basis::kDimer;
    ASSERT_EQ(Check(system).size(), 1u) << name;
    EXPECT_EQ(Check(system)[0].field, "s.basis");
  }
}

TEST(CheckSystem, RefusesANegativeD) {
  ExtractantSystem system = testing::SmallChemistry().systems["ratio"];
  system.constants[0].d = -2;
  ASSERT_EQ(Check(system).size(), 1u);
  EXPECT_EQ(Check(system)[0].field, "s.constants[0].d");
}

}  // namespace
}  // namespace raffinate::optimizer
