// A flowsheet with open leaves as a problem for the search.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/decisions.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/goals.h"
#include "optimizer/search/problem.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// Evaluates candidates in batches on one device, each from its parent's
/// profile when it has one; see judge.h for what it makes of their solutions. Several threads may
/// ask at once.
class FlowsheetProblem : public Problem {
 public:
  /// So many candidates are laid out and solved at a time, which bounds the memory of large
  /// populations (some 40 KB each) and still fills the largest device.
  static constexpr std::size_t kTogether = 1 << 16;

  /// `flowsheet` must be valid for kOptimize.
  FlowsheetProblem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                   const kernels::Device& device);

  const std::vector<Variable>& variables() const override { return decisions_.variables(); }
  int objectives() const override { return goals_.objectives(); }
  std::vector<Requirement> requirements() const override {
    return std::vector<Requirement>(goals_.demands());
  }
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override;
  bool foresees() const override { return goals_.foresees(); }
  void Foresee(std::span<const Candidate> batch, std::span<Foreseen> foreseen) override;
  bool smooth() const override { return true; }
  /// For figures that have derivatives.
  bool differentiable() const override;
  void Differentiate(std::span<const Candidate> batch, std::span<Slopes> slopes,
                     const std::atomic<bool>& cancel) override;

  /// What is kept of an answer as Candidate::state.
  std::vector<double> Pack(const Prepared& prepared, const Answer& answer) const {
    return PackAnswer(prepared, answer, KeepsComposition(prepared));
  }

  const Decisions& decisions() const { return decisions_; }
  const Goals& goals() const { return goals_; }
  const Chemistry& chemistry() const { return chemistry_; }
  const kernels::Device& device() const { return device_; }
  /// The same for every candidate.
  const std::shared_ptr<const Graph>& graph() const { return graph_; }

 private:
  Decisions decisions_;
  Goals goals_;
  Chemistry chemistry_;  ///< with the flowsheet's own systems
  kernels::Device device_;
  void EvaluateTogether(std::span<Candidate> batch, const std::atomic<bool>& cancel);
  /// The flowsheet to be decided, without its systems: what is prepared points to its extractant
  /// system and must not point into a copy; the systems are in chemistry_.
  Flowsheet Undecided() const;
  Slopes SlopesOf(const Flowsheet& decided, const Prepared& prepared, const Answer& answer) const;
  bool KeepsComposition(const Prepared& prepared) const;

  std::shared_ptr<const Graph> graph_;
};

}  // namespace raffinate::optimizer
