#include "clients/cli/csv_rows.h"

#include <csv.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace raffinate::cli {
namespace {

/// The rows of a text by libcsv, with the lines they start at.
class Splitter {
 public:
  Splitter() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }
  ~Splitter() { csv_free(&parser_); }
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  /// Empty, or what is wrong with the text.
  std::string Split(std::istream& text, std::vector<CsvRow>* rows) {
    rows_ = rows;
    std::string line;
    for (int number = 1; std::getline(text, line); ++number) {
      line_ = number;
      // A field in quotes may go on in the next line; its row began before.
      if (parser_.pstate == kRowNotBegun) start_ = number;
      line += '\n';
      if (csv_parse(&parser_, line.data(), line.size(), &Cell, &End, this) != line.size()) {
        return Wrong();
      }
    }
    if (csv_fini(&parser_, &Cell, &End, this) != 0) return Wrong();
    return "";
  }

  int line() const { return line_; }

 private:
  static constexpr int kRowNotBegun = 0;  // of libcsv's states

  static void Cell(void* text, std::size_t size, void* self) {
    static_cast<Splitter*>(self)->cells_.emplace_back(static_cast<const char*>(text), size);
  }

  static void End(int /*terminator*/, void* self) {
    auto* const splitter = static_cast<Splitter*>(self);
    splitter->rows_->push_back({splitter->start_, std::move(splitter->cells_)});
    splitter->cells_.clear();
  }

  std::string Wrong() {
    return absl::StrCat("is no line of comma-separated values: ", csv_strerror(csv_error(&parser_)),
                        "; a quote within a field is written twice, in a field in quotes");
  }

  csv_parser parser_{};
  std::vector<CsvRow>* rows_ = nullptr;
  std::vector<std::string> cells_;
  int line_ = 0;
  int start_ = 0;
};

}  // namespace

std::string ReadCsv(const std::string& path, std::vector<CsvRow>* rows, int* line) {
  *line = 0;
  std::ifstream in(path);
  if (!in) return "cannot be read; is there such a file?";
  Splitter splitter;
  std::string wrong = splitter.Split(in, rows);
  if (!wrong.empty()) *line = splitter.line();
  return wrong;
}

}  // namespace raffinate::cli
