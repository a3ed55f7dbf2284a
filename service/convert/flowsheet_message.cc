#include "service/convert/flowsheet.h"

#include <utility>
#include <variant>
#include <vector>

#include "optimizer/model/leaves.h"
#include "service/convert/chemistry.h"
#include "service/convert/dynamics.h"
#include "service/convert/economics.h"
#include "service/convert/leaf.h"
#include "service/convert/scenarios.h"

namespace raffinate::service {
namespace {

// Whether the leaf says no more than its default does.
bool IsDefault(const optimizer::Number& leaf, double value) {
  const auto* number = std::get_if<double>(&leaf);
  return number != nullptr && *number == value;
}

void Write(const std::vector<optimizer::MetalConcentration>& in,
           google::protobuf::RepeatedPtrField<v1::MetalConcentration>* out) {
  for (const auto& metal : in) {
    auto* m = out->Add();
    m->set_element(metal.element);
    *m->mutable_mol_per_l() = ToProto(metal.mol_per_l);
  }
}

void Write(const optimizer::Stream& in, v1::Stream* out) {
  out->set_name(in.name);
  *out->mutable_flow_m3_per_h() = ToProto(in.flow);
  out->set_feed(in.feed);
  Write(in.metals, out->mutable_metals());
  if (in.hcl) *out->mutable_hcl_mol_per_l() = ToProto(*in.hcl);
  if (in.naoh) *out->mutable_naoh_mol_per_l() = ToProto(*in.naoh);
  if (in.nh4oh) *out->mutable_nh4oh_mol_per_l() = ToProto(*in.nh4oh);
  if (in.nacl) *out->mutable_nacl_mol_per_l() = ToProto(*in.nacl);
  if (in.nh4cl) *out->mutable_nh4cl_mol_per_l() = ToProto(*in.nh4cl);
  if (in.chloride) *out->mutable_chloride_mol_per_l() = ToProto(*in.chloride);
  if (in.hno3) *out->mutable_hno3_mol_per_l() = ToProto(*in.hno3);
  if (in.nano3) *out->mutable_nano3_mol_per_l() = ToProto(*in.nano3);
  if (in.nh4no3) *out->mutable_nh4no3_mol_per_l() = ToProto(*in.nh4no3);
  if (in.h2so4) *out->mutable_h2so4_mol_per_l() = ToProto(*in.h2so4);
  if (in.na2so4) *out->mutable_na2so4_mol_per_l() = ToProto(*in.na2so4);
  if (in.nh4_2so4) *out->mutable_nh4_2so4_mol_per_l() = ToProto(*in.nh4_2so4);
  for (const auto& complexant : in.complexants) {
    auto* c = out->add_complexants();
    c->set_ligand(complexant.ligand);
    *c->mutable_mol_per_l() = ToProto(complexant.mol_per_l);
  }
  for (const auto& residue : in.residues) {
    auto* r = out->add_residues();
    r->set_name(residue.name);
    for (const auto& metal : residue.metals) {
      auto* m = r->add_metals();
      m->set_element(metal.element);
      m->set_share(metal.share);
    }
    if (!residue.base) continue;
    r->set_base(*residue.base == optimizer::Base::kNaOH ? v1::Residue::NAOH : v1::Residue::NH4OH);
  }
}

void Write(const optimizer::Section& in, v1::Section* out) {
  out->set_name(in.name);
  *out->mutable_stages() = ToProto(in.stages);
  for (const auto& inlet : in.inlets) {
    auto* i = out->add_inlets();
    i->set_stream(inlet.stream);
    if (inlet.stage) *i->mutable_stage() = ToProto(*inlet.stage);
  }
  out->set_outlet(in.outlet);
  if (!IsDefault(in.outlet_share, 1)) *out->mutable_outlet_share() = ToProto(in.outlet_share);
  for (const auto& draw : in.draws) {
    auto* d = out->add_draws();
    d->set_name(draw.name);
    if (draw.phase == optimizer::DrawPhase::kOrganic) d->set_phase(v1::Draw::ORGANIC);
    *d->mutable_stage() = ToProto(draw.stage);
    if (draw.share) *d->mutable_share() = ToProto(*draw.share);
    if (draw.flow) *d->mutable_flow_m3_per_h() = ToProto(*draw.flow);
  }
  if (!IsDefault(in.efficiency, 1)) *out->mutable_efficiency() = ToProto(in.efficiency);
  if (!IsDefault(in.aqueous_entrainment, 0)) {
    *out->mutable_aqueous_entrainment() = ToProto(in.aqueous_entrainment);
  }
  if (!IsDefault(in.organic_entrainment, 0)) {
    *out->mutable_organic_entrainment() = ToProto(in.organic_entrainment);
  }
  if (in.temperature) out->set_temperature_celsius(*in.temperature);
}

void Write(const optimizer::Circuit& in, v1::Circuit* out) {
  out->set_name(in.name);
  *out->mutable_extractant()->mutable_system() = ToProto(in.system);
  if (optimizer::HasOwnOrganic(in.organic)) {
    *out->mutable_extractant()->mutable_concentration_mol_per_l() =
        ToProto(in.extractant_mol_per_l);
  }
  if (in.second_extractant_mol_per_l) {
    *out->mutable_extractant()->mutable_second_concentration_mol_per_l() =
        ToProto(*in.second_extractant_mol_per_l);
  }
  auto* organic = out->mutable_organic();
  if (optimizer::HoldsFlow(in.organic)) {
    *organic->mutable_flow_m3_per_h() = ToProto(in.organic.flow);
  }
  if (in.organic.loop == optimizer::Loop::kOpen) organic->set_loop(v1::Organic::OPEN);
  organic->set_from(in.organic.from);
  if (in.organic.make_up) *organic->mutable_make_up_m3_per_h() = ToProto(*in.organic.make_up);
  organic->set_outlet(in.organic.outlet);
  if (!IsDefault(in.organic.saponification, 0)) {
    *organic->mutable_saponification() = ToProto(in.organic.saponification);
  }
  if (in.organic.base == optimizer::Base::kNH4OH) organic->set_base(v1::Organic::NH4OH);
  Write(in.organic.metals, organic->mutable_metals());
  for (const auto& section : in.sections) Write(section, out->add_sections());
}

void Write(const optimizer::Train& in, v1::Train* out) {
  out->set_feed(in.feed);
  out->set_system(in.system);
  out->mutable_systems()->Assign(in.systems.begin(), in.systems.end());
  out->set_concentration_mol_per_l(in.concentration);
  out->set_naoh_mol_per_l(in.naoh);
  out->set_nh4oh_mol_per_l(in.nh4oh);
  if (in.scrub_hcl) *out->mutable_scrub_hcl_mol_per_l() = ToProto(*in.scrub_hcl);
  if (in.strip_hcl) *out->mutable_strip_hcl_mol_per_l() = ToProto(*in.strip_hcl);
  if (in.linkage == optimizer::Linkage::kRequired) out->set_linkage(v1::Train::REQUIRED);
  if (in.linkage == optimizer::Linkage::kForbidden) out->set_linkage(v1::Train::FORBIDDEN);
  out->set_max_linked_products(in.max_linked_products);
  out->set_max_structures(in.max_structures);
  out->set_max_stages_per_section(in.max_stages_per_section);
  out->mutable_required()->Assign(in.required.begin(), in.required.end());
  out->mutable_forbidden()->Assign(in.forbidden.begin(), in.forbidden.end());
}

void Write(const optimizer::SearchSettings& in, v1::Search* out) {
  out->set_max_evaluations(in.max_evaluations);
  out->set_max_wall_time_s(in.max_wall_time_s);
  out->set_stagnation_generations(in.stagnation_generations);
  if (in.seed != 1) out->set_seed(in.seed);
  out->set_population(in.population);
  if (in.islands != 1) out->set_islands(in.islands);
}

}  // namespace

v1::Flowsheet ToProto(const optimizer::Flowsheet& model) {
  v1::Flowsheet out;
  out.set_name(model.name);
  out.set_description(model.description);
  for (const auto& system : model.extractant_systems) {
    *out.add_extractant_systems() = ToProto(system);
  }
  for (const auto& stream : model.streams) Write(stream, out.add_streams());
  for (const auto& circuit : model.circuits) Write(circuit, out.add_circuits());
  for (const auto& split : model.splits) {
    auto* s = out.add_splits();
    s->set_stream(split.stream);
    for (const auto& part : split.parts) {
      auto* p = s->add_parts();
      p->set_name(part.name);
      if (part.share) *p->mutable_share() = ToProto(*part.share);
    }
  }
  for (const auto& product : model.products) {
    auto* p = out.add_products();
    p->set_name(product.name);
    p->set_stream(product.stream);
    p->mutable_elements()->Add(product.elements.begin(), product.elements.end());
    if (product.min_purity) p->set_min_purity(*product.min_purity);
    if (product.min_recovery) p->set_min_recovery(*product.min_recovery);
  }
  for (const auto& objective : model.objectives) {
    auto* o = out.add_objectives();
    o->set_direction(objective.direction == optimizer::Direction::kMaximize
                         ? v1::Objective::MAXIMIZE
                         : v1::Objective::MINIMIZE);
    o->set_figure(objective.figure);
    o->set_product(objective.product);
  }
  for (const auto& constraint : model.constraints) {
    auto* c = out.add_constraints();
    c->set_figure(constraint.figure);
    c->set_product(constraint.product);
    if (constraint.min) c->set_min(*constraint.min);
    if (constraint.max) c->set_max(*constraint.max);
  }
  v1::Search search;
  Write(model.search, &search);
  if (search.ByteSizeLong() > 0) *out.mutable_search() = std::move(search);
  if (model.dynamics) *out.mutable_dynamics() = ToProto(*model.dynamics);
  v1::Economics economics = ToProto(model.economics);
  if (economics.ByteSizeLong() > 0) *out.mutable_economics() = std::move(economics);
  if (model.scenarios) *out.mutable_scenarios() = ToProto(*model.scenarios);
  if (model.train) Write(*model.train, out.mutable_train());
  return out;
}

}  // namespace raffinate::service
