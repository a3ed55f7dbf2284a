#include "optimizer/model/warm_state.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "optimizer/model/leaves.h"

namespace raffinate::optimizer {
namespace {

constexpr std::size_t kHead = 2;  // numbers before those of the sections

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

std::vector<double> PackState(const std::vector<SectionSpan>& sections, const kernels::State& state,
                              std::span<const double> x) {
  const std::size_t stages = state.ln_h.size();
  const std::size_t more = stages == 0 ? 0 : state.ln_more.size() / stages;
  const std::size_t components = stages == 0 ? 0 : x.size() / stages;
  std::vector<double> packed;
  packed.reserve(kHead + sections.size() + (2 + more + components) * stages);
  packed.push_back(static_cast<double>(2 + more));
  packed.push_back(static_cast<double>(components));
  for (const SectionSpan& section : sections) packed.push_back(section.count);
  packed.insert(packed.end(), state.ln_h.begin(), state.ln_h.end());
  packed.insert(packed.end(), state.ln_s.begin(), state.ln_s.end());
  const auto profiles = [&](std::span<const double> by_stage, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t j = 0; j < stages; ++j) packed.push_back(by_stage[j * count + k]);
    }
  };
  profiles(state.ln_more, more);
  profiles(x, components);
  return packed;
}

WarmStart UnpackState(std::span<const double> packed, const std::vector<SectionSpan>& sections) {
  const std::size_t head = kHead + sections.size();
  if (packed.size() < head) return {};
  if (!std::all_of(packed.begin(), packed.end(), [](double v) { return std::isfinite(v); })) {
    return {};
  }
  if (!(packed[0] >= 2 && packed[0] <= kernels::kMaxMasters)) return {};
  if (!(packed[1] >= 0 && packed[1] <= static_cast<double>(packed.size()))) return {};
  const auto masters = static_cast<std::size_t>(packed[0]);
  const auto components = static_cast<std::size_t>(packed[1]);
  std::vector<int> counts;
  std::size_t stages = 0, wanted = 0;
  for (std::size_t s = 0; s < sections.size(); ++s) {
    const double count = packed[kHead + s];
    if (!(count >= 1 && count <= kMaxStages)) return {};
    counts.push_back(static_cast<int>(count));
    stages += static_cast<std::size_t>(counts.back());
    wanted += static_cast<std::size_t>(sections[s].count);
  }
  if (packed.size() != head + (masters + components) * stages) return {};
  // Writes profile k, the `step`th numbers of `to` from its place on.
  const auto unpack = [&](std::size_t k, double* to, std::size_t step) {
    const double* from = packed.data() + head + k * stages;
    for (std::size_t s = 0; s < sections.size(); ++s) {
      for (int j = 0; j < sections[s].count; ++j, to += step) {
        *to = At(from, counts[s], j, sections[s].count);
      }
      from += counts[s];
    }
  };
  WarmStart start;
  start.state.ln_h.resize(wanted);
  start.state.ln_s.resize(wanted);
  start.state.ln_more.resize(wanted * (masters - 2));
  start.x.resize(wanted * components);
  unpack(0, start.state.ln_h.data(), 1);
  unpack(1, start.state.ln_s.data(), 1);
  for (std::size_t k = 2; k < masters; ++k) {
    unpack(k, start.state.ln_more.data() + k - 2, masters - 2);
  }
  for (std::size_t i = 0; i < components; ++i) {
    unpack(masters + i, start.x.data() + i, components);
  }
  return start;
}

}  // namespace raffinate::optimizer
