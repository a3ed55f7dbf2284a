// A plant whose figures can be computed on paper: 1 kmol/h of Nd and 1 kmol/h of La
// are fed, all Nd is carried to the strip liquor, all La stays in the raffinate.
#pragma once

#include <string>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"

namespace raffinate::optimizer::testing {

inline constexpr double kNd2O3 = 168.2405;  // g per mol Nd
inline constexpr double kLa2O3 = 162.90397;

/// Every needed datum with the value 1, and the solvents "P507" (300 g/mol, 900 kg/m3,
/// carbon 0.6, 10 mg/L), "extractant" like it and "kerosene" (800 kg/m3, carbon 0.8, 5
/// mg/L). Oxides: Nd2O3 50 USD/kg from 99 %, 80 from 99.99 %; La2O3 2 USD/kg.
inline EconomicsData UnitData() {
  EconomicsData data;
  for (const NeededDatum& each : NeededPrices()) {
    data.prices[each.name] = {1, each.unit, "2024", Provenance::kReference, "a test"};
  }
  for (const NeededDatum& each : NeededFactors()) {
    data.factors[each.name] = {1, each.unit, "2024", Provenance::kReference, "a test"};
  }
  data.factors["brine_saturation"].value = 0.25;
  data.factors["mixed_product_price_share"].value = 0.5;
  data.factors["co2_recycled_share"].value = 0.9;
  data.limits["NH4-N"] = {15, "mg/L", "2011", Provenance::kReference, "a test"};
  data.limits["Cl"] = {1e9, "mg/L", "2011", Provenance::kReference, "a test"};
  data.prices["Nd2O3"] = {50, "USD/kg", "2024", Provenance::kReference, "a test", {"Nd"}, 0.99};
  data.prices["Nd2O3 4N"] = {80,       "USD/kg", "2024", Provenance::kReference,
                             "a test", {"Nd"},   0.9999};
  data.prices["La2O3"] = {2, "USD/kg", "2024", Provenance::kAssumed, "a guess", {"La"}, 0.99};
  const Solvent p507 = {{"P507-HCl"},         300,     900, 0.6, 10, "extractant",
                        Provenance::kAssumed, "a test"};
  data.solvents["P507"] = p507;
  data.solvents[kAnyExtractant] = p507;
  data.solvents[kAnyExtractant].systems.clear();
  data.solvents[kDiluent] = {{}, 0, 800, 0.8, 5, kDiluent, Provenance::kAssumed, "a test"};
  return data;
}

/// Feed 10 m3/h; caustic 3 m3/h with 3 kmol/h NaOH; strip acid 2 m3/h with 6 keq/h HCl.
/// Raffinate 13 m3/h with the La, 3 kmol/h Na and 6 keq/h Cl; strip liquor 2 m3/h with
/// the Nd, 3 kmol/h free acid and 6 keq/h Cl. One section of two stages, 10 m3/h of
/// aqueous and 20 m3/h of organic of 1 mol/L each.
inline PlantBalance SmallBalance() {
  PlantBalance balance;
  balance.elements = {{"La", 3, 138.905, kLa2O3, "La2O3", true, false},
                      {"Nd", 3, 144.242, kNd2O3, "Nd2O3", true, false},
                      {"Na", 1, 22.990, 22.990, "", false, true}};
  balance.media = {{"HCl", 36.461, "Cl", 35.453}};
  PlantInlet feed;
  feed.name = "feed";
  feed.feed = true;
  feed.flow = 10;
  feed.acid = 0.5;
  feed.metals = {1, 1, 0};
  PlantInlet caustic;
  caustic.name = "caustic";
  caustic.flow = 3;
  caustic.naoh = 3;
  caustic.metals = {0, 0, 3};
  PlantInlet acid;
  acid.name = "acid";
  acid.flow = 2;
  acid.acid = 6;
  acid.metals = {0, 0, 0};
  balance.inlets = {feed, caustic, acid};
  PlantOutlet raffinate;
  raffinate.name = "raffinate";
  raffinate.products = {0};
  raffinate.flow = 13;
  raffinate.anions = 6;
  raffinate.metals = {1, 0, 3};
  raffinate.aqueous_metals = {1, 0, 3};
  PlantOutlet strip;
  strip.name = "strip liquor";
  strip.products = {1};
  strip.flow = 2;
  strip.anions = 6;
  strip.free_acid = 3;
  strip.carried = true;
  strip.metals = {0, 1, 0};
  strip.aqueous_metals = {0, 1, 0};
  balance.outlets = {raffinate, strip};
  PlantCircuit circuit;
  circuit.name = "one";
  circuit.system = "P507-HCl";
  circuit.extractant_mol_per_l = 1;
  circuit.organic_flow = 20;
  circuit.organic_metals = {0, 0, 0};
  circuit.sections = {{"all", {{10, 20, {0.1, 0, 0}, {0, 0.2, 0}}, {10, 20, {}, {}}}}};
  balance.circuits = {circuit};
  balance.products = {{"light", {true, false, false}, 1}, {"heavy", {false, true, false}, 1}};
  return balance;
}

}  // namespace raffinate::optimizer::testing
