// Flowsheets of several circuits that the tests of this folder start from.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/run.h"
#include "optimizer/simulate.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer::testing {

/// RAFFINATE_TEST_SEED, or a fixed one.
inline unsigned Seed() {
  const char* text = std::getenv("RAFFINATE_TEST_SEED");
  return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : 20261122;
}

inline Stream Acid(const std::string& name, double flow, double hcl) {
  Stream stream;
  stream.name = name;
  stream.flow = flow;
  stream.hcl = hcl;
  return stream;
}

inline Section MakeSection(const std::string& name, int stages,
                           const std::vector<std::string>& inlets, const std::string& outlet) {
  Section section;
  section.name = name;
  section.stages = stages;
  for (const std::string& inlet : inlets) section.inlets.push_back({inlet, {}});
  section.outlet = outlet;
  return section;
}

inline Draw MakeDraw(const std::string& name, DrawPhase phase, int stage, double share) {
  Draw draw;
  draw.name = name;
  draw.phase = phase;
  draw.stage = stage;
  draw.share = share;
  return draw;
}

/// The small plant's open battery of extraction and scrub, fed with La and Nd, saponified.
inline Flowsheet Battery() {
  Flowsheet flowsheet = SmallPlant();
  flowsheet.streams = {flowsheet.streams[0], flowsheet.streams[2]};
  Circuit& circuit = flowsheet.circuits[0];
  circuit.name = "battery";
  circuit.organic.loop = Loop::kOpen;
  circuit.organic.saponification = 0.3;
  circuit.sections = {circuit.sections[1], circuit.sections[2]};
  flowsheet.products.pop_back();
  return flowsheet;
}

/// The same with a circuit for the scrub: organic passes both, the scrub's aqueous returns to
/// the extraction.
inline Flowsheet BatteryOfTwo() {
  Flowsheet flowsheet = Battery();
  Circuit scrub = flowsheet.circuits[0];
  flowsheet.circuits[0].sections.pop_back();
  flowsheet.circuits[0].sections[0].inlets.push_back({"scrub liquor", {}});
  scrub.name = "washing";
  scrub.organic = Organic();
  scrub.organic.loop = Loop::kOpen;
  scrub.organic.from = "loaded organic of battery";
  scrub.sections = {scrub.sections[1]};
  scrub.sections[0].outlet = "scrub liquor";
  flowsheet.circuits.push_back(scrub);
  return flowsheet;
}

/// The small plant with its closed loop cut in two circuits.
inline Flowsheet LoopOfTwo() {
  Flowsheet flowsheet = SmallPlant();
  Circuit back = flowsheet.circuits[0];
  Circuit& front = flowsheet.circuits[0];
  front.sections.resize(2);
  front.sections[1].inlets.push_back({"scrub liquor", {}});
  front.organic.loop = Loop::kOpen;
  front.organic.from = "stripped";
  back.name = "back";
  back.sections.erase(back.sections.begin(), back.sections.begin() + 2);
  back.sections[0].outlet = "scrub liquor";
  back.organic = Organic();
  back.organic.loop = Loop::kOpen;
  back.organic.from = "loaded organic of loop";
  back.organic.outlet = "stripped";
  flowsheet.circuits.push_back(back);
  return flowsheet;
}

inline SimulationResult SimulatePlant(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  const Violations wrong = Validate(flowsheet, chemistry, Purpose::kSimulate);
  EXPECT_TRUE(wrong.empty()) << wrong[0].field << ": " << wrong[0].description;
  if (!wrong.empty()) return {};
  SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
  EXPECT_TRUE(result.convergence.converged) << result.convergence.message;
  return result;
}

inline const StreamState& StreamOf(const SimulationResult& result, const std::string& name) {
  for (const StreamState& stream : result.streams) {
    if (stream.name == name) return stream;
  }
  ADD_FAILURE() << "no stream " << name;
  static const StreamState kNone;
  return kNone;
}

/// Moles per hour of each element.
inline std::map<std::string, double> Moles(const StreamState& stream) {
  std::map<std::string, double> moles;
  for (const Molarity& metal : stream.metals) {
    moles[metal.element] = metal.mol_per_l * stream.flow_m3_per_h;
  }
  return moles;
}

inline void ExpectSame(const StreamState& a, const StreamState& b, double tolerance) {
  SCOPED_TRACE(a.name);
  EXPECT_NEAR(a.flow_m3_per_h, b.flow_m3_per_h, tolerance * b.flow_m3_per_h);
  const auto left = Moles(a), right = Moles(b);
  ASSERT_EQ(left.size(), right.size());
  for (const auto& [element, kmol] : right) {
    // A trace is known to what the recycle is closed to.
    EXPECT_NEAR(left.at(element), kmol, tolerance * (kmol + 1e-3)) << element;
  }
  EXPECT_NEAR(a.free_acid_mol_per_l, b.free_acid_mol_per_l,
              tolerance * (1e-3 + std::abs(b.free_acid_mol_per_l)));
  EXPECT_NEAR(a.chloride_mol_per_l, b.chloride_mol_per_l,
              tolerance * (1e-3 + b.chloride_mol_per_l));
}

}  // namespace raffinate::optimizer::testing
