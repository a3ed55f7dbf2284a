// raffinate serve
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "service/local/device.h"
#include "service/local/version.h"
#include "service/server.h"

namespace raffinate::cli {
namespace {

constexpr char kHttpAddress[] = "127.0.0.1:7411";

struct Options {
  service::ServerOptions server;
  std::string http_address;  // as given
  bool http_given = false;
  std::string device = "auto";
  int threads = 0;
};

// Only the second signal is handled by a handler; the first is waited for.
extern "C" void EndAtOnce(int) { _exit(130); }

// "host:port" with a port there can be; resolvers wrap larger ones around.
std::string CheckAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 || port > 65535) {
    return "\"" + text + "\" is not HOST:PORT, as in 127.0.0.1:7410, with a port up to 65535";
  }
  return "";
}

ExitCode Serve(Options options) {
  const absl::Status device =
      service::ChooseDevice(options.device, options.threads, &options.server);
  if (!device.ok()) return ReportStatus(device);

  // A second server on this machine is not to fail for an address nobody asked for.
  options.server.http_address = options.http_given ? options.http_address : kHttpAddress;
  options.server.http_may_fail = !options.http_given;

  // Blocked before any thread starts, so that the signal comes to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  absl::StatusOr<std::unique_ptr<service::Server>> server = service::Server::Start(options.server);
  if (!server.ok()) return ReportStatus(server.status());

  const auto bound = [](const std::string& address, int port) {
    return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
  };
  std::string started = absl::StrCat("raffinate ", service::Version(), " listens on ",
                                     bound(options.server.listen_address, (*server)->bound_port()),
                                     ", jobs in ", options.server.database_path, "\n");
  const std::string& http = options.server.http_address;
  if ((*server)->bound_http_port() > 0) {
    absl::StrAppend(&started, "page and JSON API: http://",
                    bound(http, (*server)->bound_http_port()), "/\n");
  } else if (!http.empty()) {
    std::cerr << "no page and JSON API: " << http
              << " is in use; --http-address HOST:PORT takes another" << std::endl;
  }
  std::cout << started << std::flush;

  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  std::cerr << "draining; running jobs are saved and go on at the next start" << std::endl;
  struct sigaction action = {};
  action.sa_handler = EndAtOnce;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*server)->Drain();
  return kOk;
}

}  // namespace

void AddServe(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  options->server.database_path = service::DefaultDatabasePath();
  CLI::App* command =
      app->add_subcommand("serve", "Run the server (gRPC, HTTP, page) until SIGTERM or Ctrl-C");
  command
      ->add_option("--listen", options->server.listen_address,
                   absl::StrCat("Address; port 0 takes a free one (default ",
                                options->server.listen_address, ")"))
      ->type_name("HOST:PORT")
      ->check(CheckAddress);
  command
      ->add_option_function<std::string>(
          "--http-address",
          [options](const std::string& address) {
            options->http_address = address;
            options->http_given = true;
          },
          absl::StrCat("Address of the page and the JSON API; \"\" for none (default ",
                       kHttpAddress, ")"))
      ->type_name("HOST:PORT")
      ->check([](const std::string& text) { return text.empty() ? "" : CheckAddress(text); });
  command
      ->add_option("--db", options->server.database_path,
                   absl::StrCat("File of the jobs, \":memory:\" for none (default ",
                                options->server.database_path, ")"))
      ->type_name("FILE");
  command
      ->add_option("--queue", options->server.max_queued,
                   absl::StrCat("Most jobs that wait; more are refused (default ",
                                options->server.max_queued, ")"))
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--device", options->device,
                   "cpu, cpu-scalar, cuda (all), cuda:N, cuda:N,M or auto (default)")
      ->type_name("NAME");
  command->add_option("--threads", options->threads, "CPU threads; all by default")
      ->type_name("N")
      ->check(CLI::Range(0, 4096));
  command->callback([options, chosen] { *chosen = [options] { return Serve(*options); }; });
}

}  // namespace raffinate::cli
