// Random but physically valid circuits, for property tests and benchmarks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/circuit.h"

namespace raffinate::bench {

/// What a random circuit is made of.
enum class Kind {
  kExtraction,    ///< acid feed against fresh organic
  kSaponified,    ///< fresh organic that carries sodium
  kScrub,         ///< saponified extraction with a scrub section
  kSideStreams,   ///< scrub, with a side feed and side draws in both phases
  kEntrainment,   ///< scrub, with entrainment and stage efficiency below one
  kFullCircuit,   ///< extraction, scrub and strip with open organic
  kClosedLoop,    ///< the same with the organic returned
  kRegeneration,  ///< closed loop with a saponification section fed with base
  kConstantBeta,  ///< constant separation factors
  kConstantD,     ///< constant distribution coefficients
  kMixedCharges,  ///< scrub, with divalent metals among the trivalent ones
  kNearPinch,     ///< a sharp cut with 0.1 to 5 % more than the least reagents
  kPure,          ///< a sharp cut with 10 to 50 % more, to five nines where stages allow
  kCorrelation,   ///< log D a polynomial in pH and free extractant, in sulphate with HSO4-
  kComplexed,     ///< chloride complexes and a weak acid that complexes, Davies or SIT
  kSolvation,     ///< neutral nitrates, acid among them, stripped with water
  kSynergism,     ///< two extractants and what they form together
};
inline constexpr int kKinds = 17;

const char* KindName(Kind kind);

struct CorpusLimits {
  int min_stages = 2, max_stages = 200;
  int min_components = 2, max_components = 16;
};

/// The circuit of a seed. The same on every machine.
kernels::Circuit RandomCircuit(Kind kind, std::uint64_t seed, const CorpusLimits& limits = {});

/// A saponified extraction and scrub cascade of exactly this size, as used by
/// the throughput benchmarks.
kernels::Circuit BenchmarkCircuit(int stages, int components, std::uint64_t seed);

/// The circuit with every flow, concentration and constant changed by up to
/// `relative`, without regard to its balance of base and acid.
kernels::Circuit Perturbed(const kernels::Circuit& circuit, double relative, std::uint64_t seed);

}  // namespace raffinate::bench
