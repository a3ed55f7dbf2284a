#include "optimizer/model/warm_state.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

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
  packed.reserve(sections.size() + state.ln_h.size() + state.ln_s.size());
  for (const SectionSpan& section : sections) packed.push_back(section.count);
  packed.insert(packed.end(), state.ln_h.begin(), state.ln_h.end());
  packed.insert(packed.end(), state.ln_s.begin(), state.ln_s.end());
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
  if (packed.size() != sections.size() + 2 * stages) return {};
  if (!std::all_of(packed.begin(), packed.end(), [](double v) { return std::isfinite(v); })) {
    return {};
  }
  kernels::State state;
  const double* ln_h = packed.data() + sections.size();
  const double* ln_s = ln_h + stages;
  for (std::size_t s = 0; s < sections.size(); ++s) {
    for (int j = 0; j < sections[s].count; ++j) {
      state.ln_h.push_back(At(ln_h, counts[s], j, sections[s].count));
      state.ln_s.push_back(At(ln_s, counts[s], j, sections[s].count));
    }
    ln_h += counts[s];
    ln_s += counts[s];
  }
  return state;
}

}  // namespace raffinate::optimizer
