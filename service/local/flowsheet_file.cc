#include "service/local/flowsheet_file.h"

#include "absl/status/statusor.h"
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

}  // namespace

FlowsheetFile ReadFlowsheetFile(const std::string& path, FilePurpose purpose) {
  FlowsheetFile file;
  file.path = path;
  const absl::StatusOr<optimizer::Chemistry> chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    file.read.problems.push_back({path, 0, 0, "", std::string(chemistry.status().message())});
    return file;
  }
  file.read = ReadFile(path, ReadOptionsFor(*chemistry), &file.flowsheet);
  if (!file.read.ok()) {
    AddViolations(
        file.flowsheet,
        [&](const optimizer::Flowsheet& model) {
          return Validate(model, *chemistry, ToOptimizer(purpose));
        },
        path, &file.read);
  }
  return file;
}

absl::StatusOr<ReadOptions> EmbeddedReadOptions() {
  const absl::StatusOr<optimizer::Chemistry> chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) return chemistry.status();
  return ReadOptionsFor(*chemistry);
}

}  // namespace raffinate::service
