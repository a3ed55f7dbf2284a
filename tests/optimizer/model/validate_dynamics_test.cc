// What is wrong with a transient, and where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "optimizer/run.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

StreamOperation Feed() {
  StreamOperation stream;
  stream.name = "feed";
  stream.flow = 1.5;
  return stream;
}

/// A step of the feed at 2 h and a ramp of the organic from 4 h to 5 h.
Flowsheet Plant() {
  Flowsheet plant = testing::SmallPlant();
  Dynamics dynamics;
  dynamics.mixer = 0.1;
  dynamics.settler = 0.3;
  dynamics.start = Start::kBarren;
  dynamics.until = 10;
  dynamics.every = 0.5;
  dynamics.changes.resize(2);
  dynamics.changes[0].at = 2;
  dynamics.changes[0].sets.streams = {Feed()};
  dynamics.changes[1].at = 4;
  dynamics.changes[1].over = 1;
  dynamics.changes[1].sets.organic.flow = 1.2;
  plant.dynamics = dynamics;
  return plant;
}

Violations Of(const std::function<void(Flowsheet*)>& spoil, Purpose purpose = Purpose::kDynamic) {
  Flowsheet plant = Plant();
  spoil(&plant);
  return Validate(plant, testing::SmallChemistry(), purpose);
}

struct Bad {
  const char* what;
  std::function<void(Flowsheet*)> spoil;
  const char* field;
  const char* words;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.what; }

class BadDynamics : public ::testing::TestWithParam<Bad> {};

TEST_P(BadDynamics, IsToldAtItsField) {
  EXPECT_THAT(Of(GetParam().spoil),
              ElementsAre(AllOf(Field(&Violation::field, GetParam().field),
                                Field(&Violation::description, HasSubstr(GetParam().words)))));
}

Dynamics& D(Flowsheet* f) { return *f->dynamics; }
Operation& First(Flowsheet* f) { return f->dynamics->changes[0].sets; }

SectionOperation OfSection(const char* name) {
  SectionOperation section;
  section.name = name;
  return section;
}

const std::vector<Bad> kBad = {
    {"no block", [](Flowsheet* f) { f->dynamics.reset(); }, "dynamics", "missing"},
    {"no mixer", [](Flowsheet* f) { D(f).mixer = 0; }, "dynamics.mixer_h", "above 0 h"},
    {"negative settler", [](Flowsheet* f) { D(f).settler = -1; }, "dynamics.settler_h",
     "at least 0 h"},
    {"no end", [](Flowsheet* f) { D(f).until = 0; }, "dynamics.until_h", "above 0 h"},
    {"output after the end", [](Flowsheet* f) { D(f).every = 11; }, "dynamics.every_h",
     "at most until, 10 h"},
    {"too many outputs", [](Flowsheet* f) { D(f).every = 1e-4; }, "dynamics.every_h",
     "10000 outputs; it must be at least 0.001 h"},
    {"unknown section",
     [](Flowsheet* f) {
       D(f).sections = {{"stirp", 0.2, {}}};
     },
     "dynamics.sections[0].name", "did you mean 'strip'"},
    {"section twice",
     [](Flowsheet* f) {
       D(f).sections = {{"strip", 0.2, {}}, {"strip", 0.3, {}}};
     },
     "dynamics.sections[1].name", "listed twice"},
    {"section says nothing",
     [](Flowsheet* f) {
       D(f).sections = {{"strip", {}, {}}};
     },
     "dynamics.sections[0]", "says nothing"},
    {"before the start", [](Flowsheet* f) { D(f).changes[0].at = -1; }, "dynamics.changes[0].at_h",
     "at least 0 h"},
    {"after the end", [](Flowsheet* f) { D(f).changes[1].at = 10; }, "dynamics.changes[1].at_h",
     "before until, 10 h"},
    {"ramp beyond the end", [](Flowsheet* f) { D(f).changes[1].over = 7; },
     "dynamics.changes[1].over_h", "goes on to 11 h"},
    {"negative ramp", [](Flowsheet* f) { D(f).changes[1].over = -1; }, "dynamics.changes[1].over_h",
     "at least 0 h"},
    {"out of order", [](Flowsheet* f) { D(f).changes[0].at = 6; }, "dynamics.changes[1].at_h",
     "in the order of time"},
    {"overlap", [](Flowsheet* f) { D(f).changes[0].over = 3; }, "dynamics.changes[1].at_h",
     "goes on to 5 h"},
    {"nothing changed", [](Flowsheet* f) { First(f).streams.clear(); }, "dynamics.changes[0]",
     "changes nothing"},
    {"unknown stream", [](Flowsheet* f) { First(f).streams[0].name = "fed"; },
     "dynamics.changes[0].streams[0].name", "did you mean 'feed'"},
    {"stream twice", [](Flowsheet* f) { First(f).streams.push_back(Feed()); },
     "dynamics.changes[0].streams[1].name", "twice"},
    {"stream without a change", [](Flowsheet* f) { First(f).streams[0].flow.reset(); },
     "dynamics.changes[0].streams[0]", "changes nothing"},
    {"range",
     [](Flowsheet* f) {
       First(f).streams[0].flow = Range{1, 2, {}, {}, false};
     },
     "dynamics.changes[0].streams[0].flow_m3_per_h", "found a range"},
    {"choices",
     [](Flowsheet* f) {
       D(f).changes[1].sets.organic.flow = Choices{{1, 2}};
     },
     "dynamics.changes[1].organic.flow_m3_per_h", "found choices"},
    {"negative flow", [](Flowsheet* f) { First(f).streams[0].flow = -1.0; },
     "dynamics.changes[0].streams[0].flow_m3_per_h.value", "at least 0 m3/h"},
    {"no organic", [](Flowsheet* f) { D(f).changes[1].sets.organic.flow = 0.0; },
     "dynamics.changes[1].organic.flow_m3_per_h.value", "above 0 m3/h"},
    {"too much base", [](Flowsheet* f) { D(f).initially.organic.saponification = 0.7; },
     "dynamics.initially.organic.saponification.value", "at most 0.5"},
    {"unknown feed",
     [](Flowsheet* f) {
       First(f).streams[0].feed = "liquer", First(f).streams[0].metals = {{"Nd", 0.1}};
     },
     "dynamics.changes[0].streams[0].feed", "did you mean 'liquor'"},
    {"unknown element",
     [](Flowsheet* f) {
       First(f).streams[0].metals = {{"Ndd", 0.1}};
     },
     "dynamics.changes[0].streams[0].metals[0].element", "did you mean 'Nd'"},
    {"element without a constant",
     [](Flowsheet* f) {
       First(f).streams[0].metals = {{"Nd", 0.2}, {"Zn", 0.1}};
     },
     "dynamics.changes[0].streams[0].metals[1].element", "no constant for Zn"},
    {"metal twice",
     [](Flowsheet* f) {
       First(f).streams[0].metals = {{"Nd", 0.2}, {"Nd", 0.1}};
     },
     "dynamics.changes[0].streams[0].metals[1].element", "listed twice"},
    {"charges", [](Flowsheet* f) { First(f).streams[0].chloride = 0.1; },
     "dynamics.changes[0].streams[0].chloride_mol_per_l", "cannot balance"},
    {"metals in base",
     [](Flowsheet* f) {
       First(f).streams[0] = {};
       First(f).streams[0].name = "caustic";
       First(f).streams[0].metals = {{"La", 0.1}};
     },
     "dynamics.changes[0].streams[0].metals[0].element", "stream with base"},
    {"share of the first outlet",
     [](Flowsheet* f) {
       First(f).sections = {OfSection("saponification")};
       First(f).sections[0].outlet_share = 0.5;
     },
     "dynamics.changes[0].sections[0].outlet_share", "first section"},
    {"share without an outlet",
     [](Flowsheet* f) {
       First(f).sections = {OfSection("scrub")};
       First(f).sections[0].outlet_share = 0.5;
     },
     "dynamics.changes[0].sections[0].outlet_share", "has no outlet"},
    {"section without a change", [](Flowsheet* f) { First(f).sections = {OfSection("strip")}; },
     "dynamics.changes[0].sections[0]", "changes nothing"},
    {"unknown draw",
     [](Flowsheet* f) {
       First(f).sections = {OfSection("strip")};
       First(f).sections[0].draws = {{"side", 0.1, {}}};
     },
     "dynamics.changes[0].sections[0].draws[0].name", "unknown draw 'side'"},
    {"draw by the other measure",
     [](Flowsheet* f) {
       f->circuits[0].sections[2].draws = {{"side", DrawPhase::kAqueous, 2, 0.1, {}}};
       First(f).sections = {OfSection("scrub")};
       First(f).sections[0].draws = {{"side", {}, 0.1}};
     },
     "dynamics.changes[0].sections[0].draws[0]", "by share; give its share alone"},
    {"a plant without water",
     [](Flowsheet* f) {
       First(f).streams[0] = {};
       First(f).streams[0].name = "strip acid";
       First(f).streams[0].flow = 0.0;
     },
     "dynamics.changes[0]", "no aqueous phase"},
};

INSTANTIATE_TEST_SUITE_P(Validate, BadDynamics, ::testing::ValuesIn(kBad), [](const auto& info) {
  std::string name = info.param.what;
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
});

TEST(ValidateDynamics, AGoodOneIsGoodForEveryPurpose) {
  EXPECT_THAT(Of([](Flowsheet*) {}), IsEmpty());
  EXPECT_THAT(Of([](Flowsheet*) {}, Purpose::kSimulate), IsEmpty());
  EXPECT_THAT(Of(
                  [](Flowsheet* f) {
                    f->streams[0].flow = Range{1, 2, {}, {}, false};
                  },
                  Purpose::kOptimize),
              IsEmpty());
  // Shut off and returned: what no other flowsheet may have.
  EXPECT_THAT(Of([](Flowsheet* f) {
                First(f).streams[0].flow = 0.0;
                First(f).sections = {OfSection("strip")};
                First(f).sections[0].outlet_share = 0.0;
              }),
              IsEmpty());
}

TEST(ValidateDynamics, IsCheckedForEveryPurpose) {
  const auto spoil = [](Flowsheet* f) { First(f).streams[0].name = "fed"; };
  EXPECT_EQ(Of(spoil, Purpose::kSimulate).size(), 1u);
}

TEST(ValidateDynamics, ConstantLoadingCannotStartBarren) {
  Flowsheet plant = testing::SmallPlant();
  plant.streams.erase(plant.streams.begin() + 1);
  plant.circuits[0].sections.erase(plant.circuits[0].sections.begin());
  plant.circuits[0].system = std::string("beta");
  plant.dynamics = Plant().dynamics;
  plant.dynamics->changes.clear();
  EXPECT_THAT(Validate(plant, testing::SmallChemistry(), Purpose::kDynamic),
              ElementsAre(Field(&Violation::field, "dynamics.start")));
}

}  // namespace
}  // namespace raffinate::optimizer
