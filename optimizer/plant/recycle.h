// One plant on its way to a steady state.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "kernels/gradient.h"
#include "optimizer/plant/solve.h"
#include "optimizer/plant/stream_slopes.h"

namespace raffinate::optimizer {

/// Goes through the groups of a plant. To be driven: `Prepare` gives the circuits to solve,
/// `Take` their solutions; when `wants_gradients`, the same with derivatives.
class Recycle {
 public:
  Recycle(const PlantTask& task, const PlantOptions& options, PlantSolution* solution);

  bool done() const { return done_; }
  /// Whether what is to be solved now is a step of Newton's method, of which less can be tried.
  bool tries_step() const { return accepted_ && !free_step_; }

  /// The circuits to solve now; their feeds are set.
  const std::vector<int>& Prepare(std::vector<kernels::Task>* tasks);
  void Take(std::span<kernels::Solution> solutions);

  bool wants_gradients() const { return wants_gradients_; }
  /// One task per circuit of the group; what they point to lives until TakeGradients.
  void PrepareGradients(std::vector<kernels::GradientTask>* tasks);
  void TakeGradients(std::span<std::vector<kernels::CascadeGradient>> gradients);

 private:
  void Enter();
  void Guess();
  void SetFeeds(int circuit);
  void Outputs(int circuit, std::vector<double>* moles) const;
  bool Retreat();
  bool Try();
  void Substitute(double relaxation);
  void KeepTotals();
  double Need(const StreamNumber& unknown) const;
  double Capacity(std::size_t first) const;
  std::pair<std::size_t, double> Stream(std::size_t first) const;
  void Fail(int circuit, kernels::SolveStatus status);
  void Leave();
  void WriteInlets();
  double Worst(const std::vector<double>& out, std::size_t* worst) const;
  double Merit(const std::vector<double>& out) const;

  Plant& plant_;
  const PlantState* warm_;
  const PlantOptions& options_;
  PlantSolution& solution_;
  std::vector<kernels::Feeds> feed_up_, feed_down_;  ///< from outside
  StreamLayout layout_;
  std::size_t group_ = 0;
  std::vector<StreamNumber> unknowns_;  ///< of the streams within the group
  std::vector<double> in_, out_;        ///< moles of the last accepted pass: entering, leaving
  std::vector<double> tried_;           ///< moles entering now
  /// Of Newton's equations, in units of what is fed: unknowns by unknowns, and the right side.
  std::vector<double> matrix_, right_;
  double pace_ = 1;  ///< of the step that is tried; infinite: Newton's
  double merit_ = 0, worst_ = 0;
  int substitutions_ = 0;  ///< still to do before Newton
  int group_passes_ = 0;
  int retreats_ = 0;        ///< in this group
  int patience_ = 0;        ///< substitutions when no step helps
  double relaxation_ = 1;   ///< of the substitution that is tried
  bool accepted_ = false;   ///< whether in_ and out_ are there
  bool free_step_ = false;  ///< accept the next pass whatever it brings
  bool wants_gradients_ = false;
  bool done_ = false;
  std::vector<kernels::State> states_;
  std::optional<StreamSlopes> slopes_;
};

}  // namespace raffinate::optimizer
