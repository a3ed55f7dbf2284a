#include <chrono>
#include <limits>
#include <memory>
#include <thread>

#include "tests/service/rpc_fixture.h"

namespace raffinate::service {
namespace {

using DynamicsRpc = RpcTest;
using ::testing::HasSubstr;

v1::SimulateDynamicRequest Request(const std::string& name, double until) {
  v1::SimulateDynamicRequest out;
  *out.mutable_flowsheet() = FakeFlowsheet(name, 10);
  auto* dynamics = out.mutable_flowsheet()->mutable_dynamics();
  dynamics->set_mixer_h(0.1);
  dynamics->set_settler_h(0.3);
  dynamics->set_until_h(until);
  dynamics->set_every_h(1);
  return out;
}

TEST_P(DynamicsRpc, StreamsStatesInTimeAndASummaryLast) {
  pace_->AllowAllSteps();
  grpc::ClientContext context;
  v1::SimulateDynamicRequest request = Request("one", 200);
  request.set_stages(true);
  const auto stream = simulator_->SimulateDynamic(&context, request);
  v1::SimulateDynamicResponse response;
  int states = 0;
  bool ended = false;
  while (stream->Read(&response)) {
    EXPECT_FALSE(ended);
    if (response.has_state()) {
      EXPECT_EQ(response.state().time_h(), states);
      EXPECT_EQ(response.state().stages_size(), 2);
      ++states;
    } else {
      ended = true;
      EXPECT_TRUE(response.summary().complete());
      EXPECT_EQ(response.summary().steps(), 201);
      EXPECT_EQ(response.summary().flowsheet().name(), "one");
    }
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(ended);
  EXPECT_EQ(states, 201);
}

TEST_P(DynamicsRpc, AStateIsSentAsSoonAsThereIsOne) {
  grpc::ClientContext context;
  const auto stream = simulator_->SimulateDynamic(&context, Request("one", 2));
  v1::SimulateDynamicResponse response;
  for (int k = 0; k < 3; ++k) {
    pace_->AllowSteps(1);
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.state().time_h(), k);
    EXPECT_EQ(response.state().stages_size(), 0);
  }
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.has_summary());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_P(DynamicsRpc, ReportsEveryProblemAtOnce) {
  v1::SimulateDynamicRequest request = Request("", 10);
  request.mutable_flowsheet()->mutable_dynamics()->clear_mixer_h();
  request.mutable_flowsheet()->mutable_dynamics()->set_until_h(
      std::numeric_limits<double>::quiet_NaN());
  request.mutable_flowsheet()->mutable_dynamics()->add_changes();
  grpc::ClientContext context;
  const auto stream = simulator_->SimulateDynamic(&context, request);
  v1::SimulateDynamicResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  std::set<std::string> fields;
  for (const auto& violation : clients::DecodeErrorDetails(status).field_violations) {
    fields.insert(violation.field);
  }
  EXPECT_EQ(fields, (std::set<std::string>{"flowsheet.name", "flowsheet.dynamics.mixer_h",
                                           "flowsheet.dynamics.until_h",
                                           "flowsheet.dynamics.changes[0].at_h"}));
}

TEST_P(DynamicsRpc, AMissingFlowsheetIsAProblem) {
  grpc::ClientContext context;
  const auto stream = simulator_->SimulateDynamic(&context, {});
  v1::SimulateDynamicResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  EXPECT_EQ(clients::DecodeErrorDetails(status).field_violations.at(0).field, "flowsheet");
}

TEST_P(DynamicsRpc, ACancelledOneEndsAndFreesItsThread) {
  // More than there are threads, so that each has to let go. Every step is allowed:
  // one that is counted out could be taken by the call before, which may hear of its
  // end later than the client does.
  pace_->AllowAllSteps();
  for (int round = 0; round < 5; ++round) {
    grpc::ClientContext context;
    const auto stream = simulator_->SimulateDynamic(&context, Request("f", 1000000));
    v1::SimulateDynamicResponse response;
    ASSERT_TRUE(stream->Read(&response));
    context.TryCancel();
    while (stream->Read(&response)) {
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  server_->Drain();
}

TEST_P(DynamicsRpc, HonoursDeadlines) {
  for (int round = 0; round < 3; ++round) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
    const auto stream = simulator_->SimulateDynamic(&context, Request("late", 1000));
    v1::SimulateDynamicResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  // Both threads are free again: this one runs.
  pace_->AllowAllSteps();
  grpc::ClientContext context;
  const auto stream = simulator_->SimulateDynamic(&context, Request("next", 3));
  v1::SimulateDynamicResponse response;
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(response.has_summary());
}

TEST_P(DynamicsRpc, ASlowReaderHoldsItsTransientUp) {
  pace_->AllowAllSteps();
  grpc::ClientContext context;
  v1::SimulateDynamicRequest request = Request("slow", 10000);
  request.set_stages(true);
  const auto stream = simulator_->SimulateDynamic(&context, request);
  v1::SimulateDynamicResponse response;
  ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
  while (stream->Read(&response)) {
  }
  stream->Finish();
  // Ends although the transient waits for its reader.
  server_->Drain();
}

TEST_P(DynamicsRpc, AShutdownEndsWhatRunsAndWhatWaits) {
  // Every call begins before the shutdown: an in-process channel takes none after it.
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::SimulateDynamicResponse>>> streams;
  for (int i = 0; i < 4; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(simulator_->SimulateDynamic(contexts.back().get(), Request("f", 1000)));
  }
  std::vector<std::thread> clients;
  for (const auto& stream : streams) {
    clients.emplace_back([&stream] {
      v1::SimulateDynamicResponse response;
      while (stream->Read(&response)) {
      }
      EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
    });
  }
  pace_->AllowSteps(2);
  pace_->AwaitSteps(2);
  server_->Drain();
  for (auto& client : clients) client.join();
}

TEST_P(DynamicsRpc, AnAccidentIsAnError) {
  grpc::ClientContext context;
  const auto stream = simulator_->SimulateDynamic(&context, Request("throw", 10));
  v1::SimulateDynamicResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), HasSubstr("a fake accident"));
}

RAFFINATE_ON_BOTH_TRANSPORTS(DynamicsRpc);

}  // namespace
}  // namespace raffinate::service
