// Flowsheet files, read with the built-in chemistry.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"

namespace raffinate::service {

/// What a file is read for: `kSimulate`, `kDynamic` and `kTest` allow no range or choice,
/// `kOptimize` needs at least one, `kDynamic` the block `dynamics`, `kTest` something that is
/// uncertain.
enum class FilePurpose { kSimulate, kOptimize, kDynamic, kTest };

/// A file whose extractant systems were put behind those of a flowsheet.
struct ExtractantFile {
  std::string path;
  SourceMap source;
  int first = 0;  ///< index of its first system in the flowsheet
  int count = 0;
};

/// A flowsheet file as read.
struct FlowsheetFile {
  std::string path;
  v1::Flowsheet flowsheet;
  ReadResult read;  ///< with the problems of extractant files; the source map is of `path` alone
  std::vector<ExtractantFile> extractants;

  bool ok() const { return read.ok(); }

  /// What is wrong with the field `field` of `flowsheet`, at its place in the file that it is from.
  FileProblem ProblemAt(const std::string& field, const std::string& description) const;
};

/// Reads the file at `path`. A good file is not checked further: that is the
/// server's. In a bad one everything that can be told is reported at once: what
/// could be read is checked as a flowsheet too, and problems that merely follow
/// from those of the text are left out.
///
/// The `extractant_systems` of each of `extractant_files`, such as those that `raffinate fit`
/// writes, are put behind those of the flowsheet; nothing else is taken of them. A file without
/// any, and a name that an earlier file has, are problems.
FlowsheetFile ReadFlowsheetFile(const std::string& path, FilePurpose purpose,
                                const std::vector<std::string>& extractant_files = {});

/// What files are read with: the elements of the built-in chemistry.
absl::StatusOr<ReadOptions> EmbeddedReadOptions();

}  // namespace raffinate::service
