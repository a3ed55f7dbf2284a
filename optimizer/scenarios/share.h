// What a share of scenarios says of all scenarios there are.
#pragma once

#include <cstddef>

namespace raffinate::optimizer {

/// The confidence with which a probability is claimed.
inline constexpr double kConfidence = 0.95;

/// P(X <= successes) of a binomial with `count` trials of probability `p` in [0, 1].
double BinomialProbability(std::size_t successes, std::size_t count, double p);

/// The one-sided bounds of Clopper and Pearson (Biometrika 26 (1934) 404) for the probability of
/// which `successes` of `count` > 0 independent trials are the outcome: it is at least, and it is
/// at most that, each with `confidence`.
double LeastProbability(std::size_t successes, std::size_t count, double confidence = kConfidence);
double MostProbability(std::size_t successes, std::size_t count, double confidence = kConfidence);

/// The most of `count` trials that may fail for LeastProbability to be `probability` or more; 0
/// where even none is too many.
std::size_t AllowedFailures(std::size_t count, double probability);

}  // namespace raffinate::optimizer
