#include "service/local/flowsheet_file.h"

#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "optimizer/run.h"
#include "service/convert/flowsheet_text.h"
#include "service/data/chemistry_data.h"

namespace raffinate::service {
namespace {

optimizer::Purpose ToOptimizer(FilePurpose purpose) {
  switch (purpose) {
    case FilePurpose::kSimulate:
      return optimizer::Purpose::kSimulate;
    case FilePurpose::kOptimize:
      return optimizer::Purpose::kOptimize;
    case FilePurpose::kDynamic:
      return optimizer::Purpose::kDynamic;
    case FilePurpose::kTest:
      return optimizer::Purpose::kTest;
  }
  return optimizer::Purpose::kSimulate;
}

constexpr absl::string_view kSystems = "extractant_systems[";

/// Puts the systems of the file at `path` behind those of `file`; `defined` says where each name
/// was defined. Returns what is wrong.
std::vector<FileProblem> AddExtractants(const std::string& path, const ReadOptions& options,
                                        std::map<std::string, std::string>* defined,
                                        FlowsheetFile* file) {
  v1::Flowsheet other;
  ReadResult read = ReadFile(path, options, &other);
  if (!read.ok()) return read.problems;
  if (other.extractant_systems().empty()) {
    return {{path, 0, 0, "",
             "holds no extractant_systems; right would be a file that raffinate fit wrote, or a "
             "flowsheet that defines systems"}};
  }
  std::vector<FileProblem> problems;
  const int first = file->flowsheet.extractant_systems_size();
  for (int i = 0; i < other.extractant_systems_size(); ++i) {
    v1::ExtractantSystem& system = *other.mutable_extractant_systems(i);
    const auto [known, is_new] = defined->emplace(system.name(), path);
    if (!is_new) {
      const SourceLocation place = read.source.Find(absl::StrCat(kSystems, i, "]"));
      problems.push_back(
          {path, place.line, place.column, place.path,
           absl::StrCat("the extractant system '", system.name(), "' is defined in ", known->second,
                        " as well; leave one of them out or rename it")});
    }
    file->flowsheet.add_extractant_systems()->Swap(&system);
  }
  file->extractants.push_back(
      {path, std::move(read.source), first, file->flowsheet.extractant_systems_size() - first});
  return problems;
}

}  // namespace

FileProblem FlowsheetFile::ProblemAt(const std::string& field,
                                     const std::string& description) const {
  const auto at = [&](const std::string& name, const SourceMap& source,
                      const std::string& inside) -> FileProblem {
    const SourceLocation place = source.Find(inside);
    return {name, place.line, place.column, place.path, description};
  };
  const std::size_t close = field.find(']');
  int index = 0;
  if (absl::StartsWith(field, kSystems) && close != std::string::npos &&
      absl::SimpleAtoi(field.substr(kSystems.size(), close - kSystems.size()), &index)) {
    for (const ExtractantFile& other : extractants) {
      if (index < other.first || index >= other.first + other.count) continue;
      return at(other.path, other.source,
                absl::StrCat(kSystems, index - other.first, field.substr(close)));
    }
  }
  return at(path, read.source, field);
}

FlowsheetFile ReadFlowsheetFile(const std::string& path, FilePurpose purpose,
                                const std::vector<std::string>& extractant_files) {
  FlowsheetFile file;
  file.path = path;
  const absl::StatusOr<optimizer::Chemistry> chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    file.read.problems.push_back({path, 0, 0, "", std::string(chemistry.status().message())});
    return file;
  }
  const ReadOptions options = ReadOptionsFor(*chemistry);
  file.read = ReadFile(path, options, &file.flowsheet);
  std::map<std::string, std::string> defined;
  for (const v1::ExtractantSystem& system : file.flowsheet.extractant_systems()) {
    defined.emplace(system.name(), path);
  }
  std::vector<FileProblem> of_others;
  for (const std::string& other : extractant_files) {
    for (FileProblem& problem : AddExtractants(other, options, &defined, &file)) {
      of_others.push_back(std::move(problem));
    }
  }
  // With systems from elsewhere, what lacks here cannot be told.
  if (!file.read.ok() && extractant_files.empty()) {
    AddViolations(
        file.flowsheet,
        [&](const optimizer::Flowsheet& model) {
          return Validate(model, *chemistry, ToOptimizer(purpose));
        },
        path, &file.read);
  }
  file.read.problems.insert(file.read.problems.end(), of_others.begin(), of_others.end());
  return file;
}

absl::StatusOr<ReadOptions> EmbeddedReadOptions() {
  const absl::StatusOr<optimizer::Chemistry> chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) return chemistry.status();
  return ReadOptionsFor(*chemistry);
}

}  // namespace raffinate::service
