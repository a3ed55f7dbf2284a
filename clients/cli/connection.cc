#include "clients/cli/connection.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "service/local/device.h"

namespace raffinate::cli {

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const EngineOptions& options) {
  if (!options.server.empty()) return ToServer(options.server);
  service::ServerOptions server_options;
  server_options.listen_address = "";
  server_options.database_path = ":memory:";
  const absl::Status device =
      service::ChooseDevice(options.device, options.threads, &server_options);
  if (!device.ok()) return device;
  absl::StatusOr<std::unique_ptr<service::Server>> server = service::Server::Start(server_options);
  if (!server.ok()) return server.status();
  std::unique_ptr<Connection> connection(new Connection());
  connection->server_ = *std::move(server);
  connection->channel_ = connection->server_->InProcessChannel();
  return connection;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::ToServer(const std::string& address) {
  grpc::ChannelArguments arguments;
  // Pareto sets with profiles are larger than the default of 4 MiB.
  arguments.SetMaxReceiveMessageSize(-1);
  // A server that is back is found soon; the default waits up to two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Despite its name the least time that an attempt to connect is given: a slow network needs it.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  // A peer that vanished without a word is noticed, also in a call that sends nothing more.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 300'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  std::unique_ptr<Connection> connection(new Connection());
  connection->channel_ =
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  const auto limit = std::chrono::system_clock::now() + std::chrono::seconds(5);
  for (;;) {
    const grpc_connectivity_state state = connection->channel_->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) break;
    // Refused at once is refused: nobody listens.
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN ||
        !connection->channel_->WaitForStateChange(state, limit)) {
      return absl::UnavailableError(absl::StrCat("no server answers at ", address,
                                                 "; start one with: raffinate serve --listen ",
                                                 address));
    }
  }
  return connection;
}

}  // namespace raffinate::cli
