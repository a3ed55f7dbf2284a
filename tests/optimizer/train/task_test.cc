// What is wrong with a demand for a train is told with its place.
#include "optimizer/train/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/optimizer/train/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(TrainTask, SortsElementsAndProductsByExtractability) {
  Flowsheet flowsheet = testing::AcidTrain();
  std::swap(flowsheet.products[0], flowsheet.products[2]);
  const TrainTask task = testing::TaskOf(flowsheet, testing::SmallChemistry());
  EXPECT_THAT(task.mixture.elements, ElementsAre("Nd", "Pr", "La"));
  EXPECT_THAT(task.mixture.cuts, ElementsAre(1, 2));
  EXPECT_THAT(task.mixture.feed.moles, ElementsAre(0.2, 0.1, 0.4));
  EXPECT_EQ(task.frame.products[0].name, "Nd");
  EXPECT_EQ(task.frame.products[2].name, "La");
  EXPECT_EQ(task.reagents.charge, 3);
  EXPECT_THAT(task.reagents.dimers, ElementsAre(3));
  EXPECT_THAT(task.reagents.log10_k, ElementsAre(ElementsAre(-2.1746, -2.5, -3.1765)));
  // beta is the ratio of equilibrium constants where charge and dimers are alike.
  EXPECT_NEAR(task.mixture.feed.beta[0], std::pow(10, 3.1765 - 2.1746), 1e-12);
}

TEST(TrainTask, IsValidToOptimizeAndNotToSimulate) {
  const Chemistry chemistry = testing::SmallChemistry();
  EXPECT_THAT(Validate(testing::AcidTrain(), chemistry, Purpose::kOptimize), IsEmpty());
  EXPECT_THAT(Validate(testing::AcidTrain(), chemistry, Purpose::kSimulate),
              Contains(AllOf(Field(&Violation::field, "train"),
                             Field(&Violation::description, HasSubstr("optimize")))));
  EXPECT_THAT(Validate(testing::BetaTrain({4, 2, 1}, {1, 1, 1}, 0.99), testing::BetaChemistry(),
                       Purpose::kOptimize),
              IsEmpty());
}

struct Wrong {
  const char* name;
  std::function<void(Flowsheet*)> spoil;
  const char* field;
  const char* says;
};

class TrainTaskRefuses : public ::testing::TestWithParam<Wrong> {};

TEST_P(TrainTaskRefuses, WithPlaceAndRemedy) {
  Flowsheet flowsheet = testing::AcidTrain();
  GetParam().spoil(&flowsheet);
  EXPECT_THAT(Validate(flowsheet, testing::SmallChemistry(), Purpose::kOptimize),
              Contains(AllOf(Field(&Violation::field, GetParam().field),
                             Field(&Violation::description, HasSubstr(GetParam().says)))));
}

INSTANTIATE_TEST_SUITE_P(
    All, TrainTaskRefuses,
    ::testing::Values(
        Wrong{"Circuits",
              [](Flowsheet* f) { f->circuits.push_back(testing::SmallPlant().circuits[0]); },
              "circuits", "makes its own"},
        Wrong{"Feed", [](Flowsheet* f) { f->train->feed = "fed"; }, "train.feed", "'feed'"},
        Wrong{"NoFeed", [](Flowsheet* f) { f->train->feed.clear(); }, "train.feed", "missing"},
        Wrong{"OpenFeed",
              [](Flowsheet* f) {
                f->streams[0].flow = Range{1, 2, {}, {}, false};
              },
              "train.feed", "one feed"},
        Wrong{"OtherStream",
              [](Flowsheet* f) {
                f->streams.push_back(f->streams[0]);
                f->streams[1].name = "acid";
              },
              "streams[1]", "enters nowhere"},
        Wrong{"System", [](Flowsheet* f) { f->train->system = "P508"; }, "train.system", "P507"},
        Wrong{"Law", [](Flowsheet* f) { f->train->system = "ratio"; }, "train.system",
              "mass action of one acidic"},
        Wrong{"NoConstant", [](Flowsheet* f) { f->train->system = "no-sodium"; }, "train.system",
              "no constant for Pr"},
        Wrong{"Concentration", [](Flowsheet* f) { f->train->concentration = 0; },
              "train.concentration_mol_per_l", "above 0"},
        Wrong{"TwoBases", [](Flowsheet* f) { f->train->nh4oh = 1; }, "train.naoh_mol_per_l",
              "not both"},
        Wrong{"NoBase", [](Flowsheet* f) { f->train->naoh = 0; }, "train.naoh_mol_per_l",
              "one base"},
        Wrong{"Scrub", [](Flowsheet* f) { f->train->scrub_hcl = -1.0; },
              "train.scrub_hcl_mol_per_l.value", "above 0"},
        Wrong{"Strip", [](Flowsheet* f) { f->train->strip_hcl = 0.0; },
              "train.strip_hcl_mol_per_l.value", "above 0"},
        Wrong{"NoStrip", [](Flowsheet* f) { f->train->strip_hcl.reset(); },
              "train.strip_hcl_mol_per_l", "missing"},
        Wrong{"StripRange",
              [](Flowsheet* f) {
                f->train->strip_hcl = Range{3, 2, {}, {}, false};
              },
              "train.strip_hcl_mol_per_l.range.min", "the range is empty"},
        Wrong{"ScrubSteps",
              [](Flowsheet* f) {
                f->train->scrub_hcl = Range{1, 2, {}, 0.5, false};
              },
              "train.scrub_hcl_mol_per_l", "without steps"},
        Wrong{"ScrubChoices",
              [](Flowsheet* f) {
                f->train->scrub_hcl = Choices{{1, 2}};
              },
              "train.scrub_hcl_mol_per_l", "a number, or a range"},
        Wrong{"Linked", [](Flowsheet* f) { f->train->max_linked_products = 1; },
              "train.max_linked_products", "2 to 8"},
        Wrong{"Structures", [](Flowsheet* f) { f->train->max_structures = -1; },
              "train.max_structures", "1 to 50"},
        Wrong{"Stages", [](Flowsheet* f) { f->train->max_stages_per_section = 1; },
              "train.max_stages_per_section", "2 to"},
        Wrong{"Required",
              [](Flowsheet* f) {
                f->train->required = {"{Nd | Pr}", "{Nd | Ce}"};
              },
              "train.required[1]", "unknown product 'Ce'"},
        Wrong{"Forbidden", [](Flowsheet* f) { f->train->forbidden = {"{Nd | {Pr | La}}"}; },
              "train.forbidden[0]", "each by itself"},
        Wrong{"AllForbidden",
              [](Flowsheet* f) {
                f->train->required = {"{Nd | Pr}"};
                f->train->forbidden = {"{Pr | Nd}"};
              },
              "train", "leave none together"},
        Wrong{"TooManyParts", [](Flowsheet* f) { f->train->required.assign(101, "{Nd | Pr}"); },
              "train.required", "at most 100"},
        Wrong{"ProductStream", [](Flowsheet* f) { f->products[1].stream = "feed"; },
              "products[1].stream", "leave it out"},
        Wrong{"OneProduct",
              [](Flowsheet* f) {
                f->products.resize(1);
                f->products[0].elements = {"La", "Pr", "Nd"};
              },
              "products", "at least two"},
        Wrong{"Twice",
              [](Flowsheet* f) {
                f->products[1].elements = {"Pr", "Nd"};
              },
              "products[1].elements", "already in product 'Nd'"},
        Wrong{"NoProduct", [](Flowsheet* f) { f->products.pop_back(); }, "products",
              "La is fed and in no product"},
        Wrong{"NoNeighbours",
              [](Flowsheet* f) {
                f->products.pop_back();
                f->products[0].elements = {"Nd", "La"};
              },
              "products[0].elements", "Nd, Pr, La"},
        Wrong{"NotFed", [](Flowsheet* f) { f->products[1].elements = {"Dy"}; }, "products",
              "Pr is fed and in no product"},
        Wrong{"Medium", [](Flowsheet* f) { f->streams[0].hno3 = 0.1; }, "streams[0].hno3_mol_per_l",
              "nitrate"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TrainTask, RefusesACutThatTheExtractantCannotMake) {
  Chemistry chemistry = testing::SmallChemistry();
  for (EquilibriumConstant& constant : chemistry.systems["P507"].constants) {
    if (constant.element == "Pr") constant.log10_k = -2.1750;
  }
  EXPECT_THAT(
      Validate(testing::AcidTrain(), chemistry, Purpose::kOptimize),
      Contains(AllOf(Field(&Violation::field, "products[1].elements"),
                     Field(&Violation::description, HasSubstr("'P507' tells Nd from Pr")))));
}

TEST(TrainTask, HasTheConstantsOfEachSystem) {
  const TrainTask task = testing::TaskOf(testing::TwoSystems(), testing::SmallChemistry());
  EXPECT_THAT(task.reagents.systems, ElementsAre("heavy", "light"));
  EXPECT_THAT(task.reagents.dimers, ElementsAre(3, 2.5));
  EXPECT_THAT(task.reagents.log10_k,
              ElementsAre(ElementsAre(-2.0, -2.8, -2.9), ElementsAre(-2.0, -2.1, -3.1)));
  ASSERT_EQ(task.mixture.systems(), 2u);
  EXPECT_NEAR(task.mixture.Beta(1)[0], std::pow(10, 1.1), 1e-12);
  EXPECT_EQ(task.mixture.Beta(1)[2], 1);
  // One in a list is that one.
  Flowsheet flowsheet = testing::TwoSystems();
  flowsheet.train->systems = {"P507"};
  EXPECT_EQ(testing::TaskOf(flowsheet, testing::SmallChemistry()).mixture.feed.beta,
            testing::TaskOf(testing::AcidTrain(), testing::SmallChemistry()).mixture.feed.beta);
}

class TrainSystemsRefuse : public ::testing::TestWithParam<Wrong> {};

TEST_P(TrainSystemsRefuse, WithPlaceAndRemedy) {
  Flowsheet flowsheet = testing::TwoSystems();
  GetParam().spoil(&flowsheet);
  EXPECT_THAT(Validate(flowsheet, testing::SmallChemistry(), Purpose::kOptimize),
              Contains(AllOf(Field(&Violation::field, GetParam().field),
                             Field(&Violation::description, HasSubstr(GetParam().says)))));
}

INSTANTIATE_TEST_SUITE_P(
    All, TrainSystemsRefuse,
    ::testing::Values(
        Wrong{"Both", [](Flowsheet* f) { f->train->system = "P507"; }, "train.systems",
              "beside train.system"},
        Wrong{"Unknown", [](Flowsheet* f) { f->train->systems[1] = "P508"; }, "train.systems[1]",
              "P507"},
        Wrong{"Twice", [](Flowsheet* f) { f->train->systems.push_back("heavy"); },
              "train.systems[2]", "'heavy' again"},
        Wrong{"Many", [](Flowsheet* f) { f->train->systems.assign(9, "P507"); }, "train.systems",
              "found 9; it must be at most 8"},
        Wrong{"Law", [](Flowsheet* f) { f->train->systems[1] = "beta"; }, "train.systems[1]",
              "is for mass action"},
        Wrong{"NoConstant", [](Flowsheet* f) { f->train->systems[0] = "no-sodium"; },
              "train.systems[0]", "no constant for Pr"},
        Wrong{"Dimers", [](Flowsheet* f) { f->extractant_systems[1].constants[1].dimers = 3; },
              "train.systems[1]", "separation factors that are the same"},
        Wrong{"Order", [](Flowsheet* f) { f->extractant_systems[1].constants[1].log10_k = -1.9; },
              "train.systems[1]", "'light' extracts Pr before Nd, 'heavy' after it"},
        Wrong{"Factor",
              [](Flowsheet* f) {
                for (auto& system : f->extractant_systems) system.constants[1].log10_k = -2.001;
              },
              "products[1].elements", "none of 'heavy', 'light' tells Nd from Pr"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TrainTask, AcidsAreNumbersOrRanges) {
  Flowsheet flowsheet = testing::AcidTrain();
  flowsheet.train->scrub_hcl = Range{1, 4, {}, {}, false};
  flowsheet.train->strip_hcl = Range{1, 5, 2.0, {}, false};
  const TrainReagents reagents = testing::TaskOf(flowsheet, testing::SmallChemistry()).reagents;
  EXPECT_TRUE(reagents.scrub_hcl.open());
  EXPECT_EQ(reagents.scrub_hcl.most, 4);
  EXPECT_DOUBLE_EQ(reagents.scrub_hcl.start, 2);
  EXPECT_EQ(reagents.strip_hcl.start, 2);
  EXPECT_FALSE(
      testing::TaskOf(testing::AcidTrain(), testing::SmallChemistry()).reagents.strip_hcl.open());
  // Constant beta has nothing to find there.
  Flowsheet beta = testing::BetaTrain({4, 2, 1}, {1, 1, 1}, 0.99);
  beta.train->scrub_hcl = Range{1, 4, {}, {}, false};
  EXPECT_THAT(Validate(beta, testing::BetaChemistry(), Purpose::kOptimize),
              Contains(AllOf(Field(&Violation::field, "train.scrub_hcl_mol_per_l"),
                             Field(&Violation::description, HasSubstr("write a number")))));
  beta.train->scrub_hcl.reset();
  EXPECT_THAT(Validate(beta, testing::BetaChemistry(), Purpose::kOptimize),
              Contains(AllOf(Field(&Violation::field, "train.scrub_hcl_mol_per_l"),
                             Field(&Violation::description, HasSubstr("missing")))));
}

TEST(TrainTask, LimitsAreThoseAskedForOrUsual) {
  Train train;
  TrainTask task;
  EXPECT_EQ(LimitsOf(train, task).most_linked, 5u);
  EXPECT_EQ(LimitsOf(train, task).most_structures, 6u);
  EXPECT_TRUE(LimitsOf(train, task).organic_handover);
  train.max_linked_products = 3;
  train.max_structures = 2;
  train.linkage = Linkage::kForbidden;
  task.reagents.charge = 3;
  EXPECT_EQ(LimitsOf(train, task).most_linked, 3u);
  EXPECT_EQ(LimitsOf(train, task).most_structures, 2u);
  EXPECT_EQ(LimitsOf(train, task).linkage, Linkage::kForbidden);
  EXPECT_FALSE(LimitsOf(train, task).organic_handover);
}

TEST(TrainTask, PartsAreReadInTheOrderOfExtraction) {
  Flowsheet flowsheet = testing::AcidTrain();
  std::swap(flowsheet.products[0], flowsheet.products[2]);
  flowsheet.train->required = {"{La | {Pr | Nd}}"};
  flowsheet.train->forbidden = {"{Nd | Pr | La}"};
  const TrainTask task = testing::TaskOf(flowsheet, testing::SmallChemistry());
  const StructureLimits limits = LimitsOf(*flowsheet.train, task);
  const std::vector<BlockPattern> required = {{0, 2, {2}}, {0, 1, {1}}},
                                  forbidden = {{0, 2, {1, 2}}};
  EXPECT_EQ(limits.required, required);
  EXPECT_EQ(limits.forbidden, forbidden);
}

}  // namespace
}  // namespace raffinate::optimizer
