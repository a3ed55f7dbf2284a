#include "service/convert/scenarios.h"

#include "service/convert/leaf.h"
#include "service/convert/path.h"

namespace raffinate::service {
namespace {

using optimizer::Statistic;
using optimizer::Violations;

void FromProto(v1::Scenarios::Statistic in, const std::string& path, Statistic* out,
               Violations* violations) {
  switch (in) {
    case v1::Scenarios::STATISTIC_UNSPECIFIED:
      return;  // the model's default
    case v1::Scenarios::MEAN:
      *out = Statistic::kMean;
      return;
    case v1::Scenarios::QUANTILE:
      *out = Statistic::kQuantile;
      return;
    case v1::Scenarios::WORST:
      *out = Statistic::kWorst;
      return;
    case v1::Scenarios::NOMINAL:
      *out = Statistic::kNominal;
      return;
    default:
      UnknownEnum(in, path, "MEAN, QUANTILE, WORST, NOMINAL", violations);
  }
}

v1::Scenarios::Statistic ToProto(Statistic statistic) {
  switch (statistic) {
    case Statistic::kMean:
      return v1::Scenarios::MEAN;
    case Statistic::kQuantile:
      return v1::Scenarios::QUANTILE;
    case Statistic::kWorst:
      return v1::Scenarios::WORST;
    case Statistic::kNominal:
      return v1::Scenarios::NOMINAL;
  }
  return v1::Scenarios::STATISTIC_UNSPECIFIED;
}

void FromProto(const v1::Assay& in, const std::string& path, optimizer::Assay* out,
               Violations* violations) {
  for (int m = 0; m < in.metals_size(); ++m) {
    const std::string at = Sub(Sub(path, "metals", m), "mol_per_l");
    auto& metal = out->metals.emplace_back();
    metal.element = in.metals(m).element();
    if (in.metals(m).has_mol_per_l()) {
      service::FromProto(in.metals(m).mol_per_l(), at, &metal.mol_per_l, violations);
    } else {
      violations->push_back({at, "is missing; it is needed"});
    }
  }
  if (!in.has_hcl_mol_per_l()) return;
  service::FromProto(in.hcl_mol_per_l(), Sub(path, "hcl_mol_per_l"), &out->hcl.emplace(),
                     violations);
}

}  // namespace

void FromProto(const v1::Scenarios& proto, const std::string& path, optimizer::Scenarios* model,
               Violations* violations) {
  model->count = proto.count();
  FromProto(proto.demands(), Sub(path, "demands"), &model->demands, violations);
  FromProto(proto.objectives(), Sub(path, "objectives"), &model->objectives, violations);
  if (proto.has_probability() &&
      CheckFinite(proto.probability(), Sub(path, "probability"), violations)) {
    model->probability = proto.probability();
  }
  model->constants = proto.constants();
  if (CheckFinite(proto.log10_error(), Sub(path, "log10_error"), violations)) {
    model->log10_error = proto.log10_error();
  }
  model->seed = proto.seed();
  for (int a = 0; a < proto.assays_size(); ++a) {
    const std::string at = Sub(path, "assays", a);
    auto& assays = model->assays.emplace_back();
    assays.stream = proto.assays(a).stream();
    for (int k = 0; k < proto.assays(a).samples_size(); ++k) {
      FromProto(proto.assays(a).samples(k), Sub(at, "samples", k), &assays.samples.emplace_back(),
                violations);
    }
  }
}

v1::Scenarios ToProto(const optimizer::Scenarios& model) {
  v1::Scenarios out;
  out.set_count(model.count);
  // Defaults are left out.
  if (model.demands != Statistic::kQuantile) out.set_demands(ToProto(model.demands));
  if (model.objectives != Statistic::kMean) out.set_objectives(ToProto(model.objectives));
  out.set_probability(model.probability);
  out.set_constants(model.constants);
  out.set_log10_error(model.log10_error);
  out.set_seed(model.seed);
  for (const auto& assays : model.assays) {
    auto* a = out.add_assays();
    a->set_stream(assays.stream);
    for (const auto& assay : assays.samples) {
      auto* sample = a->add_samples();
      for (const auto& metal : assay.metals) {
        auto* m = sample->add_metals();
        m->set_element(metal.element);
        *m->mutable_mol_per_l() = ToProto(metal.mol_per_l);
      }
      if (assay.hcl) *sample->mutable_hcl_mol_per_l() = ToProto(*assay.hcl);
    }
  }
  return out;
}

v1::Robustness ToProto(const optimizer::Robustness& robustness) {
  v1::Robustness out;
  out.set_scenarios(robustness.scenarios);
  out.set_solved(robustness.solved);
  out.set_met(robustness.met);
  out.set_least_probability(robustness.least_probability);
  out.set_most_probability(robustness.most_probability);
  out.set_seed(robustness.seed);
  for (const auto& demand : robustness.demands) {
    auto* d = out.add_demands();
    d->set_figure(demand.figure);
    d->set_product(demand.product);
    d->set_at_least(demand.at_least);
    d->set_limit(demand.limit);
    d->set_met(demand.met);
  }
  for (const auto& figure : robustness.figures) {
    auto* f = out.add_figures();
    f->set_figure(figure.figure);
    f->set_product(figure.product);
    f->set_unit(figure.unit);
    f->set_nominal(figure.nominal);
    f->set_mean(figure.mean);
    f->set_sd(figure.sd);
    f->set_least(figure.least);
    f->set_p5(figure.p5);
    f->set_median(figure.median);
    f->set_p95(figure.p95);
    f->set_most(figure.most);
  }
  for (const auto& reach : robustness.flexibility) {
    auto* r = out.add_flexibility();
    r->set_field(reach.path);
    r->set_unit(reach.unit);
    r->set_value(reach.value);
    r->set_sd(reach.sd);
    r->set_low(reach.low);
    r->set_high(reach.high);
    r->set_low_ends(reach.low_ends);
    r->set_high_ends(reach.high_ends);
  }
  return out;
}

}  // namespace raffinate::service
