#include "optimizer/model/warm_state.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "optimizer/model/leaves.h"

namespace raffinate::optimizer {
namespace {

/// Value of the profile `from[0..count)` at stage `stage` of `wanted`.
double At(const double* from, int count, int stage, int wanted) {
  if (count == wanted) return from[stage];
  const double position =
      wanted == 1 ? 0.5 * (count - 1) : static_cast<double>(stage) * (count - 1) / (wanted - 1);
  const int below = std::min(static_cast<int>(position), count - 1);
  const int above = std::min(below + 1, count - 1);
  const double share = position - below;
  return (1 - share) * from[below] + share * from[above];
}

}  // namespace

std::vector<double> PackState(const std::vector<SectionSpan>& sections,
                              const kernels::State& state) {
  std::vector<double> packed;
  packed.reserve(sections.size() + state.ln_h.size() + state.ln_s.size() + state.ln_more.size());
  for (const SectionSpan& section : sections) packed.push_back(section.count);
  packed.insert(packed.end(), state.ln_h.begin(), state.ln_h.end());
  packed.insert(packed.end(), state.ln_s.begin(), state.ln_s.end());
  const std::size_t stages = state.ln_h.size();
  const std::size_t more = stages == 0 ? 0 : state.ln_more.size() / stages;
  for (std::size_t k = 0; k < more; ++k) {
    for (std::size_t j = 0; j < stages; ++j) packed.push_back(state.ln_more[j * more + k]);
  }
  return packed;
}

kernels::State UnpackState(const std::vector<double>& packed,
                           const std::vector<SectionSpan>& sections) {
  if (packed.size() < sections.size()) return {};
  std::vector<int> counts;
  std::size_t stages = 0;
  for (std::size_t s = 0; s < sections.size(); ++s) {
    if (!(packed[s] >= 1 && packed[s] <= kMaxStages)) return {};
    counts.push_back(static_cast<int>(packed[s]));
    stages += static_cast<std::size_t>(counts.back());
  }
  const std::size_t profiles = stages == 0 ? 0 : (packed.size() - sections.size()) / stages;
  if (profiles < 2 || profiles > kernels::kMaxMasters ||
      packed.size() != sections.size() + profiles * stages) {
    return {};
  }
  if (!std::all_of(packed.begin(), packed.end(), [](double v) { return std::isfinite(v); })) {
    return {};
  }
  std::vector<std::vector<double>> all(profiles);
  for (std::size_t k = 0; k < profiles; ++k) {
    const double* from = packed.data() + sections.size() + k * stages;
    for (std::size_t s = 0; s < sections.size(); ++s) {
      for (int j = 0; j < sections[s].count; ++j) {
        all[k].push_back(At(from, counts[s], j, sections[s].count));
      }
      from += counts[s];
    }
  }
  kernels::State state;
  for (std::size_t j = 0; j < all[0].size(); ++j) {
    for (std::size_t k = 2; k < profiles; ++k) state.ln_more.push_back(all[k][j]);
  }
  state.ln_h = std::move(all[0]);
  state.ln_s = std::move(all[1]);
  return state;
}

}  // namespace raffinate::optimizer
