// The numbers of one structure of a train as a problem for the search.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/goals.h"
#include "optimizer/search/problem.h"
#include "optimizer/simulate.h"
#include "optimizer/train/layout.h"

namespace raffinate::optimizer {

/// The genes of a structure are what theory leaves to choose: by how much the organic exceeds the
/// least, where the products in between go, how much of each product is drawn, stages, strip. The
/// flows follow from them by the balances (layout.h), so that a change of one gene gives a plant
/// that still adds up.
///
/// With acid and base what leaves also depends on pH. Each candidate is therefore simulated a few
/// times, from its parent's profile and corrections, until its outputs take what its genes say; the
/// corrections are kept in front of the candidate's state.
class TrainProblem : public Problem {
 public:
  /// `chemistry` holds the flowsheet's own systems too. `start` and `profile` as from Size and
  /// Calibrate; candidates without a parent start from them.
  TrainProblem(TrainTask task, TrainStructure structure, std::vector<BlockDesign> start,
               std::vector<double> profile, int most_stages, const Chemistry& chemistry,
               const kernels::Device& device);

  const std::vector<Variable>& variables() const override { return variables_; }
  int objectives() const override { return goals_.objectives(); }
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override;

  /// The flowsheet of numbers of a candidate that was evaluated.
  Flowsheet Decide(const Candidate& candidate) const;

  const TrainStructure& structure() const { return structure_; }
  const Goals& goals() const { return goals_; }

 private:
  struct Work;

  std::vector<BlockDesign> Decode(std::span<const double> genes) const;
  void Read(std::span<const double> state, std::vector<BlockDesign>* designs) const;
  std::vector<double> Write(const std::vector<BlockDesign>& designs) const;

  TrainTask task_;
  TrainStructure structure_;
  std::vector<BlockDesign> start_;
  std::vector<double> profile_;
  const Chemistry& chemistry_;
  kernels::Device device_;
  Goals goals_;
  std::vector<Variable> variables_;
  std::size_t corrections_ = 0;
};

}  // namespace raffinate::optimizer
