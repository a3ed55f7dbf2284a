#include "bench/wfg_peer.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <pagmo/problems/wfg.hpp>
#include <random>

#include "tests/optimizer/search/wfg.h"

namespace raffinate::bench {
namespace {

constexpr int kPosition = 4;
constexpr int kDistance = 20;
constexpr int kPoints = 1000;

}  // namespace

double WfgDifference(int number, int objectives) {
  optimizer::testing::FunctionProblem ours =
      optimizer::testing::Wfg(number, objectives, kPosition, kDistance);
  const pagmo::wfg theirs(static_cast<unsigned>(number), kPosition + kDistance,
                          static_cast<pagmo::vector_double::size_type>(objectives), kPosition);
  std::mt19937_64 random(1);
  double most = 0;
  for (int n = 0; n < kPoints; ++n) {
    optimizer::Candidate c;
    for (const optimizer::Variable& v : ours.variables()) {
      c.genes.push_back(std::uniform_real_distribution<double>(v.lower, v.upper)(random));
    }
    const std::atomic<bool> cancel{false};
    ours.Evaluate({&c, 1}, cancel);
    const pagmo::vector_double f = theirs.fitness(c.genes);
    for (std::size_t j = 0; j < f.size(); ++j) {
      most = std::max(most, std::abs(f[j] - c.objectives[j]));
    }
  }
  return most;
}

}  // namespace raffinate::bench
