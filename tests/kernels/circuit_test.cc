#include "kernels/circuit.h"

#include <gtest/gtest.h>

#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

/// Five stages: feed at stage 3, scrub at stage 5, organic at stage 1.
Circuit Plain() {
  Circuit c;
  c.law = Law::kConstantD;
  c.components = {{0, 0, 0}};
  c.stages = 5;
  Inlet feed;
  feed.stage = 2;
  feed.flow = 10;
  feed.anions = 2;
  feed.molarity = {0.1};
  Inlet scrub;
  scrub.stage = 4;
  scrub.flow = 2;
  scrub.anions = 3;
  Inlet organic;
  organic.phase = Phase::kOrganic;
  organic.flow = 7;
  organic.extractant_dimer_mol_per_l = 0.5;
  c.inlets = {feed, scrub, organic};
  return c;
}

TEST(Assemble, VolumesAndAnionsFollowTheirPhase) {
  Cascade k;
  ASSERT_EQ(Assemble(Plain(), &k), "");
  const double aqueous[] = {12, 12, 12, 2, 2};
  for (int j = 0; j < 5; ++j) {
    EXPECT_NEAR(k.flows[j].aq_down, aqueous[j], 1e-12);
    EXPECT_NEAR(k.flows[j].org_up, 7, 1e-12);
    EXPECT_NEAR(k.extractant[j], 0.5, 1e-15);
    EXPECT_NEAR(k.anions[j], j < 3 ? 26.0 / 12 : 3.0, 1e-12);
  }
}

TEST(Assemble, DrawsTakeAShareOrAFlow) {
  Circuit c = Plain();
  Draw whole;
  whole.stage = 3;
  whole.share = 1;
  c.draws = {whole};
  Cascade k;
  ASSERT_EQ(Assemble(c, &k), "");
  EXPECT_NEAR(k.flows[3].aq_draw, 2, 1e-12);
  EXPECT_NEAR(k.flows[3].aq_down, 0, 1e-12);
  EXPECT_NEAR(k.flows[2].aq_down, 10, 1e-12);

  Draw some;
  some.stage = 1;
  some.flow = 4;
  Draw organic;
  organic.phase = Phase::kOrganic;
  organic.stage = 2;
  organic.flow = 1.5;
  c.draws = {some, organic};
  ASSERT_EQ(Assemble(c, &k), "");
  EXPECT_NEAR(k.flows[1].aq_draw, 4, 1e-12);
  EXPECT_NEAR(k.flows[0].aq_down, 8, 1e-12);
  EXPECT_NEAR(k.flows[2].org_draw, 1.5, 1e-12);
  EXPECT_NEAR(k.flows[4].org_up, 5.5, 1e-12);
}

TEST(Assemble, EntrainmentCirculatesAndConservesVolume) {
  Circuit c = Plain();
  c.aqueous_entrainment.assign(5, 0.1);
  c.organic_entrainment.assign(5, 0.05);
  Draw d;
  d.stage = 1;
  d.flow = 3;
  c.draws = {d};
  Cascade k;
  ASSERT_EQ(Assemble(c, &k), "");
  EXPECT_NEAR(k.flows[1].aq_draw, 3, 1e-9);
  double aqueous = k.flows[0].aq_down + k.flows[4].aq_up, organic = k.flows[0].org_down;
  organic += k.flows[4].org_up;
  for (const StageFlows& f : k.flows) aqueous += f.aq_draw, organic += f.org_draw;
  EXPECT_NEAR(aqueous, 12, 1e-9);
  EXPECT_NEAR(organic, 7, 1e-9);
}

TEST(Assemble, NamesWhatIsWrong) {
  Cascade k;
  Circuit c = Plain();
  c.inlets[1].stage = 9;
  EXPECT_NE(Assemble(c, &k), "");
  c = Plain();
  c.inlets.erase(c.inlets.begin() + 1);
  EXPECT_EQ(Assemble(c, &k), "stage 4 has no aqueous phase");
  c = Plain();
  c.inlets.pop_back();
  EXPECT_EQ(Assemble(c, &k), "stage 1 has no organic phase");
  c = Plain();
  Draw d;
  d.stage = 4;
  d.flow = 2.5;
  c.draws = {d};
  EXPECT_EQ(Assemble(c, &k), "the draw at stage 5 asks for more than the phase that passes it");
  c = Plain();
  c.inlets[0].flow = 0;
  EXPECT_EQ(Assemble(c, &k), "an inlet at stage 3 has no flow");
}

}  // namespace
}  // namespace raffinate::kernels::testing
