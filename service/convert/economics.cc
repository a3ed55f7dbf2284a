#include "service/convert/economics.h"

#include <utility>

#include "service/convert/chemistry.h"
#include "service/convert/extractant_system.h"
#include "service/convert/path.h"

namespace raffinate::service {
namespace {

using optimizer::Violations;

using Overridden = google::protobuf::RepeatedPtrField<v1::Override>;

void Read(const Overridden& in, const std::string& path, const char* field,
          optimizer::Overrides* out, Violations* violations) {
  for (int i = 0; i < in.size(); ++i) {
    if (!CheckFinite(in[i].value(), Sub(Sub(path, field, i), "value"), violations)) continue;
    out->emplace_back(in[i].name(), in[i].value());
  }
}

void Write(const optimizer::Overrides& in, Overridden* out) {
  for (const auto& [name, value] : in) {
    auto* to = out->Add();
    to->set_name(name);
    to->set_value(value);
  }
}

void Read(const google::protobuf::RepeatedPtrField<v1::Datum>& in, const char* field,
          std::map<std::string, optimizer::Datum>* out, Violations* violations) {
  for (int i = 0; i < in.size(); ++i) {
    const v1::Datum& from = in[i];
    const std::string path = Sub("", field, i);
    optimizer::Datum datum;
    if (CheckFinite(from.value(), Sub(path, "value"), violations)) datum.value = from.value();
    datum.unit = from.unit();
    datum.date = from.date();
    FromProto(from.provenance(), Sub(path, "provenance"), &datum.provenance, violations);
    datum.source = from.source();
    if (!from.doi().empty()) datum.source += ", doi " + from.doi();
    datum.elements.assign(from.elements().begin(), from.elements().end());
    datum.min_purity = from.min_purity();
    if (!out->emplace(from.name(), std::move(datum)).second) {
      violations->push_back(
          {Sub(path, "name"), absl::StrCat("'", from.name(), "' is given twice")});
    }
  }
}

v1::ElementExit::Kind ToProto(optimizer::ElementExit::Kind kind) {
  switch (kind) {
    case optimizer::ElementExit::Kind::kProduct:
      return v1::ElementExit::PRODUCT;
    case optimizer::ElementExit::Kind::kImpurity:
      return v1::ElementExit::IMPURITY;
    case optimizer::ElementExit::Kind::kLoss:
      return v1::ElementExit::LOSS;
    case optimizer::ElementExit::Kind::kEntrained:
      return v1::ElementExit::ENTRAINED;
    case optimizer::ElementExit::Kind::kOrganic:
      return v1::ElementExit::ORGANIC;
    case optimizer::ElementExit::Kind::kResidue:
      return v1::ElementExit::RESIDUE;
  }
  return v1::ElementExit::KIND_UNSPECIFIED;
}

v1::UsedDatum::Kind ToProto(optimizer::UsedDatum::Kind kind) {
  switch (kind) {
    case optimizer::UsedDatum::Kind::kPrice:
      return v1::UsedDatum::PRICE;
    case optimizer::UsedDatum::Kind::kFactor:
      return v1::UsedDatum::FACTOR;
    case optimizer::UsedDatum::Kind::kLimit:
      return v1::UsedDatum::LIMIT;
    case optimizer::UsedDatum::Kind::kSolvent:
      return v1::UsedDatum::SOLVENT;
  }
  return v1::UsedDatum::KIND_UNSPECIFIED;
}

void WriteEffluent(const optimizer::PlantReport& report, v1::PlantReport* out) {
  for (const auto& species : report.effluent) {
    auto* s = out->add_effluent();
    s->set_name(species.name);
    s->set_kg_per_h(species.kg_per_h);
    s->set_kg_per_t_reo(species.kg_per_t_reo);
    s->set_mg_per_l(species.mg_per_l);
    s->set_limit(species.limit);
    if (species.limit_mg_per_l) s->set_limit_mg_per_l(*species.limit_mg_per_l);
    if (species.over_limit) s->set_over_limit(*species.over_limit);
  }
  for (const auto& recovered : report.recovered) {
    auto* r = out->add_recovered();
    r->set_name(recovered.name);
    r->set_kg_per_h(recovered.kg_per_h);
    r->set_kg_per_t_reo(recovered.kg_per_t_reo);
  }
}

void WriteEquipment(const optimizer::PlantReport& report, v1::PlantReport* out) {
  for (const auto& section : report.equipment) {
    auto* s = out->add_equipment();
    s->set_circuit(section.circuit);
    s->set_section(section.section);
    s->set_stages(section.stages);
    s->set_mixer_m3(section.mixer_m3);
    s->set_settler_m2(section.settler_m2);
    s->set_organic_m3(section.organic_m3);
    s->set_reo_kg(section.reo_kg);
    s->set_inventory_usd(section.inventory_usd);
    s->set_mixing_kw(section.mixing_kw);
    s->set_installed_usd(section.installed_usd);
  }
  for (const auto& energy : report.energy) {
    auto* e = out->add_energy();
    e->set_name(energy.name);
    e->set_electricity_kw(energy.electricity_kw);
    e->set_heat_mj_per_h(energy.heat_mj_per_h);
  }
}

void WriteMoney(const optimizer::PlantReport& report, v1::PlantReport* out) {
  for (const auto& line : report.costs) {
    auto* c = out->add_costs();
    c->set_name(line.name);
    c->set_group(line.capital ? "capital" : "operating");
    c->set_usd_per_h(line.usd_per_h);
    c->set_usd_per_kg_reo(line.usd_per_kg_reo);
  }
  for (const auto& line : report.carbon) {
    auto* c = out->add_carbon();
    c->set_name(line.name);
    c->set_kg_co2e_per_h(line.kg_co2e_per_h);
    c->set_kg_co2e_per_kg_reo(line.kg_co2e_per_kg_reo);
  }
  for (const auto& product : report.products) {
    auto* p = out->add_products();
    p->set_product(product.product);
    p->set_reo_kg_per_h(product.reo_kg_per_h);
    p->set_price_usd_per_kg(product.price_usd_per_kg);
    p->set_price_basis(product.price_basis);
    p->set_revenue_usd_per_h(product.revenue_usd_per_h);
    p->set_allocation(product.allocation);
    p->set_cost_usd_per_kg(product.cost_usd_per_kg);
    p->set_co2e_kg_per_kg(product.co2e_kg_per_kg);
  }
}

}  // namespace

void FromProto(const v1::Economics& proto, const std::string& path,
               optimizer::EconomicsSettings* model, Violations* violations) {
  switch (proto.treatment()) {
    case v1::Economics::TREATMENT_UNSPECIFIED:
    case v1::Economics::DISCHARGE:
      model->treatment = optimizer::Treatment::kDischarge;
      break;
    case v1::Economics::EVAPORATION_CRYSTALLIZATION:
      model->treatment = optimizer::Treatment::kEvaporationCrystallization;
      break;
    case v1::Economics::SPRAY_ROASTING:
      model->treatment = optimizer::Treatment::kSprayRoasting;
      break;
    default:
      UnknownEnum(proto.treatment(), Sub(path, "treatment"),
                  "DISCHARGE, EVAPORATION_CRYSTALLIZATION, SPRAY_ROASTING", violations);
  }
  switch (proto.neutralizer()) {
    case v1::Economics::NEUTRALIZER_UNSPECIFIED:
    case v1::Economics::NO_NEUTRALIZER:
      model->neutralizer = optimizer::Neutralizer::kNone;
      break;
    case v1::Economics::SODIUM_HYDROXIDE:
      model->neutralizer = optimizer::Neutralizer::kSodiumHydroxide;
      break;
    case v1::Economics::AMMONIA:
      model->neutralizer = optimizer::Neutralizer::kAmmonia;
      break;
    case v1::Economics::CALCIUM_HYDROXIDE:
      model->neutralizer = optimizer::Neutralizer::kCalciumHydroxide;
      break;
    case v1::Economics::MAGNESIUM_OXIDE:
      model->neutralizer = optimizer::Neutralizer::kMagnesiumOxide;
      break;
    case v1::Economics::MAGNESIUM_BICARBONATE:
      model->neutralizer = optimizer::Neutralizer::kMagnesiumBicarbonate;
      break;
    default:
      UnknownEnum(proto.neutralizer(), Sub(path, "neutralizer"),
                  "NO_NEUTRALIZER, SODIUM_HYDROXIDE, AMMONIA, CALCIUM_HYDROXIDE, MAGNESIUM_OXIDE, "
                  "MAGNESIUM_BICARBONATE",
                  violations);
  }
  switch (proto.allocation()) {
    case v1::Economics::ALLOCATION_UNSPECIFIED:
    case v1::Economics::BY_REVENUE:
      model->allocation = optimizer::Allocation::kByRevenue;
      break;
    case v1::Economics::BY_MASS:
      model->allocation = optimizer::Allocation::kByMass;
      break;
    default:
      UnknownEnum(proto.allocation(), Sub(path, "allocation"), "BY_REVENUE, BY_MASS", violations);
  }
  model->extractant = proto.extractant();
  Read(proto.prices(), path, "prices", &model->prices, violations);
  Read(proto.factors(), path, "factors", &model->factors, violations);
  Read(proto.limits(), path, "limits", &model->limits, violations);
  Read(proto.product_prices(), path, "product_prices", &model->product_prices, violations);
}

v1::Economics ToProto(const optimizer::EconomicsSettings& model) {
  v1::Economics out;
  switch (model.treatment) {
    case optimizer::Treatment::kDischarge:
      break;
    case optimizer::Treatment::kEvaporationCrystallization:
      out.set_treatment(v1::Economics::EVAPORATION_CRYSTALLIZATION);
      break;
    case optimizer::Treatment::kSprayRoasting:
      out.set_treatment(v1::Economics::SPRAY_ROASTING);
      break;
  }
  switch (model.neutralizer) {
    case optimizer::Neutralizer::kNone:
      break;
    case optimizer::Neutralizer::kSodiumHydroxide:
      out.set_neutralizer(v1::Economics::SODIUM_HYDROXIDE);
      break;
    case optimizer::Neutralizer::kAmmonia:
      out.set_neutralizer(v1::Economics::AMMONIA);
      break;
    case optimizer::Neutralizer::kCalciumHydroxide:
      out.set_neutralizer(v1::Economics::CALCIUM_HYDROXIDE);
      break;
    case optimizer::Neutralizer::kMagnesiumOxide:
      out.set_neutralizer(v1::Economics::MAGNESIUM_OXIDE);
      break;
    case optimizer::Neutralizer::kMagnesiumBicarbonate:
      out.set_neutralizer(v1::Economics::MAGNESIUM_BICARBONATE);
      break;
  }
  if (model.allocation == optimizer::Allocation::kByMass) {
    out.set_allocation(v1::Economics::BY_MASS);
  }
  out.set_extractant(model.extractant);
  Write(model.prices, out.mutable_prices());
  Write(model.factors, out.mutable_factors());
  Write(model.limits, out.mutable_limits());
  Write(model.product_prices, out.mutable_product_prices());
  return out;
}

void FromProto(const v1::ChemistryData& proto, optimizer::EconomicsData* model,
               Violations* violations) {
  Read(proto.prices(), "prices", &model->prices, violations);
  Read(proto.factors(), "factors", &model->factors, violations);
  Read(proto.effluent_limits(), "effluent_limits", &model->limits, violations);
  for (int i = 0; i < proto.solvents_size(); ++i) {
    const v1::Solvent& in = proto.solvents(i);
    const std::string path = Sub("", "solvents", i);
    optimizer::Solvent solvent;
    solvent.systems.assign(in.systems().begin(), in.systems().end());
    const auto read = [&](double value, const char* field, double* to) {
      if (CheckFinite(value, Sub(path, field), violations)) *to = value;
    };
    read(in.molar_mass_g_per_mol(), "molar_mass_g_per_mol", &solvent.molar_mass);
    read(in.density_kg_per_m3(), "density_kg_per_m3", &solvent.density);
    read(in.carbon_share(), "carbon_share", &solvent.carbon_share);
    read(in.solubility_mg_per_l(), "solubility_mg_per_l", &solvent.solubility);
    solvent.price = in.price();
    FromProto(in.provenance(), Sub(path, "provenance"), &solvent.provenance, violations);
    solvent.source = in.source();
    if (!model->solvents.emplace(in.name(), std::move(solvent)).second) {
      violations->push_back({Sub(path, "name"), absl::StrCat("'", in.name(), "' is given twice")});
    }
  }
}

v1::ElementExit ToProto(const optimizer::ElementExit& exit) {
  v1::ElementExit out;
  out.set_element(exit.element);
  out.set_stream(exit.stream);
  out.set_kind(ToProto(exit.kind));
  out.set_product(exit.product);
  out.set_kmol_per_h(exit.kmol_per_h);
  out.set_share(exit.share);
  out.set_kg_per_h(exit.kg_per_h);
  return out;
}

v1::PlantReport ToProto(const optimizer::PlantReport& report) {
  v1::PlantReport out;
  for (const auto& use : report.reagents) {
    auto* r = out.add_reagents();
    r->set_name(use.name);
    r->set_purpose(use.purpose);
    r->set_kg_per_h(use.kg_per_h);
    r->set_kg_per_t_reo(use.kg_per_t_reo);
  }
  WriteEffluent(report, &out);
  WriteEquipment(report, &out);
  WriteMoney(report, &out);
  for (const auto& used : report.data) {
    auto* d = out.add_data();
    d->set_kind(ToProto(used.kind));
    d->set_name(used.name);
    d->set_value(used.value);
    d->set_unit(used.unit);
    d->set_overridden(used.overridden);
    if (used.overridden) continue;
    d->set_date(used.date);
    d->set_provenance(ToProto(used.provenance));
    d->set_source(used.source);
  }
  for (const auto& note : report.notes) out.add_notes(note);
  out.set_base_floor_kg_per_t_reo(report.base_floor_kg_per_t_reo);
  out.set_acid_floor_kg_per_t_reo(report.acid_floor_kg_per_t_reo);
  out.set_weakest_class(ToProto(report.weakest));
  out.set_effluent_m3_per_h(report.effluent_m3_per_h);
  return out;
}

void Write(const optimizer::PlantFigures& figures, v1::Figures* out) {
  if (figures.water_m3_per_t_reo) out->set_water_m3_per_t_reo(*figures.water_m3_per_t_reo);
  if (figures.extractant_loss_kg_per_t_reo)
    out->set_extractant_loss_kg_per_t_reo(*figures.extractant_loss_kg_per_t_reo);
  if (figures.diluent_loss_kg_per_t_reo)
    out->set_diluent_loss_kg_per_t_reo(*figures.diluent_loss_kg_per_t_reo);
  if (figures.organic_carbon_kg_per_t_reo)
    out->set_organic_carbon_kg_per_t_reo(*figures.organic_carbon_kg_per_t_reo);
  if (figures.magnesium_kg_per_t_reo)
    out->set_magnesium_kg_per_t_reo(*figures.magnesium_kg_per_t_reo);
  if (figures.calcium_kg_per_t_reo) out->set_calcium_kg_per_t_reo(*figures.calcium_kg_per_t_reo);
  if (figures.effluent_over_limit) out->set_effluent_over_limit(*figures.effluent_over_limit);
  if (figures.electricity_kwh_per_t_reo)
    out->set_electricity_kwh_per_t_reo(*figures.electricity_kwh_per_t_reo);
  if (figures.heat_gj_per_t_reo) out->set_heat_gj_per_t_reo(*figures.heat_gj_per_t_reo);
  if (figures.co2e_kg_per_kg_reo) out->set_co2e_kg_per_kg_reo(*figures.co2e_kg_per_kg_reo);
  if (figures.settler_area_m2) out->set_settler_area_m2(*figures.settler_area_m2);
  if (figures.reo_inventory_kg) out->set_reo_inventory_kg(*figures.reo_inventory_kg);
  if (figures.organic_inventory_m3) out->set_organic_inventory_m3(*figures.organic_inventory_m3);
  if (figures.inventory_value_usd) out->set_inventory_value_usd(*figures.inventory_value_usd);
  if (figures.installed_cost_usd) out->set_installed_cost_usd(*figures.installed_cost_usd);
  if (figures.operating_cost_usd_per_kg_reo)
    out->set_operating_cost_usd_per_kg_reo(*figures.operating_cost_usd_per_kg_reo);
  if (figures.cost_usd_per_kg_reo) out->set_cost_usd_per_kg_reo(*figures.cost_usd_per_kg_reo);
  if (figures.revenue_usd_per_kg_reo)
    out->set_revenue_usd_per_kg_reo(*figures.revenue_usd_per_kg_reo);
  if (figures.margin_usd_per_kg_reo) out->set_margin_usd_per_kg_reo(*figures.margin_usd_per_kg_reo);
  if (figures.base_over_floor) out->set_base_over_floor(*figures.base_over_floor);
  if (figures.acid_over_floor) out->set_acid_over_floor(*figures.acid_over_floor);
}

}  // namespace raffinate::service
