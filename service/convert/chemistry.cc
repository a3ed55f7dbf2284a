#include "service/convert/chemistry.h"

#include <utility>

#include "service/convert/path.h"

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
      if (has && CheckFinite(value, Sub(at, field), violations)) *to = value;
    };
    read(in.has_log10_k(), in.log10_k(), "log10_k", &out.log10_k);
    read(in.has_dimers(), in.dimers(), "dimers", &out.dimers);
    read(in.has_d(), in.d(), "d", &out.d);
    read(in.has_beta(), in.beta(), "beta", &out.beta);
    ReadProvenance(in.provenance(), Sub(at, "provenance"), &out.provenance, violations);
    out.source = in.source();
  }
  if (CheckFinite(proto.min_ph(), Sub(path, "min_ph"), violations)) model->min_ph = proto.min_ph();
  if (CheckFinite(proto.max_ph(), Sub(path, "max_ph"), violations)) model->max_ph = proto.max_ph();
  if (CheckFinite(proto.max_loading(), Sub(path, "max_loading"), violations)) {
    model->max_loading = proto.max_loading() == 0 ? 1 : proto.max_loading();
  }
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
  return violations;
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
    if (constant.log10_k) c->set_log10_k(*constant.log10_k);
    if (constant.dimers) c->set_dimers(*constant.dimers);
    if (constant.d) c->set_d(*constant.d);
    if (constant.beta) c->set_beta(*constant.beta);
    for (const auto& [wire, provenance] : kProvenances) {
      if (constant.provenance == provenance) c->set_provenance(wire);
    }
    c->set_source(constant.source);
  }
  out.set_min_ph(model.min_ph);
  out.set_max_ph(model.max_ph);
  if (model.max_loading != 1) out.set_max_loading(model.max_loading);
  out.set_source(model.source);
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
