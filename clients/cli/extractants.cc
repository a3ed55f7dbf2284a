#include "clients/cli/extractants.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

using Constant = v1::EquilibriumConstant;
using System = v1::ExtractantSystem;

std::string LawName(const System& system) {
  return absl::AsciiStrToLower(System::Law_Name(system.law()));
}

std::string Optional(bool has, double value, int digits = 6) {
  return has ? FormatNumber(value, digits) : "-";
}

std::string WithDoi(const std::string& source, const std::string& doi) {
  return doi.empty() ? source : absl::StrCat(source, " doi:", doi);
}

// "0.1 to 2.5 mol/L", "25 degC", "not stated".
std::string Range(bool has, double low, double high, const std::string& unit) {
  if (!has) return "not stated";
  const std::string from = absl::StrFormat("%.4g", low), to = absl::StrFormat("%.4g", high);
  return absl::StrCat(from, from == to ? "" : absl::StrCat(" to ", to), unit);
}

std::string Free(const System& system) {
  return system.basis() == System::MONOMER ? "monomer" : "dimer";
}

std::string Head(const System& system) {
  constexpr int kIndent = 10;
  std::string out =
      absl::StrCat(Wrap(absl::StrCat(system.name(), ": ", system.description()), 2), "\n");
  std::string law = absl::StrCat("law:      ", LawName(system));
  if (system.law() == System::MASS_ACTION_DIMER) {
    absl::StrAppend(&law, ", D = K C^m / h^z, C free ", Free(system), ", in ", system.unit());
  }
  absl::StrAppend(&out, Wrap(law, kIndent));
  if (system.law() == System::MASS_ACTION_DIMER) {
    const v1::Validity& range = system.validity();
    const std::string measured = absl::StrCat(
        "measured: pH ", Range(range.has_min_ph(), range.min_ph(), range.max_ph(), ""), "; free ",
        Free(system), " ",
        Range(range.has_min_free_extractant_mol_per_l(), range.min_free_extractant_mol_per_l(),
              range.max_free_extractant_mol_per_l(), " mol/L"),
        "; loading ",
        range.has_max_loading() ? absl::StrFormat("up to %.3g %%", 100 * range.max_loading())
                                : "not stated",
        "; temperature ",
        Range(range.has_min_temperature_celsius(), range.min_temperature_celsius(),
              range.max_temperature_celsius(), " degC"));
    absl::StrAppend(&out, Wrap(measured, kIndent),
                    Wrap(absl::StrCat("medium:   ", range.medium()), kIndent));
  }
  if (system.has_loading_limit()) {
    const v1::LoadingLimit& limit = system.loading_limit();
    const std::string text =
        absl::StrFormat("limit:    metals bind up to %.3g %% of it (%s): %s", 100 * limit.share(),
                        ClassName(limit.provenance()), WithDoi(limit.source(), limit.doi()));
    absl::StrAppend(&out, Wrap(text, kIndent));
  }
  const std::string source = absl::StrCat("source:   ", WithDoi(system.source(), system.doi()));
  return absl::StrCat(out, Wrap(source, kIndent));
}

std::string Constants(const System& system) {
  std::vector<std::string> notes;
  const bool mass_action = system.law() == System::MASS_ACTION_DIMER;
  const char* value = mass_action ? "log10 K" : system.law() == System::CONSTANT_D ? "D" : "beta";
  Table table({{.group = "", .title = "element", .unit = ""},
               {.group = "", .title = value, .unit = ""},
               {.group = "", .title = "s.e.", .unit = "log10"},
               {.group = "", .title = "m", .unit = ""},
               {.group = "", .title = "class", .unit = "", .left = true},
               {.group = "", .title = "source", .unit = "", .left = true}});
  for (const Constant& constant : system.constants()) {
    const std::string note = WithDoi(constant.source(), constant.doi());
    auto found = std::find(notes.begin(), notes.end(), note);
    if (found == notes.end()) found = notes.insert(notes.end(), note);
    const double number = mass_action                          ? constant.log10_k()
                          : system.law() == System::CONSTANT_D ? constant.d()
                                                               : constant.beta();
    table.AddRow(
        {constant.element(), mass_action ? absl::StrFormat("%.4f", number) : FormatNumber(number),
         constant.has_log10_standard_error()
             ? absl::StrFormat("%.3f", constant.log10_standard_error())
             : "-",
         Optional(constant.has_dimers(), constant.dimers(), 3), ClassName(constant.provenance()),
         absl::StrCat("[", found - notes.begin() + 1, "]")});
  }
  std::string out = table.Print();
  for (std::size_t i = 0; i < notes.size(); ++i) {
    absl::StrAppend(&out, Wrap(absl::StrCat("[", i + 1, "] ", notes[i]), 4));
  }
  return out;
}

std::string Factors(const v1::EvaluateExtractantSystemResponse& evaluation) {
  const System& system = evaluation.extractant_system();
  std::string out = "Separation factors, each against the element before";
  if (system.law() == System::MASS_ACTION_DIMER) {
    absl::StrAppend(&out, absl::StrFormat(", at pH %.3g and %.3g mol/L of free dimer",
                                          evaluation.ph(), evaluation.free_dimer_mol_per_l()));
  }
  absl::StrAppend(&out, "\n");
  for (const std::string& note : evaluation.notes()) {
    absl::StrAppend(&out, Wrap(absl::StrCat("note: ", note), 2));
  }
  Table table({{.group = "", .title = "element", .unit = ""},
               {.group = "", .title = "D", .unit = ""},
               {.group = "", .title = "factor", .unit = ""},
               {.group = "", .title = "s.e.", .unit = "log10"},
               {.group = "", .title = "class", .unit = "", .left = true},
               {.group = "", .title = "with the state", .unit = "", .left = true}});
  for (const v1::ElementDistribution& element : evaluation.elements()) {
    const bool has = element.has_separation_factor();
    table.AddRow({element.element(), FormatNumber(element.d(), 3),
                  Optional(has, element.separation_factor(), 3),
                  element.has_separation_factor_log10_standard_error()
                      ? absl::StrFormat("%.3f", element.separation_factor_log10_standard_error())
                      : "-",
                  has ? ClassName(element.separation_factor_class()) : "-",
                  !has                         ? "-"
                  : element.depends_on_state() ? "changes"
                                               : "constant"});
  }
  return out + table.Print();
}

// Runs of the lanthanides as "La-Dy", the others one by one.
std::string Coverage(const System& system) {
  constexpr const char* kSeries[] = {"La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd",
                                     "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"};
  const auto has = [&](const std::string& element) {
    return std::any_of(system.constants().begin(), system.constants().end(),
                       [&](const Constant& constant) { return constant.element() == element; });
  };
  std::vector<std::string> parts;
  constexpr std::size_t kCount = std::size(kSeries);
  for (std::size_t first = 0; first < kCount;) {
    std::size_t end = first;
    while (end < kCount && has(kSeries[end])) ++end;
    if (end > first + 1) {
      parts.push_back(absl::StrCat(kSeries[first], "-", kSeries[end - 1]));
    } else if (end > first) {
      parts.emplace_back(kSeries[first]);
    }
    first = std::max(end, first + 1);
  }
  for (const Constant& constant : system.constants()) {
    if (std::find(std::begin(kSeries), std::end(kSeries), constant.element()) ==
        std::end(kSeries)) {
      parts.push_back(constant.element());
    }
  }
  return absl::StrJoin(parts, " ");
}

}  // namespace

std::string ClassName(Constant::Provenance provenance) {
  if (provenance == Constant::PROVENANCE_UNSPECIFIED) return "-";
  return absl::AsciiStrToLower(Constant::Provenance_Name(provenance));
}

Constant::Provenance WeakestClass(const System& system) {
  constexpr Constant::Provenance kFromStrong[] = {Constant::MEASURED,     Constant::FITTED,
                                                  Constant::REFERENCE,    Constant::INTERPOLATED,
                                                  Constant::EXTRAPOLATED, Constant::ASSUMED};
  Constant::Provenance weakest = Constant::PROVENANCE_UNSPECIFIED;
  for (const Constant::Provenance each : kFromStrong) {
    for (const Constant& constant : system.constants()) {
      const bool base = constant.element() == "Na" || constant.element() == "NH4";
      if (!base && constant.provenance() == each) weakest = each;
    }
  }
  return weakest;
}

std::string ListOf(const v1::ListExtractantSystemsResponse& all) {
  Table table({{.group = "", .title = "name", .unit = ""},
               {.group = "", .title = "law", .unit = "", .left = true},
               {.group = "", .title = "pH", .unit = "", .left = true},
               {.group = "", .title = "weakest class", .unit = "", .left = true},
               {.group = "", .title = "elements", .unit = "", .left = true}});
  for (const System& system : all.extractant_systems()) {
    const v1::Validity& range = system.validity();
    table.AddRow({system.name(), LawName(system),
                  range.has_min_ph() ? Range(true, range.min_ph(), range.max_ph(), "") : "-",
                  ClassName(WeakestClass(system)), Coverage(system)});
  }
  return table.Print();
}

std::string Describe(const v1::EvaluateExtractantSystemResponse& evaluation) {
  const System& system = evaluation.extractant_system();
  return absl::StrCat(Head(system), "weakest:  ", ClassName(evaluation.weakest_class()),
                      " (Na and NH4 not counted)\n\n", Constants(system), "\n",
                      Factors(evaluation));
}

}  // namespace raffinate::cli
