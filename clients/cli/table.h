// Aligned columns on a terminal.
#pragma once

#include <string>
#include <vector>

namespace raffinate::cli {

/// A table of text. Columns are as wide as their widest cell; the first is
/// aligned to the left, and so are those added with `left`.
class Table {
 public:
  struct Column {
    std::string group;  ///< over neighbouring columns of the same group; may be empty
    std::string title;
    std::string unit;  ///< below the title; may be empty
    bool left = false;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// Lines without blanks at their ends.
  std::string Print() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// `text` in lines of at most 100 characters, broken at blanks; lines after the
/// first start with `indent` blanks. A word that is longer stays whole. Ends in a
/// line feed.
std::string Wrap(const std::string& text, int indent);

/// `value` with at least `digits` significant digits, without exponent where
/// it is between 1e-4 and 1e7.
std::string FormatNumber(double value, int digits = 4);

/// A share as a percentage, with as many decimals as the nines need: 99.9952;
/// ">99.9999" beyond six nines.
std::string FormatPercent(double share);

}  // namespace raffinate::cli
