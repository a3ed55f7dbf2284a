#include "service/convert/chemistry.h"

#include <utility>

#include "service/convert/economics.h"
#include "service/convert/path.h"

namespace raffinate::service {
namespace {

using optimizer::Violations;

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
    FromProto(in.provenance(), Sub(at, "provenance"), &out.provenance, violations);
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
  FromProto(proto.limits().provenance(), "limits.provenance", &model->limits.provenance,
            &violations);
  model->limits.source = proto.limits().source();
  FromProto(proto, &model->economics, &violations);
  return violations;
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
