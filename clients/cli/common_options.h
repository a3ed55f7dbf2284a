// Options shared by several commands.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace raffinate::cli {

/// Where a command's work is done.
struct EngineOptions {
  std::string server;           ///< "host:port"; empty: in this process
  std::string device = "auto";  ///< in this process
  int threads = 0;              ///< in this process; 0: all
};

/// Adds --server alone, for what is computed on one CPU thread wherever it is.
CLI::Option* AddRemoteOption(CLI::App* command, EngineOptions* options);

/// Adds --server, --device and --threads. The latter two belong to the server
/// when there is one, and are refused beside --server.
void AddEngineOptions(CLI::App* command, EngineOptions* options);

/// Adds --server with the address that `raffinate serve` listens on as default.
void AddServerOption(CLI::App* command, std::string* server);

/// Adds --give-up, how long a server that stopped answering is waited for [s].
CLI::Option* AddGiveUpOption(CLI::App* command, double* seconds);

/// Adds --extractants, files of extractant systems beside those of the flowsheet and the built-in.
void AddExtractantsOption(CLI::App* command, std::vector<std::string>* files);

/// Adds --json.
void AddJsonOption(CLI::App* command, bool* json);

}  // namespace raffinate::cli
