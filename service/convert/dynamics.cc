#include "service/convert/dynamics.h"

#include <optional>

#include "service/convert/flowsheet.h"
#include "service/convert/leaf.h"
#include "service/convert/path.h"
#include "service/convert/simulation.h"

namespace raffinate::service {
namespace {

using optimizer::Number;
using optimizer::Violations;

void Read(bool has, const v1::Number& in, const std::string& path, std::optional<Number>* out,
          Violations* violations) {
  if (!has) return;
  Number leaf;
  FromProto(in, path, &leaf, violations);
  *out = std::move(leaf);
}

void Read(bool has, double in, const std::string& path, std::optional<double>* out,
          Violations* violations) {
  if (has && CheckFinite(in, path, violations)) *out = in;
}

void Need(bool has, double in, const std::string& path, double* out, Violations* violations) {
  if (!has) {
    violations->push_back({path, "is missing; it is needed"});
  } else if (CheckFinite(in, path, violations)) {
    *out = in;
  }
}

// What a stream of a flowsheet has and an operation has not.
void Refuse(const v1::Stream& in, const std::string& path, Violations* violations) {
  const auto refuse = [&](bool has, const char* field) {
    if (!has) return;
    violations->push_back(
        {Sub(path, field),
         "given; a transient changes flow, feed, metals, hcl, chloride, naoh, nh4oh, nacl and "
         "nh4cl of a stream, the rest stays as the flowsheet has it"});
  };
  refuse(in.has_hno3_mol_per_l(), "hno3_mol_per_l");
  refuse(in.has_nano3_mol_per_l(), "nano3_mol_per_l");
  refuse(in.has_nh4no3_mol_per_l(), "nh4no3_mol_per_l");
  refuse(in.has_h2so4_mol_per_l(), "h2so4_mol_per_l");
  refuse(in.has_na2so4_mol_per_l(), "na2so4_mol_per_l");
  refuse(in.has_nh4_2so4_mol_per_l(), "nh4_2so4_mol_per_l");
  refuse(in.complexants_size() > 0, "complexants");
  refuse(in.residues_size() > 0, "residues");
}

void Read(const v1::Stream& in, const std::string& path, optimizer::StreamOperation* out,
          Violations* violations) {
  Refuse(in, path, violations);
  out->name = in.name();
  out->feed = in.feed();
  const auto read = [&](bool has, const v1::Number& leaf, const char* field,
                        std::optional<Number>* to) {
    Read(has, leaf, Sub(path, field), to, violations);
  };
  read(in.has_flow_m3_per_h(), in.flow_m3_per_h(), "flow_m3_per_h", &out->flow);
  for (int i = 0; i < in.metals_size(); ++i) {
    const std::string at = Sub(Sub(path, "metals", i), "mol_per_l");
    auto& metal = out->metals.emplace_back();
    metal.element = in.metals(i).element();
    if (in.metals(i).has_mol_per_l()) {
      FromProto(in.metals(i).mol_per_l(), at, &metal.mol_per_l, violations);
    } else {
      violations->push_back({at, "is missing; it is needed"});
    }
  }
  read(in.has_hcl_mol_per_l(), in.hcl_mol_per_l(), "hcl_mol_per_l", &out->hcl);
  read(in.has_naoh_mol_per_l(), in.naoh_mol_per_l(), "naoh_mol_per_l", &out->naoh);
  read(in.has_nh4oh_mol_per_l(), in.nh4oh_mol_per_l(), "nh4oh_mol_per_l", &out->nh4oh);
  read(in.has_nacl_mol_per_l(), in.nacl_mol_per_l(), "nacl_mol_per_l", &out->nacl);
  read(in.has_nh4cl_mol_per_l(), in.nh4cl_mol_per_l(), "nh4cl_mol_per_l", &out->nh4cl);
  read(in.has_chloride_mol_per_l(), in.chloride_mol_per_l(), "chloride_mol_per_l", &out->chloride);
}

void Write(const optimizer::StreamOperation& in, v1::Stream* out) {
  out->set_name(in.name);
  out->set_feed(in.feed);
  for (const auto& metal : in.metals) {
    auto* m = out->add_metals();
    m->set_element(metal.element);
    *m->mutable_mol_per_l() = ToProto(metal.mol_per_l);
  }
  if (in.flow) *out->mutable_flow_m3_per_h() = ToProto(*in.flow);
  if (in.hcl) *out->mutable_hcl_mol_per_l() = ToProto(*in.hcl);
  if (in.naoh) *out->mutable_naoh_mol_per_l() = ToProto(*in.naoh);
  if (in.nh4oh) *out->mutable_nh4oh_mol_per_l() = ToProto(*in.nh4oh);
  if (in.nacl) *out->mutable_nacl_mol_per_l() = ToProto(*in.nacl);
  if (in.nh4cl) *out->mutable_nh4cl_mol_per_l() = ToProto(*in.nh4cl);
  if (in.chloride) *out->mutable_chloride_mol_per_l() = ToProto(*in.chloride);
}

// `Message`: Operation or Change, which hold the same three fields.
template <class Message>
void ReadOperation(const Message& in, const std::string& path, optimizer::Operation* out,
                   Violations* violations) {
  for (int i = 0; i < in.streams_size(); ++i) {
    Read(in.streams(i), Sub(path, "streams", i), &out->streams.emplace_back(), violations);
  }
  const std::string organic = Sub(path, "organic");
  Read(in.organic().has_flow_m3_per_h(), in.organic().flow_m3_per_h(),
       Sub(organic, "flow_m3_per_h"), &out->organic.flow, violations);
  Read(in.organic().has_saponification(), in.organic().saponification(),
       Sub(organic, "saponification"), &out->organic.saponification, violations);
  for (int s = 0; s < in.sections_size(); ++s) {
    const v1::SectionOperation& section = in.sections(s);
    const std::string at = Sub(path, "sections", s);
    auto& set = out->sections.emplace_back();
    set.name = section.name();
    Read(section.has_outlet_share(), section.outlet_share(), Sub(at, "outlet_share"),
         &set.outlet_share, violations);
    for (int k = 0; k < section.draws_size(); ++k) {
      const v1::DrawOperation& draw = section.draws(k);
      const std::string of = Sub(at, "draws", k);
      auto& to = set.draws.emplace_back();
      to.name = draw.name();
      Read(draw.has_share(), draw.share(), Sub(of, "share"), &to.share, violations);
      Read(draw.has_flow_m3_per_h(), draw.flow_m3_per_h(), Sub(of, "flow_m3_per_h"), &to.flow,
           violations);
    }
  }
}

template <class Message>
void WriteOperation(const optimizer::Operation& in, Message* out) {
  for (const auto& stream : in.streams) Write(stream, out->add_streams());
  if (in.organic.flow) {
    *out->mutable_organic()->mutable_flow_m3_per_h() = ToProto(*in.organic.flow);
  }
  if (in.organic.saponification) {
    *out->mutable_organic()->mutable_saponification() = ToProto(*in.organic.saponification);
  }
  for (const auto& section : in.sections) {
    auto* s = out->add_sections();
    s->set_name(section.name);
    if (section.outlet_share) *s->mutable_outlet_share() = ToProto(*section.outlet_share);
    for (const auto& draw : section.draws) {
      auto* d = s->add_draws();
      d->set_name(draw.name);
      if (draw.share) *d->mutable_share() = ToProto(*draw.share);
      if (draw.flow) *d->mutable_flow_m3_per_h() = ToProto(*draw.flow);
    }
  }
}

}  // namespace

void FromProto(const v1::Dynamics& proto, const std::string& path, optimizer::Dynamics* model,
               Violations* violations) {
  Need(proto.has_mixer_h(), proto.mixer_h(), Sub(path, "mixer_h"), &model->mixer, violations);
  Need(proto.has_settler_h(), proto.settler_h(), Sub(path, "settler_h"), &model->settler,
       violations);
  for (int i = 0; i < proto.sections_size(); ++i) {
    const v1::SectionResidence& section = proto.sections(i);
    const std::string at = Sub(path, "sections", i);
    auto& own = model->sections.emplace_back();
    own.name = section.name();
    Read(section.has_mixer_h(), section.mixer_h(), Sub(at, "mixer_h"), &own.mixer, violations);
    Read(section.has_settler_h(), section.settler_h(), Sub(at, "settler_h"), &own.settler,
         violations);
  }
  switch (proto.start()) {
    case v1::Dynamics::START_UNSPECIFIED:
    case v1::Dynamics::STEADY:
      model->start = optimizer::Start::kSteady;
      break;
    case v1::Dynamics::BARREN:
      model->start = optimizer::Start::kBarren;
      break;
    default:
      UnknownEnum(proto.start(), Sub(path, "start"), "STEADY, BARREN", violations);
  }
  ReadOperation(proto.initially(), Sub(path, "initially"), &model->initially, violations);
  Need(proto.has_until_h(), proto.until_h(), Sub(path, "until_h"), &model->until, violations);
  Need(proto.has_every_h(), proto.every_h(), Sub(path, "every_h"), &model->every, violations);
  for (int i = 0; i < proto.changes_size(); ++i) {
    const v1::Change& change = proto.changes(i);
    const std::string at = Sub(path, "changes", i);
    auto& to = model->changes.emplace_back();
    Need(change.has_at_h(), change.at_h(), Sub(at, "at_h"), &to.at, violations);
    if (CheckFinite(change.over_h(), Sub(at, "over_h"), violations)) to.over = change.over_h();
    ReadOperation(change, at, &to.sets, violations);
  }
}

v1::Dynamics ToProto(const optimizer::Dynamics& model) {
  v1::Dynamics out;
  out.set_mixer_h(model.mixer);
  out.set_settler_h(model.settler);
  for (const auto& section : model.sections) {
    auto* s = out.add_sections();
    s->set_name(section.name);
    if (section.mixer) s->set_mixer_h(*section.mixer);
    if (section.settler) s->set_settler_h(*section.settler);
  }
  if (model.start == optimizer::Start::kBarren) out.set_start(v1::Dynamics::BARREN);
  v1::Operation initially;
  WriteOperation(model.initially, &initially);
  if (initially.ByteSizeLong() > 0) *out.mutable_initially() = std::move(initially);
  out.set_until_h(model.until);
  out.set_every_h(model.every);
  for (const auto& change : model.changes) {
    auto* c = out.add_changes();
    c->set_at_h(change.at);
    c->set_over_h(change.over);
    WriteOperation(change.sets, c);
  }
  return out;
}

v1::DynamicState ToProto(const optimizer::DynamicState& state) {
  v1::DynamicState out;
  out.set_time_h(state.time_h);
  for (const auto& stream : state.streams) *out.add_streams() = ToProto(stream);
  for (const auto& product : state.products) {
    auto* p = out.add_products();
    p->set_product(product.now.product);
    p->set_purity(product.now.purity);
    p->set_impurity(product.now.impurity);
    p->set_recovery(product.now.recovery);
    p->set_reo_kg_per_h(product.now.reo_kg_per_h);
    p->set_meets_demands(product.meets_demands);
    p->set_collected_purity(product.collected_purity);
    p->set_collected_impurity(product.collected_impurity);
    p->set_collected_reo_kg(product.collected_reo_kg);
  }
  for (const auto& amount : state.inventory) {
    auto* a = out.add_inventory();
    a->set_element(amount.element);
    a->set_kmol(amount.kmol);
  }
  out.set_first_stage_ph(state.first_stage_ph);
  out.set_last_stage_ph(state.last_stage_ph);
  for (const auto& stage : state.stages) *out.add_stages() = ToProto(stage);
  return out;
}

v1::DynamicSummary ToProto(const optimizer::DynamicSummary& summary) {
  v1::DynamicSummary out;
  *out.mutable_flowsheet() = ToProto(summary.flowsheet);
  out.set_complete(summary.complete);
  out.set_message(summary.message);
  out.set_end_time_h(summary.end_time_h);
  for (const auto& product : summary.products) {
    auto* p = out.add_products();
    p->set_product(product.product);
    if (product.on_specification_h) p->set_on_specification_h(*product.on_specification_h);
  }
  out.set_steps(summary.steps);
  out.set_iterations(summary.iterations);
  out.set_balance_error(summary.balance_error);
  for (const auto& flag : summary.flags) *out.add_flags() = ToProto(flag);
  return out;
}

}  // namespace raffinate::service
