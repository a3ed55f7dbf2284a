// The gRPC server as a value: started, drained, gone.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kernels/solve.h"
#include "service/jobs/engine.h"

namespace raffinate::service {

struct ServerOptions {
  /// "host:port"; port 0 takes a free one. Empty: no socket, only
  /// InProcessChannel().
  std::string listen_address = "127.0.0.1:7410";

  /// "host:port" of the JSON gateway and the page; port 0 takes a free one. Empty:
  /// none.
  std::string http_address;

  /// Whether an `http_address` in use leaves the server without HTTP instead of
  /// failing the start.
  bool http_may_fail = false;

  /// File of the job store, made when absent together with its folder.
  /// ":memory:" keeps jobs no longer than the server.
  std::string database_path = ":memory:";

  /// Where simulations and searches run, and with how many CPU threads.
  kernels::Device device;

  int max_queued = 64;  ///< jobs waiting, over which QUEUE_FULL is answered; at least 1
  int max_running = 1;  ///< jobs running at a time; at least 1

  /// How often a running job is saved. A killed server loses at most this much
  /// of its work. Positive.
  absl::Duration checkpoint_interval = absl::Seconds(2);

  int max_message_bytes = 16 << 20;  ///< largest request

  /// How long Drain() waits for calls under way before it breaks them off.
  absl::Duration drain_timeout = absl::Seconds(5);
};

/// `$XDG_STATE_HOME/raffinate/jobs.db`, or `~/.local/state/raffinate/jobs.db`,
/// or without a home `raffinate-jobs.db` in the present folder.
std::string DefaultDatabasePath();

/// Serves Simulator, Optimizations, Chemistry, Flowsheets, Setpoints, health and reflection,
/// and the same over HTTP with the page. Thread safe.
class Server {
 public:
  /// Opens the store, puts the jobs of an earlier process back to work and
  /// listens. The engine is the optimizer on `options.device` with the built-in
  /// chemistry.
  ///
  /// INVALID_ARGUMENT: an option out of range. UNAVAILABLE: the address cannot
  /// be listened on. FAILED_PRECONDITION: the database is in use by another
  /// server, of a newer version, or no database of ours.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);

  /// The same with another engine.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       std::unique_ptr<Engine> engine);

  /// Drains.
  virtual ~Server() = default;

  /// The port listened on; 0 without a socket.
  virtual int bound_port() const = 0;

  /// The port of HTTP; 0 without.
  virtual int bound_http_port() const = 0;

  /// A channel to this server that needs no socket. Takes messages of any
  /// size. Must not be used after the server is gone.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;

  /// Stops: health answers NOT_SERVING, new calls UNAVAILABLE; running jobs are
  /// saved and stay RUNNING in the store, to go on when it is opened again;
  /// calls under way end. Returns when all that is done. A second call waits
  /// for the first. Not async-signal-safe: a signal handler sets a flag or
  /// writes to a pipe and another thread calls this.
  virtual void Drain() = 0;

  /// Blocks until drained.
  virtual void Wait() = 0;
};

}  // namespace raffinate::service
