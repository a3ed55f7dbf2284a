#include "clients/cli/csv.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace raffinate::cli {

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace raffinate::cli
