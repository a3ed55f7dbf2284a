#include "clients/cli/setpoints_report.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

using google::protobuf::util::TimeUtil;

std::string Words(const std::string& name) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", " "}});
}

std::string Unit(const std::string& unit) { return unit == "1" ? "" : unit; }

/// Shares in per cent, with the nines that they need.
std::string Figure(double value, const std::string& unit, const std::string& figure) {
  if (figure == "purity" || figure == "recovery") return FormatPercent(value) + " %";
  return absl::StrCat(FormatNumber(value), Unit(unit).empty() ? "" : " ", Unit(unit));
}

std::string DemandName(const v1::AdvisedDemand& demand) {
  return absl::StrCat(
      demand.product(), demand.product().empty() ? "" : " ", demand.figure(),
      demand.at_least() ? " >= " : " <= ", Figure(demand.limit(), demand.unit(), demand.figure()));
}

std::string SetpointTable(const v1::SetpointAdvice& advice) {
  Table table({{.group = "", .title = "setpoint", .unit = ""},
               {.group = "", .title = "unit", .unit = "", .left = true},
               {.group = "", .title = "present", .unit = ""},
               {.group = "", .title = "advised", .unit = ""},
               {.group = "", .title = "from", .unit = ""},
               {.group = "", .title = "to", .unit = ""},
               {.group = "", .title = "at its limit", .unit = "", .left = true}});
  for (const v1::AdvisedSetpoint& setpoint : advice.setpoints()) {
    std::string limit;
    if (setpoint.active_limit() != v1::AdvisedSetpoint::LIMIT_UNSPECIFIED) {
      limit = Words(v1::AdvisedSetpoint::Limit_Name(setpoint.active_limit()));
      if (setpoint.price() > 0) {
        absl::StrAppend(&limit, ", price ", FormatNumber(setpoint.price(), 3));
      }
    }
    table.AddRow({setpoint.setpoint(), Unit(setpoint.unit()), FormatNumber(setpoint.present(), 5),
                  FormatNumber(setpoint.value(), 5), FormatNumber(setpoint.min()),
                  FormatNumber(setpoint.max()), limit});
  }
  return table.Print();
}

std::string DemandTable(const v1::SetpointAdvice& advice) {
  Table table({{.group = "", .title = "demand", .unit = ""},
               {.group = "", .title = "present", .unit = ""},
               {.group = "", .title = "advised", .unit = ""},
               {.group = "", .title = "", .unit = "", .left = true},
               {.group = "", .title = "1 % tighter costs", .unit = advice.objective_unit()}});
  for (const v1::AdvisedDemand& demand : advice.demands()) {
    std::string state = demand.met() ? demand.active() ? "met, active" : "met" : "missed";
    if (demand.violation_price() > 0 && !advice.feasible()) {
      absl::StrAppend(&state,
                      absl::StrFormat(", easing helps %.0f %%", 100 * demand.violation_price()));
    }
    table.AddRow(
        {DemandName(demand),
         demand.has_present_value() ? Figure(demand.present_value(), demand.unit(), demand.figure())
                                    : "-",
         Figure(demand.value(), demand.unit(), demand.figure()), state,
         demand.price_per_percent() > 0 ? FormatNumber(demand.price_per_percent(), 3) : "-"});
  }
  return table.Print();
}

std::string ReadingTable(const v1::SetpointAdvice& advice) {
  Table table({{.group = "", .title = "measured", .unit = ""},
               {.group = "", .title = "unit", .unit = "", .left = true},
               {.group = "", .title = "value", .unit = ""},
               {.group = "", .title = "taken", .unit = ""},
               {.group = "", .title = "", .unit = "", .left = true}});
  for (const v1::Reading& reading : advice.readings()) {
    table.AddRow({reading.quantity(), Unit(reading.unit()),
                  reading.has_measured() ? FormatNumber(reading.measured()) : "-",
                  reading.has_estimate() ? FormatNumber(reading.estimate()) : "-",
                  Words(v1::Reading::Status_Name(reading.status()))});
  }
  return table.Print();
}

}  // namespace

std::string DescribeAdvice(const v1::SetpointAdvice& advice) {
  std::string text = absl::StrCat(TimeUtil::ToString(advice.time()), "\n\n", SetpointTable(advice),
                                  "\n", DemandTable(advice), "\n");
  absl::StrAppend(&text, advice.objective(), advice.objective_product().empty() ? "" : " of ",
                  advice.objective_product(), ": ", FormatNumber(advice.objective_value()), " ",
                  Unit(advice.objective_unit()));
  if (advice.has_present_objective_value()) {
    absl::StrAppend(&text, "; ", FormatNumber(advice.present_objective_value()),
                    " at the present setpoints, which costs ",
                    FormatNumber(advice.cost_of_present(), 3));
  }
  absl::StrAppend(&text, "\n");
  if (!advice.feasible()) {
    absl::StrAppend(&text, "The demands with their margins cannot all be met: missed by ",
                    FormatNumber(advice.violation(), 3), " in all");
    if (advice.has_costliest_demand()) {
      absl::StrAppend(&text, ", most for ", DemandName(advice.demands(advice.costliest_demand())));
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, "valid until ", TimeUtil::ToString(advice.valid_until()), ": ",
                  advice.valid_until_reason(), "\n");
  if (advice.parameter_version() > 0) {
    absl::StrAppend(&text, "constants of version ", advice.parameter_version(), "\n");
  }
  absl::StrAppend(&text, "\n", ReadingTable(advice));
  for (const v1::Flag& flag : advice.flags()) {
    absl::StrAppend(&text, Wrap(absl::StrCat(flag.code(), ": ", flag.message()), 2));
  }
  return text;
}

std::string DescribeAnswer(const v1::TrackResponse& answer) {
  std::string text = absl::StrCat("answer ", answer.sequence(), " to state ",
                                  answer.state_sequence(), answer.again() ? " (again)" : "",
                                  answer.gap() ? " (older ones are no longer kept)" : "", ": ");
  if (answer.has_advice()) return absl::StrCat(text, DescribeAdvice(answer.advice()));
  const v1::HeldSetpoints& held = answer.held();
  absl::StrAppend(&text, "no advice, ", held.reason(), "\n", Wrap("  " + held.message(), 2));
  if (held.advice_sequence() == 0) return text + "  there is no earlier advice\n";
  absl::StrAppend(&text, "  the advice of answer ", held.advice_sequence(),
                  held.expired() ? " expired at " : " is held until ",
                  TimeUtil::ToString(held.expires()), "\n");
  for (const v1::SetpointValue& setpoint : held.setpoints()) {
    absl::StrAppend(&text, "  ", setpoint.setpoint(), " ", FormatNumber(setpoint.value(), 5), " ",
                    Unit(setpoint.unit()), "\n");
  }
  return text;
}

std::string DescribePlant(const v1::Plant& plant) {
  std::string text = absl::StrCat(plant.name(), ": ", plant.flowsheet().name(), ", registered ",
                                  TimeUtil::ToString(plant.create_time()), ", last answer ",
                                  plant.last_sequence(), "\n\n");
  Table setpoints({{.group = "", .title = "setpoint", .unit = ""},
                   {.group = "", .title = "unit", .unit = "", .left = true},
                   {.group = "", .title = "from", .unit = ""},
                   {.group = "", .title = "to", .unit = ""}});
  for (const v1::PlantQuantity& quantity : plant.quantities()) {
    if (!quantity.setpoint()) continue;
    setpoints.AddRow({quantity.name(), Unit(quantity.unit()), FormatNumber(quantity.min()),
                      FormatNumber(quantity.max())});
  }
  absl::StrAppend(&text, setpoints.Print(), "\nconstants: version ", plant.parameter_version(),
                  plant.parameter_version() == 0 ? " (as registered)" : "", "\n");
  if (plant.parameter_versions().empty()) return text;
  Table versions({{.group = "", .title = "version", .unit = ""},
                  {.group = "", .title = "state of", .unit = "", .left = true},
                  {.group = "", .title = "element", .unit = "", .left = true},
                  {.group = "", .title = "log10 K by", .unit = ""},
                  {.group = "", .title = "s.d.", .unit = ""},
                  {.group = "", .title = "before", .unit = ""}});
  for (const v1::ParameterVersion& version : plant.parameter_versions()) {
    for (const v1::ParameterOffset& offset : version.offsets()) {
      versions.AddRow({absl::StrCat(version.version()), TimeUtil::ToString(version.state_time()),
                       offset.element(), absl::StrFormat("%+.4f", offset.log10_k()),
                       absl::StrFormat("%.4f", offset.sd_log10()),
                       absl::StrFormat("%.4f", offset.prior_sd_log10())});
    }
  }
  return absl::StrCat(text, versions.Print());
}

std::string DescribeDemo(const service::PlantDemo& demo, int rows) {
  std::string text;
  if (!demo.constants.offsets().empty()) {
    absl::StrAppend(&text, "Constants inferred at rest, log10 K by:\n");
    for (int p = 0; p < demo.constants.offsets_size(); ++p) {
      const v1::ParameterOffset& offset = demo.constants.offsets(p);
      absl::StrAppend(&text, absl::StrFormat("  %-3s %+.4f, s.d. %.4f (in truth %+.4f, before 0 "
                                             "with s.d. %.4f)\n",
                                             offset.element(), offset.log10_k(), offset.sd_log10(),
                                             demo.true_log10_k[static_cast<std::size_t>(p)],
                                             offset.prior_sd_log10()));
    }
    absl::StrAppend(&text, "\n");
  }
  std::vector<Table::Column> columns = {{.group = "", .title = "time", .unit = "h"}};
  for (const std::string& setpoint : demo.setpoints) {
    const std::vector<std::string> parts = absl::StrSplit(setpoint, '.');
    columns.push_back({.group = "advised setpoints",
                       .title = parts.size() < 2 ? setpoint : parts[parts.size() - 2],
                       .unit = parts.back()});
  }
  for (const char* plant : {"purity, advised", "purity, fixed"}) {
    for (const auto& product : demo.advised.products) {
      columns.push_back({.group = plant, .title = product.name, .unit = "%"});
    }
  }
  Table table(std::move(columns));
  const std::size_t size = demo.hours.size();
  const std::size_t shown = rows <= 0 ? size : std::min(size, static_cast<std::size_t>(rows));
  for (std::size_t k = 0; k < shown; ++k) {
    const service::PlantDemoHour& hour = demo.hours[shown < 2 ? 0 : k * (size - 1) / (shown - 1)];
    std::vector<std::string> row = {
        absl::StrCat(FormatNumber(hour.hour, 3), hour.held ? " held" : "")};
    for (const double value : hour.setpoints) row.push_back(absl::StrFormat("%.4f", value));
    for (const double purity : hour.advised_purities) row.push_back(FormatPercent(purity));
    for (const double purity : hour.fixed_purities) row.push_back(FormatPercent(purity));
    table.AddRow(std::move(row));
  }
  absl::StrAppend(&text, table.Print(), "\n");
  Table totals({{.group = "", .title = "", .unit = ""},
                {.group = "", .title = "advised", .unit = ""},
                {.group = "", .title = "fixed", .unit = ""}});
  const auto row = [&](const std::string& name, const std::string& a, const std::string& b) {
    totals.AddRow({name, a, b});
  };
  const auto both = [&](const std::string& name, double a, double b) {
    row(name, FormatNumber(a), FormatNumber(b));
  };
  both("acid, kg HCl", demo.advised.acid_kg, demo.unadvised.acid_kg);
  both("base, kg NaOH", demo.advised.base_kg, demo.unadvised.base_kg);
  for (std::size_t p = 0; p < demo.advised.products.size(); ++p) {
    const auto& a = demo.advised.products[p];
    const auto& b = demo.unadvised.products[p];
    both(a.name + ", kg oxide", a.kg, b.kg);
    row(a.name + ", purity collected, %", FormatPercent(a.purity), FormatPercent(b.purity));
    row(a.name + ", worst purity, %", FormatPercent(a.worst_purity), FormatPercent(b.worst_purity));
    both(a.name + ", hours below its purity", a.hours_missed, b.hours_missed);
    row(a.name + ", recovery, %", FormatPercent(a.recovery), FormatPercent(b.recovery));
  }
  return absl::StrCat(text, totals.Print());
}

}  // namespace raffinate::cli
