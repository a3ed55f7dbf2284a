// Margins, flags and evidence of solutions written by hand.
#include "optimizer/model/margins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "absl/strings/str_format.h"
#include "optimizer/model/evidence.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// The small plant with its 15 stages (saponification 1, extraction 2-7, scrub
/// 8-11, strip 12-15), every stage in the same harmless state.
class Plant : public ::testing::Test {
 protected:
  explicit Plant(int extraction = 6) {
    flowsheet_ = testing::SmallPlant();
    flowsheet_.circuits[0].sections[1].stages = extraction;
    chemistry_ = testing::SmallChemistry();
    Build();
  }

  void Build() {
    ASSERT_EQ(optimizer::Build(flowsheet_, chemistry_, &built_), "");
    ASSERT_EQ(kernels::Assemble(built_.circuit, &cascade_), "");
    const auto stages = static_cast<std::size_t>(cascade_.stages());
    solution_.status = kernels::SolveStatus::kSolved;
    solution_.x.assign(3 * stages, 0.01);
    solution_.y.assign(3 * stages, 0.01);
    solution_.state.ln_h.assign(stages, std::log(0.1));
    solution_.state.ln_s.assign(stages, std::log(0.4));
    solution_.recycled = {0, 0, 0};
    // La, Na, Nd: what strips leaves nothing on the organic.
    for (int i : {0, 2}) solution_.y[3 * (stages - 1) + i] = 1e-9;
  }

  Solved solved() const { return {built_, cascade_, solution_}; }

  std::vector<Flag> FlagsOf(const std::string& code) const {
    std::vector<Flag> found;
    for (const Flag& flag : ComputeFlags(solved())) {
      if (flag.code == code) found.push_back(flag);
    }
    return found;
  }

  Flowsheet flowsheet_;
  Chemistry chemistry_;
  Built built_;
  kernels::Cascade cascade_;
  kernels::Solution solution_;
};

TEST_F(Plant, HasNoFlagWhenNothingIsWrong) { EXPECT_THAT(ComputeFlags(solved()), IsEmpty()); }

TEST_F(Plant, PrecipitationMarginIsTheDistanceToTheSolubilityProduct) {
  // Nd: 10^17 of *Ks, 0.01 mol/L, pH 4.5: 17 - (-2 + 13.5) less what hydrolysis takes.
  chemistry_.hydroxides["Nd"] = {{{"cr", 17, Provenance::kReference, "a test"},
                                  {"am", 19.5, Provenance::kReference, "a test"}},
                                 {-4.5}};
  Build();
  solution_.state.ln_h[4] = std::log(std::pow(10, -4.5));
  const Precipitation found = PrecipitationOf(solved(), 4);
  EXPECT_EQ(built_.components[found.component]->symbol, "Nd");
  EXPECT_EQ(found.solid->form, "cr");
  EXPECT_EQ(found.fresh->form, "am");
  // Half of it is hydrolysed at pH 4.5.
  EXPECT_NEAR(found.margin, 17 - (std::log10(0.005) + 13.5), 1e-12);
  EXPECT_NEAR(found.fresh_margin, found.margin + 2.5, 1e-12);
  // Each pH unit costs three decades.
  solution_.state.ln_h[4] = std::log(std::pow(10, -1.5));
  EXPECT_NEAR(PrecipitationOf(solved(), 4).margin, 17 - (std::log10(0.01) + 4.5), 1e-3);
}

TEST_F(Plant, WhatHasNoHydroxideDataHasNoMargin) {
  chemistry_.hydroxides.clear();
  Build();
  EXPECT_EQ(PrecipitationOf(solved(), 0).component, -1);
  EXPECT_EQ(PrecipitationOf(solved(), 0).margin, kMostPrecipitationMargin);
  const auto flags = FlagsOf("NO_HYDROXIDE_DATA");
  ASSERT_THAT(flags, SizeIs(1));
  EXPECT_THAT(flags[0].message, HasSubstr("La, Nd"));
  EXPECT_THAT(flags[0].message, Not(HasSubstr("Na")));
}

TEST_F(Plant, HydroxideIsToldWithMetalStageAndWhatFormsFirst) {
  chemistry_.hydroxides["La"].solids = {{"cr", 20, Provenance::kReference, "a test"},
                                        {"am", 23.5, Provenance::kReference, "a test"}};
  Build();
  solution_.state.ln_h[0] = std::log(1e-8);
  const auto flags = FlagsOf("HYDROXIDE");
  ASSERT_THAT(flags, SizeIs(1));
  EXPECT_EQ(flags[0].section, "saponification");
  EXPECT_THAT(flags[0].stages, ElementsAre(1));
  // 24 - 2 - 0.3 decades reached.
  EXPECT_NEAR(*flags[0].value, 20 - (24 + std::log10(0.005)), 1e-6);
  EXPECT_EQ(*flags[0].limit, 0);
  EXPECT_THAT(flags[0].message, HasSubstr("(am) has 1.8 decades to go"));
  EXPECT_NEAR(ComputeFigures(flowsheet_, solved()).min_precipitation_margin, *flags[0].value,
              1e-12);
}

TEST_F(Plant, MetalsButNotSodiumCountAgainstTheLoadingLimit) {
  // 3 Nd over 0.5 mol/L of dimer; the limit is 0.7.
  solution_.y[3 * 5 + 2] = 0.12;
  solution_.y[3 * 5 + 1] = 0.1;
  EXPECT_NEAR(MetalLoadingOf(solved(), 5), (3 * 0.01 + 3 * 0.12) / 0.5, 1e-12);
  EXPECT_NEAR(LoadingShareOfLimit(solved(), 5), 0.78 / 0.7, 1e-12);
  EXPECT_NEAR(ComputeFigures(flowsheet_, solved()).max_loading_share_of_limit, 0.78 / 0.7, 1e-12);
  const auto flags = FlagsOf("LOADING_OVER_LIMIT");
  ASSERT_THAT(flags, SizeIs(1));
  EXPECT_EQ(flags[0].section, "extraction");
  EXPECT_NEAR(*flags[0].value, 0.78, 1e-12);
  EXPECT_EQ(*flags[0].limit, 0.7);
  EXPECT_THAT(flags[0].message, HasSubstr("assumed"));
}

TEST_F(Plant, PhaseRatioOutsideOfMixerSettlersIsToldPerSection) {
  for (int j = 11; j < 15; ++j)
    cascade_.flows[j].org_up = 171 * VolumesOf(cascade_.flows[j]).aqueous;
  const auto flags = FlagsOf("PHASE_RATIO");
  ASSERT_THAT(flags, SizeIs(1));
  EXPECT_EQ(flags[0].section, "strip");
  EXPECT_THAT(flags[0].stages, ElementsAre(12, 13, 14, 15));
  EXPECT_NEAR(*flags[0].value, 171, 1);
  EXPECT_EQ(*flags[0].limit, 20);
  EXPECT_THAT(flags[0].message, HasSubstr("O/A of 171"));
}

/// 100 stages of extraction.
class LongPlant : public Plant {
 protected:
  LongPlant() : Plant(100) {}
};

TEST_F(LongPlant, ManyStagesMakeOneFlag) {
  ExtractantSystem narrow = *built_.system;
  built_.system = &narrow;
  narrow.validity.min_ph = 1.5;
  for (int j = 1; j < 101; ++j) solution_.state.ln_h[j] = std::log(0.2 + 0.001 * j);
  const auto flags = FlagsOf("PH_OUT_OF_RANGE");
  ASSERT_THAT(flags, SizeIs(4));  // saponification, extraction, scrub, strip
  EXPECT_EQ(flags[1].section, "extraction");
  EXPECT_THAT(flags[1].stages, SizeIs(100));
  EXPECT_NEAR(*flags[1].value, -std::log10(0.3), 1e-12);
  EXPECT_EQ(*flags[1].limit, 1.5);
  EXPECT_THAT(flags[1].message, HasSubstr("pH 0.523 to 0.697"));
}

TEST_F(Plant, FreeExtractantIsComparedInTheBasisOfTheSystem) {
  ExtractantSystem system = *built_.system;
  built_.system = &system;
  // 0.4 mol/L of dimer, 0.8 of monomer.
  system.validity.max_free_extractant = 0.5;
  EXPECT_THAT(FlagsOf("EXTRACTANT_OUT_OF_RANGE"), IsEmpty());
  system.basis = Basis::kMonomer;
  const auto flags = FlagsOf("EXTRACTANT_OUT_OF_RANGE");
  ASSERT_THAT(flags, SizeIs(4));
  EXPECT_NEAR(*flags[0].value, 0.8, 1e-12);
}

TEST_F(Plant, LoadingAndTemperatureBeyondTheMeasurementsAreTold) {
  ExtractantSystem system = *built_.system;
  built_.system = &system;
  system.validity.max_loading = 0.1;  // 12 % in all stages but the last
  system.validity.min_temperature = 30;
  system.validity.max_temperature = 40;
  system.validity.not_stated = {Validity::Quantity::kPh};
  EXPECT_THAT(FlagsOf("LOADING_OUT_OF_RANGE"), SizeIs(4));
  ASSERT_THAT(FlagsOf("TEMPERATURE_OUT_OF_RANGE"), SizeIs(1));
  EXPECT_EQ(*FlagsOf("TEMPERATURE_OUT_OF_RANGE")[0].limit, 30);
  ASSERT_THAT(FlagsOf("RANGE_NOT_STATED"), SizeIs(1));
  EXPECT_THAT(FlagsOf("RANGE_NOT_STATED")[0].message, HasSubstr("pH"));
}

TEST_F(Plant, AcidTooWeakForTheHeaviestElementIsTold) {
  // Nd: most of it enters the strip, and D is 4 in every stage of it, so that D
  // O/A never falls below 1.
  solution_.y[3 * 10 + 2] = 0.0125;
  for (int j = 11; j < 15; ++j) {
    solution_.x[3 * j + 2] = 0.002;
    solution_.y[3 * j + 2] = 0.008;
  }
  const auto flags = FlagsOf("STRIP_ACID_WEAK");
  ASSERT_THAT(flags, SizeIs(1));
  const StageVolumes volumes = VolumesOf(cascade_.flows[14]);
  const double factor = 4 * volumes.organic / volumes.aqueous;
  EXPECT_NEAR(*flags[0].value, factor, 1e-12 * factor);
  EXPECT_EQ(flags[0].section, "strip");
  EXPECT_THAT(flags[0].message, HasSubstr("64 % of the Nd"));
  // At three protons per metal.
  EXPECT_THAT(flags[0].message,
              HasSubstr(absl::StrFormat("more than %.3g mol/L", 0.1 * std::cbrt(factor))));
  EXPECT_THAT(FlagsOf("STRIP_INCOMPLETE"), IsEmpty());
  EXPECT_NEAR(ComputeFigures(flowsheet_, solved()).max_unstripped_share, 0.64, 1e-12);
}

TEST_F(Plant, TooFewStripStagesAreToldApart) {
  solution_.y[3 * 14 + 2] = 0.001;  // D O/A 0.5, a tenth is left
  const auto flags = FlagsOf("STRIP_INCOMPLETE");
  ASSERT_THAT(flags, SizeIs(1));
  EXPECT_THAT(flags[0].message, HasSubstr("10 % of the Nd"));
  EXPECT_THAT(FlagsOf("STRIP_ACID_WEAK"), IsEmpty());
}

TEST_F(Plant, AnOpenLoopHasNothingToStrip) {
  flowsheet_.circuits[0].organic.loop = Loop::kOpen;
  Build();
  solution_.y[3 * 14 + 2] = 0.008;
  EXPECT_THAT(StrippingOf(solved()), IsEmpty());
  EXPECT_EQ(ComputeFigures(flowsheet_, solved()).max_unstripped_share, 0);
}

TEST_F(Plant, EvidenceIsTheWeakestClassOfWhatAProductHolds) {
  ExtractantSystem system = *built_.system;
  built_.system = &system;
  system.constants[2].provenance = Provenance::kInterpolated;  // Nd
  system.constants[4].provenance = Provenance::kAssumed;       // Na
  Evidence evidence = ComputeEvidence(flowsheet_, solved());
  EXPECT_EQ(evidence.system, "P507");
  EXPECT_EQ(evidence.weakest, Provenance::kAssumed);
  EXPECT_THAT(evidence.weakest_elements, ElementsAre("Na"));
  // Both products hold both elements in equal amounts; sodium is in neither.
  ASSERT_THAT(evidence.products, SizeIs(2));
  EXPECT_EQ(evidence.products[0].weakest, Provenance::kInterpolated);
  EXPECT_THAT(evidence.products[0].weakest_elements, ElementsAre("Nd"));
  // An impurity that is not there does not weaken a product.
  solution_.x[3 * 1 + 2] = 0;
  evidence = ComputeEvidence(flowsheet_, solved());
  EXPECT_EQ(evidence.products[0].product, "lanthanum");
  EXPECT_EQ(evidence.products[0].weakest, Provenance::kMeasured);
}

TEST_F(Plant, EvidenceSaysWhoseSystemItIs) {
  EXPECT_EQ(ComputeEvidence(flowsheet_, solved()).origin, Origin::kBuiltIn);
  flowsheet_.extractant_systems = {chemistry_.systems["P507"]};
  Build();
  EXPECT_EQ(ComputeEvidence(flowsheet_, solved()).origin, Origin::kFlowsheetReplacesBuiltIn);
  EXPECT_THAT(FlagsOf("OWN_SYSTEM"), SizeIs(1));
  flowsheet_.extractant_systems[0].name = "mine";
  flowsheet_.circuits[0].system = std::string("mine");
  Build();
  EXPECT_EQ(ComputeEvidence(flowsheet_, solved()).origin, Origin::kFlowsheet);
  EXPECT_THAT(FlagsOf("OWN_SYSTEM"), IsEmpty());
}

}  // namespace
}  // namespace raffinate::optimizer
