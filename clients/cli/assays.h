// Assays of streams from CSV files; docs/scenarios.md describes the format.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"

namespace raffinate::cli {

struct AssayOptions {
  std::vector<std::string> files;  ///< "STREAM=FILE"

  /// Adds the samples of every file to `flowsheet->scenarios`. What is wrong with a file is
  /// returned with line and column; nothing is added then.
  std::vector<service::FileProblem> Apply(v1::Flowsheet* flowsheet) const;
};

/// Adds --assays.
void AddAssayOptions(CLI::App* command, AssayOptions* options);

}  // namespace raffinate::cli
