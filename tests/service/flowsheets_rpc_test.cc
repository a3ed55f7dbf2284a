#include <cmath>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "tests/service/rpc_fixture.h"

namespace raffinate::service {
namespace {

using ::testing::HasSubstr;

class FlowsheetsRpc : public RpcTest {
 protected:
  void SetUp() override {
    RpcTest::SetUp();
    flowsheets_ = v1::Flowsheets::NewStub(channel_);
  }

  grpc::Status Parse(const std::string& text, v1::ParseFlowsheetRequest::Purpose purpose,
                     v1::ParseFlowsheetResponse* response, const std::string& name = "a.yaml") {
    grpc::ClientContext context;
    v1::ParseFlowsheetRequest request;
    request.set_text(text);
    request.set_file_name(name);
    request.set_purpose(purpose);
    return flowsheets_->ParseFlowsheet(&context, request, response);
  }

  grpc::Status Format(const v1::Flowsheet& flowsheet, std::string* text) {
    grpc::ClientContext context;
    v1::FormatFlowsheetRequest request;
    *request.mutable_flowsheet() = flowsheet;
    v1::FormatFlowsheetResponse response;
    const grpc::Status status = flowsheets_->FormatFlowsheet(&context, request, &response);
    *text = response.text();
    return status;
  }

  std::unique_ptr<v1::Flowsheets::Stub> flowsheets_;
};

constexpr auto kTextOnly = v1::ParseFlowsheetRequest::PURPOSE_UNSPECIFIED;
constexpr auto kSimulate = v1::ParseFlowsheetRequest::SIMULATE;

constexpr char kText[] = R"(name: plant
streams:
  feed: {flow: 10 L/h, metals: {Nd: 0.1 mol/L}}
  strip: {flow: {min: 1 m3/h, max: 2 m3/h}, hcl: 4 mol/L}
)";

TEST_P(FlowsheetsRpc, ReadsUnitsIntoThoseOfTheMessage) {
  v1::ParseFlowsheetResponse response;
  ASSERT_TRUE(
      Parse("name: a\nstreams:\n  feed: {flow: 10 L/h, hcl: 1500 mmol/L}\n", kSimulate, &response)
          .ok());
  EXPECT_EQ(response.problems_size(), 0);
  ASSERT_EQ(response.flowsheet().streams_size(), 1);
  const v1::Stream& feed = response.flowsheet().streams(0);
  EXPECT_EQ(feed.name(), "feed");
  EXPECT_NEAR(feed.flow_m3_per_h().value(), 0.01, 1e-15);
  EXPECT_NEAR(feed.hcl_mol_per_l().value(), 1.5, 1e-12);
}

TEST_P(FlowsheetsRpc, TellsEveryProblemOfTheTextWithItsPlace) {
  v1::ParseFlowsheetResponse response;
  ASSERT_TRUE(Parse("name: a\nstreams:\n  feed: {flow: 10 kg, hcl: 1 mol/L}\n  strip:\n"
                    "    flwo: 1 m3/h\n",
                    kSimulate, &response)
                  .ok());
  ASSERT_GE(response.problems_size(), 2);
  EXPECT_EQ(response.problems(0).line(), 3);
  EXPECT_EQ(response.problems(0).path(), "streams.feed.flow");
  EXPECT_THAT(response.problems(0).description(), HasSubstr("kg"));
  EXPECT_EQ(response.problems(1).line(), 5);
  EXPECT_THAT(response.problems(1).description(), HasSubstr("flow"));
  // What could be read is there.
  EXPECT_EQ(response.flowsheet().streams_size(), 2);
  EXPECT_EQ(response.flowsheet().streams(0).hcl_mol_per_l().value(), 1);
}

TEST_P(FlowsheetsRpc, ChecksAGoodTextForItsPurpose) {
  // The fake engine wants a name.
  const std::string nameless = "streams:\n  feed: {flow: 1 m3/h}\n";
  v1::ParseFlowsheetResponse response;
  ASSERT_TRUE(Parse(nameless, kTextOnly, &response).ok());
  EXPECT_EQ(response.problems_size(), 0);
  ASSERT_TRUE(Parse(nameless, kSimulate, &response).ok());
  ASSERT_EQ(response.problems_size(), 1);
  EXPECT_THAT(response.problems(0).path(), HasSubstr("name"));
}

TEST_P(FlowsheetsRpc, TellsThatATextIsNoFlowsheetAtAll) {
  for (const std::string text : {"", "[1, 2", "just words", "\x01"}) {
    v1::ParseFlowsheetResponse response;
    ASSERT_TRUE(Parse(text, kSimulate, &response).ok()) << text;
    EXPECT_GE(response.problems_size(), 1) << text;
  }
}

TEST_P(FlowsheetsRpc, ReadsTheFormatThatTheEndingNames) {
  v1::ParseFlowsheetResponse response;
  ASSERT_TRUE(
      Parse("name: \"a\" streams { name: \"feed\" }", kTextOnly, &response, "a.textproto").ok());
  EXPECT_EQ(response.problems_size(), 0) << response.problems(0).description();
  EXPECT_EQ(response.flowsheet().streams(0).name(), "feed");
}

TEST_P(FlowsheetsRpc, WritesWhatReadsBackToTheSame) {
  v1::ParseFlowsheetResponse first, second;
  ASSERT_TRUE(Parse(kText, kTextOnly, &first).ok());
  ASSERT_EQ(first.problems_size(), 0) << first.problems(0).description();
  ASSERT_TRUE(first.flowsheet().streams(1).flow_m3_per_h().has_range());
  std::string text;
  const grpc::Status status = Format(first.flowsheet(), &text);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(text, HasSubstr("m3/h"));
  ASSERT_TRUE(Parse(text, kTextOnly, &second).ok());
  EXPECT_EQ(second.problems_size(), 0);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(first.flowsheet(), second.flowsheet()))
      << text;
}

TEST_P(FlowsheetsRpc, WritesNoFileThatCouldNotBeRead) {
  v1::Flowsheet flowsheet;
  flowsheet.set_name("a");
  auto* stream = flowsheet.add_streams();
  stream->set_name("feed");
  stream->mutable_flow_m3_per_h()->set_value(std::nan(""));
  std::string text;
  const grpc::Status status = Format(flowsheet, &text);
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  EXPECT_EQ(clients::DecodeErrorDetails(status).field_violations[0].field,
            "flowsheet.streams[0].flow_m3_per_h.value");
}

TEST_P(FlowsheetsRpc, RefusesAPurposeThatIsNotKnown) {
  v1::ParseFlowsheetResponse response;
  ExpectError(Parse(kText, static_cast<v1::ParseFlowsheetRequest::Purpose>(9), &response),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
  ExpectError(Parse(kText, kTextOnly, &response, std::string(1000, 'a')),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
}

RAFFINATE_ON_BOTH_TRANSPORTS(FlowsheetsRpc);

}  // namespace
}  // namespace raffinate::service
