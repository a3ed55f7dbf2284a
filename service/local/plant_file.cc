#include "service/local/plant_file.h"

#include "service/convert/flowsheet_text.h"
#include "service/data/chemistry_data.h"

namespace raffinate::service {
namespace {

ReadResult Read(const std::string& path, google::protobuf::Message* message) {
  const auto chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    ReadResult failed;
    failed.problems.push_back({path, 0, 0, "", std::string(chemistry.status().message())});
    return failed;
  }
  return ReadFile(path, ReadOptionsFor(*chemistry), message);
}

}  // namespace

ReadResult ReadPlantFile(const std::string& path, v1::Plant* plant) { return Read(path, plant); }

ReadResult ReadStateFile(const std::string& path, v1::MeasuredState* state) {
  return Read(path, state);
}

}  // namespace raffinate::service
