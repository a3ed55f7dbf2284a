// What an operator sets, in flowsheets and circuits.
#include "optimizer/model/operation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "optimizer/model/leaves.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

Operation SetStream(StreamOperation stream) {
  Operation operation;
  operation.streams = {std::move(stream)};
  return operation;
}

StreamOperation OfStream(const char* name) {
  StreamOperation stream;
  stream.name = name;
  return stream;
}

TEST(Operation, WhatIsGivenReplacesAndTheRestStays) {
  Flowsheet plant = testing::SmallPlant();
  StreamOperation feed = OfStream("feed");
  feed.flow = 2.0;
  feed.metals = {{"Nd", 0.3}, {"Dy", 0.01}};
  Operation operation = SetStream(feed);
  operation.organic.saponification = 0.2;
  operation.sections.resize(1);
  operation.sections[0].name = "strip";
  operation.sections[0].outlet_share = 0.0;
  Apply(operation, &plant);
  const Stream& now = plant.streams[0];
  EXPECT_EQ(Value(now.flow), 2);
  ASSERT_EQ(now.metals.size(), 3u);
  EXPECT_EQ(Value(now.metals[0].mol_per_l), 0.1);
  EXPECT_EQ(Value(now.metals[1].mol_per_l), 0.3);
  EXPECT_EQ(now.metals[2].element, "Dy");
  EXPECT_EQ(Value(*now.hcl), 0.01);
  EXPECT_EQ(Value(plant.circuits[0].organic.saponification), 0.2);
  EXPECT_EQ(Value(plant.circuits[0].organic.flow), 1);
  EXPECT_EQ(Value(plant.circuits[0].sections[3].outlet_share), 0);
  EXPECT_EQ(Value(plant.streams[1].flow), 0.12);
}

TEST(Operation, AFeedReplacesTheWholeComposition) {
  Flowsheet plant = testing::SmallPlant();
  plant.streams[0].nacl = 0.5;
  StreamOperation feed = OfStream("feed");
  feed.feed = "liquor";
  feed.metals = {{"La", 0.2}};
  Apply(SetStream(feed), &plant);
  Composition now;
  ASSERT_EQ(Compose(plant.streams[0], testing::SmallChemistry(), false, Medium::kChloride, &now),
            "");
  EXPECT_EQ(now.Of("Nd"), 0.15);
  EXPECT_EQ(now.Of("La"), 0.2);
  EXPECT_EQ(now.Of("Na"), 0);
  EXPECT_EQ(now.acid, 0.02);
}

TEST(Operation, AcidAndTotalChlorideReplaceEachOther) {
  Flowsheet plant = testing::SmallPlant();
  StreamOperation feed = OfStream("feed");
  feed.chloride = 0.7;
  Apply(SetStream(feed), &plant);
  EXPECT_FALSE(plant.streams[0].hcl);
  feed = OfStream("feed");
  feed.hcl = 0.05;
  Apply(SetStream(feed), &plant);
  EXPECT_FALSE(plant.streams[0].chloride);
  EXPECT_EQ(Value(*plant.streams[0].hcl), 0.05);
}

TEST(Operation, PointsFollowEachOther) {
  Flowsheet plant = testing::SmallPlant();
  plant.dynamics.emplace();
  StreamOperation feed = OfStream("feed");
  feed.flow = 0.5;
  plant.dynamics->initially = SetStream(feed);
  plant.dynamics->changes.resize(2);
  feed.flow = 3.0;
  plant.dynamics->changes[0].sets = SetStream(feed);
  plant.dynamics->changes[1].sets.organic.flow = 4.0;
  const std::vector<Flowsheet> points = OperatingPoints(plant);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(Value(points[0].streams[0].flow), 0.5);
  EXPECT_EQ(Value(points[1].streams[0].flow), 3);
  EXPECT_EQ(Value(points[2].streams[0].flow), 3);
  EXPECT_EQ(Value(points[1].circuits[0].organic.flow), 1);
  EXPECT_EQ(Value(points[2].circuits[0].organic.flow), 4);
}

TEST(Operation, CircuitsShareTheComponentsOfAll) {
  const Chemistry chemistry = testing::SmallChemistry();
  std::vector<Flowsheet> points(2, testing::SmallPlant());
  points[1].streams[0].metals.push_back({"Dy", 0.02});
  points[1].streams[0].flow = 0.0;
  std::vector<Built> built;
  std::size_t failed = 0;
  ASSERT_EQ(BuildAll(points, chemistry, &built, &failed), "");
  ASSERT_EQ(built[0].components.size(), 4u);
  ASSERT_EQ(built[1].components.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(built[0].components[i]->symbol, built[1].components[i]->symbol);
  }
  kernels::Circuit between = built[0].circuit;
  Between(built[0].circuit, built[1].circuit, 0.25, &between);
  const int dy = built[0].Component("Dy");
  bool found = false;
  for (const kernels::Inlet& inlet : between.inlets) {
    found |= std::abs(inlet.flow - 0.75) < 1e-15 && std::abs(inlet.molarity[dy] - 0.005) < 1e-15;
  }
  EXPECT_TRUE(found);
  // Shut off at the end.
  Between(built[0].circuit, built[1].circuit, 1, &between);
  EXPECT_EQ(between.inlets.size(), built[0].circuit.inlets.size() - 1);
  EXPECT_EQ(WithoutIdle(built[1].circuit).inlets.size(), between.inlets.size());
}

}  // namespace
}  // namespace raffinate::optimizer
