#include "optimizer/search/polish_walker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "optimizer/search/feasibility.h"

namespace raffinate::optimizer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kLeastRadius = 1e-5;
// What is worth a step: of several objectives far less than from one member of a front to
// the next.
constexpr double kLeastGain = 1e-6;
constexpr double kLeastGainOnFront = 1e-4;
constexpr double kPrice = 20;
// Of the bound that stands for the largest piece of the objective: so little that it
// only keeps the program definite.
constexpr double kBoundCurvature = 0.01;
// A step is kept when it brings this share of what was promised.
constexpr double kKeep = 0.05;
// One that brings this share may become longer.
constexpr double kGood = 0.7;
constexpr std::size_t kMostCuts = 12;
// A cut that claims more than this beyond what is found is moved.
constexpr double kClaim = 1e-5;

}  // namespace

PolishFrame::PolishFrame(const Problem& problem, const GeneSpace& space,
                         const std::vector<double>& scale)
    : space(space), scale(scale), demands(problem.requirements().size()) {
  for (int k = 0; k < space.size(); ++k) {
    if (space.values(k) == 0) free.push_back(k);
  }
}

VectorXd PolishFrame::Coordinates(const Candidate& c) const {
  VectorXd x(Free());
  for (Index f = 0; f < Free(); ++f) {
    const int k = free[static_cast<std::size_t>(f)];
    x[f] = space.Encode(k, c.genes[static_cast<std::size_t>(k)]);
  }
  return x;
}

VectorXd PolishFrame::ByCoordinates(const Candidate& c, std::span<const double> by,
                                    double unit) const {
  VectorXd row(Free());
  for (Index f = 0; f < Free(); ++f) {
    const int k = free[static_cast<std::size_t>(f)];
    const double gene = c.genes[static_cast<std::size_t>(k)];
    row[f] = by[static_cast<std::size_t>(k)] * space.Stretch(k, gene) / unit;
  }
  return row;
}

double Cut::Above(double level, const VectorXd& x) const {
  const double rise = slope.dot(x - at);
  if (!decades) return value + rise - level;
  return rise + (1 - std::pow(10, level - value)) / std::log(10.0);
}

Walker::Walker(const PolishFrame& frame, Candidate start, int objective, std::vector<double> caps,
               std::vector<std::vector<double>> next_caps, int iterations)
    : frame_(&frame),
      best_(std::move(start)),
      objective_(objective),
      caps_(std::move(caps)),
      next_caps_(std::move(next_caps)),
      left_(iterations),
      curvature_(MatrixXd::Identity(frame.Free(), frame.Free())) {
  std::reverse(next_caps_.begin(), next_caps_.end());
  done_ = !frame.Usable(best_);
  if (!done_) merit_ = Merit(best_);
}

void Walker::GoOn(int iterations) {
  if (!done_ && left_-- > 0) return;
  done_ = true;
  if (next_caps_.empty() || !frame_->Usable(best_) || !slopes_.known) return;
  caps_ = std::move(next_caps_.back());
  next_caps_.pop_back();
  merit_ = Merit(best_);
  radius_ = std::max(radius_, kFirstRadius);
  left_ = iterations - 1;
  done_ = false;
}

double Walker::Over(std::size_t objective, double value) const {
  return (value - caps_[objective]) / frame_->scale[objective];
}

double Walker::Merit(const Candidate& c) const {
  double missed = 0;
  for (const double r : c.residuals) missed += std::max(0.0, r + kToSpare);
  for (std::size_t j = 0; j < frame_->scale.size(); ++j) {
    if (static_cast<int>(j) == objective_) continue;
    missed += std::max(0.0, Over(j, c.objectives[j]));
  }
  const std::size_t j = static_cast<std::size_t>(objective_);
  return c.objectives[j] / frame_->scale[j] + kPrice * missed;
}

void Walker::Learn(Slopes slopes) {
  slopes_ = std::move(slopes);
  stale_ = false;
  done_ = !slopes_.known || !ChooseObjective();
  if (!done_) LearnCurvature();
}

bool Walker::ChooseObjective() {
  const std::size_t objectives = frame_->scale.size();
  for (std::size_t n = 0; n < objectives; ++n) {
    for (const ObjectivePiece& piece : slopes_.objectives) {
      if (piece.objective != objective_) continue;
      if (std::any_of(piece.by.begin(), piece.by.end(), [](double v) { return v != 0; })) {
        if (n > 0) merit_ = Merit(best_);
        return true;
      }
    }
    objective_ = (objective_ + 1) % static_cast<int>(objectives);
  }
  // Then only demands are left to be met.
  return best_.violation > 0;
}

// Rows of the program, `slopes` d + missed >= `least`, the bound of the objective last
// among the columns.
void Walker::Rows(MatrixXd* rows, VectorXd* least) const {
  const Index free = frame_->Free();
  const std::size_t count = slopes_.objectives.size() + frame_->demands;
  *rows = MatrixXd::Zero(static_cast<Index>(count), free + 1);
  least->resize(static_cast<Index>(count));
  Index row = 0;
  for (const ObjectivePiece& piece : slopes_.objectives) {
    const std::size_t j = static_cast<std::size_t>(piece.objective);
    rows->row(row).head(free) =
        -frame_->ByCoordinates(best_, piece.by, frame_->scale[j]).transpose();
    if (piece.objective == objective_) {
      (*rows)(row, free) = 1;
      (*least)[row] = (piece.value - best_.objectives[j]) / frame_->scale[j];
    } else {
      // A cap of infinity asks for nothing.
      (*least)[row] = std::max(Over(j, piece.value), -1e6);
    }
    ++row;
  }
  const std::size_t d = static_cast<std::size_t>(frame_->space.size());
  for (std::size_t r = 0; r < frame_->demands; ++r, ++row) {
    const auto by = std::span(slopes_.residuals_by).subspan(r * d, d);
    rows->row(row).head(free) = -frame_->ByCoordinates(best_, by, 1).transpose();
    (*least)[row] = std::max(slopes_.residuals[r] + kToSpare, -1e6);
  }
}

// The same of the cuts, in the program.
void Walker::AddCutRows() {
  const Index free = frame_->Free(), count = program_.rows.rows();
  const Index cuts = static_cast<Index>(cuts_.size());
  program_.rows.conservativeResize(count + cuts, free + 1);
  program_.least.conservativeResize(count + cuts);
  const VectorXd x = frame_->Coordinates(best_);
  for (Index k = 0; k < cuts; ++k) {
    const Cut& cut = cuts_[static_cast<std::size_t>(k)];
    double& least = program_.least[count + k];
    program_.rows.row(count + k).setZero();
    program_.rows.row(count + k).head(free) = -cut.slope.transpose() / UnitOf(cut);
    if (cut.of < frame_->demands) {
      least = std::max(cut.Above(0, x) + kToSpare, -1e6);
      continue;
    }
    if (cut.of == frame_->demands + static_cast<std::size_t>(objective_)) {
      program_.rows(count + k, free) = 1;
    }
    least = std::max(cut.Above(LevelOf(cut), x) / UnitOf(cut), -1e6);
  }
}

// Damped update of the curvature by the step that was taken.
void Walker::LearnCurvature() {
  MatrixXd rows;
  VectorXd least;
  Rows(&rows, &least);
  if (gradient_.size() == 0 || multipliers_.size() < rows.rows()) return;
  // Of cuts nothing changes.
  const VectorXd now = -rows.leftCols(frame_->Free()).transpose() * multipliers_.head(rows.rows());
  const VectorXd& s = step_;
  VectorXd y = now - gradient_;
  gradient_.resize(0);
  const VectorXd bs = curvature_ * s;
  const double sbs = s.dot(bs);
  const double sy = s.dot(y);
  if (!(sbs > 1e-16)) return;
  const double part = sy >= 0.2 * sbs ? 1 : 0.8 * sbs / (sbs - sy);
  y = part * y + (1 - part) * bs;
  const double product = s.dot(y);
  if (product > 1e-16) {
    curvature_ += y * y.transpose() / product - bs * bs.transpose() / sbs;
  }
}

bool Walker::Plan() {
  done_ = true;
  Rows(&program_.rows, &program_.least);
  const Index free = frame_->Free(), n = free + 1, own = program_.rows.rows();
  AddCutRows();
  program_.hessian = MatrixXd::Zero(n, n);
  // The least keeps the factors sound where an update took nearly all curvature away.
  program_.hessian.topLeftCorner(free, free) = curvature_ + 1e-6 * MatrixXd::Identity(free, free);
  program_.hessian(free, free) = kBoundCurvature;
  program_.gradient = VectorXd::Zero(n);
  program_.gradient[free] = 1;
  program_.lower = VectorXd::Constant(n, -1e3);
  program_.upper = VectorXd::Constant(n, 1e3);
  const VectorXd x = frame_->Coordinates(best_);
  for (Index f = 0; f < free; ++f) {
    program_.lower[f] = std::max(-radius_, -x[f]);
    program_.upper[f] = std::min(radius_, 1 - x[f]);
  }
  program_.price = kPrice;
  program_.curvature = 1e-3 * kPrice;
  if (!program_.rows.allFinite() || !program_.least.allFinite()) return false;
  const QuadraticSolution solution = Solve(program_);
  if (!solution.step.allFinite()) return false;
  step_ = solution.step.head(free);
  multipliers_ = solution.demands;
  const double before = program_.least.cwiseMax(0.0).sum();
  promised_ = kPrice * (before - solution.missed.sum()) - solution.step[free] -
              0.5 * step_.dot(curvature_ * step_);
  gradient_ = -program_.rows.topLeftCorner(own, free).transpose() * multipliers_.head(own);
  const double least = frame_->scale.size() == 1 ? kLeastGain : kLeastGainOnFront;
  done_ = !(promised_ > least && step_.cwiseAbs().maxCoeff() > 1e-9);
  return !done_;
}

Candidate Walker::Moved(const VectorXd& step) const {
  Candidate c;
  c.genes = best_.genes;
  c.state = best_.state;
  for (Index f = 0; f < frame_->Free(); ++f) {
    const std::size_t k = static_cast<std::size_t>(frame_->free[static_cast<std::size_t>(f)]);
    const int axis = static_cast<int>(k);
    c.genes[k] = frame_->space.Decode(axis, frame_->space.Encode(axis, c.genes[k]) + step[f]);
  }
  return c;
}

double Walker::Share(const Candidate& trial) const {
  return frame_->Usable(trial) ? (merit_ - Merit(trial)) / promised_ : -INFINITY;
}

// By how much the rows at a trial exceed what they were expected to be; of cuts nothing.
VectorXd Walker::Beyond(const Candidate& trial) const {
  const VectorXd expected = program_.least - program_.rows.leftCols(frame_->Free()) * step_;
  VectorXd beyond = VectorXd::Zero(expected.size());
  Index row = 0;
  for (const ObjectivePiece& piece : slopes_.objectives) {
    const std::size_t j = static_cast<std::size_t>(piece.objective);
    const double before = best_.objectives[j];
    // Only the piece that decides is known at the trial.
    if (piece.value >= before - 1e-9 * std::abs(before)) {
      const double now = piece.objective == objective_
                             ? (trial.objectives[j] - before) / frame_->scale[j]
                             : std::max(Over(j, trial.objectives[j]), -1e6);
      beyond[row] = now - expected[row];
    }
    ++row;
  }
  for (std::size_t r = 0; r < frame_->demands; ++r, ++row) {
    beyond[row] = std::max(trial.residuals[r] + kToSpare, -1e6) - expected[row];
  }
  return beyond;
}

// A step that was no good tells of the curvature along it.
void Walker::LearnFromFailure(const VectorXd& beyond) {
  const double square = step_.squaredNorm();
  const double found = 2 * multipliers_.dot(beyond) / square;
  const double known = step_.dot(curvature_ * step_) / square;
  if (std::isfinite(found) && found > known) {
    curvature_ += (found - known) / square * step_ * step_.transpose();
  }
}

VectorXd Walker::Bend(const Candidate& trial) {
  if (!frame_->Usable(trial) || Share(trial) > kGood) return {};
  const VectorXd beyond = Beyond(trial);
  QuadraticProgram program = program_;
  program.least += beyond;
  for (Index row = 0; row < program.least.size(); ++row) {
    if (program.rows(row, frame_->Free()) != 0) program.least[row] -= beyond[row];
  }
  const QuadraticSolution solution = Solve(program);
  LearnFromFailure(beyond);
  if (!solution.step.allFinite()) return {};
  return solution.step.head(frame_->Free());
}

double Walker::ValueOf(const Cut& cut, const Candidate& c) const {
  return cut.of < frame_->demands ? c.residuals[cut.of] : c.objectives[cut.of - frame_->demands];
}

double Walker::UnitOf(const Cut& cut) const {
  return cut.of < frame_->demands ? 1 : frame_->scale[cut.of - frame_->demands];
}

// What the function may be: the objective itself what it is.
double Walker::LevelOf(const Cut& cut) const {
  if (cut.of < frame_->demands) return 0;
  const std::size_t j = cut.of - frame_->demands;
  return static_cast<int>(j) == objective_ ? best_.objectives[j] : caps_[j];
}

// Cuts that claim more than was found go out to where they do not.
void Walker::LearnOfCuts(const Candidate& c) {
  if (cuts_.empty() || !frame_->Usable(c)) return;
  const VectorXd x = frame_->Coordinates(c);
  for (Cut& cut : cuts_) {
    const double found = ValueOf(cut, c);
    if (cut.Above(found, x) <= kClaim * UnitOf(cut)) continue;
    cut.value = found;
    cut.at = x;
  }
}

void Walker::AddCuts(const Candidate& trial, const Slopes& slopes) {
  const VectorXd beyond = Beyond(trial);
  const std::size_t d = static_cast<std::size_t>(frame_->space.size());
  const VectorXd at = frame_->Coordinates(trial), here = frame_->Coordinates(best_);
  const auto add = [&](std::size_t of, double value, bool decades, std::span<const double> by) {
    Cut cut{of, value, decades, at, frame_->ByCoordinates(trial, by, 1)};
    // Where the function goes on at a higher level the slopes say nothing of where it rose.
    const double known = ValueOf(cut, best_);
    const double level = of < frame_->demands ? std::max(known, 0.0) : known;
    if (!cut.slope.allFinite() || cut.Above(level, here) > kClaim * UnitOf(cut)) return;
    if (cuts_.size() == kMostCuts) cuts_.erase(cuts_.begin());
    cuts_.push_back(std::move(cut));
  };
  Index row = 0;
  for (const ObjectivePiece& piece : slopes_.objectives) {
    if (beyond[row++] <= 0) continue;
    for (const ObjectivePiece& there : slopes.objectives) {
      if (there.objective != piece.objective) continue;
      add(frame_->demands + static_cast<std::size_t>(piece.objective), there.value, there.decades,
          there.by);
    }
  }
  for (std::size_t r = 0; r < frame_->demands; ++r, ++row) {
    if (beyond[row] <= 0 || trial.residuals[r] <= 0) continue;
    add(r, trial.residuals[r], !slopes.decades.empty() && slopes.decades[r],
        std::span(slopes.residuals_by).subspan(r * d, d));
  }
}

void Walker::Finish(Candidate trial) {
  const double share = Share(trial);
  const double length = step_.cwiseAbs().maxCoeff();
  LearnOfCuts(trial);
  if (share > kKeep) {
    merit_ = Merit(trial);
    best_ = std::move(trial);
    stale_ = true;
  } else {
    gradient_.resize(0);
  }
  if (share > kGood && length > 0.9 * radius_) radius_ = std::min(0.5, 2 * radius_);
  if (share < 0.2) radius_ = 0.4 * std::min(radius_, length);
  done_ = radius_ < kLeastRadius;
}

}  // namespace raffinate::optimizer
