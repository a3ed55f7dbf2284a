// Cells of comma-separated values.
#pragma once

#include <string>

namespace raffinate::cli {

/// `text`, quoted where it must be (RFC 4180).
std::string CsvCell(const std::string& text);

}  // namespace raffinate::cli
