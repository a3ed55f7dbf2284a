// The way to a service: over a socket, or inside this process.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/common_options.h"
#include "service/server.h"

namespace raffinate::cli {

/// A channel and, without a remote server, the server behind it. Everything
/// above it is the same in both cases.
class Connection {
 public:
  /// Starts a server in this process, with jobs in memory.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const EngineOptions& options);

  /// UNAVAILABLE when no server answers within five seconds.
  static absl::StatusOr<std::unique_ptr<Connection>> ToServer(const std::string& address);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  Connection() = default;

  std::unique_ptr<service::Server> server_;  // null when remote
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace raffinate::cli
