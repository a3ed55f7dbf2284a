#include "clients/cli/common_options.h"

#include "service/server.h"

namespace raffinate::cli {

CLI::Option* AddRemoteOption(CLI::App* command, EngineOptions* options) {
  return command
      ->add_option("--server", options->server, "Work on this server instead of in this process")
      ->type_name("HOST:PORT");
}

void AddEngineOptions(CLI::App* command, EngineOptions* options) {
  CLI::Option* server = AddRemoteOption(command, options);
  command
      ->add_option("--device", options->device,
                   "cpu, cpu-scalar, cuda (all), cuda:N, cuda:N,M or auto (default)")
      ->type_name("NAME")
      ->excludes(server);
  command->add_option("--threads", options->threads, "CPU threads; all by default")
      ->type_name("N")
      ->check(CLI::Range(0, 4096))
      ->excludes(server);
}

void AddServerOption(CLI::App* command, std::string* server) {
  *server = service::ServerOptions().listen_address;
  command->add_option("--server", *server, "Address of the server (default " + *server + ")")
      ->type_name("HOST:PORT");
}

CLI::Option* AddGiveUpOption(CLI::App* command, double* seconds) {
  return command
      ->add_option("--give-up", *seconds,
                   "Seconds without any answer of the server after which it is waited for no more "
                   "(default 600; 0: at once)")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber);
}

void AddExtractantsOption(CLI::App* command, std::vector<std::string>* files) {
  command
      ->add_option("--extractants", *files,
                   "Take the extractant_systems of this file as well, such as the one that "
                   "raffinate fit writes. May be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
}

void AddJsonOption(CLI::App* command, bool* json) {
  command->add_flag("--json", *json, "Print the answer as Protobuf JSON with the names of the API");
}

}  // namespace raffinate::cli
