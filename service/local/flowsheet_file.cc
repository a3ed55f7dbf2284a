#include "service/local/flowsheet_file.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "optimizer/run.h"
#include "service/convert/flowsheet.h"
#include "service/data/chemistry_data.h"

namespace raffinate::service {
namespace {

// Whether `inner` is `outer` or lies below it.
bool Within(const std::string& inner, const std::string& outer) {
  return absl::StartsWith(inner, outer) &&
         (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
}

std::string Parent(const std::string& path) {
  const std::size_t cut = path.find_last_of(".[");
  return cut == std::string::npos ? "" : path.substr(0, cut);
}

// Whether a complaint at `path` may merely follow from a problem of the text: at
// the same field, below it or around it, or the lack of a field beside a key
// that nobody knows.
bool Follows(const std::string& path, const std::string& description, const FileProblem& problem) {
  if (Within(path, problem.path) || Within(problem.path, path)) return true;
  return absl::StartsWith(description, "is missing") &&
         absl::StartsWith(problem.message, "unknown key") && Parent(path) == Parent(problem.path);
}

// With a whole part of the file unread, nothing can be said of the rest.
bool LacksAPart(const ReadResult& read) {
  return std::any_of(read.problems.begin(), read.problems.end(), [](const FileProblem& problem) {
    return problem.path.find('.') == std::string::npos;
  });
}

optimizer::Purpose ToOptimizer(FilePurpose purpose) {
  switch (purpose) {
    case FilePurpose::kSimulate:
      return optimizer::Purpose::kSimulate;
    case FilePurpose::kOptimize:
      return optimizer::Purpose::kOptimize;
    case FilePurpose::kDynamic:
      return optimizer::Purpose::kDynamic;
  }
  return optimizer::Purpose::kSimulate;
}

void AddWhatTheRestSays(const optimizer::Chemistry& chemistry, FilePurpose purpose,
                        FlowsheetFile* file) {
  optimizer::Flowsheet model;
  optimizer::Violations violations = FromProto(file->flowsheet, &model);
  violations = Merge(std::move(violations), Validate(model, chemistry, ToOptimizer(purpose)));
  const std::vector<FileProblem> of_text = file->read.problems;
  for (const optimizer::Violation& violation : violations) {
    const SourceLocation place = file->read.source.Find(violation.field);
    const bool follows =
        place.path.empty() ||
        std::any_of(of_text.begin(), of_text.end(), [&](const FileProblem& problem) {
          return Follows(place.path, violation.description, problem);
        });
    if (follows) continue;
    file->read.problems.push_back(
        {file->path, place.line, place.column, place.path, violation.description});
  }
  std::stable_sort(file->read.problems.begin(), file->read.problems.end(),
                   [](const FileProblem& a, const FileProblem& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
}

}  // namespace

FlowsheetFile ReadFlowsheetFile(const std::string& path, FilePurpose purpose) {
  FlowsheetFile file;
  file.path = path;
  const absl::StatusOr<optimizer::Chemistry> chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    file.read.problems.push_back({path, 0, 0, "", std::string(chemistry.status().message())});
    return file;
  }
  ReadOptions options;
  for (const auto& [symbol, element] : chemistry->elements) {
    options.elements[symbol] = {.mass = element.mass, .oxide_mass = element.oxide_mass};
  }
  file.read = ReadFile(path, options, &file.flowsheet);
  if (!file.read.ok() && !LacksAPart(file.read)) AddWhatTheRestSays(*chemistry, purpose, &file);
  return file;
}

}  // namespace raffinate::service
