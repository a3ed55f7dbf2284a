// Search settings given on the command line instead of in the file.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>

#include "raffinate/v1/flowsheet.pb.h"

namespace raffinate::cli {

struct SearchOptions {
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> evaluations;
  std::optional<double> wall_time_s;

  /// Puts what was given into `flowsheet->search`.
  void Apply(v1::Flowsheet* flowsheet) const;
};

/// Adds --seed, --evaluations and --wall-time (seconds, or with its unit).
void AddSearchOptions(CLI::App* command, SearchOptions* options);

}  // namespace raffinate::cli
