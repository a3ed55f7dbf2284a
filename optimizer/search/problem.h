// What a search needs to know of the thing it optimizes.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace raffinate::optimizer {

/// One decision.
struct Variable {
  enum class Kind { kReal, kInteger, kCategory };
  std::string path;  ///< field path of the leaf it sets
  Kind kind = Kind::kReal;
  double lower = 0;  ///< kCategory: 0
  double upper = 1;  ///< kCategory: number of choices - 1
  double start = 0;
  double step = 0;  ///< > 0: only lower + k * step
  bool log = false;
};

/// A candidate before and after evaluation.
struct Candidate {
  std::vector<double> genes;  ///< one per variable, in its own unit, within bounds
  /// Warm start: before evaluation that of a parent (or empty), afterwards its
  /// own. Opaque to the search; kept with the candidate and in checkpoints.
  std::vector<double> state;
  std::vector<double> objectives;  ///< all to be minimized
  double violation = 0;            ///< sum of scaled demand violations; 0: feasible
  bool solved = false;
  /// One per Problem::requirements() when solved. Not kept in checkpoints.
  std::vector<double> residuals;
};

/// One demand by itself, for a search that goes where demands are met.
struct Requirement {
  bool equality = false;  ///< met: |residual| <= tolerance; otherwise residual <= 0
  double tolerance = 0;   ///< of an equality, > 0
};

/// An objective is the largest of its pieces: one for each product of the worst of all.
struct ObjectivePiece {
  int objective = 0;
  double value = 0;
  std::vector<double> by;  ///< per variable
  bool decades = false;    ///< log10 of something
};

/// Derivatives of a solved candidate by the real variables without a step, per unit of
/// the gene; zero by all others.
struct Slopes {
  bool known = false;
  std::vector<ObjectivePiece> objectives;  ///< at least one each
  std::vector<double> residuals;           ///< one per Problem::requirements()
  std::vector<double> residuals_by;        ///< row-major: requirements by variables
  std::vector<char> decades;  ///< one per requirement, whether its residual is the log10 of how
                              ///< often something is what it may be; empty: none
};

/// What is known of a candidate before it is evaluated: bounds that its evaluation will not go
/// below.
struct Foreseen {
  std::vector<double> objectives;  ///< -infinity where nothing is known
  double violation = 0;
};

/// A constrained multi-objective problem evaluated in batches.
class Problem {
 public:
  virtual ~Problem() = default;
  virtual const std::vector<Variable>& variables() const = 0;
  virtual int objectives() const = 0;
  /// The demands, each a smooth function of the real variables, whose misses are the
  /// violation or part of it; empty when they are not told one by one.
  virtual std::vector<Requirement> requirements() const { return {}; }
  /// Fills objectives, violation, solved, state and residuals of every candidate. The
  /// result of one does not depend on the others. When `cancel` becomes true it
  /// returns soon and the batch is to be discarded.
  virtual void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) = 0;
  /// Whether it knows anything of candidates before it evaluates them.
  virtual bool foresees() const { return false; }
  /// That, from the genes alone and at a small part of the price; `foreseen` sized like `batch`.
  virtual void Foresee(std::span<const Candidate> /*batch*/, std::span<Foreseen> /*foreseen*/) {}
  /// Whether objectives and residuals are smooth functions of the real variables, so that
  /// differences between candidates close to each other say what derivatives would.
  virtual bool smooth() const { return differentiable(); }
  /// Whether it knows derivatives.
  virtual bool differentiable() const { return false; }
  /// The derivatives of candidates that Evaluate solved, `slopes` sized like `batch`.
  /// `cancel` as above.
  virtual void Differentiate(std::span<const Candidate> /*batch*/, std::span<Slopes> /*slopes*/,
                             const std::atomic<bool>& /*cancel*/) {}
};

}  // namespace raffinate::optimizer
