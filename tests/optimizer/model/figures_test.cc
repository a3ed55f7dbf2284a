#include "optimizer/model/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// One contact with an open loop whose solution is written by hand, so that
/// every figure can be computed on paper: 1 m3/h feed with La and Nd 0.1 mol/L,
/// 0.5 m3/h of 2 mol/L HCl, 3 m3/h organic with 1 mol/L extractant of which
/// 10 % is saponified. La and Nd leave 0.09/0.01 and 0.02/0.08 kmol/h
/// (aqueous/organic), Na 0.27/0.03; pH 1.
class OneStage : public ::testing::Test {
 protected:
  OneStage() {
    flowsheet_ = testing::SmallPlant();
    flowsheet_.streams.erase(flowsheet_.streams.begin() + 1);
    flowsheet_.streams.pop_back();
    flowsheet_.streams[1].flow = 0.5;
    flowsheet_.streams[1].hcl = 2.0;
    Circuit& circuit = flowsheet_.circuits[0];
    circuit.organic.flow = 3.0;
    circuit.organic.saponification = 0.1;
    circuit.organic.loop = Loop::kOpen;
    circuit.sections.resize(1);
    circuit.sections[0].name = "contact";
    circuit.sections[0].stages = 1;
    circuit.sections[0].inlets = {{"feed", {}}, {"scrub acid", {}}};
    circuit.sections[0].outlet = "raffinate";
    flowsheet_.products[1].stream = "loaded organic";

    chemistry_ = testing::SmallChemistry();
    EXPECT_EQ(Build(flowsheet_, chemistry_, &built_), "");
    EXPECT_EQ(kernels::Assemble(built_.circuit, &cascade_), "");
    solution_.status = kernels::SolveStatus::kSolved;
    // La, Na, Nd.
    solution_.x = {0.09 / 1.5, 0.27 / 1.5, 0.02 / 1.5};
    solution_.y = {0.01 / 3, 0.03 / 3, 0.08 / 3};
    solution_.state.ln_h = {std::log(0.1)};
    solution_.state.ln_s = {std::log(0.4)};
    solution_.recycled = {0, 0, 0};
  }

  Solved solved() const { return {built_, cascade_, solution_}; }

  Flowsheet flowsheet_;
  Chemistry chemistry_;
  Built built_;
  kernels::Cascade cascade_;
  kernels::Solution solution_;
};

TEST_F(OneStage, PurityAndRecoveryOfEachProduct) {
  const Figures figures = ComputeFigures(flowsheet_, solved());
  ASSERT_EQ(figures.products.size(), 2u);
  const double la = 0.09 * 162.904, nd = 0.02 * 168.241;
  EXPECT_EQ(figures.products[0].product, "lanthanum");
  EXPECT_NEAR(figures.products[0].purity, la / (la + nd), 1e-12);
  EXPECT_NEAR(figures.products[0].impurity, nd / (la + nd), 1e-12);
  EXPECT_NEAR(figures.products[0].recovery, 0.9, 1e-12);
  EXPECT_NEAR(figures.products[0].reo_kg_per_h, la, 1e-12);
  EXPECT_NEAR(figures.products[0].total_reo_kg_per_h, la + nd, 1e-12);
  // Sodium in the organic is no impurity.
  const double nd_org = 0.08 * 168.241, la_org = 0.01 * 162.904;
  EXPECT_NEAR(figures.products[1].purity, nd_org / (nd_org + la_org), 1e-12);
  EXPECT_NEAR(figures.products[1].recovery, 0.8, 1e-12);
}

TEST_F(OneStage, ImpurityKeepsItsDigits) {
  solution_.x[2] = 1e-14;
  const Figures figures = ComputeFigures(flowsheet_, solved());
  EXPECT_NEAR(figures.products[0].impurity / (1.5e-14 * 168.241 / (0.09 * 162.904)), 1, 1e-10);
}

TEST_F(OneStage, ReagentsAndEffluentPerTonneOfProduct) {
  const Figures figures = ComputeFigures(flowsheet_, solved());
  const double tonnes = (0.09 * 162.904 + 0.08 * 168.241) / 1000;
  // The feed's own acid is not a reagent.
  EXPECT_NEAR(figures.acid_kg_per_t_reo, 0.5 * 2 * 36.461 / tonnes, 1e-9);
  EXPECT_NEAR(figures.base_kg_per_t_reo, 0.1 * 1.0 * 3 * 39.997 / tonnes, 1e-9);
  EXPECT_NEAR(figures.reagents_kg_per_t_reo, figures.acid_kg_per_t_reo + figures.base_kg_per_t_reo,
              1e-9);
  EXPECT_NEAR(figures.wastewater_m3_per_t_reo, 1.5 / tonnes, 1e-9);
  EXPECT_NEAR(figures.sodium_kg_per_t_reo, 0.27 * 22.990 / tonnes, 1e-9);
  EXPECT_EQ(figures.ammonium_nitrogen_kg_per_t_reo, 0);
  EXPECT_NEAR(figures.chloride_kg_per_t_reo, (0.61 + 1.0) * 35.453 / tonnes, 1e-9);
}

TEST_F(OneStage, FiguresOfTheEquipment) {
  const Figures figures = ComputeFigures(flowsheet_, solved());
  EXPECT_EQ(figures.stages, 1);
  EXPECT_DOUBLE_EQ(figures.organic_m3_per_h, 3);
  EXPECT_DOUBLE_EQ(figures.stage_flow_m3_per_h, 3);
  EXPECT_NEAR(figures.max_organic_to_aqueous, 2, 1e-14);
  EXPECT_NEAR(figures.min_organic_to_aqueous, 2, 1e-14);
  EXPECT_NEAR(figures.min_ph, 1, 1e-14);
  EXPECT_NEAR(figures.max_ph, 1, 1e-14);
  // (3 La + Na + 3 Nd) / dimers
  EXPECT_NEAR(figures.max_loading, (3 * 0.01 + 0.03 + 3 * 0.08) / 3 / 0.5, 1e-14);
}

TEST_F(OneStage, WithoutProductsThereIsNothingToReferTo) {
  flowsheet_.products.clear();
  const Figures figures = ComputeFigures(flowsheet_, solved());
  EXPECT_EQ(figures.acid_kg_per_t_reo, 0);
  EXPECT_EQ(figures.wastewater_m3_per_t_reo, 0);
  EXPECT_EQ(figures.stages, 1);
}

TEST_F(OneStage, AnEmptyProductIsImpureAndFinite) {
  flowsheet_.products.resize(1);
  flowsheet_.products[0].elements = {"La"};
  solution_.x[0] = solution_.x[2] = 0;
  const Figures figures = ComputeFigures(flowsheet_, solved());
  EXPECT_EQ(figures.products[0].purity, 0);
  EXPECT_EQ(figures.products[0].impurity, 1);
  EXPECT_TRUE(std::isfinite(figures.acid_kg_per_t_reo));
}

TEST_F(OneStage, AnElementWithoutAnOxideCountsWithItsOwnMass) {
  EXPECT_EQ(QuotedMass(chemistry_.elements["Zn"]), 65.38);
  EXPECT_EQ(QuotedMass(chemistry_.elements["Nd"]), 168.241);
}

TEST_F(OneStage, StreamsThatEnterAndLeave) {
  const auto streams = ComputeStreams(flowsheet_, solved());
  ASSERT_EQ(streams.size(), 5u);
  EXPECT_EQ(streams[0].role, "feed");
  EXPECT_NEAR(streams[0].free_acid_mol_per_l, 0.01, 1e-15);
  EXPECT_NEAR(streams[0].chloride_mol_per_l, 0.61, 1e-15);
  EXPECT_EQ(streams[1].role, "inlet");
  EXPECT_EQ(streams[2].name, "organic");
  EXPECT_NEAR(streams[2].metals[1].mol_per_l, 0.1, 1e-15);
  EXPECT_NEAR(streams[2].free_dimer_mol_per_l, 0.4, 1e-15);
  EXPECT_EQ(streams[3].name, "raffinate");
  EXPECT_EQ(streams[3].role, "outlet");
  EXPECT_NEAR(streams[3].flow_m3_per_h, 1.5, 1e-15);
  EXPECT_NEAR(streams[3].metals[0].mol_per_l, 0.06, 1e-15);
  EXPECT_NEAR(streams[3].free_acid_mol_per_l, 0.1, 1e-12);
  EXPECT_NEAR(streams[3].chloride_mol_per_l, 1.61 / 1.5, 1e-12);
  EXPECT_EQ(streams[4].name, "loaded organic");
  EXPECT_NEAR(streams[4].flow_m3_per_h, 3, 1e-14);
  EXPECT_NEAR(streams[4].metals[2].mol_per_l, 0.08 / 3, 1e-14);
  EXPECT_NEAR(streams[4].free_dimer_mol_per_l, 0.4, 1e-14);
}

TEST_F(OneStage, StageProfile) {
  const auto stages = ComputeStages(solved());
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(stages[0].stage, 1);
  EXPECT_EQ(stages[0].section, "contact");
  EXPECT_NEAR(stages[0].ph, 1, 1e-14);
  EXPECT_NEAR(stages[0].metals[2].d, (0.08 / 3) / (0.02 / 1.5), 1e-12);
}

TEST_F(OneStage, FlagsNameStagesAndElements) {
  const auto code = [](const char* code) { return Field(&Flag::code, code); };
  EXPECT_THAT(ComputeFlags(solved()), IsEmpty());

  ExtractantSystem doubtful = *built_.system;
  built_.system = &doubtful;
  doubtful.validity.min_ph = 1.5;
  doubtful.validity.max_ph = 4;
  doubtful.loading_limit->share = 0.1;
  doubtful.constants[2].provenance = Provenance::kAssumed;
  doubtful.constants[0].provenance = Provenance::kExtrapolated;
  // Pr is not here, so that its constant does not matter.
  doubtful.constants[1].provenance = Provenance::kInterpolated;
  const auto flags = ComputeFlags(solved());
  EXPECT_THAT(flags, ElementsAre(code("LOADING_OVER_LIMIT"), code("PH_OUT_OF_RANGE"),
                                 code("ASSUMED_CONSTANT"), code("EXTRAPOLATED_CONSTANT")));
  EXPECT_THAT(flags[1].stages, ElementsAre(1));
  // Sodium makes no gel: (3 La + 3 Nd) / dimers.
  EXPECT_THAT(flags[0].message, HasSubstr("18.0 %"));
  EXPECT_THAT(flags[2].message, HasSubstr("Nd"));
  EXPECT_THAT(flags[3].message, HasSubstr("La"));
  EXPECT_THAT(flags, Not(Contains(code("INTERPOLATED_CONSTANT"))));
}

TEST_F(OneStage, FlagsAnUnusualPhaseRatio) {
  cascade_.flows[0].org_up = 60;
  const auto flags = ComputeFlags(solved());
  ASSERT_EQ(flags.size(), 1u);
  EXPECT_EQ(flags[0].code, "PHASE_RATIO");
}

TEST(Volumes, CountOrganicThatPassesWithoutContact) {
  kernels::StageFlows flows;
  flows.aq_down = 1;
  flows.org_up = 0.9;
  flows.bypass_up = 0.1;
  EXPECT_NEAR(VolumesOf(flows).organic, 1, 1e-15);
}

}  // namespace
}  // namespace raffinate::optimizer
