// One HTTP request for the API: into a message, through a call, and back.
#pragma once

#include <grpcpp/channel.h>
#include <httplib.h>

#include <atomic>
#include <memory>

#include "absl/time/time.h"
#include "service/http/http_server.h"
#include "service/http/routes.h"

namespace raffinate::service {

/// Thread safe.
class Gateway {
 public:
  Gateway(const HttpOptions& options, Routes routes, std::shared_ptr<grpc::Channel> channel);

  /// Answers with JSON: the response, newline-delimited `{"result": ...}` where it
  /// is a stream (its error, if any, as a last line `{"error": ...}`), or a
  /// google.rpc.Status.
  void Handle(const httplib::Request& request, httplib::Response* response);

  /// Refuses from now on with UNAVAILABLE, and waits until the streams under way have
  /// ended, at most for `patience`: the calls behind them end by themselves when
  /// their server drains, and clients are to get the error as a line.
  void Drain(absl::Duration patience);

 private:
  void Stream(const Route& route, const google::protobuf::Message& message,
              httplib::Response* response);

  const HttpOptions options_;
  const Routes routes_;
  const std::shared_ptr<grpc::Channel> channel_;
  std::atomic<int> streams_ = 0;
  std::atomic<bool> draining_ = false;
};

/// Sets the status and the JSON of an error.
void SetError(const grpc::Status& status, httplib::Response* response);

}  // namespace raffinate::service
