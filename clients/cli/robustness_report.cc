#include "clients/cli/robustness_report.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/figures.h"
#include "clients/cli/leaf_names.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

bool IsShare(const std::string& figure) { return figure == "purity" || figure == "recovery"; }

std::string Value(const std::string& figure, double value) {
  return IsShare(figure) ? FormatPercent(value) : FormatNumber(value);
}

// "product light: purity at least 99.5 %".
std::string Demand(const v1::DemandShare& demand) {
  const std::string value = Value(demand.figure(), demand.limit());
  const std::string& unit =
      IsShare(demand.figure()) ? "%" : FigureUnit(FindFigure(demand.figure()));
  return absl::StrCat(demand.product().empty() ? "" : absl::StrCat(demand.product(), ": "),
                      demand.figure(), demand.at_least() ? " at least " : " at most ", value,
                      unit.empty() ? "" : " ", unit);
}

std::string Share(int part, int of) {
  return absl::StrFormat("%.2f", of > 0 ? 100.0 * part / of : 0.0);
}

std::string Demands(const v1::Robustness& robustness) {
  if (robustness.demands().empty()) return "";
  Table table({{.group = "", .title = "demand", .unit = ""},
               {.group = "", .title = "met", .unit = "% of scenarios"}});
  for (const v1::DemandShare& demand : robustness.demands()) {
    table.AddRow({Demand(demand), Share(demand.met(), robustness.scenarios())});
  }
  table.AddRow({"all at once", Share(robustness.met(), robustness.scenarios())});
  return absl::StrCat(
      table.Print(),
      absl::StrFormat("the probability of all at once is at least %.2f %% and at most %.2f %%, "
                      "each with 95 %% confidence\n\n",
                      100 * robustness.least_probability(), 100 * robustness.most_probability()));
}

std::string Figures(const v1::Robustness& robustness) {
  Table table({{.group = "", .title = "figure", .unit = ""},
               {.group = "", .title = "as taken to be", .unit = ""},
               {.group = "", .title = "mean", .unit = ""},
               {.group = "", .title = "5 %", .unit = ""},
               {.group = "", .title = "median", .unit = ""},
               {.group = "", .title = "95 %", .unit = ""},
               {.group = "", .title = "unit", .unit = "", .left = true}});
  for (const v1::FigureSpread& figure : robustness.figures()) {
    const auto value = [&](double of) { return Value(figure.figure(), of); };
    table.AddRow(
        {absl::StrCat(figure.product(), figure.product().empty() ? "" : " ", figure.figure()),
         value(figure.nominal()), value(figure.mean()), value(figure.p5()), value(figure.median()),
         value(figure.p95()),
         IsShare(figure.figure()) ? "%" : FigureUnit(FindFigure(figure.figure()))});
  }
  return table.Print() + "\n";
}

// An end of what a number can be: "0.0412", or ">0.0412" where no demand is missed yet.
std::string End(double at, double value, double sd, bool ends, const char* beyond) {
  const std::string number = FormatNumber(at, 4);
  const std::string place =
      sd > 0 ? absl::StrFormat(" (%+.1f sd)", (at - value) / sd) : std::string();
  return absl::StrCat(ends ? "" : beyond, number, place);
}

std::string Flexibility(const v1::Simulation& simulation) {
  const v1::Robustness& robustness = simulation.robustness();
  if (robustness.flexibility().empty()) return "";
  Table table({{.group = "", .title = "uncertain number", .unit = ""},
               {.group = "", .title = "taken to be", .unit = ""},
               {.group = "", .title = "from", .unit = ""},
               {.group = "", .title = "to", .unit = ""},
               {.group = "", .title = "unit", .unit = "", .left = true}});
  int rows = 0;
  for (const v1::Reach& reach : robustness.flexibility()) {
    if (!reach.low_ends() && !reach.high_ends()) continue;
    ++rows;
    table.AddRow({NameInFile(simulation.flowsheet(), reach.field()), FormatNumber(reach.value()),
                  End(reach.low(), reach.value(), reach.sd(), reach.low_ends(), "<="),
                  End(reach.high(), reach.value(), reach.sd(), reach.high_ends(), ">="),
                  reach.unit()});
  }
  const int others = robustness.flexibility_size() - rows;
  return absl::StrCat(
      "How far each number can go alone before a demand is missed",
      rows > 0 ? absl::StrCat(" (<=, >=: no further tried)\n\n", table.Print()) : "\n\n",
      others > 0 ? absl::StrCat(others, rows > 0 ? " others can" : " can",
                                " go 4 standard deviations either way, or all of their range\n")
                 : "",
      "\n");
}

}  // namespace

std::string RobustnessReport(const v1::Simulation& simulation) {
  if (!simulation.has_robustness()) return "";
  const v1::Robustness& robustness = simulation.robustness();
  const int lost = robustness.scenarios() - robustness.solved();
  return absl::StrCat("Over ", robustness.scenarios(), " scenarios (seed ", robustness.seed(), ")",
                      lost > 0 ? absl::StrCat(", ", lost, " without a steady state") : "", "\n\n",
                      Demands(robustness), Figures(robustness), Flexibility(simulation));
}

}  // namespace raffinate::cli
