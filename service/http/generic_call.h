// Calls of methods that are known only at run time, with messages as bytes.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace raffinate::service {

/// "/raffinate.v1.Simulator/Simulate".
std::string MethodPath(const google::protobuf::MethodDescriptor& method);

/// Calls a unary method and waits. DEADLINE_EXCEEDED after `timeout`.
grpc::Status CallUnary(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const google::protobuf::Message& request, absl::Duration timeout,
                       google::protobuf::Message* response);

/// A call whose answer is a stream. For one thread at a time. Broken off when it
/// goes out of scope.
class StreamCall {
 public:
  enum class Event { kMessage, kNothingYet, kEnd };

  StreamCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             const google::protobuf::Message& request);
  ~StreamCall();
  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

  /// Waits at most `timeout` for the next message. After kEnd `status` says how
  /// the call ended, and it must not be called again.
  Event Next(absl::Duration timeout, google::protobuf::Message* message);

  const grpc::Status& status() const { return status_; }

 private:
  // Waits for the one operation under way. False: it failed.
  bool Wait();
  Event End();

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer incoming_;
  bool reading_ = false;
  bool ended_ = false;
  grpc::Status status_;
};

}  // namespace raffinate::service
