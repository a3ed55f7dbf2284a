#include "optimizer/search/polish.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/quadratic.h"

namespace raffinate::optimizer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// From the start to the first caps, and from there to each of the next.
// Of one objective there is no neighbour on a front to go on from: a task that ends halfway
// along a narrow valley of demands (near total reflux, say) is lost.
constexpr int kIterations = 15;
constexpr int kIterationsOfOne = 40;
constexpr int kIterationsOn = 5;
// All lengths are in search coordinates, objectives in their scale.
constexpr double kFirstRadius = 0.15;
constexpr double kLeastRadius = 1e-5;
// Between candidates whose differences stand for derivatives: their simulations are solved to
// 1e-9.
constexpr double kDifference = 1e-4;
// What is worth a step: of several objectives far less than from one member of a front to
// the next.
constexpr double kLeastGain = 1e-6;
constexpr double kLeastGainOnFront = 1e-4;
// Demands are met with this to spare: a step that ends on the edge of a demand ends
// within rounding of it, on either side.
constexpr double kToSpare = 1e-6;
constexpr double kPrice = 20;
// Of the bound that stands for the largest piece of the objective: so little that it
// only keeps the program definite.
constexpr double kBoundCurvature = 0.01;
// A step is kept when it brings this share of what was promised.
constexpr double kKeep = 0.05;
// One that brings this share may become longer.
constexpr double kGood = 0.7;

// One task on its way.
struct Walker {
  Candidate best;
  int objective = 0;
  std::vector<double> caps;
  std::vector<std::vector<double>> next_caps;  // the next ones last
  int left = 0;                                // iterations with these caps
  double merit = 0;
  double radius = kFirstRadius;
  bool done = false;
  bool stale = true;  // the slopes are not those of `best`

  Slopes slopes;
  MatrixXd curvature;    // of the Lagrangian, over the free coordinates
  VectorXd multipliers;  // of the latest program, by row
  VectorXd step;         // taken last, over the free coordinates
  VectorXd gradient;     // of the Lagrangian before that step; empty: none
  double promised = 0;
  QuadraticProgram program;  // that gave the step
};

class Polisher {
 public:
  Polisher(Problem& problem, const GeneSpace& space, const std::vector<double>& scale,
           std::int64_t most, const std::atomic<bool>& cancel)
      : problem_(problem),
        space_(space),
        scale_(scale),
        most_(most),
        cancel_(cancel),
        demands_(problem.requirements().size()) {
    for (int k = 0; k < space.size(); ++k) {
      if (space.values(k) == 0) free_.push_back(k);
    }
  }

  Polished Run(std::vector<PolishTask> tasks) {
    std::vector<Walker> walkers = Begin(std::move(tasks));
    while (GoOn(walkers) && Differentiate(walkers) && Try(walkers)) {
    }
    absl::flat_hash_set<std::vector<std::int64_t>> seen;
    for (Walker& w : walkers) {
      if (Usable(w.best)) seen.insert(Place(w.best));
      polished_.candidates.push_back(std::move(w.best));
    }
    // The last steps of a task lie close together: the latest of them will do.
    std::reverse(polished_.passed.begin(), polished_.passed.end());
    std::erase_if(polished_.passed,
                  [&](const Candidate& c) { return !seen.insert(Place(c)).second; });
    return std::move(polished_);
  }

 private:
  // False when there is nothing to do or that would be too many.
  bool Count(std::size_t evaluations) {
    const std::int64_t after = polished_.evaluations + static_cast<std::int64_t>(evaluations);
    if (cancel_.load() || evaluations == 0 || (most_ > 0 && after > most_)) return false;
    polished_.evaluations = after;
    return true;
  }

  bool Evaluate(std::span<Candidate> batch) {
    if (!Count(batch.size())) return false;
    problem_.Evaluate(batch, cancel_);
    for (const Candidate& c : batch) {
      polished_.solved += c.solved;
      if (Feasible(c)) polished_.passed.push_back(c);
    }
    return !cancel_.load();
  }

  std::vector<Walker> Begin(std::vector<PolishTask> tasks) {
    if (most_ > 0 && std::cmp_greater(tasks.size(), most_)) {
      tasks.resize(static_cast<std::size_t>(most_));
    }
    std::vector<Candidate> starts;
    for (PolishTask& task : tasks) starts.push_back(std::move(task.start));
    std::vector<Walker> walkers;
    if (!Evaluate(starts)) return walkers;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      Walker& w = walkers.emplace_back();
      w.best = std::move(starts[i]);
      w.objective = tasks[i].objective;
      w.caps = std::move(tasks[i].caps);
      w.left = scale_.size() == 1 ? kIterationsOfOne : kIterations;
      w.next_caps = std::move(tasks[i].next_caps);
      std::reverse(w.next_caps.begin(), w.next_caps.end());
      w.done = !Usable(w.best);
      if (!w.done) w.merit = Merit(w, w.best);
      w.curvature = MatrixXd::Identity(Free(), Free());
    }
    return walkers;
  }

  // False when nobody has anything left to do.
  bool GoOn(std::vector<Walker>& walkers) const {
    bool more = false;
    for (Walker& w : walkers) {
      GoOn(w);
      more = more || !w.done;
    }
    return more;
  }

  // To the next caps when all has been done for these.
  void GoOn(Walker& w) const {
    if (!w.done && w.left-- > 0) return;
    w.done = true;
    if (w.next_caps.empty() || !Usable(w.best) || !w.slopes.known) return;
    w.caps = std::move(w.next_caps.back());
    w.next_caps.pop_back();
    w.merit = Merit(w, w.best);
    w.radius = std::max(w.radius, kFirstRadius);
    w.left = kIterationsOn - 1;
    w.done = false;
  }

  // On a grid of what is worth a step.
  std::vector<std::int64_t> Place(const Candidate& c) const {
    std::vector<std::int64_t> place;
    for (std::size_t j = 0; j < scale_.size(); ++j) {
      place.push_back(std::llround(c.objectives[j] / (scale_[j] * kLeastGainOnFront)));
    }
    return place;
  }

  Index Free() const { return static_cast<Index>(free_.size()); }

  bool Usable(const Candidate& c) const { return c.solved && c.residuals.size() == demands_; }

  double Over(const Walker& w, std::size_t objective, double value) const {
    return (value - w.caps[objective]) / scale_[objective];
  }

  double Merit(const Walker& w, const Candidate& c) const {
    double missed = 0;
    for (const double r : c.residuals) missed += std::max(0.0, r + kToSpare);
    for (std::size_t j = 0; j < scale_.size(); ++j) {
      if (static_cast<int>(j) == w.objective) continue;
      missed += std::max(0.0, Over(w, j, c.objectives[j]));
    }
    const std::size_t j = static_cast<std::size_t>(w.objective);
    return c.objectives[j] / scale_[j] + kPrice * missed;
  }

  bool Differentiate(std::vector<Walker>& walkers) {
    std::vector<Candidate> batch;
    for (const Walker& w : walkers) {
      if (!w.done && w.stale) batch.push_back(w.best);
    }
    if (batch.empty()) return !cancel_.load();
    if (!Count(batch.size() * (problem_.differentiable() ? 1 : free_.size()))) return false;
    std::vector<Slopes> slopes(batch.size());
    if (problem_.differentiable()) {
      problem_.Differentiate(batch, slopes, cancel_);
    } else {
      TakeDifferences(batch, slopes);
    }
    if (cancel_.load()) return false;
    std::size_t next = 0;
    for (Walker& w : walkers) {
      if (w.done || !w.stale) continue;
      w.slopes = std::move(slopes[next++]);
      w.stale = false;
      polished_.solved += w.slopes.known;
      w.done = !w.slopes.known || !ChooseObjective(w);
      if (!w.done) Learn(w);
    }
    return true;
  }

  // Slopes from one candidate beside each for every free coordinate.
  void TakeDifferences(std::span<const Candidate> batch, std::span<Slopes> slopes) {
    std::vector<Candidate> beside;
    for (const Candidate& from : batch) {
      for (const int k : free_) {
        Candidate& c = beside.emplace_back();
        c.genes = from.genes;
        c.state = from.state;
        double& gene = c.genes[static_cast<std::size_t>(k)];
        const double x = space_.Encode(k, gene);
        gene = space_.Decode(k, x + kDifference <= 1 ? x + kDifference : x - kDifference);
      }
    }
    problem_.Evaluate(beside, cancel_);
    const std::size_t d = static_cast<std::size_t>(space_.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Candidate& from = batch[i];
      const std::span<const Candidate> near = std::span(beside).subspan(i * free_.size());
      Slopes& s = slopes[i];
      s.known = true;
      s.residuals = from.residuals;
      s.residuals_by.assign(demands_ * d, 0);
      for (std::size_t j = 0; j < scale_.size(); ++j) {
        s.objectives.push_back(
            {static_cast<int>(j), from.objectives[j], std::vector<double>(d, 0)});
      }
      for (std::size_t f = 0; f < free_.size(); ++f) {
        const std::size_t k = static_cast<std::size_t>(free_[f]);
        const double by = near[f].genes[k] - from.genes[k];
        s.known = s.known && Usable(near[f]) && by != 0;
        if (!s.known) break;
        for (std::size_t j = 0; j < scale_.size(); ++j) {
          s.objectives[j].by[k] = (near[f].objectives[j] - from.objectives[j]) / by;
        }
        for (std::size_t r = 0; r < demands_; ++r) {
          s.residuals_by[r * d + k] = (near[f].residuals[r] - from.residuals[r]) / by;
        }
      }
    }
  }

  // The slopes of a row over the free coordinates.
  VectorXd Row(const Walker& w, std::span<const double> by, double unit) const {
    VectorXd row(Free());
    for (Index f = 0; f < Free(); ++f) {
      const int k = free_[static_cast<std::size_t>(f)];
      const double gene = w.best.genes[static_cast<std::size_t>(k)];
      row[f] = by[static_cast<std::size_t>(k)] * space_.Stretch(k, gene) / unit;
    }
    return row;
  }

  bool ChooseObjective(Walker& w) const {
    for (std::size_t n = 0; n < scale_.size(); ++n) {
      for (const ObjectivePiece& piece : w.slopes.objectives) {
        if (piece.objective != w.objective) continue;
        if (std::any_of(piece.by.begin(), piece.by.end(), [](double v) { return v != 0; })) {
          if (n > 0) w.merit = Merit(w, w.best);
          return true;
        }
      }
      w.objective = (w.objective + 1) % static_cast<int>(scale_.size());
    }
    // Then only demands are left to be met.
    return w.best.violation > 0;
  }

  // Rows of the program, `slopes` d + missed >= `least`, the bound of the objective last
  // among the columns.
  void Rows(const Walker& w, MatrixXd* rows, VectorXd* least) const {
    const std::size_t count = w.slopes.objectives.size() + demands_;
    *rows = MatrixXd::Zero(static_cast<Index>(count), Free() + 1);
    least->resize(static_cast<Index>(count));
    Index row = 0;
    for (const ObjectivePiece& piece : w.slopes.objectives) {
      const std::size_t j = static_cast<std::size_t>(piece.objective);
      rows->row(row).head(Free()) = -Row(w, piece.by, scale_[j]).transpose();
      if (piece.objective == w.objective) {
        (*rows)(row, Free()) = 1;
        (*least)[row] = (piece.value - w.best.objectives[j]) / scale_[j];
      } else {
        // A cap of infinity asks for nothing.
        (*least)[row] = std::max(Over(w, j, piece.value), -1e6);
      }
      ++row;
    }
    const std::size_t d = static_cast<std::size_t>(space_.size());
    for (std::size_t r = 0; r < demands_; ++r, ++row) {
      rows->row(row).head(Free()) =
          -Row(w, std::span(w.slopes.residuals_by).subspan(r * d, d), 1).transpose();
      (*least)[row] = std::max(w.slopes.residuals[r] + kToSpare, -1e6);
    }
  }

  // Damped update of the curvature by the step that was taken.
  void Learn(Walker& w) const {
    MatrixXd rows;
    VectorXd least;
    Rows(w, &rows, &least);
    if (w.gradient.size() > 0 && w.multipliers.size() == rows.rows()) {
      const VectorXd now = -rows.leftCols(Free()).transpose() * w.multipliers;
      const VectorXd& s = w.step;
      VectorXd y = now - w.gradient;
      const VectorXd bs = w.curvature * s;
      const double sbs = s.dot(bs);
      const double sy = s.dot(y);
      if (sbs > 1e-16) {
        const double part = sy >= 0.2 * sbs ? 1 : 0.8 * sbs / (sbs - sy);
        y = part * y + (1 - part) * bs;
        const double product = s.dot(y);
        if (product > 1e-16) {
          w.curvature += y * y.transpose() / product - bs * bs.transpose() / sbs;
        }
      }
      w.gradient.resize(0);
    }
  }

  // The step to try next; false when none is promising.
  bool Plan(Walker& w) const {
    QuadraticProgram& program = w.program;
    Rows(w, &program.rows, &program.least);
    const Index n = Free() + 1;
    program.hessian = MatrixXd::Zero(n, n);
    // The least keeps the factors sound where an update took nearly all curvature away.
    program.hessian.topLeftCorner(Free(), Free()) =
        w.curvature + 1e-6 * MatrixXd::Identity(Free(), Free());
    program.hessian(Free(), Free()) = kBoundCurvature;
    program.gradient = VectorXd::Zero(n);
    program.gradient[Free()] = 1;
    program.lower = VectorXd::Constant(n, -1e3);
    program.upper = VectorXd::Constant(n, 1e3);
    for (Index f = 0; f < Free(); ++f) {
      const std::size_t k = static_cast<std::size_t>(free_[static_cast<std::size_t>(f)]);
      const double x = space_.Encode(static_cast<int>(k), w.best.genes[k]);
      program.lower[f] = std::max(-w.radius, -x);
      program.upper[f] = std::min(w.radius, 1 - x);
    }
    program.price = kPrice;
    program.curvature = 1e-3 * kPrice;
    if (!program.rows.allFinite() || !program.least.allFinite()) return false;
    const QuadraticSolution solution = Solve(program);
    if (!solution.step.allFinite()) return false;
    w.step = solution.step.head(Free());
    w.multipliers = solution.demands;
    const double before = program.least.cwiseMax(0.0).sum();
    w.promised = kPrice * (before - solution.missed.sum()) - solution.step[Free()] -
                 0.5 * w.step.dot(w.curvature * w.step);
    w.gradient = -program.rows.leftCols(Free()).transpose() * w.multipliers;
    const double least = scale_.size() == 1 ? kLeastGain : kLeastGainOnFront;
    return w.promised > least && w.step.cwiseAbs().maxCoeff() > 1e-9;
  }

  Candidate Moved(const Walker& w, const VectorXd& step) const {
    Candidate c;
    c.genes = w.best.genes;
    c.state = w.best.state;
    for (Index f = 0; f < Free(); ++f) {
      const std::size_t k = static_cast<std::size_t>(free_[static_cast<std::size_t>(f)]);
      const int axis = static_cast<int>(k);
      c.genes[k] = space_.Decode(axis, space_.Encode(axis, c.genes[k]) + step[f]);
    }
    return c;
  }

  // By how much the rows at a trial exceed what they were expected to be.
  VectorXd Beyond(const Walker& w, const Candidate& c) const {
    const QuadraticProgram& program = w.program;
    const VectorXd expected = program.least - program.rows.leftCols(Free()) * w.step;
    VectorXd beyond = VectorXd::Zero(expected.size());
    Index row = 0;
    for (const ObjectivePiece& piece : w.slopes.objectives) {
      const std::size_t j = static_cast<std::size_t>(piece.objective);
      const double before = w.best.objectives[j];
      // Only the piece that decides is known at the trial.
      if (piece.value >= before - 1e-9 * std::abs(before)) {
        const double now = piece.objective == w.objective
                               ? (c.objectives[j] - before) / scale_[j]
                               : std::max(Over(w, j, c.objectives[j]), -1e6);
        beyond[row] = now - expected[row];
      }
      ++row;
    }
    for (std::size_t r = 0; r < demands_; ++r, ++row) {
      beyond[row] = std::max(c.residuals[r] + kToSpare, -1e6) - expected[row];
    }
    return beyond;
  }

  // A step that was no good tells of the curvature along it.
  void LearnFromFailure(Walker& w, const VectorXd& beyond) const {
    const double square = w.step.squaredNorm();
    const double found = 2 * w.multipliers.dot(beyond) / square;
    const double known = w.step.dot(w.curvature * w.step) / square;
    if (std::isfinite(found) && found > known) {
      w.curvature += (found - known) / square * w.step * w.step.transpose();
    }
  }

  // What a step brings of what was promised.
  double Share(const Walker& w, const Candidate& c) const {
    return Usable(c) ? (w.merit - Merit(w, c)) / w.promised : -INFINITY;
  }

  // Steps that demands and caps bend away from, taken again with the bend: otherwise
  // steps along a curved edge stay short (second-order correction; Nocedal and Wright
  // 2006, Numerical Optimization, section 18.3).
  bool Bend(std::vector<Walker>& walkers, std::vector<Candidate>& trials) {
    std::vector<Candidate> batch;
    std::vector<std::size_t> of;
    std::vector<VectorXd> steps;
    std::size_t next = 0;
    for (std::size_t i = 0; i < walkers.size(); ++i) {
      Walker& w = walkers[i];
      if (w.done) continue;
      const Candidate& c = trials[next++];
      if (!Usable(c) || Share(w, c) > kGood) continue;
      const VectorXd beyond = Beyond(w, c);
      QuadraticProgram program = w.program;
      program.least += beyond;
      for (Index row = 0; row < program.least.size(); ++row) {
        if (program.rows(row, Free()) != 0) program.least[row] -= beyond[row];
      }
      const QuadraticSolution solution = Solve(program);
      LearnFromFailure(w, beyond);
      if (!solution.step.allFinite()) continue;
      steps.push_back(solution.step.head(Free()));
      batch.push_back(Moved(w, steps.back()));
      of.push_back(i);
    }
    if (batch.empty()) return true;
    if (!Evaluate(batch)) return false;
    next = 0;
    std::size_t bent = 0;
    for (std::size_t i = 0; i < walkers.size(); ++i) {
      if (walkers[i].done) continue;
      Candidate& trial = trials[next++];
      if (bent >= of.size() || of[bent] != i) continue;
      if (Share(walkers[i], batch[bent]) > Share(walkers[i], trial)) {
        trial = std::move(batch[bent]);
        walkers[i].step = steps[bent];
      }
      ++bent;
    }
    return true;
  }

  bool Try(std::vector<Walker>& walkers) {
    std::vector<Candidate> batch;
    for (Walker& w : walkers) {
      if (w.done) continue;
      w.done = !Plan(w);
      if (!w.done) batch.push_back(Moved(w, w.step));
    }
    if (batch.empty()) return !cancel_.load();
    if (!Evaluate(batch)) return false;
    const bool more = Bend(walkers, batch);
    std::size_t next = 0;
    for (Walker& w : walkers) {
      if (w.done) continue;
      Candidate& c = batch[next++];
      const double share = Share(w, c);
      const double length = w.step.cwiseAbs().maxCoeff();
      if (share > kKeep) {
        w.merit = Merit(w, c);
        w.best = std::move(c);
        w.stale = true;
      } else {
        w.gradient.resize(0);
      }
      if (share > kGood && length > 0.9 * w.radius) w.radius = std::min(0.5, 2 * w.radius);
      if (share < 0.2) w.radius = 0.4 * std::min(w.radius, length);
      w.done = w.radius < kLeastRadius;
    }
    return more;
  }

  Problem& problem_;
  const GeneSpace& space_;
  const std::vector<double>& scale_;
  const std::int64_t most_;
  const std::atomic<bool>& cancel_;
  const std::size_t demands_;
  std::vector<int> free_;
  Polished polished_;
};

}  // namespace

Polished Polish(Problem& problem, const GeneSpace& space, std::vector<PolishTask> tasks,
                const std::vector<double>& scale, std::int64_t most_evaluations,
                const std::atomic<bool>& cancel) {
  return Polisher(problem, space, scale, most_evaluations, cancel).Run(std::move(tasks));
}

}  // namespace raffinate::optimizer
