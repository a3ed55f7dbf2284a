#include "optimizer/search/initial_population.h"

#include <numeric>
#include <utility>

#include "optimizer/search/random_stream.h"

namespace raffinate::optimizer {

std::vector<Candidate> SampleInitial(const GeneSpace& space, std::int64_t seed, std::size_t count) {
  std::vector<Candidate> candidates(count);
  if (count == 0) return candidates;
  candidates[0].genes = space.Start();
  const std::uint32_t strata = static_cast<std::uint32_t>(count - 1);
  for (std::uint32_t n = 0; n < strata; ++n) {
    candidates[n + 1].genes.resize(static_cast<std::size_t>(space.size()));
  }
  std::vector<std::uint32_t> stratum(strata);
  for (int i = 0; i < space.size(); ++i) {
    RandomStream random(seed, RandomStream::Purpose::kSample, 0, static_cast<std::uint32_t>(i));
    std::iota(stratum.begin(), stratum.end(), 0);
    for (std::uint32_t n = strata; n > 1; --n) {
      std::swap(stratum[n - 1], stratum[random.Below(n)]);
    }
    for (std::uint32_t n = 0; n < strata; ++n) {
      const double coordinate = (stratum[n] + random.Uniform()) / strata;
      candidates[n + 1].genes[static_cast<std::size_t>(i)] = space.Decode(i, coordinate);
    }
  }
  return candidates;
}

std::vector<Candidate> Enumerate(const GeneSpace& space, std::int64_t points) {
  std::vector<Candidate> candidates(1);
  candidates[0].genes = space.Start();
  for (std::int64_t k = 0; k < points; ++k) {
    Candidate c;
    c.genes = space.Point(k);
    if (c.genes != candidates[0].genes) candidates.push_back(std::move(c));
  }
  return candidates;
}

}  // namespace raffinate::optimizer
