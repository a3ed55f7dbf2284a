// A server with a fake engine and a client's view of it, in-process and over
// TCP: every behaviour is to be the same on both.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/common/error_details.h"
#include "raffinate/v1/chemistry.grpc.pb.h"
#include "raffinate/v1/flowsheets.grpc.pb.h"
#include "raffinate/v1/optimizations.grpc.pb.h"
#include "raffinate/v1/simulator.grpc.pb.h"
#include "service/server.h"
#include "tests/service/fake_engine.h"

namespace raffinate::service {

enum class Transport { kInProcess, kTcp };

class RpcTest : public ::testing::TestWithParam<Transport> {
 protected:
  void SetUp() override { StartServer(); }

  /// Starts the server, again with other `options` when the test has some.
  void StartServer() {
    server_.reset();
    options_.listen_address = GetParam() == Transport::kTcp ? "127.0.0.1:0" : "";
    auto server = Server::Start(options_, std::make_unique<FakeEngine>(pace_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = GetParam() == Transport::kTcp
                   ? grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->bound_port()),
                                         grpc::InsecureChannelCredentials())
                   : server_->InProcessChannel();
    optimizations_ = v1::Optimizations::NewStub(channel_);
    simulator_ = v1::Simulator::NewStub(channel_);
    chemistry_ = v1::Chemistry::NewStub(channel_);
  }

  grpc::Status Create(const v1::Flowsheet& flowsheet, const std::string& request_id,
                      v1::Optimization* job) {
    grpc::ClientContext context;
    v1::CreateOptimizationRequest request;
    *request.mutable_flowsheet() = flowsheet;
    request.set_request_id(request_id);
    return optimizations_->CreateOptimization(&context, request, job);
  }

  /// The name of a new job.
  std::string Create(const v1::Flowsheet& flowsheet) {
    v1::Optimization job;
    const grpc::Status status = Create(flowsheet, "", &job);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return job.name();
  }

  grpc::Status Get(const std::string& name, v1::Optimization* job) {
    grpc::ClientContext context;
    v1::GetOptimizationRequest request;
    request.set_name(name);
    return optimizations_->GetOptimization(&context, request, job);
  }

  /// Watches until `stop` is true of a message or the stream ends.
  template <class Stop>
  grpc::Status Watch(const std::string& name, Stop stop) {
    grpc::ClientContext context;
    v1::WatchOptimizationRequest request;
    request.set_name(name);
    auto stream = optimizations_->WatchOptimization(&context, request);
    v1::WatchOptimizationResponse message;
    while (stream->Read(&message)) {
      if (stop(message)) context.TryCancel();
    }
    return stream->Finish();
  }

  void AwaitState(const std::string& name, v1::Optimization::State state) {
    bool seen = false;
    Watch(name, [&](const v1::WatchOptimizationResponse& message) {
      seen = seen || message.optimization().state() == state;
      return seen;
    });
    EXPECT_TRUE(seen) << "the job ended without reaching " << v1::Optimization::State_Name(state);
  }

  ServerOptions options_;
  std::shared_ptr<FakeEngine::Pace> pace_ = std::make_shared<FakeEngine::Pace>();
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Optimizations::Stub> optimizations_;
  std::unique_ptr<v1::Simulator::Stub> simulator_;
  std::unique_ptr<v1::Chemistry::Stub> chemistry_;
};

inline std::string TransportName(const ::testing::TestParamInfo<Transport>& info) {
  return info.param == Transport::kTcp ? "Tcp" : "InProcess";
}

/// Matches a status by code and reason.
inline void ExpectError(const grpc::Status& status, grpc::StatusCode code,
                        const std::string& reason) {
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  const clients::ErrorDetails details = clients::DecodeErrorDetails(status);
  EXPECT_EQ(details.reason, reason) << status.error_message();
  EXPECT_EQ(details.domain, reason.empty() ? "" : "raffinate");
}

#define RAFFINATE_ON_BOTH_TRANSPORTS(suite) \
  INSTANTIATE_TEST_SUITE_P(                 \
      Transports, suite, ::testing::Values(Transport::kInProcess, Transport::kTcp), TransportName)

}  // namespace raffinate::service
