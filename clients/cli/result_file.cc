#include "clients/cli/result_file.h"

#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "raffinate/v1/optimizations.pb.h"
#include "raffinate/v1/simulator.pb.h"

namespace raffinate::cli {
namespace {

namespace fs = std::filesystem;

/// Appends what one JSON text holds; the last parser's complaint when it holds none.
absl::Status Append(const std::string& text, std::vector<v1::Simulation>* all) {
  using google::protobuf::util::JsonStringToMessage;
  v1::ListFlowsheetsResponse set;
  if (JsonStringToMessage(text, &set).ok() && !set.flowsheets().empty()) {
    all->insert(all->end(), set.flowsheets().begin(), set.flowsheets().end());
    return absl::OkStatus();
  }
  v1::SimulateResponse response;
  if (JsonStringToMessage(text, &response).ok() && response.has_simulation()) {
    all->push_back(response.simulation());
    return absl::OkStatus();
  }
  v1::Simulation simulation;
  const auto status = JsonStringToMessage(text, &simulation);
  if (status.ok() && simulation.has_flowsheet()) {
    all->push_back(simulation);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(status.ok() ? "it holds no flowsheet"
                                                : std::string(status.message()));
}

}  // namespace

absl::StatusOr<std::vector<v1::Simulation>> ReadResult(const std::string& path) {
  std::error_code code;
  const fs::path file =
      fs::is_directory(path, code) ? fs::path(path) / "pareto.json" : fs::path(path);
  std::ifstream in(file, std::ios::binary);
  std::ostringstream buffer;
  buffer << in.rdbuf();
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", file.string()));
  const std::string text = buffer.str();
  std::vector<v1::Simulation> all;
  absl::Status whole = Append(text, &all);
  if (whole.ok()) return all;
  // `simulate --json` of several files: one line each.
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    if (!Append(std::string(line), &all).ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.string(), ": not a result (", whole.message(),
          "); right would be what `simulate FILE --json` prints, or the folder of `optimize`"));
    }
  }
  if (all.empty()) return absl::InvalidArgumentError(absl::StrCat(file.string(), ": is empty"));
  return all;
}

}  // namespace raffinate::cli
