#include "optimizer/search/convergence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimizer/search/feasibility.h"
#include "optimizer/search/hypervolume.h"

namespace raffinate::optimizer {
namespace {

constexpr double kGrowth = 1e-3;  // less than this share is no progress
// A front narrower than this share of the first spread counts as that wide, lest
// round-off along a flat objective passes for progress.
constexpr double kNarrow = 1e-2;

}  // namespace

void Convergence::SetScale(const ParetoArchive& archive, std::span<const Candidate> batch) {
  const std::size_t m = static_cast<std::size_t>(objectives_);
  state_.center.assign(m, -std::numeric_limits<double>::infinity());
  state_.scale.assign(m, 0);
  for (const Candidate& c : archive.members()) {
    for (std::size_t j = 0; j < m; ++j) {
      state_.center[j] = std::max(state_.center[j], c.objectives[j]);
    }
  }
  std::size_t solved = 0;
  for (const Candidate& c : batch) {
    if (!c.solved) continue;
    ++solved;
    for (std::size_t j = 0; j < m; ++j) {
      // A running mean, which huge values cannot overflow.
      const double distance = std::min(std::abs(c.objectives[j] - state_.center[j]),
                                       std::numeric_limits<double>::max());
      state_.scale[j] += (distance - state_.scale[j]) / static_cast<double>(solved);
    }
  }
  for (std::size_t j = 0; j < m; ++j) {
    if (!(state_.scale[j] > 0)) state_.scale[j] = std::max(std::abs(state_.center[j]), 1e-12);
  }
}

double Convergence::Mapped(const std::vector<double>& points) const {
  const std::size_t m = static_cast<std::size_t>(objectives_);
  std::vector<double> mapped(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double u = std::clamp(
        points[i] / state_.scale[i % m] - state_.center[i % m] / state_.scale[i % m], -1e15, 1e15);
    mapped[i] = 0.5 * (1 + u / (1 + std::abs(u)));
  }
  return Hypervolume(mapped, std::vector<double>(m, 1.0));
}

bool Convergence::Progressed(const std::vector<double>& points) const {
  if (state_.anchor.empty()) return true;
  if (objectives_ == 1) {
    return state_.anchor[0] - points[0] > kGrowth * (state_.center[0] - state_.anchor[0]);
  }
  const std::size_t m = static_cast<std::size_t>(objectives_);
  std::vector<double> low(m, std::numeric_limits<double>::infinity());
  std::vector<double> high(m, -std::numeric_limits<double>::infinity());
  for (const std::vector<double>* set : {&state_.anchor, &points}) {
    for (std::size_t i = 0; i < set->size(); ++i) {
      low[i % m] = std::min(low[i % m], (*set)[i]);
      high[i % m] = std::max(high[i % m], (*set)[i]);
    }
  }
  const auto volume = [&](const std::vector<double>& set) {
    std::vector<double> scaled(set.size());
    for (std::size_t i = 0; i < set.size(); ++i) {
      const std::size_t j = i % m;
      scaled[i] = (set[i] - low[j]) / std::max(high[j] - low[j], kNarrow * state_.scale[j]);
    }
    return Hypervolume(scaled, std::vector<double>(m, 1.1));
  };
  return volume(points) > (1 + kGrowth) * volume(state_.anchor);
}

void Convergence::Update(const ParetoArchive& archive, bool archive_changed,
                         std::span<const Candidate> batch) {
  bool progress = false;
  if (archive.members().empty()) {
    const Candidate* least = archive.least_violated();
    const double violation =
        least && least->solved ? least->violation : std::numeric_limits<double>::infinity();
    progress = violation < (1 - kGrowth) * state_.anchor_violation;
    if (progress) state_.anchor_violation = violation;
  } else if (archive_changed) {
    if (state_.center.empty()) SetScale(archive, batch);
    const std::vector<double> points = archive.Objectives();
    state_.hypervolume = std::max(state_.hypervolume, Mapped(points));
    progress = Progressed(points);
    if (progress) state_.anchor = points;
  }
  state_.quiet_generations = progress ? 0 : state_.quiet_generations + 1;
}

}  // namespace raffinate::optimizer
