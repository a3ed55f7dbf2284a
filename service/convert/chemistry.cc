#include "service/convert/chemistry.h"

#include <utility>

#include "service/convert/path.h"
#include "service/file/units.h"

namespace raffinate::service {
namespace {

using optimizer::Violations;

constexpr std::pair<v1::ExtractantSystem::Law, optimizer::Law> kLaws[] = {
    {v1::ExtractantSystem::MASS_ACTION_DIMER, optimizer::Law::kMassActionDimer},
    {v1::ExtractantSystem::CONSTANT_D, optimizer::Law::kConstantD},
    {v1::ExtractantSystem::CONSTANT_BETA, optimizer::Law::kConstantBeta},
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

constexpr std::pair<v1::Validity::Quantity, optimizer::Validity::Quantity> kQuantities[] = {
    {v1::Validity::PH, optimizer::Validity::Quantity::kPh},
    {v1::Validity::FREE_EXTRACTANT, optimizer::Validity::Quantity::kFreeExtractant},
    {v1::Validity::LOADING, optimizer::Validity::Quantity::kLoading},
    {v1::Validity::TEMPERATURE, optimizer::Validity::Quantity::kTemperature},
};

void ReadLaw(v1::ExtractantSystem::Law found, const std::string& path, optimizer::Law* law,
             Violations* violations) {
  for (const auto& [wire, model] : kLaws) {
    if (found == wire) {
      *law = model;
      return;
    }
  }
  static constexpr char kKnown[] = "MASS_ACTION_DIMER, CONSTANT_D, CONSTANT_BETA";
  if (found == v1::ExtractantSystem::LAW_UNSPECIFIED) {
    violations->push_back({path, absl::StrCat("is missing; needed is one of ", kKnown)});
  } else {
    UnknownEnum(found, path, kKnown, violations);
  }
}

void ReadProvenance(v1::EquilibriumConstant::Provenance found, const std::string& path,
                    optimizer::Provenance* provenance, Violations* violations) {
  // A number of which nothing is said is an assumption.
  *provenance = optimizer::Provenance::kAssumed;
  if (found == v1::EquilibriumConstant::PROVENANCE_UNSPECIFIED) return;
  for (const auto& [wire, model] : kProvenances) {
    if (found == wire) {
      *provenance = model;
      return;
    }
  }
  UnknownEnum(found, path, "MEASURED, FITTED, INTERPOLATED, EXTRAPOLATED, REFERENCE, ASSUMED",
              violations);
}

void ReadOptional(bool has, double value, const std::string& path, std::optional<double>* to,
                  Violations* violations) {
  if (has && CheckFinite(value, path, violations)) *to = value;
}

void ReadBasisAndUnit(const v1::ExtractantSystem& proto, const std::string& path,
                      optimizer::ExtractantSystem* model, Violations* violations) {
  bool known = false;
  for (const auto& [wire, basis] : kBases) {
    if (proto.basis() != wire) continue;
    model->basis = basis;
    known = true;
  }
  if (!known) UnknownEnum(proto.basis(), Sub(path, "basis"), "DIMER, MONOMER", violations);
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
    bool known = false;
    for (const auto& [wire, quantity] : kQuantities) {
      if (proto.not_stated(i) != wire) continue;
      model->not_stated.push_back(quantity);
      known = true;
    }
    if (!known) {
      UnknownEnum(proto.not_stated(i), Sub(path, "not_stated", i),
                  "PH, FREE_EXTRACTANT, LOADING, TEMPERATURE", violations);
    }
  }
}

v1::Validity ToProto(const optimizer::Validity& model) {
  v1::Validity out;
  if (model.min_ph) out.set_min_ph(*model.min_ph);
  if (model.max_ph) out.set_max_ph(*model.max_ph);
  if (model.min_free_extractant) out.set_min_free_extractant_mol_per_l(*model.min_free_extractant);
  if (model.max_free_extractant) out.set_max_free_extractant_mol_per_l(*model.max_free_extractant);
  if (model.max_loading) out.set_max_loading(*model.max_loading);
  if (model.min_temperature) out.set_min_temperature_celsius(*model.min_temperature);
  if (model.max_temperature) out.set_max_temperature_celsius(*model.max_temperature);
  out.set_medium(model.medium);
  for (const auto each : model.not_stated) {
    for (const auto& [wire, quantity] : kQuantities) {
      if (each == quantity) out.add_not_stated(wire);
    }
  }
  return out;
}

template <class Map, class Model>
void InsertNamed(const std::string& name, const std::string& path, Model model, Map* map,
                 Violations* violations) {
  if (name.empty()) {
    violations->push_back({path, "is empty; a name is needed"});
  } else if (!map->emplace(name, std::move(model)).second) {
    violations->push_back({path, absl::StrCat("'", name, "' is given twice")});
  }
}

}  // namespace

void FromProto(const v1::ExtractantSystem& proto, const std::string& path,
               optimizer::ExtractantSystem* model, Violations* violations) {
  model->name = proto.name();
  model->description = proto.description();
  ReadLaw(proto.law(), Sub(path, "law"), &model->law, violations);
  for (int i = 0; i < proto.constants_size(); ++i) {
    const auto& in = proto.constants(i);
    const std::string at = Sub(path, "constants", i);
    auto& out = model->constants.emplace_back();
    out.element = in.element();
    const auto read = [&](bool has, double value, const char* field, std::optional<double>* to) {
      ReadOptional(has, value, Sub(at, field), to, violations);
    };
    read(in.has_log10_k(), in.log10_k(), "log10_k", &out.log10_k);
    read(in.has_dimers(), in.dimers(), "dimers", &out.dimers);
    read(in.has_d(), in.d(), "d", &out.d);
    read(in.has_beta(), in.beta(), "beta", &out.beta);
    read(in.has_log10_standard_error(), in.log10_standard_error(), "log10_standard_error",
         &out.log10_standard_error);
    ReadProvenance(in.provenance(), Sub(at, "provenance"), &out.provenance, violations);
    out.source = in.source();
    out.doi = in.doi();
  }
  ReadBasisAndUnit(proto, path, model, violations);
  ReadValidity(proto.validity(), Sub(path, "validity"), &model->validity, violations);
  if (proto.has_loading_limit()) {
    const std::string at = Sub(path, "loading_limit");
    auto& limit = model->loading_limit.emplace();
    if (CheckFinite(proto.loading_limit().share(), Sub(at, "share"), violations)) {
      limit.share = proto.loading_limit().share();
    }
    ReadProvenance(proto.loading_limit().provenance(), Sub(at, "provenance"), &limit.provenance,
                   violations);
    limit.source = proto.loading_limit().source();
    limit.doi = proto.loading_limit().doi();
  }
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

void FromProto(const v1::Element& proto, const std::string& path, optimizer::Element* model,
               Violations* violations) {
  model->symbol = proto.symbol();
  model->oxide = proto.oxide();
  model->rare_earth = proto.rare_earth();
  const auto read = [&](double value, const char* field, double* to) {
    if (CheckFinite(value, Sub(path, field), violations)) *to = value;
  };
  read(proto.charge(), "charge", &model->charge);
  read(proto.mass_g_per_mol(), "mass_g_per_mol", &model->mass);
  read(proto.oxide_mass_g_per_mol(), "oxide_mass_g_per_mol", &model->oxide_mass);
}

void FromProto(const v1::Feed& proto, const std::string& path, optimizer::Feed* model,
               Violations* violations) {
  model->name = proto.name();
  model->description = proto.description();
  model->source = proto.source();
  for (int i = 0; i < proto.metals_size(); ++i) {
    const auto& metal = proto.metals(i);
    const std::string at = Sub(path, "metals", i);
    if (!CheckFinite(metal.mol_per_l(), Sub(at, "mol_per_l"), violations)) continue;
    InsertNamed(metal.element(), Sub(at, "element"), metal.mol_per_l(), &model->mol_per_l,
                violations);
  }
  if (CheckFinite(proto.hcl_mol_per_l(), Sub(path, "hcl_mol_per_l"), violations)) {
    model->hcl_mol_per_l = proto.hcl_mol_per_l();
  }
}

void FromProto(const v1::Hydroxide& proto, const std::string& path, optimizer::Hydroxide* model,
               Violations* violations) {
  for (int i = 0; i < proto.solids_size(); ++i) {
    const auto& in = proto.solids(i);
    const std::string at = Sub(path, "solids", i);
    auto& out = model->solids.emplace_back();
    out.form = in.form();
    out.source = in.source();
    if (CheckFinite(in.log10_ks(), Sub(at, "log10_ks"), violations)) out.log10_ks = in.log10_ks();
    ReadProvenance(in.provenance(), Sub(at, "provenance"), &out.provenance, violations);
  }
  for (int i = 0; i < proto.log10_hydrolysis_size(); ++i) {
    if (CheckFinite(proto.log10_hydrolysis(i), Sub(path, "log10_hydrolysis", i), violations)) {
      model->log10_hydrolysis.push_back(proto.log10_hydrolysis(i));
    }
  }
}

Violations FromProto(const v1::ChemistryData& proto, optimizer::Chemistry* model) {
  Violations violations;
  for (int i = 0; i < proto.elements_size(); ++i) {
    const std::string path = Sub("", "elements", i);
    optimizer::Element element;
    FromProto(proto.elements(i), path, &element, &violations);
    InsertNamed(proto.elements(i).symbol(), Sub(path, "symbol"), std::move(element),
                &model->elements, &violations);
  }
  for (int i = 0; i < proto.extractant_systems_size(); ++i) {
    const std::string path = Sub("", "extractant_systems", i);
    optimizer::ExtractantSystem system;
    FromProto(proto.extractant_systems(i), path, &system, &violations);
    system.built_in = true;
    InsertNamed(proto.extractant_systems(i).name(), Sub(path, "name"), std::move(system),
                &model->systems, &violations);
  }
  for (int i = 0; i < proto.feeds_size(); ++i) {
    const std::string path = Sub("", "feeds", i);
    optimizer::Feed feed;
    FromProto(proto.feeds(i), path, &feed, &violations);
    InsertNamed(proto.feeds(i).name(), Sub(path, "name"), std::move(feed), &model->feeds,
                &violations);
  }
  for (int i = 0; i < proto.hydroxides_size(); ++i) {
    const std::string path = Sub("", "hydroxides", i);
    optimizer::Hydroxide hydroxide;
    FromProto(proto.hydroxides(i), path, &hydroxide, &violations);
    InsertNamed(proto.hydroxides(i).element(), Sub(path, "element"), std::move(hydroxide),
                &model->hydroxides, &violations);
  }
  model->limits.min_organic_to_aqueous = proto.limits().min_organic_to_aqueous();
  model->limits.max_organic_to_aqueous = proto.limits().max_organic_to_aqueous();
  ReadProvenance(proto.limits().provenance(), "limits.provenance", &model->limits.provenance,
                 &violations);
  model->limits.source = proto.limits().source();
  return violations;
}

v1::EquilibriumConstant::Provenance ToProto(optimizer::Provenance model) {
  for (const auto& [wire, provenance] : kProvenances) {
    if (model == provenance) return wire;
  }
  return v1::EquilibriumConstant::PROVENANCE_UNSPECIFIED;
}

v1::ExtractantSystem ToProto(const optimizer::ExtractantSystem& model) {
  v1::ExtractantSystem out;
  out.set_name(model.name);
  out.set_description(model.description);
  for (const auto& [wire, law] : kLaws) {
    if (model.law == law) out.set_law(wire);
  }
  for (const auto& constant : model.constants) {
    auto* c = out.add_constants();
    c->set_element(constant.element);
    if (constant.log10_standard_error) c->set_log10_standard_error(*constant.log10_standard_error);
    c->set_doi(constant.doi);
    if (constant.log10_k) c->set_log10_k(*constant.log10_k);
    if (constant.dimers) c->set_dimers(*constant.dimers);
    if (constant.d) c->set_d(*constant.d);
    if (constant.beta) c->set_beta(*constant.beta);
    c->set_provenance(ToProto(constant.provenance));
    c->set_source(constant.source);
  }
  for (const auto& [wire, basis] : kBases) {
    if (model.basis == basis) out.set_basis(wire);
  }
  out.set_unit(model.unit);
  if (const v1::Validity validity = ToProto(model.validity); validity.ByteSizeLong() > 0) {
    *out.mutable_validity() = validity;
  }
  if (model.loading_limit) {
    auto* limit = out.mutable_loading_limit();
    limit->set_share(model.loading_limit->share);
    limit->set_provenance(ToProto(model.loading_limit->provenance));
    limit->set_source(model.loading_limit->source);
    limit->set_doi(model.loading_limit->doi);
  }
  out.set_source(model.source);
  out.set_doi(model.doi);
  for (std::size_t i = 0; i < model.covariance.rows.size(); ++i) {
    v1::CovarianceRow* row = out.add_covariance();
    row->set_parameter(model.covariance.parameters[i]);
    for (const double value : model.covariance.rows[i]) row->add_values(value);
  }
  return out;
}

v1::Element ToProto(const optimizer::Element& model) {
  v1::Element out;
  out.set_symbol(model.symbol);
  out.set_charge(model.charge);
  out.set_mass_g_per_mol(model.mass);
  out.set_oxide(model.oxide);
  out.set_oxide_mass_g_per_mol(model.oxide_mass);
  out.set_rare_earth(model.rare_earth);
  return out;
}

v1::Feed ToProto(const optimizer::Feed& model) {
  v1::Feed out;
  out.set_name(model.name);
  out.set_description(model.description);
  for (const auto& [element, mol_per_l] : model.mol_per_l) {
    auto* metal = out.add_metals();
    metal->set_element(element);
    metal->set_mol_per_l(mol_per_l);
  }
  out.set_hcl_mol_per_l(model.hcl_mol_per_l);
  out.set_source(model.source);
  return out;
}

}  // namespace raffinate::service
