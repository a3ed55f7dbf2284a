#include "clients/cli/fit_report.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/csv.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

using Response = v1::FitExtractantSystemResponse;

std::string Share(bool has, double value) { return has ? absl::StrFormat("%.4f", value) : "-"; }

std::string Signed(double value) { return absl::StrFormat("%+.4f", value); }

std::string Line(const char* name, const v1::Agreement& a) {
  return absl::StrFormat("%-36s rms %.4f of the feed, bias %+.4f, R2 %.4f, %d values\n", name,
                         a.rms_of_feed(), a.bias_of_feed(), a.r_squared(), a.values());
}

std::string Parameters(const Response& fit) {
  Table table({{.group = "", .title = "parameter", .unit = ""},
               {.group = "", .title = "start", .unit = ""},
               {.group = "", .title = "fitted", .unit = ""},
               {.group = "", .title = "s.e.", .unit = ""},
               {.group = "", .title = "95 % interval", .unit = "", .left = true},
               {.group = "", .title = "shared by", .unit = "", .left = true}});
  for (const v1::FittedParameter& p : fit.parameters()) {
    table.AddRow({p.name(), absl::StrFormat("%.4f", p.start()), absl::StrFormat("%.4f", p.value()),
                  Share(p.has_standard_error(), p.standard_error()),
                  p.at_bound()  ? "at its bound"
                  : p.has_low() ? absl::StrFormat("%.3f to %.3f", p.low(), p.high())
                                : "-",
                  p.elements_size() > 1 ? absl::StrJoin(p.elements(), " ") : "-"});
  }
  return table.Print();
}

template <class Parts, class Name>
std::string Agreements(const Parts& parts, const char* title, const Name& name) {
  Table table({{.group = "", .title = title, .unit = ""},
               {.group = "", .title = "values", .unit = ""},
               {.group = "rms of feed", .title = "before", .unit = ""},
               {.group = "rms of feed", .title = "fitted", .unit = ""},
               {.group = "bias of feed", .title = "before", .unit = ""},
               {.group = "bias of feed", .title = "fitted", .unit = ""}});
  for (const auto& part : parts) {
    table.AddRow({name(part), std::to_string(part.after().values()),
                  Share(part.has_before(), part.before().rms_of_feed()),
                  Share(true, part.after().rms_of_feed()),
                  part.has_before() ? Signed(part.before().bias_of_feed()) : "-",
                  Signed(part.after().bias_of_feed())});
  }
  return table.Print();
}

std::string LeftOut(const Response& fit) {
  Table table({{.group = "", .title = "source left out", .unit = ""},
               {.group = "", .title = "flasks", .unit = ""},
               {.group = "", .title = "values", .unit = ""},
               {.group = "rms of feed", .title = "before", .unit = ""},
               {.group = "rms of feed", .title = "by the others", .unit = ""},
               {.group = "", .title = "note", .unit = "", .left = true}});
  for (const v1::SourceAgreement& source : fit.sources()) {
    table.AddRow({source.source(), std::to_string(source.contacts()),
                  source.has_left_out() ? std::to_string(source.left_out().values()) : "-",
                  Share(source.has_left_out_before(), source.left_out_before().rms_of_feed()),
                  Share(source.has_left_out(), source.left_out().rms_of_feed()),
                  source.note().empty() ? "-" : source.note()});
  }
  return table.Print();
}

std::string Largest(const Response& fit, const EquilibriaFile& data, int rows) {
  std::vector<const v1::FitResidual*> order;
  for (const v1::FitResidual& residual : fit.residuals()) order.push_back(&residual);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::fabs(a->error_of_feed()) > std::fabs(b->error_of_feed());
  });
  if (static_cast<int>(order.size()) > rows) order.resize(static_cast<std::size_t>(rows));
  Table table({{.group = "", .title = "line", .unit = ""},
               {.group = "", .title = "source", .unit = "", .left = true},
               {.group = "", .title = "element", .unit = "", .left = true},
               {.group = "raffinate", .title = "measured", .unit = "mol/L"},
               {.group = "raffinate", .title = "fitted", .unit = "mol/L"},
               {.group = "", .title = "error", .unit = "of feed"},
               {.group = "", .title = "pH", .unit = ""},
               {.group = "", .title = "loading", .unit = ""}});
  for (const v1::FitResidual* r : order) {
    const auto c = static_cast<std::size_t>(r->contact());
    table.AddRow({std::to_string(data.lines[c]), data.contacts[c].source(), r->element(),
                  FormatNumber(r->measured_mol_per_l(), 3), FormatNumber(r->fitted_mol_per_l(), 3),
                  Signed(r->error_of_feed()), absl::StrFormat("%.2f", r->ph()),
                  absl::StrFormat("%.3f", r->loading())});
  }
  return table.Print();
}

}  // namespace

std::string Report(const Response& fit, const EquilibriaFile& data, int rows) {
  std::string out;
  if (fit.parameters_size() > 0) absl::StrAppend(&out, Parameters(fit), "\n");
  if (fit.has_before()) out += Line("with the starting constants", fit.before());
  if (fit.parameters_size() > 0) out += Line("fitted", fit.after());
  if (fit.has_left_out_before()) {
    out += Line("left-out sources, starting constants", fit.left_out_before());
  }
  if (fit.has_left_out()) out += Line("left-out sources, by the others", fit.left_out());
  if (fit.parameters_size() > 0) {
    absl::StrAppendFormat(
        &out,
        "residual s.d. %.4f of the feed, %.0f degrees of freedom (%.1f effective), "
        "design effect %.2f\n",
        fit.residual_sd(), fit.degrees_of_freedom(), fit.effective_degrees_of_freedom(),
        fit.design_effect());
  }
  for (const std::string& note : fit.notes()) {
    absl::StrAppend(&out, Wrap(absl::StrCat("note: ", note), 2));
  }
  absl::StrAppend(
      &out, "\n", Agreements(fit.elements(), "element", [](const auto& e) { return e.element(); }),
      "\n", Agreements(fit.sources(), "source", [](const auto& s) { return s.source(); }));
  if (fit.has_left_out()) absl::StrAppend(&out, "\n", LeftOut(fit));
  if (rows > 0) absl::StrAppend(&out, "\nLargest residuals\n", Largest(fit, data, rows));
  return out;
}

std::string ResidualsCsv(const Response& fit, const EquilibriaFile& data) {
  std::string out =
      "line,source,element,measured_mol_per_l,before_mol_per_l,fitted_mol_per_l,error_of_feed,ph,"
      "loading\n";
  for (const v1::FitResidual& r : fit.residuals()) {
    const auto c = static_cast<std::size_t>(r.contact());
    absl::StrAppend(&out, data.lines[c], ",", CsvCell(data.contacts[c].source()), ",", r.element(),
                    ",", r.measured_mol_per_l(), ",",
                    r.has_before_mol_per_l() ? absl::StrFormat("%.6g", r.before_mol_per_l()) : "",
                    ",",
                    absl::StrFormat("%.6g,%.5f,%.3f,%.4f\n", r.fitted_mol_per_l(),
                                    r.error_of_feed(), r.ph(), r.loading()));
  }
  return out;
}

}  // namespace raffinate::cli
