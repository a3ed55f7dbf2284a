#include "service/data/chemistry_check.h"

#include <cmath>
#include <set>
#include <span>

#include "absl/strings/str_cat.h"
#include "optimizer/economics/data.h"
#include "optimizer/model/check_system.h"
#include "service/convert/chemistry.h"

namespace raffinate::service {

struct ChemistryChecker::Context {
  const std::string& file;
  const SourceMap& source;
  std::vector<FileProblem> problems;

  void Add(const std::string& path, std::string message) {
    const SourceLocation at = source.Find(path);
    problems.push_back({file, at.line, at.column, at.path, std::move(message)});
  }

  // Records where `name` is defined; a second definition is a problem.
  void Define(std::map<std::string, std::string>& names, const std::string& name,
              const std::string& what, const std::string& path) {
    const std::string here = absl::StrCat(file, ":", source.Find(path).line);
    const auto [it, is_new] = names.emplace(name, here);
    if (!is_new)
      Add(path, absl::StrCat(what, " ", name, " is defined twice, first at ", it->second));
  }

  void Positive(const std::string& path, double value) {
    if (!(value > 0) || !std::isfinite(value)) {
      Add(path, absl::StrCat("found ", value, "; a positive number is needed"));
    }
  }

  void Finite(const std::string& path, double value) {
    if (!std::isfinite(value)) Add(path, absl::StrCat("found ", value, "; a number is needed"));
  }

  void Class(const std::string& path, v1::EquilibriumConstant::Provenance found) {
    if (found != v1::EquilibriumConstant::PROVENANCE_UNSPECIFIED) return;
    Add(path,
        "no class given; measured, fitted, interpolated, extrapolated, reference or assumed "
        "is needed");
  }

  void Source(const std::string& path, const std::string& text) {
    if (text.empty()) {
      Add(absl::StrCat(path, path.empty() ? "" : ".", "source"),
          "no source given; every number needs one");
    }
  }
};

std::vector<FileProblem> ChemistryChecker::Check(const std::string& file, const SourceMap& source,
                                                 const v1::ChemistryData& data) {
  Context context{file, source, {}};
  CheckElements(data, context);
  for (int i = 0; i < data.extractant_systems_size(); ++i) {
    CheckSystem(data.extractant_systems(i), absl::StrCat("extractant_systems[", i, "]"), context);
  }
  for (int i = 0; i < data.hydroxides_size(); ++i) {
    CheckHydroxide(data.hydroxides(i), absl::StrCat("hydroxides[", i, "]"), context);
  }
  if (data.has_limits()) CheckLimits(data.limits(), context);
  for (int i = 0; i < data.feeds_size(); ++i) {
    CheckFeed(data.feeds(i), absl::StrCat("feeds[", i, "]"), context);
  }
  const auto check = [&](const auto& all, const char* field, const char* what,
                         std::map<std::string, std::string>& names,
                         std::span<const optimizer::NeededDatum> needed) {
    for (int i = 0; i < all.size(); ++i) {
      const std::string path = absl::StrCat(field, "[", i, "]");
      context.Define(names, all[i].name(), what, path);
      CheckDatum(all[i], path, context);
      for (const optimizer::NeededDatum& each : needed) {
        if (all[i].name() != each.name || all[i].unit() == each.unit) continue;
        context.Add(path + ".unit", absl::StrCat("found ", all[i].unit(), "; the figures read ",
                                                 each.name, " in ", each.unit));
      }
    }
  };
  check(data.prices(), "prices", "price", prices_, optimizer::NeededPrices());
  check(data.factors(), "factors", "factor", factors_, optimizer::NeededFactors());
  check(data.effluent_limits(), "effluent_limits", "limit", effluent_limits_, {});
  for (int i = 0; i < data.solvents_size(); ++i) {
    CheckSolvent(data.solvents(i), absl::StrCat("solvents[", i, "]"), context);
  }
  return std::move(context.problems);
}

void ChemistryChecker::CheckDatum(const v1::Datum& datum, const std::string& path,
                                  Context& context) {
  if (!(datum.value() >= 0) || !std::isfinite(datum.value())) {
    context.Add(path + ".value",
                absl::StrCat("found ", datum.value(), "; zero or a positive number is needed"));
  }
  const auto given = [&](const std::string& text, const char* field, const char* like) {
    if (text.empty()) {
      context.Add(absl::StrCat(path, ".", field), absl::StrCat("not given; needed is ", like));
    }
  };
  given(datum.unit(), "unit", "the unit of the value, as in USD/kg, or \"1\"");
  given(datum.date(), "date", "the year that the value is of");
  context.Class(path + ".provenance", datum.provenance());
  context.Source(path, datum.source());
  for (int i = 0; i < datum.elements_size(); ++i) {
    if (!Known(datum.elements(i))) {
      context.Add(absl::StrCat(path, ".elements[", i, "]"),
                  absl::StrCat("unknown element ", datum.elements(i)));
    }
  }
  if (datum.elements_size() > 0 && !(datum.min_purity() > 0 && datum.min_purity() <= 1)) {
    context.Add(
        path + ".min_purity",
        absl::StrCat("found ", datum.min_purity(),
                     "; the price of an oxide needs the share of it that is sold, up to 1"));
  }
}

void ChemistryChecker::CheckSolvent(const v1::Solvent& solvent, const std::string& path,
                                    Context& context) {
  context.Define(solvents_, solvent.name(), "solvent", path);
  context.Positive(path + ".density_kg_per_m3", solvent.density_kg_per_m3());
  context.Positive(path + ".carbon_share", solvent.carbon_share());
  if (solvent.name() != optimizer::kDiluent) {
    context.Positive(path + ".molar_mass_g_per_mol", solvent.molar_mass_g_per_mol());
  }
  if (!(solvent.solubility_mg_per_l() >= 0)) {
    context.Add(path + ".solubility_mg_per_l",
                absl::StrCat("found ", solvent.solubility_mg_per_l(), "; zero or more is needed"));
  }
  if (solvent.price().empty()) {
    context.Add(path + ".price", "not given; needed is the name of a price");
  }
  context.Class(path + ".provenance", solvent.provenance());
  context.Source(path, solvent.source());
}

void ChemistryChecker::CheckElements(const v1::ChemistryData& data, Context& context) {
  if (data.elements_size() > 0) context.Source("", data.source());
  for (int i = 0; i < data.elements_size(); ++i) {
    const v1::Element& element = data.elements(i);
    const std::string path = absl::StrCat("elements[", i, "]");
    context.Define(elements_, element.symbol(), "element", path);
    known_[element.symbol()].symbol = element.symbol();
    // Zero: a neutral molecule, as boric acid.
    if (!(element.charge() >= 0) || !std::isfinite(element.charge())) {
      context.Add(path + ".charge", absl::StrCat("found ", element.charge(),
                                                 "; the charge of a cation is needed, 0 of a "
                                                 "neutral molecule"));
    }
    context.Positive(path + ".mass_g_per_mol", element.mass_g_per_mol());
    if (element.oxide().empty()) {
      if (element.oxide_mass_g_per_mol() != 0) {
        context.Add(path + ".oxide_mass_g_per_mol", "an oxide mass without the formula `oxide`");
      }
      if (element.rare_earth()) {
        context.Add(path + ".oxide", "a rare earth needs the oxide in which it is quoted");
      }
    } else if (!(element.oxide_mass_g_per_mol() > element.mass_g_per_mol())) {
      context.Add(path + ".oxide_mass_g_per_mol",
                  absl::StrCat("found ", element.oxide_mass_g_per_mol(),
                               " g/mol; an oxide is heavier than its element, ",
                               element.mass_g_per_mol(), " g/mol"));
    }
  }
}

void ChemistryChecker::CheckSystem(const v1::ExtractantSystem& system, const std::string& path,
                                   Context& context) {
  context.Define(systems_, system.name(), "extractant system", path);
  optimizer::ExtractantSystem model;
  optimizer::Violations violations;
  FromProto(system, path, &model, &violations);
  // What could not be converted would only be missed again.
  if (violations.empty()) optimizer::CheckSystem(model, known_, path, &violations);
  for (const optimizer::Violation& violation : violations) {
    context.Add(violation.field, violation.description);
  }
  // A flowsheet may leave the class out and have an assumption; a data file says
  // what it knows.
  for (int i = 0; i < system.constants_size(); ++i) {
    const v1::EquilibriumConstant& constant = system.constants(i);
    const std::string at = absl::StrCat(path, ".constants[", i, "]");
    context.Class(at + ".provenance", constant.provenance());
    for (int k = 0; k < constant.complexes_size(); ++k) {
      context.Class(absl::StrCat(at, ".complexes[", k, "].provenance"),
                    constant.complexes(k).provenance());
    }
  }
  for (int i = 0; i < system.ligands_size(); ++i) {
    context.Class(absl::StrCat(path, ".ligands[", i, "].provenance"),
                  system.ligands(i).provenance());
  }
  const bool constant_ratios = system.law() == v1::ExtractantSystem::CONSTANT_D ||
                               system.law() == v1::ExtractantSystem::CONSTANT_BETA;
  if (!constant_ratios) {
    if (system.has_loading_limit()) {
      context.Class(path + ".loading_limit.provenance", system.loading_limit().provenance());
    } else {
      context.Add(path + ".loading_limit",
                  "missing; how much metal the organic takes, as in {share: 0.8, class: assumed, "
                  "source: ...}");
    }
  }
}

void ChemistryChecker::CheckHydroxide(const v1::Hydroxide& hydroxide, const std::string& path,
                                      Context& context) {
  context.Define(hydroxides_, hydroxide.element(), "the hydroxide of", path);
  if (!Known(hydroxide.element())) {
    context.Add(path, absl::StrCat("unknown element ", hydroxide.element()));
  }
  if (hydroxide.solids_size() == 0) {
    context.Add(path + ".solids", "none found; at least one solid form is needed");
  }
  std::set<std::string> forms;
  for (int i = 0; i < hydroxide.solids_size(); ++i) {
    const v1::HydroxideSolid& solid = hydroxide.solids(i);
    const std::string at = absl::StrCat(path, ".solids[", i, "]");
    if (!forms.insert(solid.form()).second) {
      context.Add(at, absl::StrCat("the form ", solid.form(), " is given twice"));
    }
    context.Finite(at + ".log10_ks", solid.log10_ks());
    context.Source(at, solid.source());
    context.Class(at + ".provenance", solid.provenance());
  }
  for (int i = 0; i < hydroxide.log10_hydrolysis_size(); ++i) {
    context.Finite(absl::StrCat(path, ".log10_hydrolysis[", i, "]"), hydroxide.log10_hydrolysis(i));
  }
  if (hydroxide.log10_hydrolysis_size() > 0) {
    context.Class(path + ".hydrolysis_provenance", hydroxide.hydrolysis_provenance());
    if (hydroxide.hydrolysis_source().empty()) {
      context.Add(path + ".hydrolysis_source", "no source given; every number needs one");
    }
  }
}

void ChemistryChecker::CheckLimits(const v1::OperatingLimits& limits, Context& context) {
  context.Positive("limits.min_organic_to_aqueous", limits.min_organic_to_aqueous());
  context.Positive("limits.max_organic_to_aqueous", limits.max_organic_to_aqueous());
  if (limits.min_organic_to_aqueous() > limits.max_organic_to_aqueous()) {
    context.Add("limits.min_organic_to_aqueous",
                absl::StrCat("found ", limits.min_organic_to_aqueous(),
                             ", above max_organic_to_aqueous ", limits.max_organic_to_aqueous()));
  }
  context.Source("limits", limits.source());
  context.Class("limits.provenance", limits.provenance());
}

void ChemistryChecker::CheckFeed(const v1::Feed& feed, const std::string& path, Context& context) {
  context.Define(feeds_, feed.name(), "feed", path);
  context.Source(path, feed.source());
  if (feed.metals_size() == 0) context.Add(path + ".metals", "no metals given");
  std::set<std::string> seen;
  for (int i = 0; i < feed.metals_size(); ++i) {
    const v1::FeedMetal& metal = feed.metals(i);
    const std::string at = absl::StrCat(path, ".metals[", i, "]");
    if (!Known(metal.element())) {
      context.Add(at, absl::StrCat("unknown element ", metal.element()));
    }
    if (!seen.insert(metal.element()).second) {
      context.Add(at, absl::StrCat("element ", metal.element(), " is given twice"));
    }
    context.Positive(at + ".mol_per_l", metal.mol_per_l());
  }
  if (!(feed.hcl_mol_per_l() >= 0) || !std::isfinite(feed.hcl_mol_per_l())) {
    context.Add(path + ".hcl_mol_per_l",
                absl::StrCat("found ", feed.hcl_mol_per_l(), "; zero or more is needed"));
  }
}

}  // namespace raffinate::service
