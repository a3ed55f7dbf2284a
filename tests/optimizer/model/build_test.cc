#include "optimizer/model/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/circuit.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Built BuildOrDie(const Flowsheet& flowsheet) {
  static const Chemistry* const chemistry = new Chemistry(testing::SmallChemistry());
  Built built;
  EXPECT_EQ(Build(flowsheet, *chemistry, &built), "");
  return built;
}

std::vector<std::string> Symbols(const Built& built) {
  std::vector<std::string> symbols;
  for (const Element* element : built.components) symbols.push_back(element->symbol);
  return symbols;
}

const kernels::Inlet* AqueousAt(const Built& built, int stage) {
  for (const auto& inlet : built.circuit.inlets) {
    if (inlet.phase == kernels::Phase::kAqueous && inlet.stage == stage) return &inlet;
  }
  return nullptr;
}

TEST(Build, ComponentsAreWhatEntersInOneOrder) {
  const Built built = BuildOrDie(testing::SmallPlant());
  EXPECT_THAT(Symbols(built), ElementsAre("La", "Na", "Nd"));
  const kernels::Component& nd = built.circuit.components[built.Component("Nd")];
  EXPECT_DOUBLE_EQ(nd.log10_k, -2.1746);
  EXPECT_EQ(nd.charge, 3);
  EXPECT_EQ(nd.dimers, 3);
  EXPECT_EQ(built.circuit.components[built.Component("Na")].dimers, 1);
  EXPECT_EQ(built.Component("Dy"), -1);
}

TEST(Build, StagesFollowTheOrganicAndInletsEnterAtTheLastStageOfTheirSection) {
  const Built built = BuildOrDie(testing::SmallPlant());
  EXPECT_EQ(built.circuit.stages, 15);
  EXPECT_EQ(built.sections[2].first, 7);
  EXPECT_EQ(built.SectionOf(0), "saponification");
  EXPECT_EQ(built.SectionOf(6), "extraction");
  EXPECT_EQ(built.SectionOf(14), "strip");
  ASSERT_NE(AqueousAt(built, 0), nullptr);
  const kernels::Inlet* feed = AqueousAt(built, 6);
  ASSERT_NE(feed, nullptr);
  EXPECT_DOUBLE_EQ(feed->flow, 1);
  EXPECT_NEAR(feed->anions, 0.61, 1e-15);
  EXPECT_THAT(feed->molarity, ElementsAre(0.1, 0, 0.1));
  EXPECT_NE(AqueousAt(built, 10), nullptr);
  EXPECT_NE(AqueousAt(built, 14), nullptr);
}

TEST(Build, OutletsTakeTheAqueousAtTheFirstStageOfTheirSection) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].sections[3].outlet_share = 0.9;
  const Built built = BuildOrDie(flowsheet);
  ASSERT_EQ(built.circuit.draws.size(), 2u);
  EXPECT_EQ(built.circuit.draws[0].stage, 1);
  EXPECT_DOUBLE_EQ(built.circuit.draws[0].share, 1);
  EXPECT_EQ(built.circuit.draws[1].stage, 11);
  EXPECT_DOUBLE_EQ(built.circuit.draws[1].share, 0.9);
  ASSERT_EQ(built.leaving.size(), 3u);
  EXPECT_EQ(built.leaving[0].name, "spent");
  EXPECT_EQ(built.leaving[0].row, 2);  // what flows down from stage 0
  EXPECT_EQ(built.leaving[1].name, "raffinate");
  EXPECT_EQ(built.leaving[1].row, 0);
  EXPECT_EQ(built.leaving[2].name, "strip liquor");
  EXPECT_EQ(built.leaving[2].row, 1);
}

TEST(Build, TheLoopDecidesWhereTheOrganicGoes) {
  Flowsheet flowsheet = testing::SmallPlant();
  EXPECT_EQ(BuildOrDie(flowsheet).circuit.recycle, 1);
  flowsheet.circuits[0].organic.loop = Loop::kOpen;
  const Built built = BuildOrDie(flowsheet);
  EXPECT_EQ(built.circuit.recycle, 0);
  EXPECT_EQ(built.leaving.back().name, "loaded organic");
  EXPECT_EQ(built.leaving.back().row, 3);
}

TEST(Build, SaponificationMetersItsCationIntoTheOrganic) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.circuits[0].organic.flow = 2.0;
  flowsheet.circuits[0].organic.saponification = 0.3;
  flowsheet.circuits[0].organic.base = Base::kNH4OH;
  const Built built = BuildOrDie(flowsheet);
  const kernels::Inlet& organic = built.circuit.inlets[0];
  EXPECT_EQ(organic.phase, kernels::Phase::kOrganic);
  EXPECT_EQ(organic.stage, 0);
  EXPECT_DOUBLE_EQ(organic.extractant_dimer_mol_per_l, 0.5);
  ASSERT_GE(built.Component("NH4"), 0);
  EXPECT_DOUBLE_EQ(organic.molarity[built.Component("NH4")], 0.3);
  EXPECT_DOUBLE_EQ(built.saponification_base, 0.6);
}

TEST(Build, VolumesAndAnionsObeyTransport) {
  const Built built = BuildOrDie(testing::SmallPlant());
  kernels::Cascade cascade;
  ASSERT_EQ(kernels::Assemble(built.circuit, &cascade), "");
  const auto aqueous = [&](int j) {
    const auto& f = cascade.flows[j];
    return f.aq_up + f.aq_down + f.aq_draw;
  };
  EXPECT_NEAR(aqueous(0), 0.12, 1e-15);
  EXPECT_NEAR(aqueous(3), 1.05, 1e-14);
  EXPECT_NEAR(aqueous(8), 0.05, 1e-15);
  EXPECT_NEAR(aqueous(12), 0.2, 1e-15);
  EXPECT_NEAR(cascade.anions[0], 0.0, 1e-15);
  EXPECT_NEAR(cascade.anions[3], (0.61 + 0.05) / 1.05, 1e-14);
  EXPECT_NEAR(cascade.extractant[9], 0.5, 1e-15);
}

TEST(Build, StageSharesAreGivenOnlyWhereOneDiffers) {
  Flowsheet flowsheet = testing::SmallPlant();
  Built built = BuildOrDie(flowsheet);
  EXPECT_THAT(built.circuit.efficiency, IsEmpty());
  EXPECT_THAT(built.circuit.aqueous_entrainment, IsEmpty());
  flowsheet.circuits[0].sections[2].efficiency = 0.9;
  built = BuildOrDie(flowsheet);
  ASSERT_EQ(built.circuit.efficiency.size(), 15u);
  EXPECT_EQ(built.circuit.efficiency[6], 1);
  EXPECT_EQ(built.circuit.efficiency[7], 0.9);
  EXPECT_EQ(built.circuit.efficiency[11], 1);
}

TEST(Build, DrawsLandOnTheirStage) {
  Flowsheet flowsheet = testing::SmallPlant();
  Draw draw;
  draw.name = "side";
  draw.phase = DrawPhase::kOrganic;
  draw.stage = 2;
  draw.flow = 0.1;
  flowsheet.circuits[0].sections[2].draws = {draw};
  const Built built = BuildOrDie(flowsheet);
  const auto side = std::find_if(built.leaving.begin(), built.leaving.end(),
                                 [](const Leaving& l) { return l.name == "side"; });
  ASSERT_NE(side, built.leaving.end());
  EXPECT_EQ(side->stage, 8);
  EXPECT_EQ(built.circuit.draws[side->row].stage, 8);
  EXPECT_EQ(built.circuit.draws[side->row].phase, kernels::Phase::kOrganic);
  EXPECT_DOUBLE_EQ(built.circuit.draws[side->row].flow, 0.1);
}

TEST(Build, ASecondDrawOfAPhaseAtAStageIsRefused) {
  Flowsheet flowsheet = testing::SmallPlant();
  Draw draw;
  draw.name = "side";
  draw.stage = 1;
  draw.share = 0.1;
  flowsheet.circuits[0].sections[1].draws = {draw};
  Built built;
  EXPECT_THAT(Build(flowsheet, testing::SmallChemistry(), &built), HasSubstr("second draw"));
}

TEST(Build, ConstantLawsCarryTheirLogarithms) {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams.erase(flowsheet.streams.begin() + 1);
  flowsheet.circuits[0].sections.erase(flowsheet.circuits[0].sections.begin());
  flowsheet.circuits[0].system = std::string("beta");
  Built built = BuildOrDie(flowsheet);
  EXPECT_EQ(built.circuit.law, kernels::Law::kConstantBeta);
  EXPECT_NEAR(built.circuit.components[1].log10_k, std::log10(4.0), 1e-15);
  EXPECT_EQ(built.circuit.components[1].charge, 0);
  EXPECT_EQ(built.circuit.components[1].dimers, 1);
  EXPECT_NEAR(AqueousAt(built, 5)->anions, 0.21, 1e-15);
  flowsheet.circuits[0].system = std::string("ratio");
  built = BuildOrDie(flowsheet);
  EXPECT_EQ(built.circuit.law, kernels::Law::kConstantD);
  EXPECT_NEAR(built.circuit.components[0].log10_k, -1, 1e-15);
  EXPECT_EQ(built.circuit.components[0].dimers, 0);
}

TEST(Build, TheFlowsheetsOwnSystemGoesBeforeTheLibrarys) {
  Flowsheet flowsheet = testing::SmallPlant();
  ExtractantSystem own = testing::SmallChemistry().systems["P507"];
  own.constants[0].log10_k = -9;
  flowsheet.extractant_systems = {own};
  const Built built = BuildOrDie(flowsheet);
  EXPECT_EQ(built.circuit.components[built.Component("La")].log10_k, -9);
}

}  // namespace
}  // namespace raffinate::optimizer
