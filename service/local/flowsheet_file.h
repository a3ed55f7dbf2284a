// Flowsheet files, read with the built-in chemistry.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"

namespace raffinate::service {

/// What a file is read for: `kSimulate`, `kDynamic` and `kTest` allow no range or choice,
/// `kOptimize` needs at least one, `kDynamic` the block `dynamics`, `kTest` something that is
/// uncertain.
enum class FilePurpose { kSimulate, kOptimize, kDynamic, kTest };

/// A flowsheet file as read.
struct FlowsheetFile {
  std::string path;
  v1::Flowsheet flowsheet;
  ReadResult read;

  bool ok() const { return read.ok(); }
};

/// Reads the file at `path`. A good file is not checked further: that is the
/// server's. In a bad one everything that can be told is reported at once: what
/// could be read is checked as a flowsheet too, and problems that merely follow
/// from those of the text are left out.
FlowsheetFile ReadFlowsheetFile(const std::string& path, FilePurpose purpose);

/// What files are read with: the elements of the built-in chemistry.
absl::StatusOr<ReadOptions> EmbeddedReadOptions();

}  // namespace raffinate::service
