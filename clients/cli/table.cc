#include "clients/cli/table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace raffinate::cli {
namespace {

// Characters on the terminal: continuation bytes of UTF-8 take no room.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

std::string Pad(const std::string& text, std::size_t width, bool left) {
  const std::string blanks(width - std::min(width, Width(text)), ' ');
  return left ? text + blanks : blanks + text;
}

void FinishLine(std::string* line, std::string* out) {
  line->erase(line->find_last_not_of(' ') + 1);
  absl::StrAppend(out, *line, "\n");
  line->clear();
}

}  // namespace

std::string Table::Print() const {
  const std::size_t count = columns_.size();
  std::vector<std::size_t> widths(count);
  bool groups = false, units = false;
  for (std::size_t c = 0; c < count; ++c) {
    widths[c] = std::max(Width(columns_[c].title), Width(columns_[c].unit));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], Width(row.at(c)));
    groups = groups || !columns_[c].group.empty();
    units = units || !columns_[c].unit.empty();
  }
  // A group's name may be wider than its columns.
  const auto group_end = [this, count](std::size_t first) {
    std::size_t end = first + 1;
    while (end < count && columns_[end].group == columns_[first].group) ++end;
    return end;
  };
  const auto span = [&widths](std::size_t first, std::size_t end) {
    std::size_t width = 2 * (end - first - 1);
    for (std::size_t c = first; c < end; ++c) width += widths[c];
    return width;
  };
  for (std::size_t c = 0; c < count;) {
    const std::size_t end = group_end(c);
    const std::size_t needed = Width(columns_[c].group);
    if (!columns_[c].group.empty() && span(c, end) < needed) widths[c] += needed - span(c, end);
    c = end;
  }

  std::string out, line;
  const auto left = [this](std::size_t c) { return c == 0 || columns_[c].left; };
  if (groups) {
    for (std::size_t c = 0; c < count;) {
      const std::size_t end = columns_[c].group.empty() ? c + 1 : group_end(c);
      if (c > 0) line += "  ";
      line += Pad(columns_[c].group, span(c, end), false);
      c = end;
    }
    FinishLine(&line, &out);
  }
  for (std::size_t c = 0; c < count; ++c) {
    absl::StrAppend(&line, c > 0 ? "  " : "", Pad(columns_[c].title, widths[c], left(c)));
  }
  FinishLine(&line, &out);
  if (units) {
    for (std::size_t c = 0; c < count; ++c) {
      absl::StrAppend(&line, c > 0 ? "  " : "", Pad(columns_[c].unit, widths[c], left(c)));
    }
    FinishLine(&line, &out);
  }
  absl::StrAppend(&out, std::string(span(0, count), '-'), "\n");
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < count; ++c) {
      absl::StrAppend(&line, c > 0 ? "  " : "", Pad(row.at(c), widths[c], left(c)));
    }
    FinishLine(&line, &out);
  }
  return out;
}

std::string Wrap(const std::string& text, int indent) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  // Blanks at the start are kept.
  const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
  std::string line = text.substr(0, start);
  bool fresh = true;  // the line has no word yet
  for (const absl::string_view word : absl::StrSplit(text.substr(start), ' ')) {
    if (!fresh && Width(line) + 1 + Width(std::string(word)) > kWidth) {
      FinishLine(&line, &out);
      line.assign(static_cast<std::size_t>(indent), ' ');
      fresh = true;
    }
    absl::StrAppend(&line, fresh ? "" : " ", word);
    fresh = false;
  }
  FinishLine(&line, &out);
  return out;
}

std::string FormatNumber(double value, int digits) {
  const double size = std::abs(value);
  if (value == std::floor(value) && size < 1e7) return absl::StrFormat("%.0f", value);
  if (size < 1e-4 || size >= 1e7) return absl::StrFormat("%.*e", digits - 1, value);
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  return absl::StrFormat("%.*f", std::max(0, digits - before), value);
}

std::string FormatPercent(double share) {
  const double percent = 100 * share;
  const double missing = 100 - percent;
  // Rounded, six nines and more would read as all.
  if (missing > 0 && missing < 1e-4) return ">99.9999";
  int decimals = 2;
  if (missing > 0 && missing < 1) {
    decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(missing))) + 1, 2, 5);
  }
  return absl::StrFormat("%.*f", decimals, percent);
}

}  // namespace raffinate::cli
