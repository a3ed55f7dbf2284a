#include "optimizer/scenarios/share.h"

#include <algorithm>
#include <cmath>

namespace raffinate::optimizer {
namespace {

/// The p in [0, 1] at which a function that falls with p is `level`.
template <class Falling>
double Where(Falling falling, double level) {
  double low = 0, high = 1;
  for (int i = 0; i < 100; ++i) {
    const double middle = low + (high - low) / 2;
    (falling(middle) > level ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

double BinomialProbability(std::size_t successes, std::size_t count, double p) {
  if (successes >= count || p <= 0) return 1;
  if (p >= 1) return 0;
  const double n = static_cast<double>(count);
  double sum = 0;
  for (std::size_t i = 0; i <= successes; ++i) {
    const double k = static_cast<double>(i);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                    k * std::log(p) + (n - k) * std::log1p(-p));
  }
  return std::min(sum, 1.0);
}

double LeastProbability(std::size_t successes, std::size_t count, double confidence) {
  if (successes == 0) return 0;
  // P(X >= successes) = 1 - confidence.
  return Where([&](double p) { return BinomialProbability(successes - 1, count, p); }, confidence);
}

double MostProbability(std::size_t successes, std::size_t count, double confidence) {
  return 1 - LeastProbability(count - std::min(successes, count), count, confidence);
}

std::size_t AllowedFailures(std::size_t count, double probability) {
  // LeastProbability(count - k, count) >= probability, that is: had each trial failed with
  // 1 - probability, k failures or fewer would be a rarity.
  std::size_t allowed = 0;
  while (allowed + 1 < count &&
         BinomialProbability(allowed + 1, count, 1 - probability) <= 1 - kConfidence) {
    ++allowed;
  }
  return allowed;
}

}  // namespace raffinate::optimizer
