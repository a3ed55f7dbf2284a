#include "service/http/http_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/http/embedded.h"
#include "service/http/gateway.h"

namespace raffinate::service {
namespace {

constexpr char kSecurityPolicy[] =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";
// What a client that reads slowly may take for the end of its stream.
constexpr absl::Duration kDrainPatience = absl::Seconds(2);
constexpr char kNoPage[] =
    "This build of raffinate serves the API but not the page, since npm or its packages were "
    "missing when it was built.\nThe API: /openapi.json\n";

// Types with charset where httplib would compress the plain one, and slowly.
const char* ContentType(std::string_view path) {
  const std::string_view ending = path.substr(path.rfind('.') + 1);
  if (ending == "html") return "text/html; charset=utf-8";
  if (ending == "js") return "application/javascript; charset=utf-8";
  if (ending == "css") return "text/css; charset=utf-8";
  if (ending == "json") return "application/json; charset=utf-8";
  if (ending == "svg") return "image/svg+xml; charset=utf-8";
  if (ending == "png") return "image/png";
  if (ending == "yaml") return "text/plain; charset=utf-8";
  return "application/octet-stream";
}

void ServeFile(const httplib::Request& request, httplib::Response* response) {
  const std::string path = request.path == "/" ? "/index.html" : request.path;
  for (const EmbeddedFile& file : SiteFiles()) {
    if (file.path != path) continue;
    // Names of assets hold a hash of their content.
    response->set_header("Cache-Control", path.starts_with("/assets/")
                                              ? "public, max-age=31536000, immutable"
                                              : "no-cache");
    response->set_content(file.content.data(), file.content.size(), ContentType(path));
    return;
  }
  if (path == "/index.html") {
    response->set_content(kNoPage, "text/plain; charset=utf-8");
    return;
  }
  SetError({grpc::StatusCode::NOT_FOUND,
            absl::StrCat(path.substr(0, 200),
                         ": there is nothing here; /openapi.json lists what "
                         "is, the page is at /")},
           response);
}

// "[::1]:80" or "localhost:80" without the port.
std::string_view HostOf(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  const std::size_t bracket = address.rfind(']');
  if (colon == std::string_view::npos) return address;
  return bracket != std::string_view::npos && bracket > colon ? address : address.substr(0, colon);
}

bool IsLoopback(std::string_view host) {
  return absl::EqualsIgnoreCase({host.data(), host.size()}, "localhost") ||
         host.starts_with("127.") || host == "[::1]" || host == "::1";
}

// Other origins must not reach a server that asks nobody who he is: neither by a
// form or script of theirs, nor by a name of theirs that resolves to this machine.
grpc::Status CheckOrigin(const httplib::Request& request, bool loopback) {
  const std::string host = request.get_header_value("Host");
  if (loopback && !IsLoopback(HostOf(host))) {
    return {grpc::StatusCode::PERMISSION_DENIED,
            absl::StrCat("the request is for host '", host.substr(0, 200),
                         "', but the server listens for localhost alone")};
  }
  const std::string origin = request.get_header_value("Origin");
  if (origin.empty() || origin == absl::StrCat("http://", host) ||
      origin == absl::StrCat("https://", host)) {
    return grpc::Status::OK;
  }
  return {grpc::StatusCode::PERMISSION_DENIED,
          absl::StrCat("the request comes from a page of '", origin.substr(0, 200),
                       "'; only the page of this server may ask")};
}

class LibraryServer final : public HttpServer {
 public:
  LibraryServer(const HttpOptions& options, Routes routes, std::shared_ptr<grpc::Channel> channel)
      : options_(options), gateway_(options, std::move(routes), std::move(channel)) {}

  ~LibraryServer() override { Stop(); }

  absl::Status Listen() {
    const std::size_t colon = options_.address.rfind(':');
    int port = -1;
    if (colon == std::string::npos || colon == 0 ||
        !absl::SimpleAtoi(options_.address.substr(colon + 1), &port) || port < 0 || port > 65535) {
      return absl::InvalidArgumentError(absl::StrCat("HTTP address '", options_.address,
                                                     "' is not host:port, as in 127.0.0.1:7411"));
    }
    loopback_ = IsLoopback(options_.address.substr(0, colon));
    Configure();
    std::string host = options_.address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (port == 0) {
      port_ = server_.bind_to_any_port(host);
    } else if (server_.bind_to_port(host, port)) {
      port_ = port;
    }
    if (port_ <= 0) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on '", options_.address,
                       "' for HTTP: the address is in use or is none of this machine"));
    }
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // The library stops only what runs.
    while (!server_.is_running()) std::this_thread::yield();
    return absl::OkStatus();
  }

  int bound_port() const override { return port_; }

  void Stop() override {
    std::call_once(stopped_, [&] {
      if (!thread_.joinable()) return;
      gateway_.Drain(kDrainPatience);
      server_.stop();
      thread_.join();
    });
  }

 private:
  void Configure() {
    server_.new_task_queue = [threads = options_.threads] {
      return new httplib::ThreadPool(static_cast<std::size_t>(threads));
    };
    server_.set_payload_max_length(options_.max_body_bytes);
    server_.set_keep_alive_timeout(2);
    server_.set_keep_alive_max_count(1000);
    server_.set_read_timeout(10);
    server_.set_write_timeout(10);
    server_.set_tcp_nodelay(true);
    // Without SO_REUSEPORT: a second server on the port must fail instead of taking
    // half the requests.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.set_default_headers({{"Content-Security-Policy", kSecurityPolicy},
                                 {"X-Content-Type-Options", "nosniff"},
                                 {"Referrer-Policy", "no-referrer"},
                                 {"Cross-Origin-Resource-Policy", "same-origin"}});
    server_.set_pre_routing_handler([this](const auto& request, auto& response) {
      const grpc::Status status = CheckOrigin(request, loopback_);
      if (status.ok()) return httplib::Server::HandlerResponse::Unhandled;
      SetError(status, &response);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto api = [this](const auto& request, auto& response) {
      gateway_.Handle(request, &response);
    };
    server_.Get("/v1/.*", api);
    server_.Post(".*", api);
    server_.Put(".*", api);
    server_.Patch(".*", api);
    server_.Delete(".*", api);
    server_.Get(".*", [](const auto& request, auto& response) { ServeFile(request, &response); });
    // What the library refuses by itself.
    server_.set_error_handler([this](const auto&, auto& response) {
      if (!response.body.empty()) return;
      const int status = response.status;
      const bool large = status == 413;
      SetError({large ? grpc::StatusCode::RESOURCE_EXHAUSTED : grpc::StatusCode::INVALID_ARGUMENT,
                large ? absl::StrCat("the body is too large: at most ", options_.max_body_bytes,
                                     " bytes of application/json are taken, and 8192 of a form")
                      : absl::StrCat("the request is refused with HTTP status ", status)},
               &response);
      response.status = status;
    });
  }

  const HttpOptions options_;
  Gateway gateway_;
  httplib::Server server_;
  std::thread thread_;
  std::once_flag stopped_;
  int port_ = 0;
  bool loopback_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const HttpOptions& options, std::shared_ptr<grpc::Channel> channel) {
  auto routes = Routes::BuiltIn();
  if (!routes.ok()) return routes.status();
  auto server = std::make_unique<LibraryServer>(options, *std::move(routes), std::move(channel));
  const absl::Status status = server->Listen();
  if (!status.ok()) return status;
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace raffinate::service
