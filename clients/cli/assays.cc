#include "clients/cli/assays.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/csv_rows.h"
#include "service/file/scalar.h"
#include "service/local/flowsheet_file.h"

namespace raffinate::cli {
namespace {

using service::FileProblem;

constexpr char kHcl[] = "hcl";
/// Columns for people.
const std::set<std::string>& Remarks() {
  static const std::set<std::string> names = {"lot", "date", "source", "note"};
  return names;
}

/// A column of the table: "Nd [g/L REO]".
struct Column {
  std::string name;  ///< an element or "hcl"; empty: for people
  std::string unit;
};

class Table {
 public:
  Table(const std::string& path, const service::ReadOptions& options,
        std::vector<FileProblem>* problems)
      : path_(path), options_(options), problems_(problems) {}

  void Header(const CsvRow& row) {
    line_ = row.line;
    header_ = row.cells;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const std::string text(absl::StripAsciiWhitespace(header_[i]));
      if (!seen.insert(text).second) Problem(i, "is a column twice; one column each");
      const std::size_t open = text.find('[');
      Column& column = columns_.emplace_back();
      if (Remarks().contains(absl::AsciiStrToLower(text))) continue;
      if (open == std::string::npos || text.back() != ']') {
        Problem(i, absl::StrCat("needs an element or hcl and its unit, as in Nd [g/L REO] or hcl "
                                "[mol/L]; lot, date, source and note are left for people"));
        continue;
      }
      column.name = std::string(absl::StripAsciiWhitespace(text.substr(0, open)));
      column.unit = text.substr(open + 1, text.size() - open - 2);
      if (column.name != kHcl && !options_.elements.contains(column.name)) {
        Problem(i, absl::StrCat("unknown element '", column.name, "'"));
      }
    }
    if (std::all_of(columns_.begin(), columns_.end(),
                    [](const Column& column) { return column.name.empty(); })) {
      problems_->push_back({path_, line_, 0, "", "the header has no column of an element or hcl"});
    }
  }

  void Sample(const CsvRow& row, v1::Assays* assays) {
    line_ = row.line;
    if (row.cells.size() != header_.size()) {
      problems_->push_back({path_, row.line, 0, "",
                            absl::StrCat("found ", row.cells.size(), " cells; the header has ",
                                         header_.size(), " columns")});
      return;
    }
    v1::Assay* assay = assays->add_samples();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      const std::string cell(absl::StripAsciiWhitespace(row.cells[i]));
      // Not measured: as the stream has it.
      if (column.name.empty() || cell.empty()) continue;
      const bool acid = column.name == kHcl;
      double value = 0;
      std::string error;
      if (!service::ParseNumber(
              absl::StrCat(cell, " ", column.unit),
              {.unit = "mol/L", .bare = false, .element = acid ? "" : column.name},
              options_.elements, &value, &error)) {
        Problem(i, error);
        continue;
      }
      if (acid) {
        assay->mutable_hcl_mol_per_l()->set_value(value);
      } else {
        v1::MetalConcentration* metal = assay->add_metals();
        metal->set_element(column.name);
        metal->mutable_mol_per_l()->set_value(value);
      }
    }
  }

 private:
  void Problem(std::size_t column, const std::string& message) {
    problems_->push_back({path_, line_, 0,
                          absl::StrCat("column ", column + 1, " (", header_[column], ")"),
                          message});
  }

  const std::string& path_;
  const service::ReadOptions& options_;
  std::vector<FileProblem>* const problems_;
  std::vector<std::string> header_;
  std::vector<Column> columns_;
  int line_ = 0;
};

void ReadAssays(const std::string& path, const service::ReadOptions& options, v1::Assays* assays,
                std::vector<FileProblem>* problems) {
  std::vector<CsvRow> rows;
  int line = 0;
  if (const std::string wrong = ReadCsv(path, &rows, &line); !wrong.empty()) {
    problems->push_back({path, line, 0, "", wrong});
    return;
  }
  if (rows.size() < 3) {
    problems->push_back({path, 0, 0, "",
                         "a header and at least two assays are needed; one assay is written into "
                         "the stream itself"});
    return;
  }
  const std::size_t before = problems->size();
  Table table(path, options, problems);
  table.Header(rows.front());
  if (problems->size() != before) return;
  for (std::size_t i = 1; i < rows.size(); ++i) table.Sample(rows[i], assays);
}

}  // namespace

std::vector<FileProblem> AssayOptions::Apply(v1::Flowsheet* flowsheet) const {
  std::vector<FileProblem> problems;
  if (files.empty()) return problems;
  const auto options = service::EmbeddedReadOptions();
  if (!options.ok()) return {{"", 0, 0, "", std::string(options.status().message())}};
  v1::Scenarios scenarios = flowsheet->scenarios();
  for (const std::string& word : files) {
    const std::size_t equals = word.rfind('=');
    v1::Assays* assays = scenarios.add_assays();
    assays->set_stream(word.substr(0, equals));
    ReadAssays(word.substr(equals + 1), *options, assays, &problems);
  }
  if (problems.empty()) *flowsheet->mutable_scenarios() = std::move(scenarios);
  return problems;
}

void AddAssayOptions(CLI::App* command, AssayOptions* options) {
  command
      ->add_option("--assays", options->files,
                   "Measured compositions of a stream, one a row: scenarios take them in turn. May "
                   "be given for several streams")
      ->type_name("STREAM=FILE.csv")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->check([](const std::string& word) {
        const std::size_t equals = word.rfind('=');
        return equals == std::string::npos || equals == 0 || equals + 1 == word.size()
                   ? absl::StrCat("found '", word, "'; right would be STREAM=FILE.csv")
                   : "";
      });
}

}  // namespace raffinate::cli
