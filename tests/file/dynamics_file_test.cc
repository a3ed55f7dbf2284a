// The block `dynamics` of a flowsheet file.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "service/file/writer.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kBlock[] = R"(dynamics:
  mixer: 6 min
  settler: 1200 s
  sections:
    scrub: {settler: 0.5 h}
  start: barren
  initially:
    streams:
      feed: {flow: 0 m3/h}
  until: 2 days
  every: 10 min
  changes:
    - at: 6 h
      over: 90 min
      streams:
        feed: {flow: 12 m3/h, metals: {Nd: 25 g/L REO}}
    - at: 1 day
      organic: {saponification: 30 %}
      sections:
        scrub: {outlet_share: 50 %, draws: {mid: {share: 0.2}}}
)";

ReadResult Read(const std::string& text, v1::Flowsheet* flowsheet) {
  return ReadText(text, "plant.yaml", FileFormat::kYaml, SampleOptions(), flowsheet);
}

TEST(DynamicsFile, ReadsUnitsAndNames) {
  v1::Flowsheet flowsheet;
  const ReadResult result = Read(GoodYaml() + kBlock, &flowsheet);
  ASSERT_THAT(result.problems, IsEmpty()) << FormatProblem(result.problems[0]);
  const v1::Dynamics& d = flowsheet.dynamics();
  EXPECT_DOUBLE_EQ(d.mixer_h(), 0.1);
  EXPECT_DOUBLE_EQ(d.settler_h(), 1.0 / 3);
  ASSERT_EQ(d.sections_size(), 1);
  EXPECT_EQ(d.sections(0).name(), "scrub");
  EXPECT_FALSE(d.sections(0).has_mixer_h());
  EXPECT_EQ(d.start(), v1::Dynamics::BARREN);
  EXPECT_EQ(d.initially().streams(0).flow_m3_per_h().value(), 0);
  EXPECT_DOUBLE_EQ(d.until_h(), 48);
  EXPECT_DOUBLE_EQ(d.every_h(), 1.0 / 6);
  ASSERT_EQ(d.changes_size(), 2);
  EXPECT_EQ(d.changes(0).at_h(), 6);
  EXPECT_EQ(d.changes(0).over_h(), 1.5);
  EXPECT_DOUBLE_EQ(d.changes(0).streams(0).metals(0).mol_per_l().value(), 25 / 168.2405);
  EXPECT_DOUBLE_EQ(d.changes(1).organic().saponification().value(), 0.3);
  EXPECT_EQ(d.changes(1).sections(0).outlet_share().value(), 0.5);
  EXPECT_EQ(d.changes(1).sections(0).draws(0).name(), "mid");
  const SourceLocation place =
      result.source.Find("dynamics.changes[0].streams[0].flow_m3_per_h.value");
  EXPECT_EQ(place.path, "dynamics.changes[0].streams.feed.flow");
  EXPECT_GT(place.line, 0);
}

TEST(DynamicsFile, IsWrittenAsItReads) {
  v1::Flowsheet before, after;
  ASSERT_THAT(Read(GoodYaml() + kBlock, &before).problems, IsEmpty());
  const std::string text = WriteYaml(before);
  ASSERT_THAT(Read(text, &after).problems, IsEmpty()) << text;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(before, after)) << text;
}

struct Bad {
  const char* from;
  const char* to;
  const char* path;
  const char* words;
};

class BadDynamicsFile : public testing::TestWithParam<Bad> {};

TEST_P(BadDynamicsFile, IsRefusedAtItsPlace) {
  std::string text = kBlock;
  const std::size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string(GetParam().from).size(), GetParam().to);
  v1::Flowsheet flowsheet;
  const ReadResult result = Read(text, &flowsheet);
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].path, GetParam().path);
  EXPECT_THAT(result.problems[0].message, HasSubstr(GetParam().words));
  // Counted in the text without the flowsheet before it.
  const int line =
      1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
  EXPECT_EQ(result.problems[0].line, line);
}

INSTANTIATE_TEST_SUITE_P(
    Reader, BadDynamicsFile,
    testing::Values(
        Bad{"mixer: 6 min", "mixer: 6", "dynamics.mixer", "without a unit"},
        Bad{"mixer: 6 min", "mixer: 6 m3", "dynamics.mixer", "does not convert to h"},
        Bad{"mixer: 6 min", "mixer: {min: 1 h, max: 2 h}", "dynamics.mixer", "one value"},
        Bad{"mixer: 6 min", "mixr: 6 min", "dynamics.mixr", "did you mean \"mixer\""},
        Bad{"start: barren", "start: empty", "dynamics.start", "Known: steady, barren"},
        Bad{"until: 2 days", "until: soon", "dynamics.until", "2.5 h"},
        Bad{"at: 6 h", "at: .inf", "dynamics.changes[0].at", "finite"},
        Bad{"flow: 12 m3/h", "flow: 12 kg", "dynamics.changes[0].streams.feed.flow", "m3/h"},
        Bad{"organic: {s", "organic: {loop: open, s", "dynamics.changes[1].organic.loop",
            "flow, saponification"}));

}  // namespace
}  // namespace raffinate::service
