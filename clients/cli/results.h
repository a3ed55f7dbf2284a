// The folder that an optimization leaves behind.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "raffinate/v1/optimizations.pb.h"

namespace raffinate::cli {

/// "results/<stem of the file>".
std::string DefaultFolder(const std::string& file);

/// Makes the folder, and its parents. INVALID_ARGUMENT when something else has
/// the name, PERMISSION_DENIED or the like when it cannot be made.
absl::Status MakeFolder(const std::string& folder);

struct Results {
  std::string source;      ///< the file that was optimized
  v1::Flowsheet question;  ///< what it asked, with ranges
  v1::ListFlowsheetsResponse set;
  std::vector<std::string> log;
};

/// Writes a file that appears whole or not at all.
absl::Status WriteFile(const std::string& path, const std::string& text);

/// Writes pareto.json, pareto.csv, log.txt and one flowsheet-NNN.yaml each,
/// replacing those of an earlier run in `folder`; other files stay. Each file
/// appears whole or not at all.
absl::Status WriteResults(const std::string& folder, const Results& results);

}  // namespace raffinate::cli
