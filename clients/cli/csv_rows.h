// Rows of a file of comma-separated values.
#pragma once

#include <string>
#include <vector>

namespace raffinate::cli {

struct CsvRow {
  int line = 0;  ///< where it starts, from 1
  std::vector<std::string> cells;
};

/// Reads comma-separated values (RFC 4180). Empty, or what is wrong and the `line` where (0: with
/// the file as a whole).
std::string ReadCsv(const std::string& path, std::vector<CsvRow>* rows, int* line);

}  // namespace raffinate::cli
