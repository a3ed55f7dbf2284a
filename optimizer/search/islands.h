// Several populations side by side that send each other some of their best.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "optimizer/search/archive.h"
#include "optimizer/search/convergence.h"
#include "optimizer/search/evolution.h"
#include "optimizer/search/search.h"

namespace raffinate::optimizer {

/// Islands, each an Evolution with a share of the population and of the evaluations and
/// with a seed of its own. A generation is one of every island; after every tenth each
/// island sends some of its best to the next in a ring. One archive holds the best of all.
/// Nothing depends on which island is ready first, so any number of workers gives the same.
///
/// Stop reasons: "evaluations", "stagnation" (of the archive of all) and "cancelled". After a
/// cancel the islands that were ready keep their generation, and Step continues with the others:
/// what comes out is the same as without the cancel.
class IslandSearch final : public Search {
 public:
  /// `options` must be valid, with `population` already chosen and more than one island.
  /// With more than one worker the problem is asked from several threads at once.
  IslandSearch(Problem* problem, const SearchOptions& options, std::uint64_t fingerprint);

  bool Step(const std::atomic<bool>& cancel) override;
  const SearchProgress& progress() const override { return progress_; }
  const std::string& stop_reason() const override { return stop_reason_; }
  std::vector<Candidate> Pareto() const override;
  std::string Checkpoint() const override;
  absl::Status Restore(const std::string& checkpoint) override;

 private:
  using Islands = std::vector<std::unique_ptr<Evolution>>;

  Islands Found() const;
  bool Behind(const Evolution& island) const;
  void Gather();
  void Migrate();
  void RefreshProgress();
  const char* ReasonToStop() const;

  Problem* const problem_;
  const SearchOptions options_;
  const std::uint64_t fingerprint_;
  const int objectives_;

  // The state.
  Islands islands_;
  int generations_ = 0;  // that every island which has not ended has completed
  ParetoArchive archive_;
  Convergence convergence_;
  std::string stop_reason_;

  SearchProgress progress_;
};

}  // namespace raffinate::optimizer
