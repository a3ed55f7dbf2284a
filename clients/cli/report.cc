#include "clients/cli/report.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/extractant_constants.h"
#include "clients/cli/figures.h"
#include "clients/cli/minimum.h"
#include "clients/cli/plant_report.h"
#include "clients/cli/robustness_report.h"
#include "clients/cli/sensitivity_report.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

// Metals per table, so that lines stay within 100 characters. A profile has two
// columns for each.
constexpr std::size_t kMetalsAcross = 5;
constexpr std::size_t kMetalsAcrossBesideCircuits = 3;
constexpr std::size_t kProfileMetalsAcross = 3;

std::string Molar(double value) {
  // Below any analysis; the digits would only take room.
  if (value > 0 && value < 1e-15) return "<1e-15";
  return FormatNumber(value, 3);
}

// "1, 17-20".
std::string Ranges(const google::protobuf::RepeatedField<std::int32_t>& numbers) {
  std::vector<std::string> parts;
  for (int i = 0; i < numbers.size();) {
    int last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    parts.push_back(last == i ? absl::StrCat(numbers[i])
                              : absl::StrCat(numbers[i], "-", numbers[last]));
    i = last + 1;
  }
  return absl::StrJoin(parts, ", ");
}

std::string Products(const v1::Figures& figures) {
  if (figures.products().empty()) return "";
  Table table({{.group = "", .title = "product", .unit = ""},
               {.group = "", .title = "purity", .unit = "%"},
               {.group = "", .title = "recovery", .unit = "%"},
               {.group = "", .title = "wanted", .unit = "kg REO/h"},
               {.group = "", .title = "all", .unit = "kg REO/h"}});
  for (const v1::ProductFigures& product : figures.products()) {
    table.AddRow({product.product(), FormatPercent(product.purity()),
                  FormatPercent(product.recovery()), FormatNumber(product.reo_kg_per_h()),
                  FormatNumber(product.total_reo_kg_per_h())});
  }
  return table.Print() + "\n";
}

std::string Whole(const v1::Figures& figures) {
  Table table({{.group = "", .title = "figure", .unit = ""},
               {.group = "", .title = "value", .unit = ""},
               {.group = "", .title = "unit", .unit = "", .left = true}});
  const auto* message = v1::Figures::descriptor();
  for (int i = 0; i < message->field_count(); ++i) {
    const auto* field = message->field(i);
    if (FindFigure(field->name()) != field || !HasFigure(figures, field)) continue;
    table.AddRow(
        {FigureTitle(field), FormatNumber(FigureValue(figures, field)), FigureUnit(field)});
  }
  return table.Print() + "\n";
}

std::string Minimum(const v1::Figures& figures) {
  const std::vector<std::string> lines = DescribeMinimum(figures);
  return lines.empty() ? "" : absl::StrCat(absl::StrJoin(lines, "\n"), "\n\n");
}

// Calls `print` for the metals of `order`, some at a time.
template <class Print>
std::string InParts(const std::vector<std::string>& order, std::size_t across, const Print& print) {
  std::string out;
  for (std::size_t first = 0; first < std::max<std::size_t>(order.size(), 1); first += across) {
    const std::size_t end = std::min(order.size(), first + across);
    absl::StrAppend(
        &out, print(std::vector<std::string>(order.begin() + first, order.begin() + end)), "\n");
  }
  return out;
}

// Where the flowsheet has several circuits: what is known of each.
std::string Circuits(const v1::Simulation& simulation) {
  if (simulation.circuits().empty()) return "";
  Table table({{.group = "", .title = "circuit", .unit = ""},
               {.group = "", .title = "extractant", .unit = "", .left = true},
               {.group = "", .title = "stages", .unit = ""},
               {.group = "", .title = "organic", .unit = "m3/h"},
               {.group = "O/A", .title = "least", .unit = ""},
               {.group = "O/A", .title = "most", .unit = ""},
               {.group = "", .title = "load", .unit = "%"},
               {.group = "pH", .title = "least", .unit = ""},
               {.group = "pH", .title = "most", .unit = ""}});
  for (const v1::CircuitState& circuit : simulation.circuits()) {
    table.AddRow({circuit.circuit(), circuit.extractant_system(), absl::StrCat(circuit.stages()),
                  FormatNumber(circuit.organic_m3_per_h()),
                  FormatNumber(circuit.min_organic_to_aqueous(), 3),
                  FormatNumber(circuit.max_organic_to_aqueous(), 3),
                  absl::StrFormat("%.0f", 100 * circuit.max_loading()),
                  absl::StrFormat("%.2f", circuit.min_ph()),
                  absl::StrFormat("%.2f", circuit.max_ph())});
  }
  return table.Print() + "\n";
}

// "a", or "a > b" for what passes between circuits.
std::string Way(const v1::StreamState& stream) {
  return stream.to_circuit().empty() ? stream.circuit()
                                     : absl::StrCat(stream.circuit(), " > ", stream.to_circuit());
}

std::string Streams(const v1::Simulation& simulation) {
  const bool several = !simulation.circuits().empty();
  std::vector<std::string> order;
  for (const v1::StreamState& stream : simulation.streams()) {
    for (const v1::Molarity& metal : stream.metals()) {
      if (std::find(order.begin(), order.end(), metal.element()) == order.end()) {
        order.push_back(metal.element());
      }
    }
  }
  const std::size_t across = several ? kMetalsAcrossBesideCircuits : kMetalsAcross;
  return InParts(order, across, [&](const std::vector<std::string>& metals) {
    std::vector<Table::Column> columns = {{.group = "", .title = "stream", .unit = ""},
                                          {.group = "", .title = "role", .unit = "", .left = true},
                                          {.group = "", .title = "flow", .unit = "m3/h"},
                                          {.group = "", .title = "free acid", .unit = "mol/L"}};
    if (several) {
      columns.insert(columns.begin() + 2,
                     {.group = "", .title = "circuit", .unit = "", .left = true});
    }
    for (const std::string& metal : metals) {
      columns.push_back({.group = "", .title = metal, .unit = "mol/L"});
    }
    Table table(std::move(columns));
    for (const v1::StreamState& stream : simulation.streams()) {
      std::vector<std::string> row = {stream.name(), stream.role(),
                                      FormatNumber(stream.flow_m3_per_h()),
                                      FormatNumber(stream.free_acid_mol_per_l(), 3)};
      if (several) row.insert(row.begin() + 2, Way(stream));
      for (const std::string& metal : metals) {
        std::string cell = "-";
        for (const v1::Molarity& each : stream.metals()) {
          if (each.element() == metal) cell = Molar(each.mol_per_l());
        }
        row.push_back(cell);
      }
      table.AddRow(std::move(row));
    }
    return table.Print();
  });
}

std::string Stages(const v1::Simulation& simulation) {
  if (simulation.stages().empty()) return "";
  const bool several = !simulation.circuits().empty();
  std::vector<std::string> order;
  for (const v1::StageState& stage : simulation.stages()) {
    for (const v1::StageMetal& metal : stage.metals()) {
      if (std::find(order.begin(), order.end(), metal.element()) == order.end()) {
        order.push_back(metal.element());
      }
    }
  }
  std::string out = absl::StrCat("Stages in the direction of the organic; ",
                                 "molarities: a in the aqueous, o in the organic\n");
  absl::StrAppend(
      &out, InParts(order, kProfileMetalsAcross, [&](const std::vector<std::string>& metals) {
        std::vector<Table::Column> columns = {
            {.group = "", .title = "stage", .unit = ""},
            {.group = "", .title = "section", .unit = "", .left = true},
            {.group = "", .title = "pH", .unit = ""},
            {.group = "", .title = "load", .unit = "%"}};
        if (several) {
          columns.insert(columns.begin() + 1,
                         {.group = "", .title = "circuit", .unit = "", .left = true});
        }
        for (const std::string& metal : metals) {
          columns.push_back({.group = metal, .title = "a", .unit = ""});
          columns.push_back({.group = metal, .title = "o", .unit = ""});
        }
        Table table(std::move(columns));
        for (const v1::StageState& stage : simulation.stages()) {
          std::vector<std::string> row = {absl::StrCat(stage.stage()), stage.section(),
                                          absl::StrFormat("%.2f", stage.ph()),
                                          absl::StrFormat("%.0f", 100 * stage.loading())};
          if (several) row.insert(row.begin() + 1, stage.circuit());
          for (const std::string& metal : metals) {
            for (const bool organic : {false, true}) {
              std::string cell = "-";
              for (const v1::StageMetal& each : stage.metals()) {
                if (each.element() != metal) continue;
                cell = Molar(organic ? each.organic_mol_per_l() : each.aqueous_mol_per_l());
              }
              row.push_back(cell);
            }
          }
          table.AddRow(std::move(row));
        }
        return table.Print();
      }));
  return out;
}

// Whose constants they are, and the weakest class for the whole and each product.
std::string RestsOn(const v1::Evidence& evidence) {
  if (evidence.extractant_system().empty()) return "";
  const char* origin = "built in";
  if (evidence.origin() == v1::Evidence::FLOWSHEET) origin = "of this file";
  if (evidence.origin() == v1::Evidence::FLOWSHEET_REPLACES_BUILT_IN) {
    origin = "of this file, in place of the built-in one";
  }
  const auto classes = [](const auto& of) {
    return absl::StrCat(ClassName(of.weakest_class()), " (",
                        absl::StrJoin(of.weakest_elements(), ", "), ")");
  };
  std::string out = Wrap(absl::StrCat("Rests on ", evidence.extractant_system(), ", ", origin,
                                      "; weakest class of any constant: ", classes(evidence)),
                         2);
  for (const v1::ProductEvidence& product : evidence.products()) {
    absl::StrAppend(&out,
                    Wrap(absl::StrCat("  product ", product.product(), ": ", classes(product)), 4));
  }
  return out + "\n";
}

}  // namespace

std::string FlagLines(const google::protobuf::RepeatedPtrField<v1::Flag>& flags) {
  std::string out;
  for (const v1::Flag& flag : flags) {
    std::string line = absl::StrCat(flag.code(), ": ", flag.message());
    if (!flag.stages().empty()) {
      absl::StrAppend(&line, flag.stages_size() == 1 ? " (stage " : " (stages ",
                      Ranges(flag.stages()), ")");
    }
    absl::StrAppend(&out, Wrap(line, 2));
  }
  return out;
}

namespace {

// The title, and how the solver ended.
std::string Heading(const v1::Simulation& simulation) {
  const v1::Convergence& convergence = simulation.convergence();
  std::string out;
  if (!simulation.flowsheet().name().empty()) {
    absl::StrAppend(&out, simulation.flowsheet().name(), "\n");
  }
  if (!convergence.converged()) {
    return absl::StrCat(out, "NOT CONVERGED after ", convergence.iterations(),
                        " iterations: ", convergence.message(), "\n");
  }
  absl::StrAppend(&out, absl::StrFormat("Converged in %d iterations, residual %.1e, balances "
                                        "close to %.1e\n\n",
                                        convergence.iterations(), convergence.residual(),
                                        convergence.balance_error()));
  if (convergence.recycle_iterations() > 0) {
    out.pop_back();
    absl::StrAppend(
        &out, absl::StrFormat("Recycles between circuits closed to %.1e in %d passes\n\n",
                              convergence.recycle_residual(), convergence.recycle_iterations()));
  }
  return out;
}

}  // namespace

std::string Report(const v1::Simulation& simulation, bool stages) {
  std::string out = Heading(simulation);
  if (!simulation.convergence().converged()) return out;
  absl::StrAppend(&out, Products(simulation.figures()), Whole(simulation.figures()),
                  Minimum(simulation.figures()), Circuits(simulation), Streams(simulation));
  if (stages) absl::StrAppend(&out, Stages(simulation));
  absl::StrAppend(&out, ElementSummary(simulation), RestsOn(simulation.evidence()),
                  FlagLines(simulation.flags()));
  return out;
}

std::string FullReport(const v1::Simulation& simulation) {
  std::string out = Heading(simulation);
  if (!simulation.convergence().converged()) return out;
  absl::StrAppend(&out, Products(simulation.figures()), Whole(simulation.figures()),
                  Minimum(simulation.figures()), "Streams\n", Streams(simulation));
  if (simulation.has_plant()) absl::StrAppend(&out, CircuitSummary(simulation));
  absl::StrAppend(&out, ElementBalance(simulation));
  if (simulation.has_plant()) {
    absl::StrAppend(&out, ReagentsAndEffluent(simulation), MoneyAndCarbon(simulation.plant()));
  }
  for (const std::string& part : {SensitivityReport(simulation), RobustnessReport(simulation)}) {
    if (!part.empty()) absl::StrAppend(&out, part, "\n");
  }
  absl::StrAppend(&out, RestsOn(simulation.evidence()), FlagLines(simulation.flags()));
  if (simulation.has_plant()) absl::StrAppend(&out, DataUsed(simulation.plant()));
  return out;
}

}  // namespace raffinate::cli
