// The chemistry that is built in: elements, extractant systems and feeds.
#pragma once

#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "optimizer/model/chemistry.h"
#include "raffinate/v1/chemistry.pb.h"

namespace raffinate::service {

/// A file of chemistry: its name for messages, its text in YAML.
struct ChemistryFile {
  std::string_view name;
  std::string_view text;
};

/// The file that defines the elements; it is read before those that name them.
inline constexpr std::string_view kElementsFile = "elements.yaml";

/// Reads files of chemistry into one message. INVALID_ARGUMENT with every
/// problem on a line of its own, "file:line:column: path: message".
absl::StatusOr<v1::ChemistryData> ReadChemistry(std::span<const ChemistryFile> files);

/// The files of data/. They are checked at every start, so an error here is a
/// defect of the program.
absl::StatusOr<v1::ChemistryData> EmbeddedChemistryProto();

/// The same as plain values.
absl::StatusOr<optimizer::Chemistry> LoadEmbeddedChemistry();

}  // namespace raffinate::service
