// One task of a polish on its way.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "optimizer/search/gene_space.h"
#include "optimizer/search/problem.h"
#include "optimizer/search/quadratic.h"

namespace raffinate::optimizer {

/// Demands are met with this to spare: a step that ends on the edge of a demand ends within
/// rounding of it, on either side.
inline constexpr double kToSpare = 1e-6;
inline constexpr double kFirstRadius = 0.15;

/// What all walkers of a polish share. Lengths are in search coordinates, objectives in their
/// scale.
struct PolishFrame {
  PolishFrame(const Problem& problem, const GeneSpace& space, const std::vector<double>& scale);

  Eigen::Index Free() const { return static_cast<Eigen::Index>(free.size()); }
  bool Usable(const Candidate& c) const { return c.solved && c.residuals.size() == demands; }
  /// The free coordinates of a candidate.
  Eigen::VectorXd Coordinates(const Candidate& c) const;
  /// Derivatives by genes as those by the free coordinates at `c`, in `unit`.
  Eigen::VectorXd ByCoordinates(const Candidate& c, std::span<const double> by, double unit) const;

  const GeneSpace& space;
  const std::vector<double>& scale;
  std::size_t demands = 0;
  std::vector<int> free;  ///< variables of a continuum
};

/// What a function was, and how it changed, where it was much worse than expected. Beside a front
/// that is about to leave a cascade the slopes of a demand that is met say nothing of it; those
/// on the far side do. What has come through there grows linearly, so that of a function in
/// decades its power of ten is taken as linear.
struct Cut {
  std::size_t of = 0;  ///< requirement, or number of requirements + objective
  double value = 0;
  bool decades = false;
  Eigen::VectorXd at;     ///< free coordinates
  Eigen::VectorXd slope;  ///< by them

  /// By how much the function is above `level` at `x`, to first order where it crosses it.
  double Above(double level, const Eigen::VectorXd& x) const;
};

/// The best candidate of a task with a model of objectives and demands beside it.
class Walker {
 public:
  Walker(const PolishFrame& frame, Candidate start, int objective, std::vector<double> caps,
         std::vector<std::vector<double>> next_caps, int iterations);

  /// The next iteration; to the next caps when all has been done for these, with so many.
  void GoOn(int iterations);
  bool done() const { return done_; }
  void Stop() { done_ = true; }

  const Candidate& best() const { return best_; }
  /// Of `best`, the less the better: the objective and what is missed of demands and caps.
  double merit() const { return merit_; }
  Candidate&& TakeBest() { return std::move(best_); }

  /// Whether the slopes are not those of `best`.
  bool stale() const { return stale_; }
  /// Takes the slopes of `best`.
  void Learn(Slopes slopes);

  /// The next step; false, and done, when none is promising.
  bool Plan();
  /// The candidate that the step leads to.
  Candidate Trial() const { return Moved(step_); }

  /// What a trial brings of what was promised.
  double Share(const Candidate& trial) const;

  /// The step taken again with the bend that was found at the trial; empty: none.
  Eigen::VectorXd Bend(const Candidate& trial);
  Candidate Moved(const Eigen::VectorXd& step) const;
  void Replace(Eigen::VectorXd step) { step_ = std::move(step); }

  /// Takes the slopes of a trial that was much worse than expected as cuts.
  void AddCuts(const Candidate& trial, const Slopes& slopes);

  /// Moves to the trial when it is worth it, and makes the radius longer or shorter.
  void Finish(Candidate trial);

 private:
  double Over(std::size_t objective, double value) const;
  double Merit(const Candidate& c) const;
  bool ChooseObjective();
  void Rows(Eigen::MatrixXd* rows, Eigen::VectorXd* least) const;
  void AddCutRows();
  void LearnCurvature();
  void LearnFromFailure(const Eigen::VectorXd& beyond);
  void LearnOfCuts(const Candidate& c);
  double ValueOf(const Cut& cut, const Candidate& c) const;
  double UnitOf(const Cut& cut) const;
  double LevelOf(const Cut& cut) const;
  Eigen::VectorXd Beyond(const Candidate& trial) const;

  const PolishFrame* frame_;
  Candidate best_;
  int objective_ = 0;
  std::vector<double> caps_;
  std::vector<std::vector<double>> next_caps_;  // the next ones last
  int left_ = 0;                                // iterations with these caps
  double merit_ = 0;
  double radius_ = kFirstRadius;
  bool done_ = false;
  bool stale_ = true;

  Slopes slopes_;
  std::vector<Cut> cuts_;
  Eigen::MatrixXd curvature_;    // of the Lagrangian, over the free coordinates
  Eigen::VectorXd multipliers_;  // of the latest program, by row
  Eigen::VectorXd step_;         // taken last, over the free coordinates
  Eigen::VectorXd gradient_;     // of the Lagrangian before that step; empty: none
  double promised_ = 0;
  QuadraticProgram program_;  // that gave the step, cuts last
};

}  // namespace raffinate::optimizer
