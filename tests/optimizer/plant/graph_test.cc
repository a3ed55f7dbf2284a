// Graphs that cannot work say why; the shape of those that can.
#include <gmock/gmock.h>

#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// All violations, one a line.
std::string Refused(const Flowsheet& flowsheet,
                    const Chemistry& chemistry = testing::SmallChemistry(),
                    Purpose purpose = Purpose::kSimulate) {
  std::string all;
  for (const Violation& violation : Validate(flowsheet, chemistry, purpose)) {
    all += violation.field + ": " + violation.description + "\n";
  }
  return all;
}

TEST(Graph, GroupsComeInTheOrderInWhichTheyWait) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  Circuit last = flowsheet.circuits[1];
  last.name = "last";
  last.organic.from = "loaded organic of washing";
  last.sections[0].inlets = {{"raffinate", {}}};
  last.sections[0].outlet = "end";
  flowsheet.circuits.insert(flowsheet.circuits.begin(), last);
  const Graph graph(flowsheet);
  EXPECT_THAT(graph.groups(), ElementsAre(ElementsAre(1, 2), ElementsAre(0)));
  EXPECT_FALSE(graph.alone());
  EXPECT_TRUE(Graph(testing::SmallPlant()).alone());
}

TEST(Graph, AStreamThatEntersTwiceIsToBeSplit) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[1].sections[0].inlets.push_back({"feed", {}});
  EXPECT_THAT(Refused(flowsheet),
              HasSubstr("circuits[1].sections[0].inlets[1].stream: 'feed' enters at "
                        "circuits[0].sections[0].inlets[0].stream already; each stream enters "
                        "once: divide it in `splits` and take its parts"));
}

TEST(Graph, UnknownStreamsGetASuggestion) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[1].organic.from = "loaded organic of batery";
  EXPECT_THAT(Refused(flowsheet), HasSubstr("circuits[1].organic.from: unknown stream 'loaded "
                                            "organic of batery'; did you mean 'loaded organic of "
                                            "battery'?"));
}

TEST(Graph, ShapesThatCannotBe) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[1].organic.from = "raffinate";
  EXPECT_THAT(Refused(flowsheet), HasSubstr("'raffinate' is an aqueous stream"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[1].organic.loop = Loop::kClosed;
  EXPECT_THAT(Refused(flowsheet), HasSubstr("circuits[1].organic.loop: found closed beside"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[0].organic.make_up = 0.1;
  EXPECT_THAT(Refused(flowsheet), HasSubstr("make_up_m3_per_h: found without `from`"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[1].name = "battery";
  EXPECT_THAT(Refused(flowsheet), HasSubstr("'battery' is the name of two circuits"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.circuits[1].system = std::string("no-sodium");
  EXPECT_THAT(Refused(flowsheet), HasSubstr("both must name the same extractant system"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.products[0].stream = "scrub liquor";
  EXPECT_THAT(Refused(flowsheet), HasSubstr("products[0].stream: unknown outlet 'scrub liquor'"));

  flowsheet = testing::BatteryOfTwo();
  flowsheet.dynamics.emplace();
  EXPECT_THAT(Refused(flowsheet), HasSubstr("dynamics: transients follow one circuit"));
}

TEST(Graph, SplitsThatCannotBe) {
  Flowsheet flowsheet = testing::Battery();
  flowsheet.splits = {{"raffinate", {{"a", 0.5}, {"b", 0.4}}}};
  EXPECT_THAT(Refused(flowsheet), HasSubstr("splits[0].parts: shares sum to 0.9; they must sum to "
                                            "1, or one part leaves its share out"));
  flowsheet.splits = {{"raffinate", {{"a", {}}, {"b", {}}}}};
  EXPECT_THAT(Refused(flowsheet), HasSubstr("one part alone can be the rest"));
  flowsheet.splits = {{"raffinate", {{"a", 0.7}, {"b", 0.6}, {"c", {}}}}};
  EXPECT_THAT(Refused(flowsheet), HasSubstr("shares sum to 1.3; below 1 is needed"));
  flowsheet.splits = {{"raffinat", {{"a", 0.5}, {"b", {}}}}};
  EXPECT_THAT(Refused(flowsheet), HasSubstr("unknown stream 'raffinat'; did you mean 'raffinate'"));
  flowsheet.splits = {{"b", {{"a", 0.5}, {"b", {}}}}};
  EXPECT_THAT(Refused(flowsheet), HasSubstr("'b' is a part of itself"));
  flowsheet.splits = {{"scrub acid", {{"a", 0.5}, {"b", {}}}}};
  flowsheet.circuits[0].sections[1].inlets = {{"a", {}}};
  EXPECT_THAT(Refused(flowsheet), HasSubstr("splits[0].parts[1].name: 'b' enters nowhere"));
}

TEST(Graph, ARecycleThatNothingLeavesNamesItsStreams) {
  Flowsheet flowsheet = testing::BatteryOfTwo();
  // The organic goes round both circuits, of which neither says how much.
  flowsheet.circuits[0].organic.flow = 0.0;
  flowsheet.circuits[0].organic.saponification = 0.0;
  flowsheet.circuits[0].organic.from = "loaded organic of washing";
  const std::string refused = Refused(flowsheet);
  EXPECT_THAT(refused, HasSubstr("circuits: the organic of"));
  EXPECT_THAT(refused, HasSubstr("'loaded organic of battery'"));
  EXPECT_THAT(refused, HasSubstr("'loaded organic of washing'"));
  EXPECT_THAT(refused, HasSubstr("nothing leaves it"));
  // With a flow it can.
  flowsheet.circuits[0].organic.flow = 1.0;
  EXPECT_EQ(Refused(flowsheet), "");
}

TEST(Graph, AnElementNeedsAConstantWhereItCanCome) {
  Flowsheet flowsheet = testing::Battery();
  Circuit other = flowsheet.circuits[0];
  flowsheet.streams[0].metals.push_back({"Dy", 0.01});
  other.name = "other";
  other.system = std::string("no-sodium");
  other.organic.saponification = 0.0;
  other.sections = {testing::MakeSection("extraction", 3, {"feed 2"}, "raffinate 2")};
  flowsheet.streams.push_back(testing::Acid("feed 2", 1, 0.1));
  flowsheet.streams.back().metals = {{"La", 0.1}, {"Nd", 0.1}};
  flowsheet.circuits.push_back(other);
  EXPECT_EQ(Refused(flowsheet), "");
  flowsheet.circuits[1].sections[0].inlets.push_back({"raffinate", {}});
  EXPECT_THAT(Refused(flowsheet), HasSubstr("no-sodium has no constant for Dy"));
}

}  // namespace
}  // namespace raffinate::optimizer
