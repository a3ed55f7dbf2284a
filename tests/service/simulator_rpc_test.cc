#include <numeric>
#include <thread>

#include "tests/service/rpc_fixture.h"

namespace raffinate::service {
namespace {

using SimulatorRpc = RpcTest;
using ::testing::HasSubstr;

v1::SimulateRequest Request(const v1::Flowsheet& flowsheet) {
  v1::SimulateRequest out;
  *out.mutable_flowsheet() = flowsheet;
  return out;
}

TEST_P(SimulatorRpc, Simulates) {
  grpc::ClientContext context;
  v1::SimulateResponse response;
  const v1::Flowsheet flowsheet = FakeFlowsheet("one", 10);
  ASSERT_TRUE(simulator_->Simulate(&context, Request(flowsheet), &response).ok());
  EXPECT_EQ(response.simulation().figures().stages(), 12);
  EXPECT_EQ(response.simulation().flowsheet().name(), "one");
}

TEST_P(SimulatorRpc, GivesSensitivitiesWhereAsked) {
  for (const bool asked : {false, true}) {
    v1::SimulateRequest request = Request(FakeFlowsheet("one", 10));
    request.set_sensitivities(asked);
    grpc::ClientContext context;
    v1::SimulateResponse response;
    ASSERT_TRUE(simulator_->Simulate(&context, request, &response).ok());
    const v1::Simulation& simulation = response.simulation();
    EXPECT_EQ(simulation.has_sensitivities(), asked);
    EXPECT_EQ(simulation.sensitivities().figures_size(), asked ? 1 : 0);
  }
}

TEST_P(SimulatorRpc, ReportsEveryProblemAtOnce) {
  v1::Flowsheet flowsheet = FakeFlowsheet("", 10);
  flowsheet.add_streams()->set_name("feed");
  flowsheet.mutable_circuits(0)->mutable_organic()->mutable_flow_m3_per_h()->set_value(
      std::numeric_limits<double>::quiet_NaN());
  grpc::ClientContext context;
  v1::SimulateResponse response;
  const grpc::Status status = simulator_->Simulate(&context, Request(flowsheet), &response);
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  const auto details = clients::DecodeErrorDetails(status);
  std::set<std::string> fields;
  for (const auto& violation : details.field_violations) fields.insert(violation.field);
  EXPECT_EQ(fields, (std::set<std::string>{"flowsheet.name", "flowsheet.streams[0].flow_m3_per_h",
                                           "flowsheet.circuits[0].organic.flow_m3_per_h.value"}));
  fields.clear();
  for (const auto& violation : clients::FlowsheetViolations(details)) {
    fields.insert(violation.field);
  }
  EXPECT_TRUE(fields.contains("streams[0].flow_m3_per_h"));
}

TEST_P(SimulatorRpc, ProblemsBeyondNumberStillReachADefaultClient) {
  v1::Flowsheet flowsheet = FakeFlowsheet("many", 10);
  for (int i = 0; i < 5000; ++i) flowsheet.add_streams();
  grpc::ClientContext context;
  v1::SimulateResponse response;
  const grpc::Status status = simulator_->Simulate(&context, Request(flowsheet), &response);
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  EXPECT_THAT(status.error_message(), HasSubstr("5000 problems"));
  const auto details = clients::DecodeErrorDetails(status);
  EXPECT_GT(details.field_violations.size(), 50u);
  EXPECT_THAT(details.field_violations.back().description, HasSubstr("more problems"));
}

TEST_P(SimulatorRpc, AMissingFlowsheetIsAProblem) {
  grpc::ClientContext context;
  v1::SimulateResponse response;
  const grpc::Status status = simulator_->Simulate(&context, {}, &response);
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  EXPECT_EQ(clients::DecodeErrorDetails(status).field_violations.at(0).field, "flowsheet");
}

TEST_P(SimulatorRpc, HonoursDeadlines) {
  pace_->HoldSimulations(true);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
  v1::SimulateResponse response;
  const grpc::Status status =
      simulator_->Simulate(&context, Request(FakeFlowsheet("late", 10)), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  pace_->HoldSimulations(false);
}

TEST_P(SimulatorRpc, DoesNotSolveWhatNobodyWaitsForAnyMore) {
  pace_->HoldSimulations(true);
  // Both threads of the queue are held, each by one simulation.
  std::vector<std::thread> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back([&] {
      grpc::ClientContext context;
      v1::SimulateResponse response;
      EXPECT_TRUE(
          simulator_->Simulate(&context, Request(FakeFlowsheet("busy", 10)), &response).ok());
    });
    pace_->AwaitHeldSimulations(i + 1);
  }
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
  v1::SimulateResponse response;
  EXPECT_EQ(
      simulator_->Simulate(&context, Request(FakeFlowsheet("late", 10)), &response).error_code(),
      grpc::StatusCode::DEADLINE_EXCEEDED);
  // The server may hear of it later than the client: drain to be sure that
  // everything was looked at.
  pace_->HoldSimulations(false);
  for (auto& thread : busy) thread.join();
  server_->Drain();
  const auto batches = pace_->batches();
  EXPECT_LE(std::accumulate(batches.begin(), batches.end(), std::size_t{0}), 3u);
  EXPECT_GE(batches.size(), 2u);
}

TEST_P(SimulatorRpc, RefusesMessagesOverTheSizeLimit) {
  v1::Flowsheet flowsheet = FakeFlowsheet("big", 10);
  flowsheet.set_description(std::string(17 << 20, 'x'));
  grpc::ClientContext context;
  v1::SimulateResponse response;
  EXPECT_EQ(simulator_->Simulate(&context, Request(flowsheet), &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_P(SimulatorRpc, BatchAnswersInOrderAndSurvivesInvalidOnes) {
  constexpr int kCount = 500;
  grpc::ClientContext context;
  auto stream = simulator_->SimulateBatch(&context);
  std::thread writer([&] {
    for (int i = 0; i < kCount; ++i) {
      v1::SimulateBatchRequest request;
      request.set_request_id(std::to_string(i));
      *request.mutable_flowsheet() =
          FakeFlowsheet(i % 7 == 3 ? std::string() : "f" + std::to_string(i), 10);
      EXPECT_TRUE(stream->Write(request));
    }
    stream->WritesDone();
  });
  v1::SimulateBatchResponse response;
  int count = 0;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.request_id(), std::to_string(count));
    if (count % 7 == 3) {
      ASSERT_TRUE(response.has_invalid());
      EXPECT_EQ(response.invalid().violations(0).field(), "name");
    } else {
      EXPECT_EQ(response.simulation().flowsheet().name(), "f" + std::to_string(count));
      EXPECT_EQ(response.simulation().figures().stages(), 12);
    }
    ++count;
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(count, kCount);
}

TEST_P(SimulatorRpc, BatchGivesSensitivitiesToThoseThatAsked) {
  constexpr int kCount = 60;
  grpc::ClientContext context;
  auto stream = simulator_->SimulateBatch(&context);
  for (int i = 0; i < kCount; ++i) {
    v1::SimulateBatchRequest request;
    *request.mutable_flowsheet() = FakeFlowsheet("f", 10);
    request.set_sensitivities(i % 3 == 1);
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  v1::SimulateBatchResponse response;
  int count = 0;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.simulation().has_sensitivities(), count % 3 == 1) << count;
    ++count;
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(count, kCount);
}

TEST_P(SimulatorRpc, RequestsThatWaitAreSolvedTogether) {
  pace_->HoldSimulations(true);
  grpc::ClientContext context;
  auto stream = simulator_->SimulateBatch(&context);
  const auto send = [&](int count) {
    for (int i = 0; i < count; ++i) {
      v1::SimulateBatchRequest request;
      *request.mutable_flowsheet() = FakeFlowsheet("f", 10);
      ASSERT_TRUE(stream->Write(request));
    }
  };
  // Two hold the threads; what comes then can only wait.
  send(1);
  pace_->AwaitHeldSimulations(1);
  send(1);
  pace_->AwaitHeldSimulations(2);
  send(60);
  // The server reads on while it solves: a unary call behind the sixty is
  // proof that they could have been read, but not that they were; so many
  // batches as requests would still be wrong.
  stream->WritesDone();
  pace_->HoldSimulations(false);
  v1::SimulateBatchResponse response;
  int count = 0;
  while (stream->Read(&response)) ++count;
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(count, 62);
  const auto batches = pace_->batches();
  EXPECT_EQ(std::accumulate(batches.begin(), batches.end(), std::size_t{0}), 62u);
  EXPECT_LT(batches.size(), 62u);
}

TEST_P(SimulatorRpc, ACancelledBatchEnds) {
  pace_->HoldSimulations(true);
  grpc::ClientContext context;
  auto stream = simulator_->SimulateBatch(&context);
  v1::SimulateBatchRequest request;
  *request.mutable_flowsheet() = FakeFlowsheet("f", 10);
  ASSERT_TRUE(stream->Write(request));
  pace_->AwaitHeldSimulations(1);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  pace_->HoldSimulations(false);
  // And the server goes without waiting for it.
  server_->Drain();
}

RAFFINATE_ON_BOTH_TRANSPORTS(SimulatorRpc);

}  // namespace
}  // namespace raffinate::service
