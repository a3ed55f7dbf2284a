// How far a search has come and whether it still moves.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "optimizer/search/archive.h"

namespace raffinate::optimizer {

/// Follows the hypervolume of a growing Pareto archive.
///
/// The reported hypervolume lies in [0, 1) and only grows. It is measured after
/// mapping every objective f to (1 + u/(1+|u|))/2 with u = (f - c)/s and the
/// reference at 1: c is the worst value in the first feasible archive and s the mean
/// distance from c of the solved candidates of that generation. Both stay fixed, the
/// map is monotone and covers the whole line, so that no later point falls outside.
/// Being the best so far it does not fall when the archive is thinned.
///
/// Stagnation asks a sharper question, whether the hypervolume has grown by 0.1 %
/// since the last time it had, in the box that the archives of both times span and
/// one tenth beyond (with one objective: as a share of the way from c). Before
/// anything is feasible the least violation must fall by 0.1 % instead.
class Convergence {
 public:
  struct State {
    std::vector<double> center;  ///< empty: nothing feasible yet
    std::vector<double> scale;
    std::vector<double> anchor;  ///< objectives of the archive at the last progress
    double anchor_violation = std::numeric_limits<double>::infinity();
    double hypervolume = 0;
    int quiet_generations = 0;  ///< since the last progress

    bool operator==(const State&) const = default;
  };

  explicit Convergence(int objectives) : objectives_(objectives) {}

  /// After each generation; `batch` is what was evaluated in it.
  void Update(const ParetoArchive& archive, bool archive_changed, std::span<const Candidate> batch);

  double hypervolume() const { return state_.hypervolume; }
  int quiet_generations() const { return state_.quiet_generations; }

  const State& state() const { return state_; }
  void Assign(State state) { state_ = std::move(state); }

 private:
  void SetScale(const ParetoArchive& archive, std::span<const Candidate> batch);
  double Mapped(const std::vector<double>& points) const;
  bool Progressed(const std::vector<double>& points) const;

  int objectives_;
  State state_;
};

}  // namespace raffinate::optimizer
