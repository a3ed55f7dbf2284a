#include "clients/cli/extractants.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/extractant_constants.h"
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

std::string Factors(const v1::EvaluateExtractantSystemResponse& evaluation) {
  const System& system = evaluation.extractant_system();
  std::string out = "Separation factors, each against the element before";
  if (system.law() == System::MASS_ACTION_DIMER || system.law() == System::CORRELATION) {
    absl::StrAppend(&out, absl::StrFormat(", at pH %.3g and %.3g mol/L of free dimer",
                                          evaluation.ph(), evaluation.free_dimer_mol_per_l()));
  } else if (system.law() == System::SOLVATION) {
    const double units = system.basis() == System::MONOMER ? 2 : 1;
    absl::StrAppend(&out,
                    absl::StrFormat(", at 1 mol/L of free %s and %.3g mol/L of free extractant",
                                    AnionName(system), units * evaluation.free_dimer_mol_per_l()));
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

// Runs of the lanthanides as "La-Dy", the others one by one; in as many lines as a table needs.
std::vector<std::string> Coverage(const System& system) {
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
  // Beside the other columns a line then has at most 100 characters.
  constexpr std::size_t kWidth = 36;
  std::vector<std::string> lines = {""};
  for (const std::string& part : parts) {
    if (lines.back().size() + 1 + part.size() > kWidth) lines.emplace_back();
    absl::StrAppend(&lines.back(), lines.back().empty() ? "" : " ", part);
  }
  return lines;
}

}  // namespace

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
               {.group = "", .title = "medium", .unit = "", .left = true},
               {.group = "", .title = "weakest", .unit = "", .left = true},
               {.group = "", .title = "elements", .unit = "", .left = true}});
  for (const System& system : all.extractant_systems()) {
    const System::Medium medium =
        system.medium() == System::MEDIUM_UNSPECIFIED ? System::CHLORIDE : system.medium();
    const std::vector<std::string> elements = Coverage(system);
    table.AddRow({system.name(), LawName(system),
                  absl::AsciiStrToLower(System::Medium_Name(medium)),
                  ClassName(WeakestClass(system)), elements.front()});
    for (std::size_t more = 1; more < elements.size(); ++more) {
      table.AddRow({"", "", "", "", elements[more]});
    }
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
