// The evolutionary search: generations of candidates and the Pareto archive.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kernels/solve.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

struct SearchOptions {
  std::int64_t seed = 1;
  int population = 0;                ///< 0: chosen from the number of variables
  std::int64_t max_evaluations = 0;  ///< 0: no limit
  int stagnation_generations = 0;    ///< 0: never
  int archive_size = 100;            ///< most members the Pareto archive keeps
  /// Populations side by side that share the population and the evaluations and send each
  /// other some of their best; 1: a single one.
  int islands = 1;
  /// Threads on which islands are evaluated side by side; changes nothing in the result. The
  /// problem must bear to be asked from so many at once.
  int workers = 1;
  /// Where populations are ranked and children made, with its threads for each island; changes
  /// nothing in the result.
  kernels::Device device;
  /// Moves candidates to where demands are met, where a problem tells them one by one.
  bool restoration = true;
  /// Refines candidates by their derivatives, where a problem knows them.
  bool polish = true;
};

struct SearchProgress {
  std::int64_t evaluations = 0;
  int generations = 0;
  double hypervolume = 0;      ///< normalized, of the feasible archive, [0, 1]
  int pareto_size = 0;         ///< feasible, non-dominated
  double least_violation = 0;  ///< while nothing is feasible
  double converged_share = 0;  ///< of all candidates so far
};

/// One search. Same problem, options and seed: the same archive bit for bit,
/// with any number of threads in the problem, and after Checkpoint/Restore at
/// any generation.
class Search {
 public:
  /// INVALID_ARGUMENT when an option is out of range.
  static absl::StatusOr<std::unique_ptr<Search>> Create(Problem* problem,
                                                        const SearchOptions& options);
  virtual ~Search() = default;

  /// Runs one generation (the first call: the initial population). Returns
  /// false when the search has ended; `stop_reason()` then says why. A cancel
  /// discards the generation under way and leaves the state as it was before.
  virtual bool Step(const std::atomic<bool>& cancel) = 0;

  virtual const SearchProgress& progress() const = 0;
  virtual const std::string& stop_reason() const = 0;  ///< empty while running

  /// Feasible non-dominated candidates ordered by the first objective, then
  /// the next ones, then the genes. When nothing is feasible: the single
  /// candidate of least violation.
  virtual std::vector<Candidate> Pareto() const = 0;

  /// The whole state as bytes, and back. DATA_LOSS when the bytes are damaged,
  /// FAILED_PRECONDITION when they are of another problem or options.
  virtual std::string Checkpoint() const = 0;
  virtual absl::Status Restore(const std::string& checkpoint) = 0;
};

}  // namespace raffinate::optimizer
