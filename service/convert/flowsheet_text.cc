#include "service/convert/flowsheet_text.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/convert/flowsheet.h"

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

}  // namespace

ReadOptions ReadOptionsFor(const optimizer::Chemistry& chemistry) {
  ReadOptions options;
  for (const auto& [symbol, element] : chemistry.elements) {
    options.elements[symbol] = {.mass = element.mass, .oxide_mass = element.oxide_mass};
  }
  return options;
}

void AddViolations(const v1::Flowsheet& flowsheet, const FlowsheetValidator& validate,
                   const std::string& file, ReadResult* read) {
  if (LacksAPart(*read)) return;
  optimizer::Flowsheet model;
  optimizer::Violations violations = FromProto(flowsheet, &model);
  violations = Merge(std::move(violations), validate(model));
  const std::vector<FileProblem> of_text = read->problems;
  for (const optimizer::Violation& violation : violations) {
    const SourceLocation place = read->source.Find(violation.field);
    // Without a path it concerns the whole; after problems of the text that follows.
    const bool follows =
        !of_text.empty() &&
        (place.path.empty() ||
         std::any_of(of_text.begin(), of_text.end(), [&](const FileProblem& problem) {
           return Follows(place.path, violation.description, problem);
         }));
    if (follows) continue;
    read->problems.push_back({file, place.line, place.column, place.path, violation.description});
  }
  std::stable_sort(read->problems.begin(), read->problems.end(),
                   [](const FileProblem& a, const FileProblem& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
}

}  // namespace raffinate::service
