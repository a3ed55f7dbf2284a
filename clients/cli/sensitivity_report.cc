#include "clients/cli/sensitivity_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "clients/cli/figures.h"
#include "clients/cli/leaf_names.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::size_t kWidth = 100;

// Smaller changes are not shown [per cent, of a pH in its own units].
constexpr double kNegligible = 0.001;

using Columns = std::vector<const v1::FigureSensitivity*>;

// A pH is a logarithm already: its change counts, not a share of it.
bool IsPh(const v1::FigureSensitivity& figure) { return absl::EndsWith(figure.figure(), "_ph"); }

// The figures of the tables in their order.
Columns Shown(const v1::Simulation& simulation) {
  const v1::Sensitivities& all = simulation.sensitivities();
  const v1::Flowsheet& flowsheet = simulation.flowsheet();
  Columns shown;
  const auto add = [&](const std::string& name, const std::string& product) {
    // What is missing to purity says the same with more digits.
    const FieldDescriptor* wanted = FindFigure(name == "purity" ? "impurity" : name);
    for (const v1::FigureSensitivity& figure : all.figures()) {
      if (wanted == nullptr || FindFigure(figure.figure()) != wanted) continue;
      if (!product.empty() && figure.product() != product) continue;
      if (std::find(shown.begin(), shown.end(), &figure) == shown.end()) shown.push_back(&figure);
    }
  };
  for (const v1::Product& product : flowsheet.products()) {
    add("impurity", product.name());
    add("recovery", product.name());
  }
  for (const v1::Objective& objective : flowsheet.objectives()) {
    add(objective.figure(), objective.product());
  }
  if (flowsheet.objectives().empty()) {
    for (const char* name : {"reagents", "wastewater"}) add(name, "");
    if (flowsheet.has_economics()) {
      for (const char* name : {"cost", "co2e"}) add(name, "");
    }
  }
  for (const v1::Constraint& constraint : flowsheet.constraints()) {
    add(constraint.figure(), constraint.product());
  }
  return shown;
}

// What 1 % of the lever, or a hundredth of its unit where it is 0, does to the
// figure by its derivative: in per cent, in its unit where it is 0 or a pH.
double Change(const v1::Lever& lever, int index, const v1::FigureSensitivity& figure) {
  const double step = lever.value() != 0 ? 0.01 * lever.value() : 0.01;
  const double change = figure.derivatives(index) * step;
  return IsPh(figure) || figure.value() == 0 ? change : 100 * change / std::abs(figure.value());
}

std::string Signed(double value) {
  const double size = std::abs(value);
  return absl::StrFormat("%+.*f", size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, value);
}

// Either the levers that have a value or those at 0.
class Levers {
 public:
  Levers(const v1::Simulation& simulation, bool zero) : all_(simulation.sensitivities()) {
    for (int l = 0; l < all_.levers_size(); ++l) {
      if ((all_.levers(l).value() == 0) != zero) continue;
      levers_.push_back({l, NameInFile(simulation.flowsheet(), all_.levers(l).field())});
    }
  }

  std::size_t size() const { return levers_.size(); }

  struct Part {
    std::string text;
    std::size_t rows = 0;
  };

  // One table: `lead` makes the first cells of a row from the lever's name and the
  // lever, `cell` the others from change and derivative.
  template <class Lead, class Cell>
  Part Print(std::vector<Table::Column> columns, const Columns& figures, const Lead& lead,
             const Cell& cell) const {
    Table table(std::move(columns));
    struct Row {
      const Named* lever;
      double strength;
    };
    std::vector<Row> rows;
    for (const Named& lever : levers_) {
      double strength = 0;
      for (const v1::FigureSensitivity* figure : figures) {
        strength = std::max(strength, std::abs(ChangeOf(lever, *figure)));
      }
      if (strength >= kNegligible) rows.push_back({&lever, strength});
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.strength > b.strength; });
    for (const Row& row : rows) {
      std::vector<std::string> cells = lead(row.lever->name, all_.levers(row.lever->index));
      for (const v1::FigureSensitivity* figure : figures) {
        const double change = ChangeOf(*row.lever, *figure);
        cells.push_back(std::abs(change) < kNegligible
                            ? "-"
                            : cell(change, figure->derivatives(row.lever->index)));
      }
      table.AddRow(std::move(cells));
    }
    return {table.Print(), rows.size()};
  }

 private:
  struct Named {
    int index;
    std::string name;
  };

  double ChangeOf(const Named& lever, const v1::FigureSensitivity& figure) const {
    return Change(all_.levers(lever.index), lever.index, figure);
  }

  const v1::Sensitivities& all_;
  std::vector<Named> levers_;
};

bool Fits(const std::string& text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.size() > kWidth) return false;
  }
  return true;
}

// As many figures in one table as the width allows; those of a product stay
// together where they can.
template <class Print>
std::string InParts(const Columns& figures, std::size_t levers, const std::string& what,
                    const Print& print) {
  std::string out;
  const auto ends_group = [&](std::size_t end) {
    return end == figures.size() || figures[end]->product() != figures[end - 1]->product();
  };
  for (std::size_t first = 0; first < figures.size();) {
    const auto part = [&](std::size_t end) {
      return print(Columns(figures.begin() + static_cast<std::ptrdiff_t>(first),
                           figures.begin() + static_cast<std::ptrdiff_t>(end)));
    };
    std::size_t fits = first + 1, whole = first;
    while (fits < figures.size() && Fits(part(fits + 1).text)) ++fits;
    for (std::size_t end = first + 1; end <= fits; ++end) {
      if (ends_group(end)) whole = end;
    }
    const std::size_t end = whole > first ? whole : fits;
    const Levers::Part chosen = part(end);
    if (chosen.rows > 0) absl::StrAppend(&out, chosen.text);
    if (chosen.rows < levers) {
      absl::StrAppend(&out, levers - chosen.rows, " of ", levers, " left out: below ", what, "\n");
    }
    absl::StrAppend(&out, "\n");
    first = end;
  }
  return out;
}

Table::Column Heading(const v1::FigureSensitivity& figure, const std::string& unit) {
  return {
      .group = figure.product(), .title = FigureTitle(FindFigure(figure.figure())), .unit = unit};
}

std::string Relative(const v1::Simulation& simulation, Columns figures) {
  const Levers levers(simulation, false);
  // Nothing is per cent of nothing.
  std::erase_if(figures, [](const auto* figure) { return figure->value() == 0 && !IsPh(*figure); });
  if (levers.size() == 0 || figures.empty()) return "";
  return absl::StrCat(
      "Sensitivities: per cent of the figure per per cent of one number, all others as they "
      "are\n\n",
      InParts(figures, levers.size(), "0.001 %", [&](const Columns& some) {
        std::vector<Table::Column> columns = {{.group = "", .title = "1 % of", .unit = ""}};
        for (const v1::FigureSensitivity* figure : some) {
          columns.push_back(Heading(*figure, IsPh(*figure) ? "pH" : "%"));
        }
        return levers.Print(
            std::move(columns), some,
            [](const std::string& name, const v1::Lever&) {
              return std::vector<std::string>{name};
            },
            [](double change, double) { return Signed(change); });
      }));
}

std::string AtZero(const v1::Simulation& simulation, const Columns& figures) {
  const Levers levers(simulation, true);
  if (levers.size() == 0 || figures.empty()) return "";
  return absl::StrCat(
      "Numbers that are 0: change of the figure per unit of the number\n\n",
      InParts(figures, levers.size(), "0.001 % for a hundredth of the unit",
              [&](const Columns& some) {
                std::vector<Table::Column> columns = {
                    {.group = "", .title = "number", .unit = ""},
                    {.group = "", .title = "per", .unit = "", .left = true}};
                for (const v1::FigureSensitivity* figure : some) {
                  const std::string unit = FigureUnit(FindFigure(figure->figure()));
                  columns.push_back(Heading(*figure, unit.empty() ? figure->unit() : unit));
                }
                return levers.Print(
                    std::move(columns), some,
                    [](const std::string& name, const v1::Lever& lever) {
                      return std::vector<std::string>{name, lever.unit()};
                    },
                    [](double, double derivative) {
                      return absl::StrCat(derivative > 0 ? "+" : "", FormatNumber(derivative, 3));
                    });
              }));
}

}  // namespace

std::string SensitivityReport(const v1::Simulation& simulation) {
  if (!simulation.has_sensitivities()) return "";
  const Columns figures = Shown(simulation);
  return absl::StrCat(Relative(simulation, figures), AtZero(simulation, figures));
}

}  // namespace raffinate::cli
