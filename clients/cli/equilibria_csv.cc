#include "clients/cli/equilibria_csv.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/csv_rows.h"

namespace raffinate::cli {
namespace {

using service::FileProblem;

constexpr char kSource[] = "source";
constexpr char kInitialH[] = "initial_h_mol_per_l";
constexpr char kMonomer[] = "monomer_mol_per_l";
constexpr char kDimer[] = "dimer_mol_per_l";
constexpr char kPhaseRatio[] = "aqueous_to_organic";
constexpr char kTemperature[] = "temperature_degc";
constexpr char kFeed[] = "_feed_mol_per_l";
constexpr char kRaffinate[] = "_raffinate_mol_per_l";

/// What a column of the table fills.
class Table {
 public:
  explicit Table(EquilibriaFile* file) : file_(file) {}

  void Header(const CsvRow& row) {
    header_ = row.cells;
    line_ = row.line;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const std::string& name = header_[i];
      if (!seen_.emplace(name, i).second) Problem(i, "is a column twice; one column each");
      if (absl::EndsWith(name, kFeed)) {
        feeds_[name.substr(0, name.size() + 1 - sizeof(kFeed))] = i;
      } else if (absl::EndsWith(name, kRaffinate)) {
        raffinates_[name.substr(0, name.size() + 1 - sizeof(kRaffinate))] = i;
      } else if (absl::EndsWith(name, kMonomer) || absl::EndsWith(name, kDimer)) {
        if (extractant_) {
          Problem(i, absl::StrCat("is a second concentration of extractant beside ",
                                  header_[*extractant_], "; give one"));
        }
        extractant_ = i;
        in_dimers_ = absl::EndsWith(name, kDimer);
      } else if (name != kSource && name != kInitialH && name != kPhaseRatio &&
                 name != kTemperature) {
        Problem(
            i, absl::StrCat("unknown column; known are ", kSource, ", ", kInitialH, ", EXTRACTANT_",
                            kMonomer, " or EXTRACTANT_", kDimer, ", ", kPhaseRatio, ", ",
                            kTemperature, ", ELEMENT", kFeed, ", ELEMENT", kRaffinate));
      }
    }
    for (const char* needed : {kSource, kInitialH}) {
      if (!seen_.contains(needed)) Lacks(needed);
    }
    if (!extractant_) Lacks("EXTRACTANT_monomer_mol_per_l or EXTRACTANT_dimer_mol_per_l");
    if (feeds_.empty()) Lacks("ELEMENT_feed_mol_per_l, for at least one element");
    for (const auto& [element, column] : raffinates_) {
      if (!feeds_.contains(element)) Lacks(absl::StrCat(element, kFeed));
    }
  }

  void Contact(const CsvRow& row) {
    line_ = row.line;
    if (row.cells.size() != header_.size()) {
      file_->problems.push_back({file_->path, row.line, 0, "",
                                 absl::StrCat("found ", row.cells.size(), " cells; the header has ",
                                              header_.size(), " columns")});
      return;
    }
    const std::size_t before = file_->problems.size();
    v1::Contact contact;
    contact.set_source(row.cells[seen_.at(kSource)]);
    if (contact.source().empty()) Problem(seen_.at(kSource), "is empty; say whose measurement");
    const auto number = [&](std::size_t i) { return Number(row, i); };
    contact.set_initial_h_mol_per_l(number(seen_.at(kInitialH)).value_or(0));
    if (row.cells[seen_.at(kInitialH)].empty()) Empty(seen_.at(kInitialH));
    contact.set_extractant_mol_per_l(number(*extractant_).value_or(0) * (in_dimers_ ? 2 : 1));
    if (row.cells[*extractant_].empty()) Empty(*extractant_);
    if (const auto i = seen_.find(kPhaseRatio); i != seen_.end()) {
      if (const auto value = number(i->second)) contact.set_aqueous_to_organic(*value);
    }
    if (const auto i = seen_.find(kTemperature); i != seen_.end()) {
      if (const auto value = number(i->second)) contact.set_temperature_celsius(*value);
    }
    for (const auto& [element, column] : feeds_) {
      const std::optional<double> feed = number(column);
      if (!feed && !row.cells[column].empty()) continue;
      const auto raffinate = raffinates_.find(element);
      std::optional<double> left;
      if (raffinate != raffinates_.end()) left = number(raffinate->second);
      // Zero or nothing: the element is not in this flask.
      if (!feed || *feed == 0) {
        if (left.value_or(0) != 0) {
          Problem(raffinate->second, absl::StrCat("found ", *left, " without a feed of ", element,
                                                  "; give ", header_[column]));
        }
        continue;
      }
      v1::ContactMetal* metal = contact.add_metals();
      metal->set_element(element);
      metal->set_feed_mol_per_l(*feed);
      if (left) metal->set_raffinate_mol_per_l(*left);
    }
    if (contact.metals().empty() && file_->problems.size() == before) {
      file_->problems.push_back({file_->path, row.line, 0, "", "has no metal in its feed"});
    }
    file_->contacts.push_back(std::move(contact));
    file_->lines.push_back(row.line);
  }

 private:
  void Problem(std::size_t column, const std::string& message) {
    file_->problems.push_back({file_->path, line_, 0,
                               absl::StrCat("column ", column + 1, " (", header_[column], ")"),
                               message});
  }

  void Lacks(const std::string& column) {
    file_->problems.push_back(
        {file_->path, line_, 0, "", absl::StrCat("the header lacks the column ", column)});
  }

  void Empty(std::size_t column) { Problem(column, "is empty; a number is needed"); }

  std::optional<double> Number(const CsvRow& row, std::size_t i) {
    if (row.cells[i].empty()) return std::nullopt;
    double value = 0;
    if (!absl::SimpleAtod(row.cells[i], &value) || !std::isfinite(value)) {
      Problem(i, absl::StrCat("found '", row.cells[i].substr(0, 40), "'; a number is needed"));
      return std::nullopt;
    }
    if (header_[i] != kTemperature && value < 0) {
      Problem(i, absl::StrCat("found ", value, "; it must be 0 or more"));
    }
    return value;
  }

  EquilibriaFile* const file_;
  std::vector<std::string> header_;
  int line_ = 0;
  std::map<std::string, std::size_t> seen_, feeds_, raffinates_;
  std::optional<std::size_t> extractant_;
  bool in_dimers_ = false;
};

}  // namespace

FileProblem EquilibriaFile::At(const std::string& field, const std::string& description) const {
  constexpr char kContacts[] = "contacts[";
  const std::size_t end = field.find(']');
  std::size_t index = 0;
  if (!absl::StartsWith(field, kContacts) || end == std::string::npos ||
      !absl::SimpleAtoi(field.substr(sizeof(kContacts) - 1, end + 1 - sizeof(kContacts)), &index) ||
      index >= lines.size()) {
    return {path, 0, 0, field, description};
  }
  const std::string rest = end + 2 <= field.size() ? field.substr(end + 2) : "";
  return {path, lines[index], 0, rest, description};
}

EquilibriaFile ReadEquilibria(const std::string& path) {
  EquilibriaFile file;
  file.path = path;
  std::vector<CsvRow> rows;
  int line = 0;
  if (const std::string wrong = ReadCsv(path, &rows, &line); !wrong.empty()) {
    file.problems.push_back({path, line, 0, "", wrong});
    return file;
  }
  if (rows.empty()) {
    file.problems.push_back({path, 0, 0, "", "is empty; a header and at least one row are needed"});
    return file;
  }
  Table table(&file);
  table.Header(rows.front());
  if (!file.problems.empty()) return file;
  for (std::size_t i = 1; i < rows.size(); ++i) table.Contact(rows[i]);
  if (rows.size() < 2) {
    file.problems.push_back({path, rows.front().line, 0, "", "has a header, and no row below it"});
  }
  return file;
}

}  // namespace raffinate::cli
