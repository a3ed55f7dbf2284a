#include "clients/cli/pareto.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/csv.h"
#include "clients/cli/decisions.h"
#include "clients/cli/figures.h"
#include "clients/cli/table.h"
#include "service/file/scalar.h"

namespace raffinate::cli {
namespace {

using google::protobuf::FieldDescriptor;

// One figure of a flowsheet: of a product, or of the whole (`product` empty).
struct Column {
  const FieldDescriptor* figure = nullptr;
  std::string product;

  bool operator==(const Column&) const = default;
};

bool IsOverMinimum(const FieldDescriptor* figure) {
  return absl::EndsWith(figure->name(), "_over_minimum");
}

// Empty where the figure is absent.
std::optional<double> Value(const Column& column, const v1::Figures& figures) {
  if (!IsOfProduct(column.figure)) {
    if (!HasFigure(figures, column.figure)) return std::nullopt;
    return FigureValue(figures, column.figure);
  }
  for (const v1::ProductFigures& product : figures.products()) {
    if (product.product() == column.product) return FigureValue(product, column.figure);
  }
  return 0;
}

std::string Format(const Column& column, std::optional<double> value) {
  if (!value) return "-";
  const std::string& name = column.figure->name();
  if (name == "purity" || name == "recovery") return FormatPercent(*value);
  return IsOverMinimum(column.figure) ? absl::StrFormat("%.2f", *value) : FormatNumber(*value);
}

// What is said of the theoretical minimum: of base or, where none has that, of
// the organic flux.
std::vector<Column> OverMinimum(const v1::ListFlowsheetsResponse& set) {
  for (const char* name : {"base_over_minimum", "organic_over_minimum"}) {
    const FieldDescriptor* figure = FindFigure(name);
    if (std::any_of(set.flowsheets().begin(), set.flowsheets().end(),
                    [figure](const v1::Simulation& simulation) {
                      return HasFigure(simulation.figures(), figure);
                    })) {
      return {{figure, ""}};
    }
  }
  return {};
}

// What the table shows, in its order.
std::vector<Column> Shown(const v1::Flowsheet& question, const v1::ListFlowsheetsResponse& set) {
  const v1::Figures& figures = set.flowsheets(0).figures();
  std::vector<Column> columns;
  for (const v1::ProductFigures& product : figures.products()) {
    for (const char* name : {"purity", "recovery"}) {
      columns.push_back({FindFigure(name), product.product()});
    }
  }
  for (const char* name : {"acid", "base"}) columns.push_back({FindFigure(name), ""});
  for (const Column& column : OverMinimum(set)) columns.push_back(column);
  for (const char* name : {"wastewater", "stages"}) columns.push_back({FindFigure(name), ""});
  const auto add = [&](const std::string& name, const std::string& product) {
    const FieldDescriptor* figure = FindFigure(name);
    if (figure == nullptr) return;
    std::vector<std::string> products = {product};
    if (!IsOfProduct(figure)) {
      products = {""};
    } else if (product.empty()) {
      products.clear();
      for (const v1::ProductFigures& each : figures.products()) products.push_back(each.product());
    }
    for (const std::string& each : products) {
      const Column column{figure, each};
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  };
  for (const v1::Objective& objective : question.objectives()) {
    add(objective.figure(), objective.product());
  }
  return columns;
}

// "kg/t" for "kg/t REO": a table is read across, and short of room.
std::string ShortUnit(const FieldDescriptor* figure) {
  return absl::StrReplaceAll(FigureUnit(figure), {{" REO", ""}});
}

bool HasRobustness(const v1::ListFlowsheetsResponse& set) {
  return std::any_of(set.flowsheets().begin(), set.flowsheets().end(),
                     [](const v1::Simulation& simulation) { return simulation.has_robustness(); });
}

double ShareMet(const v1::Robustness& robustness) {
  return robustness.scenarios() > 0 ? static_cast<double>(robustness.met()) / robustness.scenarios()
                                    : 0;
}

}  // namespace

std::string ParetoTable(const v1::Flowsheet& question, const v1::ListFlowsheetsResponse& set,
                        int max_rows) {
  if (set.flowsheets().empty()) return "";
  const std::vector<Column> shown = Shown(question, set);
  std::vector<Table::Column> columns = {{.group = "", .title = "#", .unit = ""}};
  for (const Column& column : shown) {
    const std::string& name = column.figure->name();
    const bool share = name == "purity" || name == "recovery";
    columns.push_back({.group = column.product,
                       .title = FigureTitle(column.figure),
                       .unit = share ? "%" : ShortUnit(column.figure)});
  }
  const bool robust = HasRobustness(set);
  if (robust) columns.push_back({.group = "", .title = "demands met", .unit = "% of scenarios"});
  Table table(std::move(columns));
  const int size = set.flowsheets_size();
  const int rows = max_rows > 0 ? std::min(size, max_rows) : size;
  for (int r = 0; r < rows; ++r) {
    // Both ends of the front are shown.
    const int at =
        rows < 2 ? 0 : static_cast<int>(static_cast<long long>(r) * (size - 1) / (rows - 1));
    std::vector<std::string> cells = {absl::StrCat(at + 1)};
    for (const Column& column : shown) {
      cells.push_back(Format(column, Value(column, set.flowsheets(at).figures())));
    }
    if (robust) cells.push_back(FormatPercent(ShareMet(set.flowsheets(at).robustness())));
    table.AddRow(std::move(cells));
  }
  const bool over_minimum = std::any_of(shown.begin(), shown.end(), [](const Column& column) {
    return IsOverMinimum(column.figure);
  });
  return absl::StrCat(table.Print(), "kg/t, m3/t: per tonne REO in the products\n",
                      over_minimum ? "x min: times the theoretical minimum (Underwood)\n" : "");
}

std::string ParetoCsv(const v1::Flowsheet& question, const v1::ListFlowsheetsResponse& set) {
  std::vector<Column> columns;
  std::vector<std::string> header = {"flowsheet"};
  if (!set.flowsheets().empty()) {
    const auto add_all = [&](const google::protobuf::Descriptor* message,
                             const std::string& product) {
      for (int i = 0; i < message->field_count(); ++i) {
        const FieldDescriptor* field = message->field(i);
        if (FindFigure(field->name()) != field) continue;
        columns.push_back({field, product});
        header.push_back(CsvCell(absl::StrCat(product, product.empty() ? "" : ".", field->name())));
      }
    };
    for (const v1::ProductFigures& product : set.flowsheets(0).figures().products()) {
      add_all(v1::ProductFigures::descriptor(), product.product());
    }
    add_all(v1::Figures::descriptor(), "");
  }
  const bool robust = HasRobustness(set);
  if (robust) {
    header.insert(header.end(), {"robustness.scenarios", "robustness.met",
                                 "robustness.least_probability", "robustness.most_probability"});
  }
  const std::vector<Decision> decisions = DecisionsOf(question);
  for (const Decision& decision : decisions) {
    const bool unit = !decision.unit.empty() && decision.unit != "1";
    header.push_back(
        CsvCell(unit ? absl::StrCat(decision.name, " [", decision.unit, "]") : decision.name));
  }
  std::string csv = absl::StrCat(absl::StrJoin(header, ","), "\n");
  int number = 0;
  for (const v1::Simulation& simulation : set.flowsheets()) {
    std::vector<std::string> cells = {absl::StrCat(++number)};
    for (const Column& column : columns) {
      const std::optional<double> value = Value(column, simulation.figures());
      cells.push_back(value ? service::ShortestDouble(*value) : "");
    }
    if (robust) {
      const v1::Robustness& tested = simulation.robustness();
      cells.insert(cells.end(), {absl::StrCat(tested.scenarios()), absl::StrCat(tested.met()),
                                 service::ShortestDouble(tested.least_probability()),
                                 service::ShortestDouble(tested.most_probability())});
    }
    for (const Decision& decision : decisions) {
      cells.push_back(CsvCell(ValueOf(decision, simulation.flowsheet())));
    }
    absl::StrAppend(&csv, absl::StrJoin(cells, ","), "\n");
  }
  return csv;
}

}  // namespace raffinate::cli
