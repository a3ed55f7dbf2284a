#include "service/convert/simulation.h"

#include "service/convert/chemistry.h"
#include "service/convert/economics.h"
#include "service/convert/flowsheet.h"
#include "service/convert/scenarios.h"
#include "service/convert/sensitivity.h"

namespace raffinate::service {
namespace {

v1::TheoreticalMinimum ToProto(const optimizer::TheoreticalMinimum& minimum) {
  v1::TheoreticalMinimum out;
  out.set_reason(minimum.reason);
  out.set_cut(minimum.cut);
  out.set_separation_factor(minimum.separation_factor);
  out.set_separation_factor_stage(minimum.separation_factor_stage);
  out.set_organic_mol_per_mol(minimum.organic_mol_per_mol);
  out.set_min_organic_mol_per_mol(minimum.min_organic_mol_per_mol);
  if (minimum.scrub_mol_per_mol) out.set_scrub_mol_per_mol(*minimum.scrub_mol_per_mol);
  out.set_min_scrub_mol_per_mol(minimum.min_scrub_mol_per_mol);
  out.set_stages(minimum.stages);
  if (minimum.min_stages) out.set_min_stages(*minimum.min_stages);
  if (minimum.min_base_mol_per_mol) out.set_min_base_mol_per_mol(*minimum.min_base_mol_per_mol);
  if (minimum.min_base_kg_per_t_reo) out.set_min_base_kg_per_t_reo(*minimum.min_base_kg_per_t_reo);
  out.set_released_acid_kg_per_t_reo(minimum.released_acid_kg_per_t_reo);
  out.set_base_reason(minimum.base_reason);
  if (minimum.min_acid_mol_per_mol) out.set_min_acid_mol_per_mol(*minimum.min_acid_mol_per_mol);
  if (minimum.min_acid_kg_per_t_reo) out.set_min_acid_kg_per_t_reo(*minimum.min_acid_kg_per_t_reo);
  out.set_acid_reason(minimum.acid_reason);
  if (minimum.xu) {
    v1::XuDesign* xu = out.mutable_xu();
    xu->set_organic_mol_per_mol(minimum.xu->organic_mol_per_mol);
    xu->set_scrub_mol_per_mol(minimum.xu->scrub_mol_per_mol);
    xu->set_extraction_stages(minimum.xu->extraction_stages);
    xu->set_scrub_stages(minimum.xu->scrub_stages);
  }
  out.set_xu_reason(minimum.xu_reason);
  return out;
}

}  // namespace

v1::Figures ToProto(const optimizer::Figures& figures) {
  v1::Figures out;
  for (const auto& product : figures.products) {
    auto* p = out.add_products();
    p->set_product(product.product);
    p->set_purity(product.purity);
    p->set_recovery(product.recovery);
    p->set_impurity(product.impurity);
    p->set_reo_kg_per_h(product.reo_kg_per_h);
    p->set_total_reo_kg_per_h(product.total_reo_kg_per_h);
  }
  out.set_acid_kg_per_t_reo(figures.acid_kg_per_t_reo);
  out.set_base_kg_per_t_reo(figures.base_kg_per_t_reo);
  out.set_reagents_kg_per_t_reo(figures.reagents_kg_per_t_reo);
  out.set_wastewater_m3_per_t_reo(figures.wastewater_m3_per_t_reo);
  out.set_sodium_kg_per_t_reo(figures.sodium_kg_per_t_reo);
  out.set_ammonium_nitrogen_kg_per_t_reo(figures.ammonium_nitrogen_kg_per_t_reo);
  out.set_chloride_kg_per_t_reo(figures.chloride_kg_per_t_reo);
  out.set_stages(figures.stages);
  out.set_max_organic_to_aqueous(figures.max_organic_to_aqueous);
  out.set_min_organic_to_aqueous(figures.min_organic_to_aqueous);
  out.set_max_loading(figures.max_loading);
  out.set_min_ph(figures.min_ph);
  out.set_max_ph(figures.max_ph);
  out.set_organic_m3_per_h(figures.organic_m3_per_h);
  out.set_stage_flow_m3_per_h(figures.stage_flow_m3_per_h);
  out.set_max_loading_share_of_limit(figures.max_loading_share_of_limit);
  out.set_min_precipitation_margin(figures.min_precipitation_margin);
  out.set_max_unstripped_share(figures.max_unstripped_share);
  if (figures.organic_over_minimum) out.set_organic_over_minimum(*figures.organic_over_minimum);
  if (figures.base_over_minimum) out.set_base_over_minimum(*figures.base_over_minimum);
  if (figures.acid_over_minimum) out.set_acid_over_minimum(*figures.acid_over_minimum);
  *out.mutable_minimum() = ToProto(figures.minimum);
  Write(figures.plant, &out);
  return out;
}

namespace {}  // namespace

v1::StreamState ToProto(const optimizer::StreamState& stream) {
  v1::StreamState out;
  out.set_name(stream.name);
  out.set_role(stream.role);
  out.set_flow_m3_per_h(stream.flow_m3_per_h);
  for (const auto& metal : stream.metals) {
    auto* m = out.add_metals();
    m->set_element(metal.element);
    m->set_mol_per_l(metal.mol_per_l);
  }
  out.set_free_acid_mol_per_l(stream.free_acid_mol_per_l);
  out.set_chloride_mol_per_l(stream.chloride_mol_per_l);
  out.set_free_dimer_mol_per_l(stream.free_dimer_mol_per_l);
  out.set_nitrate_mol_per_l(stream.nitrate_mol_per_l);
  out.set_sulphate_mol_per_l(stream.sulphate_mol_per_l);
  out.set_circuit(stream.circuit);
  out.set_to_circuit(stream.to_circuit);
  return out;
}

v1::StageState ToProto(const optimizer::StageState& stage) {
  v1::StageState out;
  out.set_stage(stage.stage);
  out.set_section(stage.section);
  out.set_aqueous_m3_per_h(stage.aqueous_m3_per_h);
  out.set_organic_m3_per_h(stage.organic_m3_per_h);
  out.set_ph(stage.ph);
  out.set_free_dimer_mol_per_l(stage.free_dimer_mol_per_l);
  out.set_loading(stage.loading);
  for (const auto& metal : stage.metals) {
    auto* m = out.add_metals();
    m->set_element(metal.element);
    m->set_aqueous_mol_per_l(metal.aqueous_mol_per_l);
    m->set_organic_mol_per_l(metal.organic_mol_per_l);
    m->set_d(metal.d);
  }
  out.set_loading_share_of_limit(stage.loading_share_of_limit);
  out.set_precipitation_margin(stage.precipitation_margin);
  out.set_least_soluble(stage.least_soluble);
  out.set_ionic_strength_mol_per_l(stage.ionic_strength_mol_per_l);
  out.set_temperature_celsius(stage.temperature_celsius);
  out.set_circuit(stage.circuit);
  return out;
}

v1::Evidence::Origin ToProto(optimizer::Origin origin) {
  switch (origin) {
    case optimizer::Origin::kBuiltIn:
      return v1::Evidence::BUILT_IN;
    case optimizer::Origin::kFlowsheet:
      return v1::Evidence::FLOWSHEET;
    case optimizer::Origin::kFlowsheetReplacesBuiltIn:
      return v1::Evidence::FLOWSHEET_REPLACES_BUILT_IN;
  }
  return v1::Evidence::ORIGIN_UNSPECIFIED;
}

v1::Evidence ToProto(const optimizer::Evidence& evidence) {
  v1::Evidence out;
  out.set_extractant_system(evidence.system);
  out.set_origin(ToProto(evidence.origin));
  out.set_weakest_class(service::ToProto(evidence.weakest));
  for (const auto& element : evidence.weakest_elements) out.add_weakest_elements(element);
  for (const auto& product : evidence.products) {
    auto* p = out.add_products();
    p->set_product(product.product);
    p->set_weakest_class(service::ToProto(product.weakest));
    for (const auto& element : product.weakest_elements) p->add_weakest_elements(element);
  }
  return out;
}

v1::Flag ToProto(const optimizer::Flag& flag) {
  v1::Flag out;
  out.set_code(flag.code);
  out.set_message(flag.message);
  out.mutable_stages()->Add(flag.stages.begin(), flag.stages.end());
  out.set_section(flag.section);
  if (flag.value) out.set_value(*flag.value);
  if (flag.limit) out.set_limit(*flag.limit);
  out.set_circuit(flag.circuit);
  return out;
}

v1::Simulation ToProto(const optimizer::SimulationResult& result) {
  v1::Simulation out;
  *out.mutable_flowsheet() = ToProto(result.flowsheet);
  *out.mutable_figures() = ToProto(result.figures);
  for (const auto& stream : result.streams) *out.add_streams() = ToProto(stream);
  for (const auto& stage : result.stages) *out.add_stages() = ToProto(stage);
  for (const auto& flag : result.flags) *out.add_flags() = ToProto(flag);
  auto* convergence = out.mutable_convergence();
  convergence->set_converged(result.convergence.converged);
  convergence->set_iterations(result.convergence.iterations);
  convergence->set_residual(result.convergence.residual);
  convergence->set_balance_error(result.convergence.balance_error);
  convergence->set_message(result.convergence.message);
  convergence->set_recycle_iterations(result.convergence.recycle_iterations);
  convergence->set_recycle_residual(result.convergence.recycle_residual);
  for (const auto& circuit : result.circuits) {
    auto* c = out.add_circuits();
    c->set_circuit(circuit.circuit);
    c->set_extractant_system(circuit.system);
    c->set_stages(circuit.stages);
    c->set_organic_m3_per_h(circuit.organic_m3_per_h);
    c->set_max_organic_to_aqueous(circuit.max_organic_to_aqueous);
    c->set_min_organic_to_aqueous(circuit.min_organic_to_aqueous);
    c->set_max_loading(circuit.max_loading);
    c->set_min_ph(circuit.min_ph);
    c->set_max_ph(circuit.max_ph);
  }
  for (const auto& exit : result.elements) *out.add_elements() = ToProto(exit);
  // A result that did not converge rests on nothing.
  if (!result.evidence.system.empty()) *out.mutable_evidence() = ToProto(result.evidence);
  if (result.plant) *out.mutable_plant() = ToProto(*result.plant);
  if (result.robustness) *out.mutable_robustness() = ToProto(*result.robustness);
  if (result.sensitivities) *out.mutable_sensitivities() = ToProto(*result.sensitivities);
  return out;
}

v1::Progress ToProto(const optimizer::SearchProgress& progress) {
  v1::Progress out;
  out.set_evaluations(progress.evaluations);
  out.set_generations(progress.generations);
  out.set_hypervolume(progress.hypervolume);
  out.set_pareto_size(progress.pareto_size);
  out.set_least_violation(progress.least_violation);
  out.set_converged_share(progress.converged_share);
  return out;
}

}  // namespace raffinate::service
