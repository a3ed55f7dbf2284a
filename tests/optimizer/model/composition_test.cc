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

// 0.1 mol/L of Nd and 0.3 of Dy: half the Dy, then a tenth of both.
TEST(Composition, ResiduesTakeFromWhatIsLeftAndBaseLeavesItsCation) {
  Stream stream;
  stream.flow = 1.0;
  stream.metals = {{"Nd", 0.1}, {"Dy", 0.3}};
  stream.hcl = 0.2;
  stream.residues = {{"cake", {{"Dy", 0.5}}, Base::kNaOH},
                     {"salt", {{"Dy", 0.1}, {"Nd", 0.1}}, {}}};
  const Composition c = ComposeOrDie(stream);
  EXPECT_THAT(c.cations, UnorderedElementsAre(Pair("Nd", DoubleNear(0.09, 1e-15)),
                                              Pair("Dy", DoubleNear(0.135, 1e-15)),
                                              Pair("Na", DoubleNear(0.45, 1e-15))));
  ASSERT_EQ(c.residues.size(), 2u);
  EXPECT_NEAR(c.residues[0].naoh, 0.45, 1e-15);
  EXPECT_EQ(c.residues[1].naoh, 0);
  EXPECT_NEAR(c.residues[1].metals[0].second, 0.015, 1e-15);
  // Hydroxide leaves the chloride behind, salt takes it along: neutral both times.
  EXPECT_NEAR(c.anions, 3 * (0.09 + 0.135) + 0.45 + 0.2, 1e-14);
  EXPECT_NEAR(ShareLeft(stream, "Dy"), 0.45, 1e-15);
  EXPECT_EQ(ShareLeft(stream, "La"), 1);
}

TEST(Composition, WhatGoesWithAResidueWholeIsGone) {
  Stream stream;
  stream.flow = 1.0;
  stream.metals = {{"Nd", 0.1}, {"Zn", 0.3}};
  stream.residues = {{"cake", {{"Zn", 1}}, Base::kNH4OH}};
  const Composition c = ComposeOrDie(stream);
  EXPECT_THAT(c.cations,
              UnorderedElementsAre(Pair("Nd", 0.1), Pair("NH4", DoubleNear(0.6, 1e-15))));
  EXPECT_EQ(c.residues[0].metals[0].first->symbol, "Zn");
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
