#include "service/data/chemistry_check.h"

#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"

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
  for (int i = 0; i < data.feeds_size(); ++i) {
    CheckFeed(data.feeds(i), absl::StrCat("feeds[", i, "]"), context);
  }
  return std::move(context.problems);
}

void ChemistryChecker::CheckElements(const v1::ChemistryData& data, Context& context) {
  if (data.elements_size() > 0) context.Source("", data.source());
  for (int i = 0; i < data.elements_size(); ++i) {
    const v1::Element& element = data.elements(i);
    const std::string path = absl::StrCat("elements[", i, "]");
    context.Define(elements_, element.symbol(), "element", path);
    context.Positive(path + ".charge", element.charge());
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
  context.Source(path, system.source());
  if (system.law() == v1::ExtractantSystem::LAW_UNSPECIFIED) {
    context.Add(path + ".law", "no law given");
  }
  context.Finite(path + ".min_ph", system.min_ph());
  context.Finite(path + ".max_ph", system.max_ph());
  if (system.min_ph() > system.max_ph()) {
    context.Add(path + ".min_ph",
                absl::StrCat("found ", system.min_ph(), ", above max_ph ", system.max_ph()));
  }
  if (!(system.max_loading() >= 0 && system.max_loading() <= 1)) {
    context.Add(path + ".max_loading",
                absl::StrCat("found ", system.max_loading(), "; a share from 0 to 1 is needed"));
  }
  if (system.constants_size() == 0) context.Add(path + ".constants", "no constants given");
  std::map<std::string, std::string> seen;
  for (int i = 0; i < system.constants_size(); ++i) {
    const std::string at = absl::StrCat(path, ".constants[", i, "]");
    context.Define(seen, system.constants(i).element(), "the constant of", at);
    CheckConstant(system, system.constants(i), at, context);
  }
}

void ChemistryChecker::CheckConstant(const v1::ExtractantSystem& system,
                                     const v1::EquilibriumConstant& constant,
                                     const std::string& path, Context& context) {
  if (!Known(constant.element())) {
    context.Add(path, absl::StrCat("unknown element ", constant.element()));
  }
  context.Source(path, constant.source());
  if (constant.provenance() == v1::EquilibriumConstant::PROVENANCE_UNSPECIFIED) {
    context.Add(path + ".provenance",
                "no class given; measured, fitted, interpolated, extrapolated, reference or "
                "assumed is needed");
  }
  const auto law = system.law();
  const auto needs = [&](bool present, bool wanted, const char* field) {
    if (present == wanted || law == v1::ExtractantSystem::LAW_UNSPECIFIED) return;
    context.Add(path + "." + field, absl::StrCat(wanted ? "missing: " : "not used by: ", "law ",
                                                 v1::ExtractantSystem::Law_Name(law)));
  };
  const bool mass_action = law == v1::ExtractantSystem::MASS_ACTION_DIMER;
  needs(constant.has_log10_k(), mass_action, "log10_k");
  needs(constant.has_d(), law == v1::ExtractantSystem::CONSTANT_D, "d");
  needs(constant.has_beta(), law == v1::ExtractantSystem::CONSTANT_BETA, "beta");
  if (constant.has_dimers()) {
    needs(true, mass_action, "dimers");
    context.Positive(path + ".dimers", constant.dimers());
  }
  if (constant.has_log10_k()) context.Finite(path + ".log10_k", constant.log10_k());
  if (constant.has_d()) context.Positive(path + ".d", constant.d());
  if (constant.has_beta()) context.Positive(path + ".beta", constant.beta());
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
