// Tables of shake-flask equilibria; docs/fit.md describes the format.
#pragma once

#include <string>
#include <vector>

#include "raffinate/v1/chemistry.pb.h"
#include "service/file/reader.h"

namespace raffinate::cli {

struct EquilibriaFile {
  std::string path;
  std::vector<v1::Contact> contacts;
  std::vector<int> lines;                      ///< of the contacts, from 1
  std::vector<service::FileProblem> problems;  ///< empty when the file is good

  /// A violation of the field `contacts[i]...` of a request, at its line.
  service::FileProblem At(const std::string& field, const std::string& description) const;
};

/// Reads comma-separated values (RFC 4180) with a header line. Every problem is kept
/// with line and column of the table.
EquilibriaFile ReadEquilibria(const std::string& path);

}  // namespace raffinate::cli
