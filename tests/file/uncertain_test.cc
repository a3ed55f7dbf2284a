// Uncertain numbers and scenarios: every form of the file, and back.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "service/file/writer.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;
using testing::SizeIs;

constexpr char kUncertain[] = R"(streams:
  feed:
    flow: {value: 1 m3/h, relative_sd: 3 %}
    metals:
      Nd: {value: 25 g/L REO, sd: 2 g/L REO}
      Pr: {uniform: [1 g/L, 2 g/L]}
    hcl: {uniform: [5 mmol/L, 0.03 mol/L], value: 0.01 mol/L}
scenarios:
  count: 200
  demands: worst
  probability: 95 %
  constants: true
  assays:
    feed:
      samples:
        - {metals: {Nd: 24 g/L REO}, hcl: 0.02 mol/L}
        - {metals: {Nd: 26 g/L REO}}
)";

v1::Flowsheet Read(const std::string& text, FileFormat format = FileFormat::kYaml) {
  v1::Flowsheet flowsheet;
  const ReadResult result = ReadText(text, "test", format, SampleOptions(), &flowsheet);
  for (const FileProblem& problem : result.problems) ADD_FAILURE() << FormatProblem(problem);
  return flowsheet;
}

TEST(UncertainFile, ReadsEveryForm) {
  const v1::Flowsheet flowsheet = Read(kUncertain);
  const v1::Stream& feed = flowsheet.streams(0);
  EXPECT_DOUBLE_EQ(feed.flow_m3_per_h().uncertain().value(), 1);
  EXPECT_DOUBLE_EQ(feed.flow_m3_per_h().uncertain().relative_sd(), 0.03);
  const v1::NumberUncertain& nd = feed.metals(0).mol_per_l().uncertain();
  // 25 g/L of Nd2O3, and its deviation by the same masses.
  EXPECT_NEAR(nd.value(), 25 / 168.2405, 1e-12);
  EXPECT_NEAR(nd.sd(), 2 / 168.2405, 1e-12);
  const v1::NumberUncertain& pr = feed.metals(1).mol_per_l().uncertain();
  EXPECT_FALSE(pr.has_value());
  ASSERT_THAT(pr.uniform(), SizeIs(2));
  EXPECT_NEAR(pr.uniform(1), 2 / 140.90766, 1e-12);
  EXPECT_DOUBLE_EQ(feed.hcl_mol_per_l().uncertain().uniform(0), 0.005);
  EXPECT_DOUBLE_EQ(feed.hcl_mol_per_l().uncertain().value(), 0.01);
  const v1::Scenarios& scenarios = flowsheet.scenarios();
  EXPECT_EQ(scenarios.count(), 200);
  EXPECT_EQ(scenarios.demands(), v1::Scenarios::WORST);
  EXPECT_DOUBLE_EQ(scenarios.probability(), 0.95);
  ASSERT_THAT(scenarios.assays(), SizeIs(1));
  EXPECT_EQ(scenarios.assays(0).stream(), "feed");
  ASSERT_THAT(scenarios.assays(0).samples(), SizeIs(2));
  EXPECT_NEAR(scenarios.assays(0).samples(1).metals(0).mol_per_l().value(), 26 / 168.2405, 1e-12);
}

TEST(UncertainFile, WritesWhatItReads) {
  const v1::Flowsheet flowsheet = Read(kUncertain);
  const std::string text = WriteYaml(flowsheet);
  EXPECT_THAT(text, HasSubstr("relative_sd"));
  EXPECT_TRUE(MessageDifferencer::ApproximatelyEquals(flowsheet, Read(text))) << text;
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(flowsheet, &json).ok());
  EXPECT_TRUE(MessageDifferencer::ApproximatelyEquals(flowsheet, Read(json, FileFormat::kJson)))
      << json;
}

std::vector<FileProblem> Problems(const std::string& flow) {
  v1::Flowsheet flowsheet;
  return ReadText("streams:\n  s:\n    flow: " + flow + "\n", "bad.yaml", FileFormat::kYaml,
                  SampleOptions(), &flowsheet)
      .problems;
}

TEST(UncertainFile, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<const char*, const char*>> bad = {
      {"{value: 1 m3/h, sd: 2 mol/L}", "m3/h"},
      {"{value: 1 m3/h, relative_sd: 2 m3/h}", "%"},
      {"{value: 1 m3/h, min: 0.5 m3/h, sd: 0.1 m3/h}", "a range and an uncertain value"},
      {"{uniform: 3 m3/h}", "[lowest, highest]"},
      {"{value: 1 m3/h, sdd: 0.1 m3/h}", "did you mean \"sd\""},
  };
  for (const auto& [text, words] : bad) {
    const std::vector<FileProblem> problems = Problems(text);
    ASSERT_FALSE(problems.empty()) << text;
    EXPECT_EQ(problems.front().line, 3) << text;
    EXPECT_THAT(problems.front().path, HasSubstr("streams.s.flow")) << text;
    EXPECT_THAT(problems.front().message, HasSubstr(words)) << text;
  }
}

}  // namespace
}  // namespace raffinate::service
