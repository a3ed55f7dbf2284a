// The search of search.h: an elitist non-dominated sorting genetic algorithm
// (NSGA-II, Deb et al. 2002, doi:10.1109/4235.996017) with an archive.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "optimizer/search/archive.h"
#include "optimizer/search/convergence.h"
#include "optimizer/search/gene_space.h"
#include "optimizer/search/offspring.h"
#include "optimizer/search/search.h"
#include "optimizer/search/selection.h"

namespace raffinate::optimizer {

/// Generations: the first evaluates the start point and a Latin hypercube sample,
/// each later one `population` children, less those that are hopeless (hopeless.h). Where the
/// problem tells its demands one by one and children rarely meet them, every fourth generation is a
/// smaller one whose children are moved to where the demands are met (restoration.h). Where the
/// problem is smooth, some generations polish candidates instead (polish.h), the more often the
/// more of what they bring enters the archive. Stop reasons: "evaluations", "stagnation",
/// "exhausted" (a finite space of at most `population` points, all evaluated by the first
/// generation) and "cancelled". After a cancel Step may be called again and repeats the generation
/// that was discarded.
class Evolution final : public Search {
 public:
  /// `options` must be valid, with `population` already chosen.
  Evolution(Problem* problem, const SearchOptions& options, std::uint64_t fingerprint);

  bool Step(const std::atomic<bool>& cancel) override;
  const SearchProgress& progress() const override { return progress_; }
  const std::string& stop_reason() const override { return stop_reason_; }
  std::vector<Candidate> Pareto() const override;
  std::string Checkpoint() const override;
  absl::Status Restore(const std::string& checkpoint) override;

  const std::vector<Candidate>& population() const { return population_; }
  /// Takes in candidates that were evaluated elsewhere; they count as no evaluation and no
  /// generation.
  void Receive(const std::vector<Candidate>& migrants);

 private:
  bool RestoresNext() const;
  bool PolishesNext() const;
  bool StepByPolish(const std::atomic<bool>& cancel);
  Offspring NextBatch(std::size_t most) const;
  void Absorb(Offspring offspring, std::int64_t evaluations, std::int64_t solved);
  void Select();
  void Learn(const Offspring& offspring);
  void RefreshProgress();
  const char* ReasonToStop() const;

  Problem* const problem_;
  const SearchOptions options_;
  const std::uint64_t fingerprint_;
  const int objectives_;
  const GeneSpace space_;
  const std::int64_t finite_points_;  // 0: more than a population
  const bool polishable_;             // the problem is smooth in some variable
  const bool lattice_;                // some variable is whole, stepped or a category
  const bool restorable_;             // the problem tells its demands one by one

  // The state: all of it is in a checkpoint, except what is computed from the rest
  // (standings_, progress_).
  std::int64_t evaluations_ = 0;
  std::int64_t solved_ = 0;
  int generations_ = 0;
  std::array<double, 2> success_{
      0.5, 0.5};  // share of evaluated children that beat their parent, by Operator, smoothed
  double feasible_share_ = 1;  // of the latest children of evolution that were evaluated
  int polish_at_ = 1;          // the generation that polishes next
  int polish_gap_ = 1;         // generations from one that polishes to the next
  std::int64_t polish_evaluations_ = 0;
  std::vector<Candidate> population_;
  ParetoArchive archive_;
  Convergence convergence_;
  std::string stop_reason_;

  std::vector<Standing> standings_;
  SearchProgress progress_;
};

}  // namespace raffinate::optimizer
