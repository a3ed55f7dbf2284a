// What streams bring into the stages of a cascade.
#pragma once

#include <cstddef>
#include <vector>

namespace raffinate::kernels {

/// What one component brings into one stage.
struct Feed {
  long at = 0;        ///< stage * M + component
  double amount = 0;  ///< [kmol/h], finite, not negative
};

/// Few of the N*M pairs of stage and component have a feed. By rising `at`, none twice.
using Feeds = std::vector<Feed>;

/// Adds to the feed at `at`, if it is not nothing.
void AddFeed(long at, double amount, Feeds* feeds);

/// The feed at `at` [kmol/h]; 0 where there is none.
double FeedAt(const Feeds& feeds, long at);

/// All N*M = `size` feeds, zeros included [kmol/h].
std::vector<double> Spread(const Feeds& feeds, std::size_t size);

}  // namespace raffinate::kernels
