#include "optimizer/model/check_system.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kernels/equilibrium.h"
#include "optimizer/model/check_covariance.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

using Quantity = Validity::Quantity;

const char* LawName(Law law) {
  switch (law) {
    case Law::kMassActionDimer:
      return "MASS_ACTION_DIMER";
    case Law::kConstantD:
      return "CONSTANT_D";
    case Law::kConstantBeta:
      return "CONSTANT_BETA";
    case Law::kCorrelation:
      return "CORRELATION";
    case Law::kSolvation:
      return "SOLVATION";
  }
  return "";
}

/// One system under examination.
class Check {
 public:
  Check(const ExtractantSystem& system, const std::map<std::string, Element>& elements,
        std::string path, Violations* violations)
      : system_(system), elements_(elements), path_(std::move(path)), violations_(violations) {}

  void All() {
    Source(path_, system_.source, system_.doi);
    BasisAndUnit();
    Ranges();
    if (system_.loading_limit) Limit(*system_.loading_limit);
    Ligands();
    ActivityAndTemperature();
    if (system_.constants.empty()) {
      Add(path_ + ".constants", "none found; a system needs at least one element");
    }
    std::set<std::string> seen;
    for (std::size_t k = 0; k < system_.constants.size(); ++k) {
      const std::string at = absl::StrCat(path_, ".constants[", k, "]");
      const EquilibriumConstant& constant = system_.constants[k];
      if (!seen.insert(constant.element).second) {
        Add(at + ".element", absl::StrCat("'", constant.element, "' is listed twice in ",
                                          system_.name, "; one element has one constant"));
      }
      Constant(constant, at);
    }
    CheckCovariance(system_, path_ + ".covariance", violations_);
  }

 private:
  bool mass_action() const { return system_.law == Law::kMassActionDimer; }
  bool solvation() const { return system_.law == Law::kSolvation; }
  bool correlation() const { return system_.law == Law::kCorrelation; }
  bool counts_extractant() const { return CountsExtractant(system_.law); }

  void Add(std::string field, std::string description) {
    violations_->push_back({std::move(field), std::move(description)});
  }

  void Source(const std::string& at, const std::string& source, const std::string& doi) {
    if (source.empty()) {
      Add(at + ".source",
          "missing; every number needs a source: a publication, a rule, or whose guess it is");
    }
    const bool good = absl::StartsWith(doi, "10.") && absl::StrContains(doi, '/');
    if (!doi.empty() && !good) {
      Add(at + ".doi", absl::StrCat("found '", doi,
                                    "'; a DOI is written 10.1016/j.hydromet..., "
                                    "without 'doi:' or an address"));
    }
  }

  void BasisAndUnit() {
    if (!counts_extractant()) {
      if (system_.basis != Basis::kUnstated) {
        Add(path_ + ".basis", absl::StrCat("not used by the law ", LawName(system_.law),
                                           ", which knows no extractant; leave it out"));
      }
      if (!system_.unit.empty() && system_.unit != "1") {
        Add(path_ + ".unit", absl::StrCat("found '", system_.unit, "'; constants of the law ",
                                          LawName(system_.law), " have no unit: leave it out"));
      }
      return;
    }
    if (system_.basis == Basis::kUnstated) {
      Add(path_ + ".basis",
          "missing; say whether K counts the free extractant as DIMER, moles of (HA)2, or as "
          "MONOMER, moles of HA: for a trivalent metal they differ by a factor of 8 in K");
    }
    if (!(system_.unit_mol_per_l > 0)) {
      Add(path_ + ".unit", "missing; the unit of concentration in K is needed, usually \"mol/L\"");
    }
  }

  bool NotStated(Quantity quantity) const {
    const auto& list = system_.validity.not_stated;
    return std::find(list.begin(), list.end(), quantity) != list.end();
  }

  void Range(const char* low_name, const std::optional<double>& low, const char* high_name,
             const std::optional<double>& high, Quantity quantity, const char* quantity_name,
             const char* example, double least) {
    const std::string at = path_ + ".validity.";
    for (const auto& [name, value] : {std::pair(low_name, &low), std::pair(high_name, &high)}) {
      if (name == nullptr) continue;
      if (*value && !(std::isfinite(**value) && **value >= least)) {
        Add(at + name, absl::StrCat("found ", **value, "; it must be ", least, " or more"));
      }
      if (*value && NotStated(quantity)) {
        Add(at + name, absl::StrCat("given, and not_stated lists ", quantity_name,
                                    "; one of the two is wrong"));
      }
      if (!*value && !NotStated(quantity) && counts_extractant()) {
        Add(at + name, absl::StrCat("missing; give the range of the measurements, as in ", example,
                                    ", or list ", quantity_name,
                                    " in not_stated where the source does not say"));
      }
    }
    if (low && high && *low > *high) {
      Add(at + low_name, absl::StrCat("found ", *low, ", above ", high_name, " ", *high));
    }
  }

  void Ranges() {
    const Validity& range = system_.validity;
    constexpr double kAny = -273.15;
    constexpr double kLowestPh = -2;
    Range("min_ph", range.min_ph, "max_ph", range.max_ph, Quantity::kPh, "PH",
          "min_ph: 0.5, max_ph: 2", kLowestPh);
    Range("min_free_extractant_mol_per_l", range.min_free_extractant,
          "max_free_extractant_mol_per_l", range.max_free_extractant, Quantity::kFreeExtractant,
          "FREE_EXTRACTANT", "min_free_extractant: 0.05 mol/L, max_free_extractant: 0.5 mol/L", 0);
    Range(nullptr, std::nullopt, "max_loading", range.max_loading, Quantity::kLoading, "LOADING",
          "max_loading: 0.1", 0);
    Range("min_temperature_celsius", range.min_temperature, "max_temperature_celsius",
          range.max_temperature, Quantity::kTemperature, "TEMPERATURE",
          "min_temperature: 25 degC, max_temperature: 25 degC", kAny);
    if (range.max_loading && *range.max_loading > 1) {
      Add(path_ + ".validity.max_loading",
          absl::StrCat("found ", *range.max_loading, "; a share of 0 to 1 is needed"));
    }
    if (counts_extractant() && range.medium.empty()) {
      Add(path_ + ".validity.medium",
          "missing; say in which aqueous the constants were measured, as in \"chloride, 1 mol/L\"");
    }
  }

  void Limit(const LoadingLimit& limit) {
    const std::string at = path_ + ".loading_limit";
    if (!(limit.share > 0 && limit.share <= 1)) {
      Add(at + ".share", absl::StrCat("found ", limit.share, "; it must be above 0 and at most 1"));
    }
    Source(at, limit.source, limit.doi);
  }

  void Number(const std::optional<double>& value, bool wanted, const std::string& at) {
    if (!value && wanted)
      Add(at, absl::StrCat("missing; the law ", LawName(system_.law), " needs it"));
    if (value && !wanted)
      Add(at, absl::StrCat("not used by the law ", LawName(system_.law), "; leave it out"));
  }

  void Positive(const std::optional<double>& value, const std::string& at) {
    if (value && !(std::isfinite(*value) && *value > 0)) {
      Add(at, absl::StrCat("found ", *value, "; it must be above 0"));
    }
  }

  void Within(double value, double least, double most, const std::string& at, const char* what) {
    if (std::isfinite(value) && value >= least && value <= most) return;
    Add(at, absl::StrCat("found ", value, "; ", what, " lies between ", least, " and ", most));
  }

  void Stoichiometry(const EquilibriumConstant& constant, const std::string& at) {
    constexpr double kMost = 12;
    if (constant.extractants && !(*constant.extractants > 0 && *constant.extractants <= kMost)) {
      Add(at + ".extractants", absl::StrCat("found ", *constant.extractants,
                                            "; it must be above 0 and at most ", kMost));
    }
    if (constant.anions && !(*constant.anions > 0 && *constant.anions <= kMost)) {
      Add(at + ".anions",
          absl::StrCat("found ", *constant.anions, "; it must be above 0 and at most ", kMost));
    }
    if (constant.enthalpy_kj_per_mol) {
      Within(*constant.enthalpy_kj_per_mol, -500, 500, at + ".enthalpy_kj_per_mol",
             "an enthalpy of extraction in kJ/mol");
    }
    Within(constant.epsilon, -2, 2, at + ".epsilon", "an interaction coefficient in kg/mol");
    if (constant.epsilon != 0 && system_.activity != ActivityModel::kSit) {
      Add(at + ".epsilon", "used by the activity model SIT alone; leave it out");
    }
  }

  void Terms(const EquilibriumConstant& constant, const std::string& at) {
    if (constant.terms.empty()) return;
    if (!correlation()) {
      Add(at + ".terms", absl::StrCat("not used by the law ", LawName(system_.law)));
    }
    if (constant.terms.size() > kernels::kMaxTerms) {
      Add(at + ".terms", absl::StrCat("found ", constant.terms.size(), "; at most ",
                                      kernels::kMaxTerms, " are possible"));
    }
    for (std::size_t k = 0; k < constant.terms.size(); ++k) {
      const CorrelationTerm& term = constant.terms[k];
      const std::string here = absl::StrCat(at, ".terms[", k, "]");
      Within(term.coefficient, -1e6, 1e6, here + ".coefficient", "a coefficient");
      for (const auto& [name, exponent] :
           {std::pair("ph", term.ph), std::pair("log_c", term.log_c), std::pair("c", term.c),
            std::pair("loading", term.loading)}) {
        Within(exponent, 0, 6, absl::StrCat(here, ".", name), "an exponent");
      }
    }
  }

  void Mixtures(const EquilibriumConstant& constant, const std::string& at) {
    if (constant.species.empty()) return;
    if (!mass_action() || system_.second_extractant.empty()) {
      Add(at + ".species",
          "needs a mass-action system with a second_extractant; name it, or leave the species out");
    }
    if (constant.species.size() + 1 > kernels::kMaxSpecies) {
      Add(at + ".species",
          absl::StrCat("found ", constant.species.size(), "; at most ", kernels::kMaxSpecies - 1,
                       " beside the first are possible"));
    }
    for (std::size_t k = 0; k < constant.species.size(); ++k) {
      const MixedSpecies& species = constant.species[k];
      const std::string here = absl::StrCat(at, ".species[", k, "]");
      Within(species.log10_k, -60, 60, here + ".log10_k", "log10 K");
      Within(species.dimers, 0, 12, here + ".dimers", "a number of dimers");
      Within(species.second, 0, 12, here + ".second", "a number of molecules");
    }
  }

  void ComplexesOf(const EquilibriumConstant& constant, const std::string& at) {
    std::size_t all = 0;
    std::set<std::string> seen;
    for (std::size_t k = 0; k < constant.complexes.size(); ++k) {
      const Complexes& complexes = constant.complexes[k];
      const std::string here = absl::StrCat(at, ".complexes[", k, "]");
      all += complexes.log10_beta.size();
      const bool known = solvation() ? complexes.ligand == MediumName(system_.medium)
                                     : system_.FindLigand(complexes.ligand) != nullptr;
      if (!known) {
        std::vector<std::string> names;
        if (solvation()) names.emplace_back(MediumName(system_.medium));
        for (const Ligand& ligand : system_.ligands) names.push_back(ligand.name);
        Add(here + ".ligand", Unknown("ligand", complexes.ligand, names));
      }
      if (!seen.insert(complexes.ligand).second) {
        Add(here + ".ligand", absl::StrCat("'", complexes.ligand, "' is listed twice"));
      }
      if (complexes.log10_beta.empty() || complexes.log10_beta.size() > 6) {
        Add(here + ".log10_beta", absl::StrCat("found ", complexes.log10_beta.size(),
                                               " constants; 1 to 6 are needed, from the first "
                                               "ligand on"));
      }
      for (std::size_t n = 0; n < complexes.log10_beta.size(); ++n) {
        Within(complexes.log10_beta[n], -20, 60, absl::StrCat(here, ".log10_beta[", n, "]"),
               "log10 beta");
      }
      Source(here, complexes.source, complexes.doi);
    }
    if (all > kernels::kMaxComplexes) {
      Add(at + ".complexes", absl::StrCat("found ", all, " complexes; at most ",
                                          kernels::kMaxComplexes, " of one element are possible"));
    }
  }

  void Ligands() {
    std::set<std::string> seen;
    for (std::size_t k = 0; k < system_.ligands.size(); ++k) {
      const Ligand& ligand = system_.ligands[k];
      const std::string at = absl::StrCat(path_, ".ligands[", k, "]");
      if (!KnowsProton(system_.law)) {
        Add(at,
            absl::StrCat("not used by the law ", LawName(system_.law),
                         solvation() ? ", in which complexes are with the medium's anion" : ""));
        continue;
      }
      if (ligand.name.empty()) Add(at + ".name", "missing; a ligand needs a name");
      if (!seen.insert(ligand.name).second) {
        Add(at + ".name", absl::StrCat("'", ligand.name, "' is listed twice"));
      }
      for (const Medium medium : kMedia) {
        if (ligand.name != MediumName(medium)) continue;
        const double charge = medium == Medium::kSulphate ? 2 : 1;
        if (medium != system_.medium) {
          Add(at + ".name", absl::StrCat("'", ligand.name,
                                         "' is the anion of another medium; that "
                                         "of this system is ",
                                         MediumName(system_.medium)));
        } else if (ligand.charge != charge) {
          Add(at + ".charge",
              absl::StrCat("found ", ligand.charge, "; ", ligand.name, " has ", charge));
        }
      }
      Within(ligand.charge, 1, 6, at + ".charge", "the charge of an anion, as a positive number,");
      Within(ligand.epsilon, -2, 2, at + ".epsilon", "an interaction coefficient in kg/mol");
      if (ligand.log10_protonation.size() > kernels::kMaxProtons) {
        Add(at + ".log10_protonation",
            absl::StrCat("found ", ligand.log10_protonation.size(), " constants; at most ",
                         kernels::kMaxProtons, " protons are possible"));
      }
      for (std::size_t p = 0; p < ligand.log10_protonation.size(); ++p) {
        Within(ligand.log10_protonation[p], -20, 60,
               absl::StrCat(at, ".log10_protonation[", p, "]"), "log10 of a cumulative constant");
      }
      Source(at, ligand.source, ligand.doi);
    }
    const std::size_t masters = 2 + system_.ligands.size() + !system_.second_extractant.empty() +
                                (system_.activity != ActivityModel::kIdeal);
    if (masters > kernels::kMaxMasters) {
      Add(path_ + ".ligands",
          absl::StrCat("too many: ligands, a second extractant and activity coefficients together "
                       "can be ",
                       kernels::kMaxMasters - 2));
    }
  }

  void ActivityAndTemperature() {
    if (system_.activity != ActivityModel::kIdeal && !KnowsProton(system_.law)) {
      Add(path_ + ".activity", absl::StrCat("the law ", LawName(system_.law),
                                            " has no activity coefficients; leave it out"));
    }
    if (system_.activity == ActivityModel::kSit && system_.medium == Medium::kSulphate) {
      Add(path_ + ".activity",
          "SIT needs a background of chloride or nitrate; interactions with sulphate are not "
          "modelled");
    }
    Within(system_.proton_epsilon, -2, 2, path_ + ".proton_epsilon",
           "an interaction coefficient in kg/mol");
    if (!system_.second_extractant.empty() && !mass_action()) {
      Add(path_ + ".second_extractant",
          absl::StrCat("not used by the law ", LawName(system_.law), "; leave it out"));
    }
    if (system_.reference_temperature) {
      Within(*system_.reference_temperature, -20, 150, path_ + ".reference_temperature_celsius",
             "a temperature in degC");
    }
  }

  void Constant(const EquilibriumConstant& constant, const std::string& at) {
    // Beyond this 10^K leaves the range of a double once raised to stages.
    constexpr double kLargestLog10K = 60;
    constexpr double kMostDimers = 12;
    if (!elements_.contains(constant.element)) {
      std::vector<std::string> known;
      for (const auto& [symbol, element] : elements_) known.push_back(symbol);
      Add(at + ".element", Unknown("element", constant.element, known));
    }
    Source(at, constant.source, constant.doi);
    Number(constant.log10_k, counts_extractant(), at + ".log10_k");
    if (constant.dimers) Number(constant.dimers, mass_action(), at + ".dimers");
    Number(constant.extractants, solvation() || correlation(), at + ".extractants");
    if (constant.anions) Number(constant.anions, solvation(), at + ".anions");
    if (constant.enthalpy_kj_per_mol) {
      Number(constant.enthalpy_kj_per_mol, counts_extractant(), at + ".enthalpy_kj_per_mol");
    }
    Stoichiometry(constant, at);
    Terms(constant, at);
    Mixtures(constant, at);
    ComplexesOf(constant, at);
    if (constant.element == kProton && !solvation()) {
      Add(at + ".element",
          absl::StrCat("'H' is extracted, as acid, by the law SOLVATION alone; in ",
                       LawName(system_.law), " it is the free extractant"));
    }
    Number(constant.d, system_.law == Law::kConstantD, at + ".d");
    Number(constant.beta, system_.law == Law::kConstantBeta, at + ".beta");
    if (constant.log10_k && !(std::fabs(*constant.log10_k) <= kLargestLog10K)) {
      Add(at + ".log10_k", absl::StrCat("found ", *constant.log10_k,
                                        "; the logarithm of a positive K between 1e-60 and 1e60 "
                                        "is needed"));
    }
    if (constant.dimers && !(*constant.dimers > 0 && *constant.dimers <= kMostDimers)) {
      Add(at + ".dimers", absl::StrCat("found ", *constant.dimers,
                                       "; it must be above 0 and at most ", kMostDimers));
    }
    Positive(constant.d, at + ".d");
    Positive(constant.beta, at + ".beta");
    if (constant.log10_standard_error &&
        !(std::isfinite(*constant.log10_standard_error) && *constant.log10_standard_error >= 0)) {
      Add(at + ".log10_standard_error",
          absl::StrCat("found ", *constant.log10_standard_error, "; it must be 0 or more"));
    }
  }

  const ExtractantSystem& system_;
  const std::map<std::string, Element>& elements_;
  const std::string path_;
  Violations* const violations_;
};

}  // namespace

void CheckSystem(const ExtractantSystem& system, const std::map<std::string, Element>& elements,
                 const std::string& path, Violations* violations) {
  Check(system, elements, path, violations).All();
}

}  // namespace raffinate::optimizer
