// The API as JSON over HTTP, and the page that uses it.
#pragma once

#include <grpcpp/channel.h>

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace raffinate::service {

struct HttpOptions {
  /// "host:port"; port 0 takes a free one. On an address of this machine alone only
  /// requests for this machine are answered, so that no page of another origin gets
  /// here by a name of its own.
  std::string address = "127.0.0.1:7411";
  std::size_t max_body_bytes = 16 << 20;
  /// Requests under way; more wait. At least one more than `max_streams`.
  int threads = 32;
  /// Streams under way; more are refused with RESOURCE_EXHAUSTED.
  int max_streams = 24;
  /// After which a call that is no stream is given up.
  absl::Duration call_timeout = absl::Minutes(10);
  /// After which a silent stream gets an empty line, which tells either side that
  /// the other is there.
  absl::Duration heartbeat = absl::Seconds(5);
};

/// Thread safe. Routes are those of proto/raffinate/v1/http.textproto.
class HttpServer {
 public:
  /// Listens; `channel` takes the calls and must live longer.
  ///
  /// INVALID_ARGUMENT: an address not written host:port. UNAVAILABLE: the address
  /// cannot be listened on.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpOptions& options,
                                                           std::shared_ptr<grpc::Channel> channel);

  /// Stops.
  virtual ~HttpServer() = default;

  virtual int bound_port() const = 0;

  /// Refuses new requests, lets streams end with the calls behind them, which have two
  /// seconds for it, breaks off what is left and returns when all have ended.
  virtual void Stop() = 0;
};

}  // namespace raffinate::service
