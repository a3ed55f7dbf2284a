// A small chemistry and plant that the tests of this folder start from.
#pragma once

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer::testing {

inline EquilibriumConstant MassAction(const char* element, double log10_k) {
  EquilibriumConstant constant;
  constant.element = element;
  constant.log10_k = log10_k;
  constant.provenance = Provenance::kMeasured;
  constant.source = "a test";
  return constant;
}

/// Gives a mass-action system all that it must state, over a range that leaves
/// nothing out.
inline void State(ExtractantSystem* system) {
  system->basis = Basis::kDimer;
  system->unit = "mol/L";
  system->unit_mol_per_l = 1;
  Validity& range = system->validity;
  range.min_ph = -2;
  range.max_ph = 14;
  range.min_free_extractant = 0;
  range.max_free_extractant = 5;
  range.max_loading = 1;
  range.min_temperature = 20;
  range.max_temperature = 30;
  range.medium = "chloride";
  system->source = "a test";
}

/// Elements La, Pr, Nd, Dy, Na, NH4 and Zn (whose oxide mass is left out); the
/// systems "P507" (all but Zn), "no-sodium" (La and Nd only), "beta" (La, Nd)
/// and "ratio" (constant D of La and Nd); the feed "liquor".
inline Chemistry SmallChemistry() {
  Chemistry chemistry;
  chemistry.elements["La"] = {"La", 3, 138.905, 162.904, "La2O3", true};
  chemistry.elements["Pr"] = {"Pr", 3, 140.908, 170.239, "Pr6O11", true};
  chemistry.elements["Nd"] = {"Nd", 3, 144.242, 168.241, "Nd2O3", true};
  chemistry.elements["Dy"] = {"Dy", 3, 162.500, 186.499, "Dy2O3", true};
  chemistry.elements["Zn"] = {"Zn", 2, 65.38, 0, "", false};
  chemistry.elements["Na"] = {"Na", 1, 22.990, 0, "", false};
  chemistry.elements["NH4"] = {"NH4", 1, 18.039, 0, "", false};

  ExtractantSystem p507;
  p507.name = "P507";
  p507.constants = {MassAction("La", -3.1765), MassAction("Pr", -2.5), MassAction("Nd", -2.1746),
                    MassAction("Dy", 0.51),    MassAction("Na", -3.5), MassAction("NH4", -3.6)};
  State(&p507);
  p507.loading_limit = LoadingLimit{0.7, Provenance::kAssumed, "a test", ""};
  p507.built_in = true;
  chemistry.systems["P507"] = p507;

  ExtractantSystem no_sodium;
  no_sodium.name = "no-sodium";
  no_sodium.constants = {MassAction("La", -3.1765), MassAction("Nd", -2.1746)};
  State(&no_sodium);
  no_sodium.built_in = true;
  chemistry.systems["no-sodium"] = no_sodium;

  ExtractantSystem beta;
  beta.name = "beta";
  beta.law = Law::kConstantBeta;
  beta.constants.resize(2);
  beta.constants[0].element = "La";
  beta.constants[0].beta = 1;
  beta.constants[1].element = "Nd";
  beta.constants[1].beta = 4;
  beta.source = beta.constants[0].source = beta.constants[1].source = "a test";
  beta.built_in = true;
  chemistry.systems["beta"] = beta;

  ExtractantSystem ratio;
  ratio.name = "ratio";
  ratio.law = Law::kConstantD;
  ratio.constants.resize(2);
  ratio.constants[0].element = "La";
  ratio.constants[0].d = 0.1;
  ratio.constants[1].element = "Nd";
  ratio.constants[1].d = 10;
  ratio.source = ratio.constants[0].source = ratio.constants[1].source = "a test";
  ratio.built_in = true;
  chemistry.systems["ratio"] = ratio;

  Feed liquor;
  liquor.name = "liquor";
  liquor.mol_per_l = {{"La", 0.05}, {"Nd", 0.15}};
  liquor.hcl_mol_per_l = 0.02;
  chemistry.feeds["liquor"] = liquor;

  // Soluble enough for the small plant.
  for (const char* element : {"La", "Pr", "Nd", "Dy", "Zn"}) {
    chemistry.hydroxides[element] = {{{"cr", 20, Provenance::kReference, "a test"}}, {-8}};
  }
  chemistry.limits = {0.05, 20, Provenance::kAssumed, "a test"};
  return chemistry;
}

/// A closed loop of saponification, extraction, scrub and strip with only
/// numbers; feed La 0.1 and Nd 0.1 mol/L at 1 m3/h. Streams: 0 feed, 1 caustic,
/// 2 scrub acid, 3 strip acid. Outlets: spent, raffinate, strip liquor.
inline Flowsheet SmallPlant() {
  Flowsheet flowsheet;
  flowsheet.name = "small plant";
  flowsheet.streams.resize(4);
  Stream& feed = flowsheet.streams[0];
  feed.name = "feed";
  feed.flow = 1.0;
  feed.metals = {{"La", 0.1}, {"Nd", 0.1}};
  feed.hcl = 0.01;
  Stream& caustic = flowsheet.streams[1];
  caustic.name = "caustic";
  caustic.flow = 0.12;
  caustic.naoh = 3.0;
  Stream& scrub = flowsheet.streams[2];
  scrub.name = "scrub acid";
  scrub.flow = 0.05;
  scrub.hcl = 1.0;
  Stream& strip = flowsheet.streams[3];
  strip.name = "strip acid";
  strip.flow = 0.2;
  strip.hcl = 3.0;

  flowsheet.circuits.resize(1);
  Circuit& circuit = flowsheet.circuits[0];
  circuit.name = "loop";
  circuit.system = std::string("P507");
  circuit.extractant_mol_per_l = 1.0;
  circuit.organic.flow = 1.0;
  circuit.sections.resize(4);
  const auto section = [&](int s, const char* name, int stages, const char* inlet,
                           const char* outlet) {
    circuit.sections[s].name = name;
    circuit.sections[s].stages = stages;
    circuit.sections[s].inlets = {{inlet, {}}};
    circuit.sections[s].outlet = outlet;
  };
  section(0, "saponification", 1, "caustic", "spent");
  section(1, "extraction", 6, "feed", "raffinate");
  section(2, "scrub", 4, "scrub acid", "");
  section(3, "strip", 4, "strip acid", "strip liquor");

  flowsheet.products.resize(2);
  flowsheet.products[0].name = "lanthanum";
  flowsheet.products[0].stream = "raffinate";
  flowsheet.products[0].elements = {"La"};
  flowsheet.products[1].name = "neodymium";
  flowsheet.products[1].stream = "strip liquor";
  flowsheet.products[1].elements = {"Nd"};
  return flowsheet;
}

}  // namespace raffinate::optimizer::testing
