#include "clients/cli/results.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/json.h"
#include "clients/cli/minimum.h"
#include "clients/cli/pareto.h"
#include "clients/cli/table.h"
#include "service/file/writer.h"
#include "service/local/version.h"

namespace raffinate::cli {
namespace {

namespace fs = std::filesystem;

bool IsFlowsheetName(const std::string& name) {
  constexpr absl::string_view kPrefix = "flowsheet-", kSuffix = ".yaml";
  if (!absl::StartsWith(name, kPrefix) || !absl::EndsWith(name, kSuffix)) return false;
  const std::string number =
      name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  return number.size() >= 3 && std::all_of(number.begin(), number.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

// Comment lines that say what the flowsheet is.
std::string Heading(const Results& results, int index) {
  const v1::Simulation& simulation = results.set.flowsheets(index);
  std::string text = absl::StrFormat("# Flowsheet %d of %d that raffinate %s found for %s.\n",
                                     index + 1, results.set.flowsheets_size(), service::Version(),
                                     fs::path(results.source).filename().string());
  for (const v1::ProductFigures& product : simulation.figures().products()) {
    // A name with a line break in it must not end the comment.
    const std::string name = absl::StrReplaceAll(product.product(), {{"\n", " "}, {"\r", " "}});
    absl::StrAppend(&text, "# ", name, ": purity ", FormatPercent(product.purity()),
                    " %, recovery ", FormatPercent(product.recovery()), " %\n");
  }
  const v1::Figures& figures = simulation.figures();
  absl::StrAppend(&text, "# acid ", FormatNumber(figures.acid_kg_per_t_reo()), " and base ",
                  FormatNumber(figures.base_kg_per_t_reo()), " kg/t REO, wastewater ",
                  FormatNumber(figures.wastewater_m3_per_t_reo()), " m3/t REO, ", figures.stages(),
                  " stages\n");
  for (const std::string& line : DescribeMinimum(figures)) {
    absl::StrAppend(&text, "# ", absl::StrReplaceAll(line, {{"\n", " "}, {"\r", " "}}), "\n");
  }
  return text;
}

}  // namespace

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const fs::path part = path + ".part";
  {
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return absl::UnknownError(absl::StrCat("cannot write ", part.string()));
  }
  std::error_code code;
  fs::rename(part, path, code);
  if (code) {
    return absl::UnknownError(absl::StrCat("cannot write ", path, ": ", code.message()));
  }
  return absl::OkStatus();
}

std::string DefaultFolder(const std::string& file) {
  return (fs::path("results") / fs::path(file).stem()).string();
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code code;
  const fs::file_status status = fs::status(folder, code);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--output ", folder, " is not a folder; name another"));
  }
  fs::create_directories(folder, code);
  if (code) {
    return absl::UnknownError(absl::StrCat("cannot make ", folder, ": ", code.message()));
  }
  return absl::OkStatus();
}

absl::Status WriteResults(const std::string& folder, const Results& results) {
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
    if (IsFlowsheetName(entry.path().filename().string())) fs::remove(entry.path(), code);
  }
  const fs::path base(folder);
  absl::Status status = WriteFile(base / "pareto.json", ToJson(results.set));
  status.Update(WriteFile(base / "pareto.csv", ParetoCsv(results.question, results.set)));
  status.Update(WriteFile(base / "log.txt", absl::StrCat(absl::StrJoin(results.log, "\n"),
                                                         results.log.empty() ? "" : "\n")));
  for (int i = 0; i < results.set.flowsheets_size(); ++i) {
    status.Update(
        WriteFile(base / absl::StrFormat("flowsheet-%03d.yaml", i + 1),
                  absl::StrCat(Heading(results, i),
                               service::WriteYaml(results.set.flowsheets(i).flowsheet()))));
  }
  return status;
}

}  // namespace raffinate::cli
