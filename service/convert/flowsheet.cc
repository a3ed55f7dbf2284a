#include "service/convert/flowsheet.h"

#include <string>
#include <utility>
#include <vector>

#include "service/convert/chemistry.h"
#include "service/convert/dynamics.h"
#include "service/convert/economics.h"
#include "service/convert/leaf.h"
#include "service/convert/path.h"
#include "service/convert/scenarios.h"

namespace raffinate::service {
namespace {

using optimizer::Violations;

// Reads one message into the model, collecting what does not fit.
class Reader {
 public:
  explicit Reader(Violations* violations) : violations_(violations) {}

  void Stream(const v1::Stream& in, const std::string& path, optimizer::Stream* out) {
    out->name = in.name();
    out->feed = in.feed();
    Required(in.has_flow_m3_per_h(), in.flow_m3_per_h(), Sub(path, "flow_m3_per_h"), &out->flow);
    Metals(in.metals(), path, &out->metals);
    const auto optional = [&](bool has, const v1::Number& leaf, const char* field,
                              std::optional<optimizer::Number>* to) {
      Optional(has, leaf, Sub(path, field), to);
    };
    optional(in.has_hcl_mol_per_l(), in.hcl_mol_per_l(), "hcl_mol_per_l", &out->hcl);
    optional(in.has_naoh_mol_per_l(), in.naoh_mol_per_l(), "naoh_mol_per_l", &out->naoh);
    optional(in.has_nh4oh_mol_per_l(), in.nh4oh_mol_per_l(), "nh4oh_mol_per_l", &out->nh4oh);
    optional(in.has_nacl_mol_per_l(), in.nacl_mol_per_l(), "nacl_mol_per_l", &out->nacl);
    optional(in.has_nh4cl_mol_per_l(), in.nh4cl_mol_per_l(), "nh4cl_mol_per_l", &out->nh4cl);
    optional(in.has_chloride_mol_per_l(), in.chloride_mol_per_l(), "chloride_mol_per_l",
             &out->chloride);
    optional(in.has_hno3_mol_per_l(), in.hno3_mol_per_l(), "hno3_mol_per_l", &out->hno3);
    optional(in.has_nano3_mol_per_l(), in.nano3_mol_per_l(), "nano3_mol_per_l", &out->nano3);
    optional(in.has_nh4no3_mol_per_l(), in.nh4no3_mol_per_l(), "nh4no3_mol_per_l", &out->nh4no3);
    optional(in.has_h2so4_mol_per_l(), in.h2so4_mol_per_l(), "h2so4_mol_per_l", &out->h2so4);
    optional(in.has_na2so4_mol_per_l(), in.na2so4_mol_per_l(), "na2so4_mol_per_l", &out->na2so4);
    optional(in.has_nh4_2so4_mol_per_l(), in.nh4_2so4_mol_per_l(), "nh4_2so4_mol_per_l",
             &out->nh4_2so4);
    for (int i = 0; i < in.complexants_size(); ++i) {
      auto& to = out->complexants.emplace_back();
      to.ligand = in.complexants(i).ligand();
      Required(in.complexants(i).has_mol_per_l(), in.complexants(i).mol_per_l(),
               Sub(Sub(path, "complexants", i), "mol_per_l"), &to.mol_per_l);
    }
    for (int i = 0; i < in.residues_size(); ++i) {
      Residue(in.residues(i), Sub(path, "residues", i), &out->residues.emplace_back());
    }
  }

  void Residue(const v1::Residue& in, const std::string& path, optimizer::Residue* out) {
    out->name = in.name();
    for (int i = 0; i < in.metals_size(); ++i) {
      auto& to = out->metals.emplace_back();
      to.element = in.metals(i).element();
      if (CheckFinite(in.metals(i).share(), Sub(Sub(path, "metals", i), "share"), violations_)) {
        to.share = in.metals(i).share();
      }
    }
    switch (in.base()) {
      case v1::Residue::BASE_UNSPECIFIED:
        break;
      case v1::Residue::NAOH:
        out->base = optimizer::Base::kNaOH;
        break;
      case v1::Residue::NH4OH:
        out->base = optimizer::Base::kNH4OH;
        break;
      default:
        UnknownEnum(in.base(), Sub(path, "base"), "NAOH, NH4OH", violations_);
    }
  }

  void Circuit(const v1::Circuit& in, const std::string& path, optimizer::Circuit* out) {
    out->name = in.name();
    const std::string extractant = Sub(path, "extractant");
    Required(in.extractant().has_system(), in.extractant().system(), Sub(extractant, "system"),
             &out->system);
    const bool own = in.organic().from().empty() || in.organic().has_flow_m3_per_h() ||
                     in.organic().has_make_up_m3_per_h();
    if (own || in.extractant().has_concentration_mol_per_l()) {
      Required(in.extractant().has_concentration_mol_per_l(),
               in.extractant().concentration_mol_per_l(),
               Sub(extractant, "concentration_mol_per_l"), &out->extractant_mol_per_l);
    }
    Optional(in.extractant().has_second_concentration_mol_per_l(),
             in.extractant().second_concentration_mol_per_l(),
             Sub(extractant, "second_concentration_mol_per_l"), &out->second_extractant_mol_per_l);
    Organic(in.organic(), Sub(path, "organic"), &out->organic);
    for (int i = 0; i < in.sections_size(); ++i) {
      Section(in.sections(i), Sub(path, "sections", i), &out->sections.emplace_back());
    }
  }

  void Split(const v1::Split& in, const std::string& path, optimizer::Split* out) {
    out->stream = in.stream();
    for (int i = 0; i < in.parts_size(); ++i) {
      auto& part = out->parts.emplace_back();
      part.name = in.parts(i).name();
      Optional(in.parts(i).has_share(), in.parts(i).share(), Sub(Sub(path, "parts", i), "share"),
               &part.share);
    }
  }

  void Product(const v1::Product& in, const std::string& path, optimizer::Product* out) {
    out->name = in.name();
    out->stream = in.stream();
    out->elements.assign(in.elements().begin(), in.elements().end());
    Bound(in.has_min_purity(), in.min_purity(), Sub(path, "min_purity"), &out->min_purity);
    Bound(in.has_min_recovery(), in.min_recovery(), Sub(path, "min_recovery"), &out->min_recovery);
  }

  void Objective(const v1::Objective& in, const std::string& path, optimizer::Objective* out) {
    out->figure = in.figure();
    out->product = in.product();
    const std::string at = Sub(path, "direction");
    switch (in.direction()) {
      case v1::Objective::MAXIMIZE:
        out->direction = optimizer::Direction::kMaximize;
        break;
      case v1::Objective::MINIMIZE:
        out->direction = optimizer::Direction::kMinimize;
        break;
      case v1::Objective::DIRECTION_UNSPECIFIED:
        violations_->push_back({at, "is missing; needed is MAXIMIZE or MINIMIZE"});
        break;
      default:
        UnknownEnum(in.direction(), at, "MAXIMIZE, MINIMIZE", violations_);
    }
  }

  void Constraint(const v1::Constraint& in, const std::string& path, optimizer::Constraint* out) {
    out->figure = in.figure();
    out->product = in.product();
    Bound(in.has_min(), in.min(), Sub(path, "min"), &out->min);
    Bound(in.has_max(), in.max(), Sub(path, "max"), &out->max);
  }

  void Train(const v1::Train& in, const std::string& path, optimizer::Train* out) {
    out->feed = in.feed();
    out->system = in.system();
    out->systems.assign(in.systems().begin(), in.systems().end());
    const auto number = [&](double value, const char* field, double* to) {
      if (CheckFinite(value, Sub(path, field), violations_)) *to = value;
    };
    number(in.concentration_mol_per_l(), "concentration_mol_per_l", &out->concentration);
    number(in.naoh_mol_per_l(), "naoh_mol_per_l", &out->naoh);
    number(in.nh4oh_mol_per_l(), "nh4oh_mol_per_l", &out->nh4oh);
    Optional(in.has_scrub_hcl_mol_per_l(), in.scrub_hcl_mol_per_l(),
             Sub(path, "scrub_hcl_mol_per_l"), &out->scrub_hcl);
    Optional(in.has_strip_hcl_mol_per_l(), in.strip_hcl_mol_per_l(),
             Sub(path, "strip_hcl_mol_per_l"), &out->strip_hcl);
    switch (in.linkage()) {
      case v1::Train::LINKAGE_UNSPECIFIED:
      case v1::Train::ANY:
        out->linkage = optimizer::Linkage::kAny;
        break;
      case v1::Train::REQUIRED:
        out->linkage = optimizer::Linkage::kRequired;
        break;
      case v1::Train::FORBIDDEN:
        out->linkage = optimizer::Linkage::kForbidden;
        break;
      default:
        UnknownEnum(in.linkage(), Sub(path, "linkage"), "ANY, REQUIRED, FORBIDDEN", violations_);
    }
    out->max_linked_products = in.max_linked_products();
    out->max_structures = in.max_structures();
    out->max_stages_per_section = in.max_stages_per_section();
    out->required.assign(in.required().begin(), in.required().end());
    out->forbidden.assign(in.forbidden().begin(), in.forbidden().end());
  }

  void Search(const v1::Search& in, const std::string& path, optimizer::SearchSettings* out) {
    out->max_evaluations = in.max_evaluations();
    if (CheckFinite(in.max_wall_time_s(), Sub(path, "max_wall_time_s"), violations_)) {
      out->max_wall_time_s = in.max_wall_time_s();
    }
    out->stagnation_generations = in.stagnation_generations();
    // proto3 does not tell an absent seed from zero.
    out->seed = in.seed() == 0 ? 1 : in.seed();
    out->population = in.population();
    // As of the seed.
    out->islands = in.islands() == 0 ? 1 : in.islands();
  }

 private:
  template <class Wire, class Leaf>
  void Required(bool has, const Wire& in, const std::string& path, Leaf* out) {
    if (has) {
      FromProto(in, path, out, violations_);
    } else {
      violations_->push_back({path, "is missing; it is needed"});
    }
  }

  template <class Wire, class Leaf>
  void Optional(bool has, const Wire& in, const std::string& path, std::optional<Leaf>* out) {
    if (!has) return;
    Leaf leaf{};
    FromProto(in, path, &leaf, violations_);
    *out = std::move(leaf);
  }

  // Keeps the model's default when absent.
  void OrDefault(bool has, const v1::Number& in, const std::string& path, optimizer::Number* out) {
    if (has) FromProto(in, path, out, violations_);
  }

  void Bound(bool has, double in, const std::string& path, std::optional<double>* out) {
    if (has && CheckFinite(in, path, violations_)) *out = in;
  }

  void Metals(const google::protobuf::RepeatedPtrField<v1::MetalConcentration>& in,
              const std::string& path, std::vector<optimizer::MetalConcentration>* out) {
    for (int i = 0; i < in.size(); ++i) {
      auto& to = out->emplace_back();
      to.element = in[i].element();
      Required(in[i].has_mol_per_l(), in[i].mol_per_l(), Sub(Sub(path, "metals", i), "mol_per_l"),
               &to.mol_per_l);
    }
  }

  void Organic(const v1::Organic& in, const std::string& path, optimizer::Organic* out) {
    out->from = in.from();
    out->outlet = in.outlet();
    if (in.from().empty() || in.has_flow_m3_per_h()) {
      Required(in.has_flow_m3_per_h(), in.flow_m3_per_h(), Sub(path, "flow_m3_per_h"), &out->flow);
    }
    Optional(in.has_make_up_m3_per_h(), in.make_up_m3_per_h(), Sub(path, "make_up_m3_per_h"),
             &out->make_up);
    switch (in.loop()) {
      case v1::Organic::LOOP_UNSPECIFIED:
        out->loop = in.from().empty() ? optimizer::Loop::kClosed : optimizer::Loop::kOpen;
        break;
      case v1::Organic::CLOSED:
        out->loop = optimizer::Loop::kClosed;
        break;
      case v1::Organic::OPEN:
        out->loop = optimizer::Loop::kOpen;
        break;
      default:
        UnknownEnum(in.loop(), Sub(path, "loop"), "CLOSED, OPEN", violations_);
    }
    OrDefault(in.has_saponification(), in.saponification(), Sub(path, "saponification"),
              &out->saponification);
    switch (in.base()) {
      case v1::Organic::BASE_UNSPECIFIED:
      case v1::Organic::NAOH:
        out->base = optimizer::Base::kNaOH;
        break;
      case v1::Organic::NH4OH:
        out->base = optimizer::Base::kNH4OH;
        break;
      default:
        UnknownEnum(in.base(), Sub(path, "base"), "NAOH, NH4OH", violations_);
    }
    Metals(in.metals(), path, &out->metals);
  }

  void Section(const v1::Section& in, const std::string& path, optimizer::Section* out) {
    out->name = in.name();
    Required(in.has_stages(), in.stages(), Sub(path, "stages"), &out->stages);
    for (int i = 0; i < in.inlets_size(); ++i) {
      auto& inlet = out->inlets.emplace_back();
      inlet.stream = in.inlets(i).stream();
      Optional(in.inlets(i).has_stage(), in.inlets(i).stage(), Sub(Sub(path, "inlets", i), "stage"),
               &inlet.stage);
    }
    out->outlet = in.outlet();
    OrDefault(in.has_outlet_share(), in.outlet_share(), Sub(path, "outlet_share"),
              &out->outlet_share);
    for (int i = 0; i < in.draws_size(); ++i) {
      Draw(in.draws(i), Sub(path, "draws", i), &out->draws.emplace_back());
    }
    OrDefault(in.has_efficiency(), in.efficiency(), Sub(path, "efficiency"), &out->efficiency);
    OrDefault(in.has_aqueous_entrainment(), in.aqueous_entrainment(),
              Sub(path, "aqueous_entrainment"), &out->aqueous_entrainment);
    OrDefault(in.has_organic_entrainment(), in.organic_entrainment(),
              Sub(path, "organic_entrainment"), &out->organic_entrainment);
    Bound(in.has_temperature_celsius(), in.temperature_celsius(), Sub(path, "temperature_celsius"),
          &out->temperature);
  }

  void Draw(const v1::Draw& in, const std::string& path, optimizer::Draw* out) {
    out->name = in.name();
    switch (in.phase()) {
      case v1::Draw::PHASE_UNSPECIFIED:
      case v1::Draw::AQUEOUS:
        out->phase = optimizer::DrawPhase::kAqueous;
        break;
      case v1::Draw::ORGANIC:
        out->phase = optimizer::DrawPhase::kOrganic;
        break;
      default:
        UnknownEnum(in.phase(), Sub(path, "phase"), "AQUEOUS, ORGANIC", violations_);
    }
    Required(in.has_stage(), in.stage(), Sub(path, "stage"), &out->stage);
    Optional(in.has_share(), in.share(), Sub(path, "share"), &out->share);
    Optional(in.has_flow_m3_per_h(), in.flow_m3_per_h(), Sub(path, "flow_m3_per_h"), &out->flow);
  }

  Violations* violations_;
};

// Whether `field` is `other` or a part of it.
bool Within(const std::string& field, const std::string& other) {
  if (!field.starts_with(other)) return false;
  return field.size() == other.size() || field[other.size()] == '.' || field[other.size()] == '[';
}

}  // namespace

Violations FromProto(const v1::Flowsheet& proto, optimizer::Flowsheet* model) {
  Violations violations;
  Reader reader(&violations);
  *model = {};
  model->name = proto.name();
  model->description = proto.description();
  for (int i = 0; i < proto.extractant_systems_size(); ++i) {
    FromProto(proto.extractant_systems(i), Sub("", "extractant_systems", i),
              &model->extractant_systems.emplace_back(), &violations);
  }
  for (int i = 0; i < proto.streams_size(); ++i) {
    reader.Stream(proto.streams(i), Sub("", "streams", i), &model->streams.emplace_back());
  }
  for (int i = 0; i < proto.circuits_size(); ++i) {
    reader.Circuit(proto.circuits(i), Sub("", "circuits", i), &model->circuits.emplace_back());
  }
  for (int i = 0; i < proto.splits_size(); ++i) {
    reader.Split(proto.splits(i), Sub("", "splits", i), &model->splits.emplace_back());
  }
  for (int i = 0; i < proto.products_size(); ++i) {
    reader.Product(proto.products(i), Sub("", "products", i), &model->products.emplace_back());
  }
  for (int i = 0; i < proto.objectives_size(); ++i) {
    reader.Objective(proto.objectives(i), Sub("", "objectives", i),
                     &model->objectives.emplace_back());
  }
  for (int i = 0; i < proto.constraints_size(); ++i) {
    reader.Constraint(proto.constraints(i), Sub("", "constraints", i),
                      &model->constraints.emplace_back());
  }
  reader.Search(proto.search(), "search", &model->search);
  if (proto.has_dynamics()) {
    FromProto(proto.dynamics(), "dynamics", &model->dynamics.emplace(), &violations);
  }
  FromProto(proto.economics(), "economics", &model->economics, &violations);
  if (proto.has_scenarios()) {
    FromProto(proto.scenarios(), "scenarios", &model->scenarios.emplace(), &violations);
  }
  if (proto.has_train()) reader.Train(proto.train(), "train", &model->train.emplace());
  return violations;
}

Violations Merge(Violations first, const Violations& later) {
  const std::size_t known = first.size();
  for (const auto& violation : later) {
    bool repeated = false;
    for (std::size_t i = 0; i < known && !repeated; ++i) {
      repeated = Within(violation.field, first[i].field) || Within(first[i].field, violation.field);
    }
    if (!repeated) first.push_back(violation);
  }
  return first;
}

}  // namespace raffinate::service
