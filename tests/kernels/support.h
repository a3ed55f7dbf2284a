// Small helpers of the kernel tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "kernels/circuit.h"
#include "kernels/solve.h"

namespace raffinate::kernels::testing {

inline const Device kScalar{Device::Kind::kCpuScalar, 0, 1};

/// Seed of a random test: RAFFINATE_TEST_SEED, or a fixed one. Printed by the
/// test through SCOPED_TRACE.
inline std::uint64_t Seed() {
  const char* text = std::getenv("RAFFINATE_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20261122;
}

struct Solved {
  Circuit circuit;
  Cascade cascade;
  Solution solution;
  std::vector<Outflow> out;

  const Outflow& raffinate() const { return out[out.size() - 2]; }
  const Outflow& extract() const { return out.back(); }
};

inline Solved SolveCircuit(const Circuit& circuit, const Device& device = kScalar,
                           const State* warm = nullptr) {
  Solved s;
  s.circuit = circuit;
  const std::string error = Assemble(circuit, &s.cascade);
  EXPECT_EQ(error, "");
  const Task task{&s.cascade, warm};
  Solve(device, {&task, 1}, SolveOptions(), {&s.solution, 1});
  if (s.solution.status == SolveStatus::kSolved) {
    s.out = Outflows(circuit, s.cascade, s.solution);
  }
  return s;
}

/// La and Nd, 0.1 mol/L each, against 0.5 mol/L dimer at O/A 1: reference case 1.
inline Circuit LanthanumNeodymium(int stages) {
  Circuit c;
  c.components = {{-3.1765, 3, 3}, {-2.1746, 3, 3}};
  c.stages = stages;
  Inlet feed;
  feed.stage = stages - 1;
  feed.flow = 1;
  feed.molarity = {0.1, 0.1};
  feed.anions = 0.61;
  Inlet organic;
  organic.phase = Phase::kOrganic;
  organic.flow = 1;
  organic.extractant_dimer_mol_per_l = 0.5;
  c.inlets = {feed, organic};
  return c;
}

/// Constant beta: feed of one mole an hour entering `feed_stage` (from 1),
/// organic capacity `s`, organic product `product`.
inline Circuit ConstantBeta(std::vector<double> beta, std::vector<double> feed, int stages,
                            int feed_stage, double s, double product) {
  Circuit c;
  c.law = Law::kConstantBeta;
  for (double b : beta) c.components.push_back({std::log10(b), 0, 1});
  c.stages = stages;
  Inlet in;
  in.stage = feed_stage - 1;
  in.flow = 1;
  for (double f : feed) in.anions += f;
  in.molarity = std::move(feed);
  Inlet scrub;
  scrub.stage = stages - 1;
  scrub.flow = 1;
  scrub.anions = s - product;
  Inlet organic;
  organic.phase = Phase::kOrganic;
  organic.flow = 1;
  organic.extractant_dimer_mol_per_l = s;
  c.inlets = {in, scrub, organic};
  return c;
}

inline double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return sum;
}

}  // namespace raffinate::kernels::testing
