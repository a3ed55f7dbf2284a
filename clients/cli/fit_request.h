// What a fit is asked, from the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "clients/cli/equilibria_csv.h"
#include "clients/cli/exit_codes.h"
#include "raffinate/v1/chemistry.pb.h"

namespace raffinate::cli {

/// Where a start comes from.
struct StartOptions {
  std::string extractant;  ///< name; empty: none
  std::string file;        ///< whose extractant_systems hold it; empty: built in
};

/// Adds --extractant and --file.
void AddStartOptions(CLI::App* command, StartOptions* options);

/// Puts the start into the request; or prints what is wrong and returns the code.
ExitCode SetStart(const StartOptions& options, v1::FitExtractantSystemRequest* request);

/// Sets log10_k, slopes, complexes and enthalpy from words such as "log10_k". Empty, or what is
/// wrong.
std::string SetParameters(const std::vector<std::string>& words,
                          v1::FitExtractantSystemRequest* request);

/// Puts the flasks of the file into the request, with a source and medium that say
/// where they are from.
void SetData(const EquilibriaFile& data, v1::FitExtractantSystemRequest* request);

}  // namespace raffinate::cli
