// The server around the services: ports, health, reflection, end.
#include <grpcpp/impl/client_unary_call.h>

#include <thread>

#include "service/jobs/job_manager.h"
#include "tests/service/rpc_fixture.h"
#include "tests/service/temporary_folder.h"

namespace raffinate::service {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<Server>> StartFake(
    const ServerOptions& options,
    std::shared_ptr<FakeEngine::Pace> pace = std::make_shared<FakeEngine::Pace>()) {
  return Server::Start(options, std::make_unique<FakeEngine>(std::move(pace)));
}

ServerOptions OnFreePort() {
  ServerOptions options;
  options.listen_address = "127.0.0.1:0";
  return options;
}

std::shared_ptr<grpc::Channel> ChannelTo(const Server& server) {
  return grpc::CreateChannel(absl::StrCat("127.0.0.1:", server.bound_port()),
                             grpc::InsecureChannelCredentials());
}

// A unary call by name, with messages as bytes: health and reflection have no
// generated code here.
grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& request, std::string* response) {
  grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, channel);
  grpc::Slice slice(request);
  grpc::ByteBuffer in(&slice, 1), out;
  grpc::ClientContext context;
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), rpc, &context, in, &out);
  std::vector<grpc::Slice> slices;
  if (out.Valid() && out.Dump(&slices).ok()) {
    for (const auto& part : slices) {
      response->append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
  }
  return status;
}

TEST(Server, TakesAFreePortAndIsHealthy) {
  auto server = StartFake(OnFreePort());
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_GT((*server)->bound_port(), 0);
  // HealthCheckResponse{status: SERVING} is 08 01 on the wire.
  for (const std::string& request :
       {std::string(), std::string("\x0a\x1araffinate.v1.Optimizations")}) {
    std::string response;
    ASSERT_TRUE(
        CallRaw(ChannelTo(**server), "/grpc.health.v1.Health/Check", request, &response).ok());
    EXPECT_EQ(response, "\x08\x01");
  }
}

TEST(Server, ReflectionListsTheServices) {
  auto server = StartFake(OnFreePort());
  ASSERT_TRUE(server.ok()) << server.status();
  const auto channel = ChannelTo(**server);
  // ServerReflectionRequest{list_services: ""}; a stream of one request.
  grpc::internal::RpcMethod rpc("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                grpc::internal::RpcMethod::BIDI_STREAMING, channel);
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel.get(), rpc, &context));
  grpc::Slice slice(std::string("\x3a\x00", 2));
  ASSERT_TRUE(stream->Write(grpc::ByteBuffer(&slice, 1)));
  stream->WritesDone();
  grpc::ByteBuffer answer;
  ASSERT_TRUE(stream->Read(&answer));
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(answer.Dump(&slices).ok());
  std::string text;
  for (const auto& part : slices) {
    text.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  for (const char* name :
       {"raffinate.v1.Simulator", "raffinate.v1.Optimizations", "raffinate.v1.Chemistry"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(Server, ASecondServerOnThePortIsRefused) {
  auto first = StartFake(OnFreePort());
  ASSERT_TRUE(first.ok());
  ServerOptions options;
  options.listen_address = absl::StrCat("127.0.0.1:", (*first)->bound_port());
  const auto second = StartFake(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(options.listen_address));
}

TEST(Server, AServerThatCannotListenLeavesTheJobsAlone) {
  const TemporaryFolder folder;
  ServerOptions options;
  options.listen_address = "no.such.host.invalid:1";
  options.database_path = folder.File("jobs.db");
  EXPECT_EQ(StartFake(options).status().code(), absl::StatusCode::kUnavailable);
  // And the file is free again.
  EXPECT_TRUE(JobStore::Open(options.database_path).ok());
}

TEST(Server, ASecondServerOnTheDatabaseIsRefused) {
  const TemporaryFolder folder;
  ServerOptions options = OnFreePort();
  options.database_path = folder.File("jobs.db");
  auto first = StartFake(options);
  ASSERT_TRUE(first.ok());
  const auto second = StartFake(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use by another server"));
}

TEST(Server, RefusesOptionsOutOfRange) {
  const auto refused = [](auto change) {
    ServerOptions options = OnFreePort();
    change(&options);
    return StartFake(options).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](ServerOptions* o) { o->max_queued = 0; }));
  EXPECT_TRUE(refused([](ServerOptions* o) { o->max_running = 0; }));
  EXPECT_TRUE(refused([](ServerOptions* o) { o->max_message_bytes = 0; }));
  EXPECT_TRUE(refused([](ServerOptions* o) { o->checkpoint_interval = absl::ZeroDuration(); }));
  EXPECT_TRUE(refused([](ServerOptions* o) { o->drain_timeout = -absl::Seconds(1); }));
  EXPECT_TRUE(refused([](ServerOptions* o) { o->database_path = ""; }));
}

class ServerDrain : public RpcTest {
 protected:
  const TemporaryFolder folder_;
};

TEST_P(ServerDrain, EndsWatchersWithUnavailableAndKeepsTheJob) {
  options_.database_path = folder_.File("jobs.db");
  StartServer();
  const std::string name = Create(FakeFlowsheet("job", 100));
  pace_->AllowSteps(3);
  pace_->AwaitSteps(3);
  std::thread drain;
  const grpc::Status status = Watch(name, [&](const auto&) {
    if (!drain.joinable()) drain = std::thread([&] { server_->Drain(); });
    return false;
  });
  if (GetParam() == Transport::kInProcess && status.error_message() == "Transport closed") {
    // gRPC's transport within a process knows no going away: it may close what is on its way.
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  } else {
    ExpectError(status, grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN");
  }
  drain.join();
  server_->Wait();
  server_->Drain();

  StartServer();
  v1::Optimization job;
  ASSERT_TRUE(Get(name, &job).ok());
  EXPECT_EQ(job.state(), v1::Optimization::RUNNING);
  EXPECT_GE(job.progress().generations(), 3);
  pace_->AllowAllSteps();
  AwaitState(name, v1::Optimization::SUCCEEDED);
}

TEST_P(ServerDrain, AnIdleBatchStreamDoesNotHoldItUp) {
  options_.drain_timeout = absl::Milliseconds(50);
  StartServer();
  grpc::ClientContext context;
  auto stream = simulator_->SimulateBatch(&context);
  v1::SimulateBatchRequest request;
  *request.mutable_flowsheet() = FakeFlowsheet("f", 10);
  ASSERT_TRUE(stream->Write(request));
  v1::SimulateBatchResponse response;
  ASSERT_TRUE(stream->Read(&response));
  server_->Drain();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_FALSE(stream->Finish().ok());
}

RAFFINATE_ON_BOTH_TRANSPORTS(ServerDrain);

}  // namespace
}  // namespace raffinate::service
