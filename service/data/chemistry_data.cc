#include "service/data/chemistry_data.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/embedded_files.h"
#include "service/convert/chemistry.h"
#include "service/data/chemistry_check.h"
#include "service/file/reader.h"

namespace raffinate::service {
namespace {

/// What the figures of a plant need and data/ lacks; empty when it is complete.
std::string Missing(const optimizer::EconomicsData& data) {
  std::string missing;
  const auto need = [&missing](const auto& map, const char* name, const char* kind) {
    if (!map.contains(name)) absl::StrAppend(&missing, "data/ has no ", kind, " ", name, "; ");
  };
  for (const auto& price : optimizer::NeededPrices()) need(data.prices, price.name, "price");
  for (const auto& factor : optimizer::NeededFactors()) need(data.factors, factor.name, "factor");
  need(data.solvents, optimizer::kAnyExtractant, "solvent");
  need(data.solvents, optimizer::kDiluent, "solvent");
  for (const auto& [name, solvent] : data.solvents) {
    need(data.prices, solvent.price.c_str(), "price");
  }
  return missing;
}

}  // namespace

absl::StatusOr<v1::ChemistryData> ReadChemistry(std::span<const ChemistryFile> files) {
  std::vector<ChemistryFile> order(files.begin(), files.end());
  std::stable_partition(order.begin(), order.end(),
                        [](const ChemistryFile& file) { return file.name == kElementsFile; });
  v1::ChemistryData all;
  ReadOptions options;
  ChemistryChecker checker;
  std::string problems;
  for (const ChemistryFile& file : order) {
    const std::string name(file.name);
    v1::ChemistryData data;
    ReadResult read = ReadText(file.text, name, FileFormat::kYaml, options, &data);
    // A file that could not be read whole would only repeat itself in checks.
    const std::vector<FileProblem> found =
        read.ok() ? checker.Check(name, read.source, data) : read.problems;
    for (const FileProblem& problem : found) {
      absl::StrAppend(&problems, problems.empty() ? "" : "\n", FormatProblem(problem));
    }
    for (const auto& element : data.elements()) {
      options.elements[element.symbol()] = {element.mass_g_per_mol(),
                                            element.oxide_mass_g_per_mol()};
    }
    all.MergeFrom(data);
  }
  if (!problems.empty()) return absl::InvalidArgumentError(problems);
  return all;
}

absl::StatusOr<v1::ChemistryData> EmbeddedChemistryProto() {
  std::vector<ChemistryFile> files;
  for (const data::EmbeddedFile& file : data::EmbeddedFiles()) {
    files.push_back({file.name, file.text});
  }
  return ReadChemistry(files);
}

absl::StatusOr<optimizer::Chemistry> LoadEmbeddedChemistry() {
  absl::StatusOr<v1::ChemistryData> data = EmbeddedChemistryProto();
  if (!data.ok()) return data.status();
  optimizer::Chemistry chemistry;
  const optimizer::Violations violations = FromProto(*data, &chemistry);
  if (!violations.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(violations.front().field, " ", violations.front().description));
  }
  if (std::string missing = Missing(chemistry.economics); !missing.empty()) {
    return absl::InvalidArgumentError(missing);
  }
  return chemistry;
}

}  // namespace raffinate::service
