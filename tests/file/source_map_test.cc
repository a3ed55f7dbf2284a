#include "service/file/source_map.h"

#include <gtest/gtest.h>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

class SourceMapTest : public testing::Test {
 protected:
  SourceMapTest()
      : result_(ReadText(GoodYaml(), "f", FileFormat::kYaml, SampleOptions(), &flowsheet_)) {}

  void Expect(const std::string& proto_path, int line, const std::string& user_path) {
    const SourceLocation location = result_.source.Find(proto_path);
    EXPECT_EQ(location.line, line) << proto_path;
    EXPECT_EQ(location.path, user_path) << proto_path;
  }

  v1::Flowsheet flowsheet_;
  ReadResult result_;
};

TEST_F(SourceMapTest, KnowsWhereEveryFieldWasWritten) {
  ASSERT_TRUE(result_.ok());
  Expect("name", 1, "name");
  Expect("streams[0]", 4, "streams.feed");
  Expect("streams[0].name", 4, "streams.feed");
  Expect("streams[0].flow_m3_per_h", 5, "streams.feed.flow");
  Expect("streams[0].flow_m3_per_h.value", 5, "streams.feed.flow");
  Expect("streams[0].metals[1]", 8, "streams.feed.metals.Pr");
  Expect("streams[0].metals[1].mol_per_l.range.min", 8, "streams.feed.metals.Pr.min");
  Expect("streams[0].metals[2].mol_per_l.choices.values[1]", 9,
         "streams.feed.metals.Dy.choices[1]");
  Expect("streams[1].hcl_mol_per_l", 13, "streams.scrub.hcl");
  Expect("circuits[0].extractant.system.value", 16, "circuits.main.extractant.system");
  Expect("circuits[0].organic.flow_m3_per_h.range", 18, "circuits.main.organic.flow");
  Expect("circuits[0].organic.flow_m3_per_h.range.start", 18, "circuits.main.organic.flow.start");
  Expect("circuits[0].sections[0].inlets[0].stream", 25,
         "circuits.main.sections.extraction.inlets[0]");
  Expect("circuits[0].sections[1].inlets[0].stream", 29,
         "circuits.main.sections.scrub.inlets[0].stream");
  Expect("circuits[0].sections[1].draws[0].stage.choices.values[0]", 31,
         "circuits.main.sections.scrub.draws.mid.stage.choices[0]");
  Expect("products[0].elements[1]", 35, "products.heavy.elements[1]");
  Expect("products[0].min_purity", 36, "products.heavy.purity");
  Expect("objectives[0].figure", 39, "objectives[0].maximize");
  Expect("objectives[0].direction", 39, "objectives[0].maximize");
  Expect("search.max_evaluations", 45, "search.evaluations");
}

TEST_F(SourceMapTest, FallsBackToTheEnclosingFieldInTheWordsOfTheFile) {
  Expect("streams[1].naoh_mol_per_l", 11, "streams.scrub.naoh");
  Expect("circuits[0].sections[1].outlet", 27, "circuits.main.sections.scrub.outlet");
  Expect("circuits[0].sections[1].draws[0].flow_m3_per_h.range.min", 31,
         "circuits.main.sections.scrub.draws.mid.flow.min");
  Expect("products[0].min_recovery.oops", 37, "products.heavy.recovery.oops");
  Expect("streams[7].flow_m3_per_h", 3, "streams[7].flow");
  Expect("extractant_systems", 1, "extractant_systems");
  Expect("", 1, "");
}

}  // namespace
}  // namespace raffinate::service
