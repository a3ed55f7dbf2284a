#include "service/convert/extractant_system.h"

#include <optional>
#include <utility>
#include <vector>

#include "service/convert/path.h"
#include "service/file/units.h"

namespace raffinate::service {
namespace {

using optimizer::Violations;

constexpr std::pair<v1::ExtractantSystem::Law, optimizer::Law> kLaws[] = {
    {v1::ExtractantSystem::MASS_ACTION_DIMER, optimizer::Law::kMassActionDimer},
    {v1::ExtractantSystem::CONSTANT_D, optimizer::Law::kConstantD},
    {v1::ExtractantSystem::CONSTANT_BETA, optimizer::Law::kConstantBeta},
    {v1::ExtractantSystem::CORRELATION, optimizer::Law::kCorrelation},
    {v1::ExtractantSystem::SOLVATION, optimizer::Law::kSolvation},
};

constexpr std::pair<v1::EquilibriumConstant::Provenance, optimizer::Provenance> kProvenances[] = {
    {v1::EquilibriumConstant::MEASURED, optimizer::Provenance::kMeasured},
    {v1::EquilibriumConstant::FITTED, optimizer::Provenance::kFitted},
    {v1::EquilibriumConstant::INTERPOLATED, optimizer::Provenance::kInterpolated},
    {v1::EquilibriumConstant::EXTRAPOLATED, optimizer::Provenance::kExtrapolated},
    {v1::EquilibriumConstant::REFERENCE, optimizer::Provenance::kReference},
    {v1::EquilibriumConstant::ASSUMED, optimizer::Provenance::kAssumed},
};

constexpr std::pair<v1::ExtractantSystem::Basis, optimizer::Basis> kBases[] = {
    {v1::ExtractantSystem::BASIS_UNSPECIFIED, optimizer::Basis::kUnstated},
    {v1::ExtractantSystem::DIMER, optimizer::Basis::kDimer},
    {v1::ExtractantSystem::MONOMER, optimizer::Basis::kMonomer},
};

constexpr std::pair<v1::ExtractantSystem::Medium, optimizer::Medium> kMedia[] = {
    {v1::ExtractantSystem::CHLORIDE, optimizer::Medium::kChloride},
    {v1::ExtractantSystem::NITRATE, optimizer::Medium::kNitrate},
    {v1::ExtractantSystem::SULPHATE, optimizer::Medium::kSulphate},
};

constexpr std::pair<v1::ExtractantSystem::Activity, optimizer::ActivityModel> kActivities[] = {
    {v1::ExtractantSystem::IDEAL, optimizer::ActivityModel::kIdeal},
    {v1::ExtractantSystem::DAVIES, optimizer::ActivityModel::kDavies},
    {v1::ExtractantSystem::SIT, optimizer::ActivityModel::kSit},
};

constexpr std::pair<v1::Validity::Quantity, optimizer::Validity::Quantity> kQuantities[] = {
    {v1::Validity::PH, optimizer::Validity::Quantity::kPh},
    {v1::Validity::FREE_EXTRACTANT, optimizer::Validity::Quantity::kFreeExtractant},
    {v1::Validity::LOADING, optimizer::Validity::Quantity::kLoading},
    {v1::Validity::TEMPERATURE, optimizer::Validity::Quantity::kTemperature},
};

/// Finds `found` in a table of enums; false where it is none of them.
template <class Wire, class Model, std::size_t kSize>
bool Find(const std::pair<Wire, Model> (&table)[kSize], Wire found, Model* model) {
  for (const auto& [wire, each] : table) {
    if (found != wire) continue;
    *model = each;
    return true;
  }
  return false;
}

template <class Wire, class Model, std::size_t kSize>
Wire Back(const std::pair<Wire, Model> (&table)[kSize], Model model) {
  for (const auto& [wire, each] : table) {
    if (each == model) return wire;
  }
  return Wire();
}

void ReadLaw(v1::ExtractantSystem::Law found, const std::string& path, optimizer::Law* law,
             Violations* violations) {
  if (Find(kLaws, found, law)) return;
  static constexpr char kKnown[] =
      "MASS_ACTION_DIMER, CONSTANT_D, CONSTANT_BETA, CORRELATION, SOLVATION";
  if (found == v1::ExtractantSystem::LAW_UNSPECIFIED) {
    violations->push_back({path, absl::StrCat("is missing; needed is one of ", kKnown)});
  } else {
    UnknownEnum(found, path, kKnown, violations);
  }
}

void ReadOptional(bool has, double value, const std::string& path, std::optional<double>* to,
                  Violations* violations) {
  if (has && CheckFinite(value, path, violations)) *to = value;
}

void ReadFinite(double value, const std::string& path, double* to, Violations* violations) {
  if (CheckFinite(value, path, violations)) *to = value;
}

/// A list keeps its length, so that the indices of later checks stay right.
template <class List>
void ReadList(const List& in, const std::string& path, const char* field, std::vector<double>* out,
              Violations* violations) {
  for (int i = 0; i < in.size(); ++i) {
    ReadFinite(in[i], Sub(path, field, i), &out->emplace_back(0), violations);
  }
}

void ReadBasisAndUnit(const v1::ExtractantSystem& proto, const std::string& path,
                      optimizer::ExtractantSystem* model, Violations* violations) {
  if (!Find(kBases, proto.basis(), &model->basis)) {
    UnknownEnum(proto.basis(), Sub(path, "basis"), "DIMER, MONOMER", violations);
  }
  model->unit = proto.unit();
  if (model->unit.empty() || model->unit == "1") return;
  const Conversion one = ConvertUnit(1, model->unit, "mol/L");
  if (one.match == UnitMatch::kConverted && one.value > 0) {
    model->unit_mol_per_l = one.value;
    return;
  }
  violations->push_back(
      {Sub(path, "unit"),
       absl::StrCat("found '", model->unit.substr(0, 40), "'; ",
                    one.match == UnitMatch::kNoDatabase
                        ? "the units database is not installed"
                        : "the unit of concentration in K is needed, such as \"mol/L\" or "
                          "\"mmol/L\"")});
}

void ReadValidity(const v1::Validity& proto, const std::string& path, optimizer::Validity* model,
                  Violations* violations) {
  const auto read = [&](bool has, double value, const char* field, std::optional<double>* to) {
    ReadOptional(has, value, Sub(path, field), to, violations);
  };
  read(proto.has_min_ph(), proto.min_ph(), "min_ph", &model->min_ph);
  read(proto.has_max_ph(), proto.max_ph(), "max_ph", &model->max_ph);
  read(proto.has_min_free_extractant_mol_per_l(), proto.min_free_extractant_mol_per_l(),
       "min_free_extractant_mol_per_l", &model->min_free_extractant);
  read(proto.has_max_free_extractant_mol_per_l(), proto.max_free_extractant_mol_per_l(),
       "max_free_extractant_mol_per_l", &model->max_free_extractant);
  read(proto.has_max_loading(), proto.max_loading(), "max_loading", &model->max_loading);
  read(proto.has_min_temperature_celsius(), proto.min_temperature_celsius(),
       "min_temperature_celsius", &model->min_temperature);
  read(proto.has_max_temperature_celsius(), proto.max_temperature_celsius(),
       "max_temperature_celsius", &model->max_temperature);
  model->medium = proto.medium();
  for (int i = 0; i < proto.not_stated_size(); ++i) {
    optimizer::Validity::Quantity quantity{};
    if (Find(kQuantities, proto.not_stated(i), &quantity)) {
      model->not_stated.push_back(quantity);
    } else {
      UnknownEnum(proto.not_stated(i), Sub(path, "not_stated", i),
                  "PH, FREE_EXTRACTANT, LOADING, TEMPERATURE", violations);
    }
  }
}

void ReadLigand(const v1::Ligand& in, const std::string& path, optimizer::Ligand* out,
                Violations* violations) {
  out->name = in.name();
  ReadFinite(in.charge(), Sub(path, "charge"), &out->charge, violations);
  ReadList(in.log10_protonation(), path, "log10_protonation", &out->log10_protonation, violations);
  ReadFinite(in.epsilon(), Sub(path, "epsilon"), &out->epsilon, violations);
  FromProto(in.provenance(), Sub(path, "provenance"), &out->provenance, violations);
  out->source = in.source();
  out->doi = in.doi();
}

void ReadConstant(const v1::EquilibriumConstant& in, const std::string& path,
                  optimizer::EquilibriumConstant* out, Violations* violations) {
  out->element = in.element();
  const auto read = [&](bool has, double value, const char* field, std::optional<double>* to) {
    ReadOptional(has, value, Sub(path, field), to, violations);
  };
  read(in.has_log10_k(), in.log10_k(), "log10_k", &out->log10_k);
  read(in.has_dimers(), in.dimers(), "dimers", &out->dimers);
  read(in.has_d(), in.d(), "d", &out->d);
  read(in.has_beta(), in.beta(), "beta", &out->beta);
  read(in.has_log10_standard_error(), in.log10_standard_error(), "log10_standard_error",
       &out->log10_standard_error);
  read(in.has_extractants(), in.extractants(), "extractants", &out->extractants);
  read(in.has_anions(), in.anions(), "anions", &out->anions);
  read(in.has_enthalpy_kj_per_mol(), in.enthalpy_kj_per_mol(), "enthalpy_kj_per_mol",
       &out->enthalpy_kj_per_mol);
  ReadFinite(in.epsilon(), Sub(path, "epsilon"), &out->epsilon, violations);
  for (int i = 0; i < in.terms_size(); ++i) {
    const auto& term = in.terms(i);
    auto& to = out->terms.emplace_back();
    ReadFinite(term.coefficient(), Sub(Sub(path, "terms", i), "coefficient"), &to.coefficient,
               violations);
    to.ph = term.ph();
    to.log_c = term.log_c();
    to.c = term.c();
    to.loading = term.loading();
  }
  for (int i = 0; i < in.species_size(); ++i) {
    const auto& species = in.species(i);
    const std::string at = Sub(path, "species", i);
    auto& to = out->species.emplace_back();
    ReadFinite(species.log10_k(), Sub(at, "log10_k"), &to.log10_k, violations);
    ReadFinite(species.dimers(), Sub(at, "dimers"), &to.dimers, violations);
    ReadFinite(species.second(), Sub(at, "second"), &to.second, violations);
  }
  for (int i = 0; i < in.complexes_size(); ++i) {
    const auto& complexes = in.complexes(i);
    const std::string at = Sub(path, "complexes", i);
    auto& to = out->complexes.emplace_back();
    to.ligand = complexes.ligand();
    ReadList(complexes.log10_beta(), at, "log10_beta", &to.log10_beta, violations);
    FromProto(complexes.provenance(), Sub(at, "provenance"), &to.provenance, violations);
    to.source = complexes.source();
    to.doi = complexes.doi();
  }
  FromProto(in.provenance(), Sub(path, "provenance"), &out->provenance, violations);
  out->source = in.source();
  out->doi = in.doi();
}

/// Medium, ligands and activity of the aqueous.
void ReadAqueous(const v1::ExtractantSystem& proto, const std::string& path,
                 optimizer::ExtractantSystem* model, Violations* violations) {
  if (proto.medium() != v1::ExtractantSystem::MEDIUM_UNSPECIFIED &&
      !Find(kMedia, proto.medium(), &model->medium)) {
    UnknownEnum(proto.medium(), Sub(path, "medium"), "CHLORIDE, NITRATE, SULPHATE", violations);
  }
  for (int i = 0; i < proto.ligands_size(); ++i) {
    ReadLigand(proto.ligands(i), Sub(path, "ligands", i), &model->ligands.emplace_back(),
               violations);
  }
  if (proto.activity() != v1::ExtractantSystem::ACTIVITY_UNSPECIFIED &&
      !Find(kActivities, proto.activity(), &model->activity)) {
    UnknownEnum(proto.activity(), Sub(path, "activity"), "IDEAL, DAVIES, SIT", violations);
  }
  ReadFinite(proto.proton_epsilon(), Sub(path, "proton_epsilon"), &model->proton_epsilon,
             violations);
  ReadOptional(proto.has_reference_temperature_celsius(), proto.reference_temperature_celsius(),
               Sub(path, "reference_temperature_celsius"), &model->reference_temperature,
               violations);
}

v1::Validity Write(const optimizer::Validity& model) {
  v1::Validity out;
  if (model.min_ph) out.set_min_ph(*model.min_ph);
  if (model.max_ph) out.set_max_ph(*model.max_ph);
  if (model.min_free_extractant) out.set_min_free_extractant_mol_per_l(*model.min_free_extractant);
  if (model.max_free_extractant) out.set_max_free_extractant_mol_per_l(*model.max_free_extractant);
  if (model.max_loading) out.set_max_loading(*model.max_loading);
  if (model.min_temperature) out.set_min_temperature_celsius(*model.min_temperature);
  if (model.max_temperature) out.set_max_temperature_celsius(*model.max_temperature);
  out.set_medium(model.medium);
  for (const auto each : model.not_stated) out.add_not_stated(Back(kQuantities, each));
  return out;
}

v1::Ligand Write(const optimizer::Ligand& model) {
  v1::Ligand out;
  out.set_name(model.name);
  out.set_charge(model.charge);
  out.mutable_log10_protonation()->Add(model.log10_protonation.begin(),
                                       model.log10_protonation.end());
  out.set_epsilon(model.epsilon);
  out.set_provenance(ToProto(model.provenance));
  out.set_source(model.source);
  out.set_doi(model.doi);
  return out;
}

v1::EquilibriumConstant Write(const optimizer::EquilibriumConstant& model) {
  v1::EquilibriumConstant out;
  out.set_element(model.element);
  if (model.log10_k) out.set_log10_k(*model.log10_k);
  if (model.dimers) out.set_dimers(*model.dimers);
  if (model.d) out.set_d(*model.d);
  if (model.beta) out.set_beta(*model.beta);
  if (model.log10_standard_error) out.set_log10_standard_error(*model.log10_standard_error);
  if (model.extractants) out.set_extractants(*model.extractants);
  if (model.anions) out.set_anions(*model.anions);
  if (model.enthalpy_kj_per_mol) out.set_enthalpy_kj_per_mol(*model.enthalpy_kj_per_mol);
  out.set_epsilon(model.epsilon);
  for (const auto& term : model.terms) {
    auto* t = out.add_terms();
    t->set_coefficient(term.coefficient);
    t->set_ph(term.ph);
    t->set_log_c(term.log_c);
    t->set_c(term.c);
    t->set_loading(term.loading);
  }
  for (const auto& species : model.species) {
    auto* s = out.add_species();
    s->set_log10_k(species.log10_k);
    s->set_dimers(species.dimers);
    s->set_second(species.second);
  }
  for (const auto& complexes : model.complexes) {
    auto* c = out.add_complexes();
    c->set_ligand(complexes.ligand);
    c->mutable_log10_beta()->Add(complexes.log10_beta.begin(), complexes.log10_beta.end());
    c->set_provenance(ToProto(complexes.provenance));
    c->set_source(complexes.source);
    c->set_doi(complexes.doi);
  }
  out.set_provenance(ToProto(model.provenance));
  out.set_source(model.source);
  out.set_doi(model.doi);
  return out;
}

}  // namespace

void FromProto(v1::EquilibriumConstant::Provenance proto, const std::string& path,
               optimizer::Provenance* model, Violations* violations) {
  *model = optimizer::Provenance::kAssumed;
  if (proto == v1::EquilibriumConstant::PROVENANCE_UNSPECIFIED) return;
  if (Find(kProvenances, proto, model)) return;
  UnknownEnum(proto, path, "MEASURED, FITTED, INTERPOLATED, EXTRAPOLATED, REFERENCE, ASSUMED",
              violations);
}

void FromProto(const v1::ExtractantSystem& proto, const std::string& path,
               optimizer::ExtractantSystem* model, Violations* violations) {
  model->name = proto.name();
  model->description = proto.description();
  ReadLaw(proto.law(), Sub(path, "law"), &model->law, violations);
  for (int i = 0; i < proto.constants_size(); ++i) {
    ReadConstant(proto.constants(i), Sub(path, "constants", i), &model->constants.emplace_back(),
                 violations);
  }
  ReadBasisAndUnit(proto, path, model, violations);
  ReadValidity(proto.validity(), Sub(path, "validity"), &model->validity, violations);
  if (proto.has_loading_limit()) {
    const std::string at = Sub(path, "loading_limit");
    auto& limit = model->loading_limit.emplace();
    ReadFinite(proto.loading_limit().share(), Sub(at, "share"), &limit.share, violations);
    FromProto(proto.loading_limit().provenance(), Sub(at, "provenance"), &limit.provenance,
              violations);
    limit.source = proto.loading_limit().source();
    limit.doi = proto.loading_limit().doi();
  }
  ReadAqueous(proto, path, model, violations);
  model->second_extractant = proto.second_extractant();
  for (int i = 0; i < proto.covariance_size(); ++i) {
    const v1::CovarianceRow& row = proto.covariance(i);
    const std::string at = Sub(path, "covariance", i);
    model->covariance.parameters.push_back(row.parameter());
    auto& values = model->covariance.rows.emplace_back();
    for (int k = 0; k < row.values_size(); ++k) {
      if (CheckFinite(row.values(k), Sub(at, "values", k), violations)) {
        values.push_back(row.values(k));
      }
    }
  }
  model->doi = proto.doi();
  model->source = proto.source();
}

v1::EquilibriumConstant::Provenance ToProto(optimizer::Provenance model) {
  return Back(kProvenances, model);
}

v1::ExtractantSystem ToProto(const optimizer::ExtractantSystem& model) {
  v1::ExtractantSystem out;
  out.set_name(model.name);
  out.set_description(model.description);
  out.set_law(Back(kLaws, model.law));
  for (const auto& constant : model.constants) *out.add_constants() = Write(constant);
  out.set_basis(Back(kBases, model.basis));
  out.set_unit(model.unit);
  if (const v1::Validity validity = Write(model.validity); validity.ByteSizeLong() > 0) {
    *out.mutable_validity() = validity;
  }
  if (model.loading_limit) {
    auto* limit = out.mutable_loading_limit();
    limit->set_share(model.loading_limit->share);
    limit->set_provenance(ToProto(model.loading_limit->provenance));
    limit->set_source(model.loading_limit->source);
    limit->set_doi(model.loading_limit->doi);
  }
  out.set_medium(Back(kMedia, model.medium));
  for (const auto& ligand : model.ligands) *out.add_ligands() = Write(ligand);
  out.set_activity(Back(kActivities, model.activity));
  out.set_proton_epsilon(model.proton_epsilon);
  out.set_second_extractant(model.second_extractant);
  if (model.reference_temperature) {
    out.set_reference_temperature_celsius(*model.reference_temperature);
  }
  out.set_source(model.source);
  for (std::size_t i = 0; i < model.covariance.rows.size(); ++i) {
    v1::CovarianceRow* row = out.add_covariance();
    row->set_parameter(model.covariance.parameters[i]);
    for (const double value : model.covariance.rows[i]) row->add_values(value);
  }
  out.set_doi(model.doi);
  return out;
}

}  // namespace raffinate::service
