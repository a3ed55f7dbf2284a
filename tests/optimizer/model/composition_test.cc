#include "optimizer/model/composition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Composition ComposeOrDie(const Stream& stream, bool count_moles = false) {
  Composition composition;
  EXPECT_EQ(
      Compose(stream, testing::SmallChemistry(), count_moles, Medium::kChloride, &composition), "");
  return composition;
}

TEST(Composition, AnionsBalanceMetalsSaltsAndAcid) {
  Stream stream;
  stream.flow = 2.0;
  stream.metals = {{"Nd", 0.1}, {"Zn", 0.05}};
  stream.hcl = 0.3;
  stream.nacl = 0.2;
  stream.nh4cl = 0.1;
  const Composition c = ComposeOrDie(stream);
  EXPECT_DOUBLE_EQ(c.flow, 2);
  EXPECT_DOUBLE_EQ(c.acid, 0.3);
  EXPECT_TRUE(c.feed);
  EXPECT_THAT(c.cations, UnorderedElementsAre(Pair("Nd", 0.1), Pair("Zn", 0.05), Pair("Na", 0.2),
                                              Pair("NH4", 0.1)));
  EXPECT_NEAR(c.anions, 3 * 0.1 + 2 * 0.05 + 0.2 + 0.1 + 0.3, 1e-15);
}

TEST(Composition, BaseBringsItsCationWithoutAnAnion) {
  Stream stream;
  stream.flow = 1.0;
  stream.naoh = 3.0;
  stream.nh4oh = 0.5;
  stream.nacl = 0.25;
  const Composition c = ComposeOrDie(stream);
  EXPECT_THAT(c.cations, UnorderedElementsAre(Pair("Na", 3.25), Pair("NH4", 0.5)));
  EXPECT_DOUBLE_EQ(c.anions, 0.25);
  EXPECT_FALSE(c.feed);
}

TEST(Composition, ChlorideInPlaceOfAcidClosesTheBalance) {
  Stream stream;
  stream.flow = 1.0;
  stream.metals = {{"Nd", 0.075}, {"Pr", 0.025}};
  stream.chloride = 0.31;
  const Composition c = ComposeOrDie(stream);
  EXPECT_NEAR(c.acid, 0.01, 1e-15);
  EXPECT_NEAR(c.anions, 0.31, 1e-15);
}

TEST(Composition, ChlorideBelowTheMetalsIsRefused) {
  Stream stream;
  stream.name = "feed";
  stream.flow = 1.0;
  stream.metals = {{"Nd", 0.1}};
  stream.chloride = 0.2;
  Composition composition;
  EXPECT_THAT(Compose(stream, testing::SmallChemistry(), false, Medium::kChloride, &composition),
              HasSubstr("less than the charge"));
}

TEST(Composition, OwnEntriesReplaceThoseOfTheLibraryFeed) {
  Stream stream;
  stream.flow = 1.0;
  stream.feed = "liquor";
  stream.metals = {{"Nd", 0.2}, {"Dy", 0.01}};
  Composition c = ComposeOrDie(stream);
  EXPECT_THAT(c.cations, UnorderedElementsAre(Pair("La", 0.05), Pair("Nd", 0.2), Pair("Dy", 0.01)));
  EXPECT_DOUBLE_EQ(c.acid, 0.02);
  stream.hcl = 0.5;
  EXPECT_DOUBLE_EQ(ComposeOrDie(stream).acid, 0.5);
  stream.metals[0].mol_per_l = 0.0;
  EXPECT_THAT(ComposeOrDie(stream).cations,
              UnorderedElementsAre(Pair("La", 0.05), Pair("Dy", 0.01)));
}

TEST(Composition, ConstantBetaCountsMolesOfMetal) {
  Stream stream;
  stream.flow = 1.0;
  stream.metals = {{"La", 0.4}, {"Nd", 0.6}};
  stream.hcl = 0.7;
  const Composition c = ComposeOrDie(stream, true);
  EXPECT_THAT(c.anions, DoubleNear(1.7, 1e-15));
}

TEST(Composition, PlainWaterIsEmpty) {
  Stream stream;
  stream.flow = 1.0;
  const Composition c = ComposeOrDie(stream);
  EXPECT_TRUE(c.cations.empty());
  EXPECT_EQ(c.anions, 0);
  EXPECT_FALSE(c.feed);
}

}  // namespace
}  // namespace raffinate::optimizer
