#include "service/file/units.h"

#include <gtest/gtest.h>

namespace raffinate::service {
namespace {

TEST(Units, ConvertsWhatEngineersWrite) {
  struct Case {
    double value;
    const char* from;
    const char* to;
    double want;
  };
  for (const Case& c :
       {Case{10, "m3/h", "m3/h", 10}, Case{10, "m^3/h", "m3/h", 10}, Case{10, "m³/h", "m3/h", 10},
        Case{1000, "L/h", "m3/h", 1}, Case{1, "L/min", "m3/h", 0.06},
        Case{1, "m3/d", "m3/h", 1. / 24}, Case{4.5, "mol/l", "mol/L", 4.5},
        Case{4.5, "kmol/m3", "mol/L", 4.5}, Case{35, "%", "1", 0.35}, Case{99.9, "%", "1", 0.999},
        Case{99.99, "%", "1", 0.9999}, Case{5, "min", "s", 300}, Case{2, "h", "s", 7200},
        Case{144.242, "kg/kmol", "g/mol", 144.242}}) {
    const Conversion got = ConvertUnit(c.value, c.from, c.to);
    EXPECT_EQ(got.match, UnitMatch::kConverted) << c.from;
    EXPECT_DOUBLE_EQ(got.value, c.want) << c.from;
  }
}

TEST(Units, RoundsDecimalScalesOnce) {
  EXPECT_EQ(ConvertUnit(99.9, "%", "1").value, 0.999);
  EXPECT_EQ(ConvertUnit(0.1, "kmol/m3", "mol/L").value, 0.1);
  EXPECT_EQ(ConvertUnit(123.456, "mmol/L", "mol/L").value, 0.123456);
}

TEST(Units, TellsUnknownFromWrong) {
  EXPECT_EQ(ConvertUnit(1, "mol/L", "m3/h").match, UnitMatch::kWrongDimension);
  EXPECT_EQ(ConvertUnit(1, "h/m3", "m3/h").match, UnitMatch::kWrongDimension);
  EXPECT_EQ(ConvertUnit(1, "m3", "m3/h").match, UnitMatch::kWrongDimension);
  EXPECT_EQ(ConvertUnit(1, "parsnips/h", "m3/h").match, UnitMatch::kUnknownUnit);
  EXPECT_EQ(ConvertUnit(1, "", "m3/h").match, UnitMatch::kUnknownUnit);
  EXPECT_EQ(ConvertUnit(1, std::string(1000, 'm'), "m3/h").match, UnitMatch::kUnknownUnit);
}

}  // namespace
}  // namespace raffinate::service
