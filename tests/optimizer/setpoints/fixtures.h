// A small plant with all that a plant has: La/Nd in P507, closed loop, with extraction, scrub and
// strip.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "optimizer/setpoints/advise.h"
#include "optimizer/setpoints/estimate.h"
#include "optimizer/setpoints/plant_model.h"

namespace raffinate::optimizer {

inline Chemistry SetpointChemistry() {
  Chemistry chemistry;
  chemistry.elements["La"] = {"La", 3, 138.905, 162.904, "La2O3", true};
  chemistry.elements["Nd"] = {"Nd", 3, 144.242, 168.241, "Nd2O3", true};
  chemistry.elements["Na"] = {"Na", 1, 22.990, 0, "", false};
  ExtractantSystem system;
  system.name = "P507";
  system.basis = Basis::kDimer;
  system.unit = "mol/L";
  system.unit_mol_per_l = 1;
  // As measured for La and Nd in P507 (data/extractants); Na as assumed there.
  for (const auto& [element, log10_k] :
       {std::pair("La", -3.1765), std::pair("Nd", -2.1746), std::pair("Na", -3.5)}) {
    EquilibriumConstant constant;
    constant.element = element;
    constant.log10_k = log10_k;
    constant.log10_standard_error = 0.05;
    system.constants.push_back(constant);
  }
  chemistry.systems["P507"] = system;
  return chemistry;
}

inline PlantSpec SmallPlant() {
  PlantSpec spec;
  Flowsheet& flowsheet = spec.flowsheet;
  Stream feed, scrub, strip;
  feed.name = "feed";
  feed.flow = 1.0;
  feed.metals = {{"La", 0.1}, {"Nd", 0.1}};
  feed.hcl = 0.01;
  scrub.name = "scrub acid";
  scrub.flow = Range{0.04, 0.25, 0.12, {}, false};
  scrub.hcl = 2.0;
  strip.name = "strip acid";
  strip.flow = Range{0.1, 0.4, 0.2, {}, false};
  strip.hcl = 4.0;
  flowsheet.streams = {feed, scrub, strip};
  Circuit circuit;
  circuit.name = "main";
  circuit.system = std::string("P507");
  circuit.extractant_mol_per_l = 1.0;
  circuit.organic.flow = 1.6;
  circuit.organic.saponification = Range{0.2, 0.42, 0.36, {}, false};
  Section extraction, scrubbing, stripping;
  extraction.name = "extraction";
  extraction.stages = 6;
  extraction.inlets = {{"feed", {}}};
  extraction.outlet = "raffinate";
  scrubbing.name = "scrub";
  scrubbing.stages = 5;
  scrubbing.inlets = {{"scrub acid", {}}};
  stripping.name = "strip";
  stripping.stages = 4;
  stripping.inlets = {{"strip acid", {}}};
  stripping.outlet = "strip liquor";
  circuit.sections = {extraction, scrubbing, stripping};
  flowsheet.circuits = {circuit};
  flowsheet.products = {{"lanthanum", "raffinate", {"La"}, 0.99, 0.98},
                        {"neodymium", "strip liquor", {"Nd"}, 0.99, 0.98}};
  flowsheet.objectives = {{Direction::kMinimize, "reagents", ""}};
  Instrument flow;
  flow.max_age_h = 0.5;
  flow.relative_sd = 0.005;
  flow.quantity = "streams.feed.flow";
  spec.instruments.push_back(flow);
  for (const char* element : {"La", "Nd"}) {
    Instrument assay;
    assay.quantity = std::string("streams.feed.metals.") + element;
    assay.relative_sd = 0.01;
    assay.max_age_h = 4;
    spec.instruments.push_back(assay);
  }
  return spec;
}

/// Adds meters of what leaves: flows of both outlets and their metals.
inline void AddOutletInstruments(PlantSpec* spec) {
  for (const char* stream : {"raffinate", "strip liquor"}) {
    Instrument flow;
    flow.quantity = std::string("streams.") + stream + ".flow";
    flow.relative_sd = 0.005;
    flow.max_age_h = 0.5;
    spec->instruments.push_back(flow);
    for (const char* element : {"La", "Nd"}) {
      Instrument assay;
      assay.quantity = std::string("streams.") + stream + ".metals." + element;
      assay.relative_sd = 0.01;
      assay.max_age_h = 4;
      spec->instruments.push_back(assay);
    }
  }
}

inline std::unique_ptr<PlantModel> MakeModel(const PlantSpec& spec) {
  Violations violations;
  auto model = PlantModel::Create(spec, SetpointChemistry(), &violations);
  for (const Violation& violation : violations) {
    ADD_FAILURE() << violation.field << ": " << violation.description;
  }
  return model;
}

inline std::vector<double> Starts(const PlantModel& model) {
  std::vector<double> starts;
  for (const int q : model.setpoints()) starts.push_back(model.quantities()[q].registered);
  return starts;
}

/// A state whose every instrument shows what the model says of the registered inputs.
inline MeasuredState TrueState(const PlantModel& model, const std::vector<double>& offsets = {}) {
  MeasuredState state;
  state.time_s = 1.7e9;
  state.at_rest = true;
  for (const int q : model.setpoints()) {
    state.present.push_back({model.quantities()[q].name, model.quantities()[q].registered});
  }
  PlantQuestion question;
  for (const Instrument& instrument : model.spec().instruments) {
    const int q = FindQuantity(model.quantities(), instrument.quantity);
    if (model.quantities()[q].kind != Quantity::Kind::kInput) question.outputs.push_back(q);
  }
  const PlantPoint point = model.Solve(model.registered(), offsets, {}, question);
  std::size_t next = 0;
  for (const Instrument& instrument : model.spec().instruments) {
    const int q = FindQuantity(model.quantities(), instrument.quantity);
    const bool input = model.quantities()[q].kind == Quantity::Kind::kInput;
    state.measurements.push_back({instrument.quantity,
                                  input ? model.registered()[q] : point.outputs[next++],
                                  state.time_s - 60, Measurement::Quality::kGood});
  }
  return state;
}

}  // namespace raffinate::optimizer
