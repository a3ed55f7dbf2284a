#include "clients/cli/trajectory.h"

#include <algorithm>
#include <cstddef>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/csv.h"
#include "clients/cli/report.h"
#include "clients/cli/table.h"
#include "service/file/scalar.h"

namespace raffinate::cli {
namespace {

using State = v1::DynamicState;

// Columns of a table, so that lines stay within 100 characters.
constexpr std::size_t kProductsAcross = 2;
constexpr std::size_t kElementsAcross = 8;

struct Column {
  Table::Column head;
  std::function<std::string(const State&)> cell;
};

std::string Molar(double value) {
  // Below any analysis; the digits would only take room.
  return value > 0 && value < 1e-15 ? "<1e-15" : FormatNumber(value, 3);
}

// Nothing at all has no purity.
std::string Purity(double purity, double impurity) {
  return purity == 0 && impurity == 1 ? "-" : FormatPercent(purity);
}

const v1::StreamState* FindStream(const State& state, const std::string& name) {
  for (const v1::StreamState& stream : state.streams()) {
    if (stream.name() == name) return &stream;
  }
  return nullptr;
}

const v1::Molarity* FindMetal(const v1::StreamState* stream, const std::string& element) {
  if (stream == nullptr) return nullptr;
  for (const v1::Molarity& metal : stream->metals()) {
    if (metal.element() == element) return &metal;
  }
  return nullptr;
}

std::string Print(const std::vector<Column>& columns, const std::vector<State>& states,
                  int max_rows) {
  std::vector<Table::Column> heads = {{.group = "", .title = "time", .unit = "h"}};
  for (const Column& column : columns) heads.push_back(column.head);
  Table table(std::move(heads));
  const int size = static_cast<int>(states.size());
  const int rows = max_rows > 0 ? std::min(size, max_rows) : size;
  for (int r = 0; r < rows; ++r) {
    // Start and end are shown.
    const int at =
        rows < 2 ? size - 1 : static_cast<int>(static_cast<long long>(r) * (size - 1) / (rows - 1));
    std::vector<std::string> cells = {FormatNumber(states[at].time_h())};
    for (const Column& column : columns) cells.push_back(column.cell(states[at]));
    table.AddRow(std::move(cells));
  }
  return table.Print() + "\n";
}

std::vector<Column> ProductColumns(int index, const std::string& name) {
  std::vector<Column> columns;
  const auto add = [&](const char* title, std::string (*cell)(const v1::DynamicProduct&)) {
    columns.push_back({{.group = name, .title = title, .unit = "%"},
                       [index, cell](const State& s) { return cell(s.products(index)); }});
  };
  add("purity", [](const v1::DynamicProduct& p) { return Purity(p.purity(), p.impurity()); });
  add("collected", [](const v1::DynamicProduct& p) {
    return Purity(p.collected_purity(), p.collected_impurity());
  });
  add("recovery", [](const v1::DynamicProduct& p) { return FormatPercent(p.recovery()); });
  return columns;
}

// What the products are made of, in their streams; without products, everything
// that leaves.
std::vector<Column> MolarityColumns(const Trajectory& trajectory) {
  std::vector<Column> columns;
  const auto add = [&](const std::string& stream, const std::string& element) {
    columns.push_back(
        {{.group = stream, .title = element, .unit = ""}, [stream, element](const State& s) {
           const auto* metal = FindMetal(FindStream(s, stream), element);
           return metal == nullptr ? "-" : Molar(metal->mol_per_l());
         }});
  };
  for (const v1::Product& product : trajectory.question.products()) {
    for (const std::string& element : product.elements()) add(product.stream(), element);
  }
  if (!columns.empty()) return columns;
  for (const v1::StreamState& stream : trajectory.states[0].streams()) {
    for (const v1::ElementAmount& amount : trajectory.states[0].inventory()) {
      add(stream.name(), amount.element());
    }
  }
  return columns;
}

std::string InParts(const std::vector<Column>& columns, std::size_t across,
                    const std::vector<State>& states, int max_rows) {
  std::string out;
  for (std::size_t first = 0; first < columns.size(); first += across) {
    const std::size_t end = std::min(columns.size(), first + across);
    out += Print({columns.begin() + static_cast<std::ptrdiff_t>(first),
                  columns.begin() + static_cast<std::ptrdiff_t>(end)},
                 states, max_rows);
  }
  return out;
}

}  // namespace

std::string TrajectoryTables(const Trajectory& trajectory, int max_rows) {
  const std::vector<State>& states = trajectory.states;
  if (states.empty()) return "";
  std::string out;
  const auto products = static_cast<std::size_t>(states[0].products_size());
  for (std::size_t first = 0; first < std::max<std::size_t>(products, 1);
       first += kProductsAcross) {
    std::vector<Column> columns;
    for (std::size_t p = first; p < std::min(products, first + kProductsAcross); ++p) {
      const int index = static_cast<int>(p);
      for (Column& column : ProductColumns(index, states[0].products(index).product())) {
        columns.push_back(std::move(column));
      }
    }
    if (first == 0) {
      columns.push_back(
          {{.group = "pH at stage", .title = "first", .unit = ""},
           [](const State& s) { return absl::StrFormat("%.2f", s.first_stage_ph()); }});
      columns.push_back({{.group = "pH at stage", .title = "last", .unit = ""}, [](const State& s) {
                           return absl::StrFormat("%.2f", s.last_stage_ph());
                         }});
    }
    out += Print(columns, states, max_rows);
  }
  absl::StrAppend(&out, "Leaving, mol/L\n",
                  InParts(MolarityColumns(trajectory), kElementsAcross, states, max_rows));
  std::vector<Column> held;
  for (int i = 0; i < states[0].inventory_size(); ++i) {
    held.push_back({{.group = "", .title = states[0].inventory(i).element(), .unit = ""},
                    [i](const State& s) { return Molar(s.inventory(i).kmol()); }});
  }
  absl::StrAppend(&out, "Held in mixers and settlers, kmol\n",
                  InParts(held, kElementsAcross, states, max_rows));
  return out;
}

std::string DescribeEnd(const v1::DynamicSummary& summary) {
  std::string out = absl::StrFormat("%s h in %d steps and %d iterations; balances close to %.1e\n",
                                    FormatNumber(summary.end_time_h()), summary.steps(),
                                    summary.iterations(), summary.balance_error());
  for (const v1::ProductOutcome& outcome : summary.products()) {
    bool demands = false;
    for (const v1::Product& product : summary.flowsheet().products()) {
      if (product.name() != outcome.product()) continue;
      demands = product.has_min_purity() || product.has_min_recovery();
    }
    if (!demands) continue;
    absl::StrAppend(&out, outcome.product(), ": ",
                    outcome.has_on_specification_h()
                        ? absl::StrCat("meets its demands from ",
                                       FormatNumber(outcome.on_specification_h()), " h to the end")
                        : "misses its demands at the end",
                    "\n");
  }
  return out + FlagLines(summary.flags());
}

std::string TrajectoryCsv(const Trajectory& trajectory) {
  if (trajectory.states.empty()) return "";
  const State& start = trajectory.states[0];
  std::vector<std::string> header = {"time_h"};
  for (const v1::DynamicProduct& product : start.products()) {
    for (const char* field : {"purity", "impurity", "recovery", "reo_kg_per_h", "meets_demands",
                              "collected_purity", "collected_impurity", "collected_reo_kg"}) {
      header.push_back(CsvCell(absl::StrCat(product.product(), ".", field)));
    }
  }
  for (const v1::StreamState& stream : start.streams()) {
    for (const char* field : {"flow_m3_per_h", "free_acid_mol_per_l", "chloride_mol_per_l"}) {
      header.push_back(CsvCell(absl::StrCat(stream.name(), ".", field)));
    }
    for (const v1::ElementAmount& amount : start.inventory()) {
      header.push_back(CsvCell(absl::StrCat(stream.name(), ".", amount.element(), "_mol_per_l")));
    }
  }
  for (const v1::ElementAmount& amount : start.inventory()) {
    header.push_back(CsvCell(absl::StrCat("inventory.", amount.element(), "_kmol")));
  }
  header.insert(header.end(), {"first_stage_ph", "last_stage_ph"});
  std::string csv = absl::StrCat(absl::StrJoin(header, ","), "\n");
  for (const State& state : trajectory.states) {
    std::vector<std::string> cells;
    const auto add = [&cells](double value) { cells.push_back(service::ShortestDouble(value)); };
    add(state.time_h());
    for (const v1::DynamicProduct& p : state.products()) {
      add(p.purity()), add(p.impurity()), add(p.recovery()), add(p.reo_kg_per_h());
      cells.push_back(p.meets_demands() ? "1" : "0");
      add(p.collected_purity()), add(p.collected_impurity()), add(p.collected_reo_kg());
    }
    for (const v1::StreamState& stream : state.streams()) {
      add(stream.flow_m3_per_h()), add(stream.free_acid_mol_per_l());
      add(stream.chloride_mol_per_l());
      for (const v1::ElementAmount& amount : start.inventory()) {
        // A stream that does not flow has no composition.
        const v1::Molarity* metal = FindMetal(&stream, amount.element());
        cells.push_back(metal == nullptr ? "" : service::ShortestDouble(metal->mol_per_l()));
      }
    }
    for (const v1::ElementAmount& amount : state.inventory()) add(amount.kmol());
    add(state.first_stage_ph()), add(state.last_stage_ph());
    absl::StrAppend(&csv, absl::StrJoin(cells, ","), "\n");
  }
  return csv;
}

}  // namespace raffinate::cli
