#include "clients/cli/extractant_constants.h"

#include <algorithm>
#include <cmath>
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

constexpr int kIndent = 10;

std::string Line(const char* title, const std::string& text) {
  return Wrap(absl::StrFormat("%-10s%s", absl::StrCat(title, ":"), text), kIndent);
}

// As it was written: constants are not padded to four digits.
std::string Short(double value) { return absl::StrFormat("%.6g", value); }

std::string WithDoi(const std::string& source, const std::string& doi) {
  return doi.empty() ? source : absl::StrCat(source, " doi:", doi);
}

bool HasConstants(const System& system) {
  return system.law() != System::CONSTANT_D && system.law() != System::CONSTANT_BETA;
}

std::string Free(const System& system) {
  if (system.law() == System::SOLVATION) return "extractant";  // nobody calls TBP a monomer
  return system.basis() == System::MONOMER ? "monomer" : "dimer";
}

std::string LawText(const System& system) {
  const std::string name = absl::AsciiStrToLower(System::Law_Name(system.law()));
  switch (system.law()) {
    case System::MASS_ACTION_DIMER:
      return absl::StrCat(name, ", D = K C^m / h^z, C free ", Free(system), ", in ", system.unit());
    case System::CORRELATION:
      return absl::StrCat(name, ", log10 D = log10 K + the terms below, C free ", Free(system),
                          " in units of ", system.unit(), ", L loading");
    case System::SOLVATION:
      return absl::StrCat(name, ", D = K X^n E^p, X free ", AnionName(system),
                          ", E free extractant, in ", system.unit());
    default:
      return name;
  }
}

std::string Numbers(const google::protobuf::RepeatedField<double>& numbers) {
  return absl::StrJoin(
      numbers, ", ", [](std::string* out, double number) { absl::StrAppend(out, Short(number)); });
}

std::string AqueousText(const System& system) {
  std::string text = AnionName(system);
  switch (system.activity()) {
    case System::DAVIES:
      absl::StrAppend(&text, ", activity coefficients by Davies, constants at ionic strength 0");
      break;
    case System::SIT:
      absl::StrAppend(&text, ", activity coefficients by SIT, constants at ionic strength 0, ",
                      "epsilon of H ", Short(system.proton_epsilon()), " kg/mol");
      break;
    default:
      absl::StrAppend(&text, ", ideal");
  }
  return text;
}

std::string LigandText(const System& system, const v1::Ligand& ligand) {
  std::string text = absl::StrCat(ligand.name(), ", charge -", Short(ligand.charge()));
  if (ligand.log10_protonation_size() > 0) {
    absl::StrAppend(&text, ", log10 of ", ligand.log10_protonation_size() == 1 ? "H" : "H, H2, ...",
                    " ", Numbers(ligand.log10_protonation()));
  }
  if (system.activity() == System::SIT) {
    absl::StrAppend(&text, ", epsilon ", Short(ligand.epsilon()), " kg/mol");
  }
  return absl::StrCat(text, " (", ClassName(ligand.provenance()),
                      "): ", WithDoi(ligand.source(), ligand.doi()));
}

std::string MeasuredText(const System& system) {
  const v1::Validity& range = system.validity();
  return absl::StrCat(
      "pH ", Range(range.has_min_ph(), range.min_ph(), range.max_ph(), ""), "; free ", Free(system),
      " ",
      Range(range.has_min_free_extractant_mol_per_l(), range.min_free_extractant_mol_per_l(),
            range.max_free_extractant_mol_per_l(), " mol/L"),
      "; loading ",
      range.has_max_loading() ? absl::StrFormat("up to %.3g %%", 100 * range.max_loading())
                              : "not stated",
      "; temperature ",
      Range(range.has_min_temperature_celsius(), range.min_temperature_celsius(),
            range.max_temperature_celsius(), " degC"));
}

/// Sources in the order in which they come up.
class Notes {
 public:
  std::string Number(const std::string& source, const std::string& doi) {
    const std::string note = WithDoi(source, doi);
    auto found = std::find(notes_.begin(), notes_.end(), note);
    if (found == notes_.end()) found = notes_.insert(notes_.end(), note);
    return absl::StrCat("[", found - notes_.begin() + 1, "]");
  }
  std::string Print() const {
    std::string out;
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      absl::StrAppend(&out, Wrap(absl::StrCat("[", i + 1, "] ", notes_[i]), 4));
    }
    return out;
  }

 private:
  std::vector<std::string> notes_;
};

std::string Optional(bool has, double value, int digits = 6) {
  return has ? FormatNumber(value, digits) : "-";
}

std::string Value(const System& system, const Constant& constant) {
  switch (system.law()) {
    case System::CONSTANT_D:
      return FormatNumber(constant.d());
    case System::CONSTANT_BETA:
      return FormatNumber(constant.beta());
    default:
      return absl::StrFormat("%.4f", constant.log10_k());
  }
}

/// A column of the table of constants, and what it says of each.
struct Column {
  Table::Column head;
  std::string (*cell)(const Constant&);
};

template <class Has>
bool Any(const System& system, const Has& has) {
  return std::any_of(system.constants().begin(), system.constants().end(), has);
}

// Those between the value with its error and the class.
std::vector<Column> LawColumns(const System& system) {
  std::vector<Column> columns;
  const auto add = [&](const char* title, const char* unit, auto cell, bool left = false) {
    columns.push_back({{.group = "", .title = title, .unit = unit, .left = left}, cell});
  };
  switch (system.law()) {
    case System::CORRELATION:
      add(
          "terms", "", [](const Constant& c) { return Terms(c); }, true);
      add("binds", "",
          [](const Constant& c) { return Optional(c.has_extractants(), c.extractants(), 3); });
      break;
    case System::SOLVATION:
      // Where nothing is said n is the charge, which the server knows.
      add("n", "", [](const Constant& c) { return Optional(c.has_anions(), c.anions(), 3); });
      add("p", "",
          [](const Constant& c) { return Optional(c.has_extractants(), c.extractants(), 3); });
      break;
    default:
      add("m", "", [](const Constant& c) { return Optional(c.has_dimers(), c.dimers(), 3); });
  }
  if (Any(system, [](const Constant& c) { return c.has_enthalpy_kj_per_mol(); })) {
    add("enthalpy", "kJ/mol", [](const Constant& c) {
      return Optional(c.has_enthalpy_kj_per_mol(), c.enthalpy_kj_per_mol(), 3);
    });
  }
  if (system.activity() == System::SIT) {
    add("epsilon", "kg/mol", [](const Constant& c) { return Short(c.epsilon()); });
  }
  return columns;
}

std::string SpeciesTable(const System& system) {
  Table table({{.group = "", .title = "element", .unit = ""},
               {.group = "", .title = "log10 K", .unit = ""},
               {.group = "", .title = "m", .unit = ""},
               {.group = "", .title = system.second_extractant(), .unit = ""}});
  for (const Constant& constant : system.constants()) {
    for (const v1::MixedSpecies& species : constant.species()) {
      table.AddRow({constant.element(), absl::StrFormat("%.4f", species.log10_k()),
                    Short(species.dimers()), Short(species.second())});
    }
  }
  return absl::StrCat("\nFurther species, of class and source of the constant\n", table.Print());
}

std::string ComplexTable(const System& system, Notes* notes) {
  Table table({{.group = "", .title = "element", .unit = ""},
               {.group = "", .title = "ligand", .unit = "", .left = true},
               {.group = "", .title = "log10 beta", .unit = "", .left = true},
               {.group = "", .title = "class", .unit = "", .left = true},
               {.group = "", .title = "source", .unit = "", .left = true}});
  for (const Constant& constant : system.constants()) {
    for (const v1::Complexes& complexes : constant.complexes()) {
      table.AddRow({constant.element(), complexes.ligand(), Numbers(complexes.log10_beta()),
                    ClassName(complexes.provenance()),
                    notes->Number(complexes.source(), complexes.doi())});
    }
  }
  return absl::StrCat("\nAqueous complexes, cumulative constants\n", table.Print());
}

}  // namespace

std::string ClassName(Constant::Provenance provenance) {
  if (provenance == Constant::PROVENANCE_UNSPECIFIED) return "-";
  return absl::AsciiStrToLower(Constant::Provenance_Name(provenance));
}

std::string AnionName(const System& system) {
  switch (system.medium()) {
    case System::NITRATE:
      return "nitrate";
    case System::SULPHATE:
      return "sulphate";
    default:
      return "chloride";
  }
}

std::string Range(bool has, double low, double high, const std::string& unit) {
  if (!has) return "not stated";
  const std::string from = absl::StrFormat("%.4g", low), to = absl::StrFormat("%.4g", high);
  return absl::StrCat(from, from == to ? "" : absl::StrCat(" to ", to), unit);
}

std::string Terms(const Constant& constant) {
  std::string out;
  for (const v1::CorrelationTerm& term : constant.terms()) {
    const bool negative = std::signbit(term.coefficient());
    absl::StrAppend(&out, out.empty() ? (negative ? "-" : "") : (negative ? " - " : " + "),
                    Short(std::fabs(term.coefficient())));
    const auto power = [&](const char* name, int exponent) {
      if (exponent == 0) return;
      absl::StrAppend(&out, " ", name, exponent == 1 ? "" : absl::StrCat("^", exponent));
    };
    power("pH", term.ph());
    power("C", term.c());
    power(term.log_c() > 1 ? "(lg C)" : "lg C", term.log_c());
    power("L", term.loading());
  }
  return out.empty() ? "-" : out;
}

std::string Head(const System& system) {
  std::string out =
      absl::StrCat(Wrap(absl::StrCat(system.name(), ": ", system.description()), 2), "\n");
  absl::StrAppend(&out, Line("law", LawText(system)));
  if (!system.second_extractant().empty()) {
    absl::StrAppend(&out, Line("second", absl::StrCat(system.second_extractant(),
                                                      ", a second extractant in the organic")));
  }
  if (HasConstants(system)) {
    absl::StrAppend(&out, Line("measured", MeasuredText(system)),
                    Line("medium", system.validity().medium()),
                    Line("aqueous", AqueousText(system)));
    for (const v1::Ligand& ligand : system.ligands()) {
      absl::StrAppend(&out, Line("ligand", LigandText(system, ligand)));
    }
  }
  const bool enthalpies =
      Any(system, [](const Constant& c) { return c.has_enthalpy_kj_per_mol(); });
  if (enthalpies || system.has_reference_temperature_celsius()) {
    constexpr double kDefault = 25;
    const double at = system.has_reference_temperature_celsius()
                          ? system.reference_temperature_celsius()
                          : kDefault;
    absl::StrAppend(
        &out, Line("holds at", absl::StrCat(Short(at), " degC",
                                            enthalpies ? ", elsewhere by their enthalpies" : "")));
  }
  if (system.has_loading_limit()) {
    const v1::LoadingLimit& limit = system.loading_limit();
    absl::StrAppend(
        &out, Line("limit", absl::StrFormat("metals bind up to %.3g %% of it (%s): %s",
                                            100 * limit.share(), ClassName(limit.provenance()),
                                            WithDoi(limit.source(), limit.doi()))));
  }
  return absl::StrCat(out, Line("source", WithDoi(system.source(), system.doi())));
}

std::string Constants(const System& system) {
  const char* value = system.law() == System::CONSTANT_D      ? "D"
                      : system.law() == System::CONSTANT_BETA ? "beta"
                                                              : "log10 K";
  const std::vector<Column> columns = LawColumns(system);
  std::vector<Table::Column> heads = {{.group = "", .title = "element", .unit = ""},
                                      {.group = "", .title = value, .unit = ""},
                                      {.group = "", .title = "s.e.", .unit = "log10"}};
  for (const Column& column : columns) heads.push_back(column.head);
  heads.push_back({.group = "", .title = "class", .unit = "", .left = true});
  heads.push_back({.group = "", .title = "source", .unit = "", .left = true});
  Table table(std::move(heads));
  Notes notes;
  for (const Constant& constant : system.constants()) {
    std::vector<std::string> row = {constant.element(), Value(system, constant),
                                    constant.has_log10_standard_error()
                                        ? absl::StrFormat("%.3f", constant.log10_standard_error())
                                        : "-"};
    for (const Column& column : columns) row.push_back(column.cell(constant));
    row.push_back(ClassName(constant.provenance()));
    row.push_back(notes.Number(constant.source(), constant.doi()));
    table.AddRow(std::move(row));
  }
  std::string out = table.Print();
  if (Any(system, [](const Constant& c) { return c.species_size() > 0; })) {
    absl::StrAppend(&out, SpeciesTable(system));
  }
  if (Any(system, [](const Constant& c) { return c.complexes_size() > 0; })) {
    absl::StrAppend(&out, ComplexTable(system, &notes));
  }
  return absl::StrCat(out, notes.Print());
}

}  // namespace raffinate::cli
