// The derivatives' way through Outflows and Assemble, and the whole way from what
// leaves to what the user gave.
#include "kernels/circuit_gradient.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "bench/corpus/corpus.h"
#include "kernels/layout.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

constexpr double StageFlows::*kFlows[] = {
    &StageFlows::aq_up,    &StageFlows::aq_down,  &StageFlows::aq_draw,   &StageFlows::org_up,
    &StageFlows::org_down, &StageFlows::org_draw, &StageFlows::bypass_up, &StageFlows::bypass_draw};

/// Fourth-order central difference with steps of `relative` size.
double Difference(double* place, double relative, const std::function<double()>& value) {
  const double middle = *place, step = relative * std::abs(middle);
  const auto at = [&](double x) {
    *place = x;
    return value();
  };
  const double difference = (8 * (at(middle + step) - at(middle - step)) -
                             (at(middle + 2 * step) - at(middle - 2 * step))) /
                            (12 * step);
  *place = middle;
  return difference;
}

/// A place in a circuit that the user could set, with its derivative.
struct Place {
  std::string name;
  double* value;
  double derivative;
};

std::vector<Place> Places(Circuit& c, const CircuitGradient& g) {
  std::vector<Place> places;
  for (size_t k = 0; k < c.inlets.size(); ++k) {
    const std::string name = "inlet " + std::to_string(k);
    Inlet& in = c.inlets[k];
    const InletGradient& by = g.inlets[k];
    places.push_back({name + " flow", &in.flow, by.flow});
    for (size_t i = 0; i < in.molarity.size(); ++i) {
      places.push_back({name + " molarity", &in.molarity[i], by.molarity[i]});
    }
    places.push_back({name + " anions", &in.anions, by.anions});
    places.push_back(
        {name + " dimer", &in.extractant_dimer_mol_per_l, by.extractant_dimer_mol_per_l});
    for (size_t k = 0; k < in.totals.size(); ++k) {
      places.push_back({name + " total", &in.totals[k], by.totals[k]});
    }
  }
  for (size_t d = 0; d < c.draws.size(); ++d) {
    Draw& draw = c.draws[d];
    if (!(draw.flow > 0) && draw.share >= 1) continue;  // there is no more
    places.push_back({draw.flow > 0 ? "draw flow" : "draw share",
                      draw.flow > 0 ? &draw.flow : &draw.share, g.draws[d]});
  }
  for (size_t j = 0; j < c.efficiency.size(); ++j) {
    places.push_back({"efficiency", &c.efficiency[j], g.efficiency[j]});
  }
  for (size_t j = 0; j < c.aqueous_entrainment.size(); ++j) {
    places.push_back({"aqueous_entrainment", &c.aqueous_entrainment[j], g.aqueous_entrainment[j]});
  }
  for (size_t j = 0; j < c.organic_entrainment.size(); ++j) {
    places.push_back({"organic_entrainment", &c.organic_entrainment[j], g.organic_entrainment[j]});
  }
  if (c.recycle > 0 && c.recycle < 1) places.push_back({"recycle", &c.recycle, g.recycle});
  for (size_t i = 0; i < c.components.size(); ++i) {
    places.push_back({"log10_k", &c.components[i].log10_k, g.log10_k[i]});
  }
  for (size_t k = 0; k < c.shift.size(); ++k) {
    places.push_back({"shift", &c.shift[k], g.shift[k]});
  }
  return places;
}

/// A circuit of the kind with, in turn, entrainment and stage efficiency, draws
/// given as flows, and a loop that is only partly closed.
Circuit Varied(bench::Kind kind, std::uint64_t seed) {
  Circuit c = bench::RandomCircuit(kind, seed, {3, 30, 2, 5});
  std::mt19937_64 random(seed);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  if (seed % 2 == 0) {
    c.efficiency.clear(), c.aqueous_entrainment.clear(), c.organic_entrainment.clear();
    for (int j = 0; j < c.stages; ++j) {
      c.efficiency.push_back(uniform(0.8, 0.99));
      c.aqueous_entrainment.push_back(uniform(0.001, 0.01));
      c.organic_entrainment.push_back(uniform(0.001, 0.01));
    }
  }
  if (seed % 3 != 0) {
    Layout layout;
    if (LayOut(c, &layout).empty()) {
      for (Draw& draw : c.draws) {
        const bool aqueous = draw.phase == Phase::kAqueous;
        const double share = (aqueous ? layout.aqueous_draw : layout.organic_draw)[draw.stage];
        draw.flow = std::min(share, 0.9) * Available(c, layout, draw);
      }
    }
  }
  if (c.recycle > 0 && seed % 5 == 0) c.recycle = uniform(0.5, 0.99);
  return c;
}

void Compare(Circuit& c, const CircuitGradient& gradient, const std::function<double()>& value,
             double step, double tolerance) {
  const std::vector<Place> places = Places(c, gradient);
  double largest = 0;
  for (const Place& place : places) {
    largest = std::max(largest, std::abs(place.derivative * *place.value));
  }
  for (const Place& place : places) {
    if (*place.value == 0) continue;
    SCOPED_TRACE(place.name);
    EXPECT_NEAR(place.derivative * *place.value,
                Difference(place.value, step, value) * *place.value, tolerance * largest);
  }
}

class CircuitGradientOf : public ::testing::TestWithParam<int> {};

TEST_P(CircuitGradientOf, AssemblyIsThatOfItsDifferences) {
  const auto kind = static_cast<bench::Kind>(GetParam());
  for (std::uint64_t seed = Seed(); seed < Seed() + 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Circuit c = Varied(kind, seed);
    Cascade cascade;
    if (!Assemble(c, &cascade).empty()) continue;
    // A number that weighs everything in the cascade about alike.
    std::mt19937_64 random(seed);
    const auto weight = [&](double value) {
      return value == 0 ? 0.0 : (static_cast<double>(random() % 1000) - 500) / 500 / value;
    };
    CascadeGradient weights;
    for (const StageFlows& f : cascade.flows) {
      StageFlows& by = weights.flows.emplace_back();
      for (const auto field : kFlows) by.*field = weight(f.*field);
    }
    const size_t size = cascade.flows.size() * cascade.components.size();
    for (const double v : Spread(cascade.feed_up, size)) weights.feed_up.push_back(weight(v));
    for (const double v : Spread(cascade.feed_down, size)) weights.feed_down.push_back(weight(v));
    for (const double v : cascade.anions) weights.anions.push_back(weight(v));
    for (const double v : cascade.extractant) weights.extractant.push_back(weight(v));
    for (const double v : cascade.totals) weights.totals.push_back(weight(v));
    for (const double v : cascade.shift) weights.shift.push_back(weight(v));
    for (const Component& k : cascade.components) weights.log10_k.push_back(weight(k.log10_k));
    const auto value = [&] {
      Cascade now;
      EXPECT_EQ(Assemble(c, &now), "");
      double sum = 0;
      for (int j = 0; j < now.stages(); ++j) {
        for (const auto field : kFlows) sum += weights.flows[j].*field * now.flows[j].*field;
        sum += weights.anions[j] * now.anions[j] + weights.extractant[j] * now.extractant[j];
      }
      for (const Feed& feed : now.feed_up) sum += weights.feed_up[feed.at] * feed.amount;
      for (const Feed& feed : now.feed_down) sum += weights.feed_down[feed.at] * feed.amount;
      for (size_t k = 0; k < now.totals.size(); ++k) sum += weights.totals[k] * now.totals[k];
      for (size_t k = 0; k < now.shift.size(); ++k) sum += weights.shift[k] * now.shift[k];
      for (int i = 0; i < now.size(); ++i) sum += weights.log10_k[i] * now.components[i].log10_k;
      return sum;
    };
    Compare(c, ThroughAssembly(c, weights), value, 1e-4, 1e-7);
  }
}

TEST_P(CircuitGradientOf, WhatLeavesIsThatOfItsDifferences) {
  const auto kind = static_cast<bench::Kind>(GetParam());
  int compared = 0;
  for (std::uint64_t seed = Seed(); seed < Seed() + 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Circuit c = Varied(kind, seed);
    Cascade cascade;
    if (!Assemble(c, &cascade).empty()) continue;
    const Solved s = SolveCircuit(c);
    ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
    std::vector<OutflowSeed> seeds(s.out.size());
    std::mt19937_64 random(seed);
    const auto weight = [&](double value) {
      return value < 1e-30 ? 0.0 : (static_cast<double>(random() % 1000) - 500) / 500 / value;
    };
    for (size_t r = 0; r < s.out.size(); ++r) {
      seeds[r].aqueous_flow = weight(s.out[r].aqueous_flow);
      seeds[r].anions = weight(s.out[r].anions);
      for (const double v : s.out[r].metals) seeds[r].metals.push_back(weight(v));
      for (const double v : s.out[r].aqueous_metals) seeds[r].aqueous_metals.push_back(weight(v));
      for (size_t k = 0; k < s.out[r].totals.size(); ++k) {
        const bool aqueous = CarrierOf(c.table->kind[k + 2]) == Phase::kAqueous;
        seeds[r].totals.push_back(aqueous ? weight(s.out[r].totals[k]) : 0.0);
      }
    }
    const OutflowPath path = SeedOutflows(c, s.cascade, s.solution, seeds);
    const GradientTask task{&s.cascade, &s.solution, {&path.seed, 1}};
    std::vector<CascadeGradient> gradients;
    Differentiate(kScalar, {&task, 1}, {&gradients, 1});
    CascadeGradient total = gradients[0];
    AddScaled(1.0, path.direct, &total);
    const auto value = [&] {
      const Solved now = SolveCircuit(c, kScalar, &s.solution.state);
      double sum = 0;
      EXPECT_EQ(now.solution.status, SolveStatus::kSolved);
      for (size_t r = 0; r < now.out.size(); ++r) {
        sum +=
            seeds[r].aqueous_flow * now.out[r].aqueous_flow + seeds[r].anions * now.out[r].anions;
        for (int i = 0; i < now.cascade.size(); ++i) {
          sum += seeds[r].metals[i] * now.out[r].metals[i] +
                 seeds[r].aqueous_metals[i] * now.out[r].aqueous_metals[i];
        }
        for (size_t k = 0; k < seeds[r].totals.size(); ++k) {
          sum += seeds[r].totals[k] * now.out[r].totals[k];
        }
      }
      return sum;
    };
    Compare(c, ThroughAssembly(c, total), value, 1e-5, 1e-5);
    ++compared;
  }
  EXPECT_GT(compared, 2);
}

INSTANTIATE_TEST_SUITE_P(Kinds, CircuitGradientOf,
                         ::testing::Range(0, static_cast<int>(bench::kKinds)),
                         [](const auto& info) { return "Kind" + std::to_string(info.param); });

}  // namespace
}  // namespace raffinate::kernels::testing
