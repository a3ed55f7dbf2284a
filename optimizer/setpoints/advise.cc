#include "optimizer/setpoints/advise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "optimizer/search/quadratic.h"

namespace raffinate::optimizer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Demands are sought this much on their safe side [decades, or relative], so that what a step
/// leaves over does not miss them.
constexpr double kSafe = 5e-3;
/// What is left over is judged from here on: steps along a demand end a little beside kSafe.
constexpr double kCounts = 1e-3;
/// An improvement below this share of the objective is not worth a simulation.
constexpr double kWorth = 2e-4;
constexpr int kMaxSimulations = 60;
/// Curvature learnt elsewhere may hide what is to be had: before it ends, a first search, and each
/// kProbeEvery-th one after it, tries a step as if it were kProbeCurvature of what was learnt.
constexpr double kProbeCurvature = 0.1, kProbeReach = 0.05;
constexpr int kProbeEvery = 5;
constexpr double kFirstTrust = 0.25;
constexpr double kLeastReach = 0.05;  ///< of a search, in shares of the operating ranges
constexpr double kLeastTrust = 1e-7;
constexpr double kFirstCurvature = 0.1;
/// Of a step that failed, the next one's length; and the least, from the last advice on, where it
/// missed a demand by more than kFar, which no correction makes good. A first search has a long
/// way to go, which shorter steps would make longer.
constexpr double kShorter = 0.4, kShortest = 0.1, kFar = 0.25;
/// Objective (relative) that a decade of a missed demand is worth; far more where that leaves
/// a demand missed that could be met.
constexpr double kPrices[] = {1e2, 1e4};

class Search {
 public:
  Search(const PlantModel& model, const AdviceQuestion& question, AdviceMemory* memory)
      : model_(model),
        question_(question),
        memory_(memory),
        n_(model.setpoints().size()),
        shortest_(memory->setpoints.empty() ? kShorter : kShortest) {
    for (std::size_t i = 0; i < n_; ++i) {
      const Quantity& quantity = model.quantities()[model.setpoints()[i]];
      span_.push_back(quantity.range.max - quantity.range.min);
      origin_.push_back(quantity.range.min);
      double lower = 0, upper = 0;
      MoveBox(model, i, question.present[i], question.hours, &lower, &upper);
      lower_.push_back(lower);
      upper_.push_back(upper);
    }
    const Index n = static_cast<Index>(n_);
    if (memory->hessian.rows() != n) ForgetCurvature();
    if (!(memory->trust > 0)) memory->trust = kFirstTrust;
    probe_ = memory->setpoints.empty() || ++memory->unprobed >= kProbeEvery;
    ask_.figures = true;
    ask_.inputs = model.setpoints();
  }

  Advice Run() {
    Advice advice;
    const PlantPoint present = At(question_.present, memory_->state);
    advice.present_solved = present.solved;
    std::vector<double> start =
        memory_->setpoints.size() == n_ ? memory_->setpoints : question_.present;
    for (std::size_t i = 0; i < n_; ++i) start[i] = std::clamp(start[i], lower_[i], upper_[i]);
    std::vector<double> at = start;
    PlantPoint now = start == question_.present ? present : At(start, StateOf(present));
    if (!now.solved && present.solved) {
      for (std::size_t i = 0; i < n_; ++i) {
        at[i] = std::clamp(question_.present[i], lower_[i], upper_[i]);
      }
      now = At(at, StateOf(present));
    }
    if (!now.solved) {
      advice.problem = now.problem;
      advice.simulations = simulations_;
      return advice;
    }
    // Begins at the better of the two where both are allowed.
    if (present.solved && start != question_.present && Inside(question_.present) &&
        Merit(present, kPrices[0]) < Merit(now, kPrices[0])) {
      at = question_.present;
      now = present;
    }
    QuadraticSolution last;
    bool converged = false;
    for (const double price : kPrices) {
      converged = Descend(price, &at, &now, &last);
      price_ = price;
      if (std::all_of(now.demands.begin(), now.demands.end(),
                      [](double demand) { return demand >= 0; })) {
        break;
      }
    }
    Report(at, now, last, present, &advice);
    advice.converged = converged;
    return advice;
  }

 private:
  /// From the solution of a point nearby.
  PlantPoint At(const std::vector<double>& setpoints, const std::vector<double>& state) {
    ++simulations_;
    PlantInputs inputs = question_.inputs;
    // Inputs are the quantities in their order.
    for (std::size_t i = 0; i < n_; ++i) inputs[model_.setpoints()[i]] = setpoints[i];
    return model_.Solve(inputs, question_.offsets, state, ask_);
  }

  const std::vector<double>& StateOf(const PlantPoint& point) const {
    return point.solved ? point.state : memory_->state;
  }

  bool Inside(const std::vector<double>& at) const {
    for (std::size_t i = 0; i < n_; ++i) {
      if (at[i] < lower_[i] || at[i] > upper_[i]) return false;
    }
    return true;
  }

  static double Missed(const PlantPoint& point) {
    double sum = 0;
    for (const double demand : point.demands) sum += std::max(0.0, kCounts - demand);
    return sum;
  }

  /// As the quadratic program counts what is missed.
  double Penalty(double missed, double price) const {
    return price * missed + price * missed * missed / 2;
  }

  double Merit(const PlantPoint& point, double price) const {
    double sum = point.objective;
    for (const double demand : point.demands) {
      sum += Penalty(std::max(0.0, kCounts - demand), price);
    }
    return sum;
  }

  /// The share of a step after which the first demand is missed that `now` meets and the end
  /// of the step misses by far; 1 where there is none. A front that moves takes what is missed
  /// from nothing to many times the limit within a stage: on the scale of decades nothing is to
  /// be seen of it from either side, but the missing share itself grows in proportion to the way
  /// from where the front arrives.
  static double ShareMet(const PlantPoint& now, const PlantPoint& then) {
    double share = 1;
    for (std::size_t k = 0; k < now.demands.size(); ++k) {
      if (now.demands[k] < kCounts || then.demands[k] > -kFar) continue;
      const double before = std::pow(10, -now.demands[k]), after = std::pow(10, -then.demands[k]);
      share = std::min(share, (1 - before) / (after - before));
    }
    return share;
  }

  VectorXd Scaled(const std::vector<double>& by) const {
    VectorXd out = VectorXd::Zero(static_cast<Index>(n_));
    for (std::size_t i = 0; i < n_ && i < by.size(); ++i) {
      out[static_cast<Index>(i)] = by[i] * span_[i];
    }
    return out;
  }

  /// What a step improves the merit by, according to the quadratic program.
  double Promise(const QuadraticProgram& program, const VectorXd& step, double price) const {
    double sum = -program.gradient.dot(step) - step.dot(program.hessian * step) / 2;
    for (Index k = 0; k < program.least.size(); ++k) {
      const double before = program.least[k] - (kSafe - kCounts);
      const double after = before - program.rows.row(k).dot(step);
      sum += Penalty(std::max(0.0, before), price) - Penalty(std::max(0.0, after), price);
    }
    return sum;
  }

  /// The gradient of the Lagrangian of objective and demands.
  VectorXd Lagrangian(const PlantPoint& point, const VectorXd& multipliers) const {
    VectorXd gradient = Scaled(point.objective_by);
    for (std::size_t k = 0; k < point.demands.size(); ++k) {
      gradient -= multipliers[static_cast<Index>(k)] * Scaled(point.demands_by[k]);
    }
    return gradient;
  }

  QuadraticProgram Program(const std::vector<double>& at, const PlantPoint& now, double price,
                           double trust) const {
    const Index n = static_cast<Index>(n_), k = static_cast<Index>(now.demands.size());
    QuadraticProgram program;
    program.hessian = memory_->hessian;
    program.gradient = Scaled(now.objective_by);
    program.rows.resize(k, n);
    program.least.resize(k);
    for (Index j = 0; j < k; ++j) {
      program.rows.row(j) = Scaled(now.demands_by[static_cast<std::size_t>(j)]).transpose();
      program.least[j] = kSafe - now.demands[static_cast<std::size_t>(j)];
    }
    program.lower.resize(n);
    program.upper.resize(n);
    for (Index i = 0; i < n; ++i) {
      const std::size_t s = static_cast<std::size_t>(i);
      program.lower[i] = std::min(0.0, std::max((lower_[s] - at[s]) / span_[s], -trust));
      program.upper[i] = std::max(0.0, std::min((upper_[s] - at[s]) / span_[s], trust));
    }
    program.price = price;
    program.curvature = price;
    return program;
  }

  /// Damped BFGS (Powell 1978): stays positive definite.
  void Learn(const VectorXd& step, const VectorXd& change) {
    MatrixXd& b = memory_->hessian;
    const VectorXd bs = b * step;
    const double sbs = step.dot(bs), sy = step.dot(change);
    if (!(sbs > 1e-18)) return;
    const double theta = sy >= 0.2 * sbs ? 1 : 0.8 * sbs / (sbs - sy);
    const VectorXd r = theta * change + (1 - theta) * bs;
    b += r * r.transpose() / step.dot(r) - bs * bs.transpose() / sbs;
    // What the search has not gone for long must not be forgotten to be curved at all.
    b.diagonal().array() += 1e-8;
    if (!b.allFinite()) ForgetCurvature();
  }

  void ForgetCurvature() {
    memory_->hessian = kFirstCurvature * MatrixXd::Identity(Index(n_), Index(n_));
  }

  /// Whether a move limit, which the next advice has anew, ends the step.
  bool MovesCut(const QuadraticProgram& program, const VectorXd& step) const {
    for (std::size_t i = 0; i < n_; ++i) {
      const Index k = static_cast<Index>(i);
      const Range& range = model_.quantities()[model_.setpoints()[i]].range;
      const bool down = step[k] < 0 && step[k] <= program.lower[k] && lower_[i] > range.min;
      const bool up = step[k] > 0 && step[k] >= program.upper[k] && upper_[i] < range.max;
      if (down || up) return true;
    }
    return false;
  }

  /// `at` moved by a scaled step, within the limits.
  std::vector<double> Stepped(const std::vector<double>& at, const VectorXd& step) const {
    std::vector<double> next = at;
    for (std::size_t i = 0; i < n_; ++i) {
      next[i] = std::clamp(at[i] + step[static_cast<Index>(i)] * span_[i],
                           std::min(lower_[i], at[i]), std::max(upper_[i], at[i]));
    }
    return next;
  }

  bool Descend(double price, std::vector<double>* at, PlantPoint* now, QuadraticSolution* last) {
    double& trust = memory_->trust;
    trust = std::max(trust, 0.02);
    while (true) {
      QuadraticProgram program = Program(*at, *now, price, trust);
      *last = Solve(program);
      double predicted = Promise(program, last->step, price);
      // A small step promises little because it is small, not because nothing is to be had.
      const double wanted = last->step.cwiseAbs().maxCoeff();
      const bool cut = wanted > 0.99 * trust || MovesCut(program, last->step);
      const double short_of = cut && wanted > 0 ? std::max(1.0, kLeastReach / wanted) : 1.0;
      const bool probing = predicted * short_of < kWorth;
      if (probing && forgettable_ > 0 && Missed(*now) > 0) {
        // Demands that jump between two points nearby teach a curvature that leaves no way.
        --forgettable_;
        ForgetCurvature();
        continue;
      }
      if (probing) {
        if (!probe_) return true;
        probe_ = false;
        memory_->unprobed = 0;
        program = Program(*at, *now, price, std::max(trust, kProbeReach));
        program.hessian *= kProbeCurvature;
        QuadraticSolution bold = Solve(program);
        predicted = Promise(program, bold.step, price);
        if (predicted < kWorth) return true;
        *last = std::move(bold);
      }
      const VectorXd& d = last->step;
      const double reach = d.cwiseAbs().maxCoeff();
      if (simulations_ >= kMaxSimulations || trust < kLeastTrust) return false;
      std::vector<double> next = Stepped(*at, d);
      PlantPoint then = At(next, now->state);
      if (!then.solved) {
        if (!probing) trust = reach / 4;
        continue;
      }
      Learn(d, Lagrangian(then, last->demands) - Lagrangian(*now, last->demands));
      double actual = Merit(*now, price) - Merit(then, price);
      const double met = ShareMet(*now, then);
      if (actual < 0.25 * predicted && met == 1 && Missed(then) > Missed(*now)) {
        // Second-order correction (Fletcher 1982): back onto demands that curve away from their
        // tangents, without which steps along them only get smaller.
        QuadraticProgram curved = program;
        for (Index k = 0; k < curved.least.size(); ++k) {
          curved.least[k] =
              kSafe - then.demands[static_cast<std::size_t>(k)] + program.rows.row(k).dot(d);
        }
        std::vector<double> corrected = Stepped(*at, Solve(curved).step);
        PlantPoint there = At(corrected, then.state);
        if (there.solved && Merit(there, price) < Merit(then, price)) {
          next = std::move(corrected);
          then = std::move(there);
          actual = Merit(*now, price) - Merit(then, price);
        }
      }
      if (probing) {
        probe_ = actual > kWorth / 2;
      } else if (actual < 0.25 * predicted) {
        trust = std::max(reach * std::clamp(met, shortest_, kShorter), kLeastTrust / 2);
      } else if (actual > 0.6 * predicted && reach > 0.9 * trust) {
        trust = std::min(1.0, 2 * trust);
      }
      if (actual > 0) {
        // What was learnt on the way to the demands is that of their penalties.
        const bool entered = Missed(*now) > 0 && Missed(then) == 0;
        *at = std::move(next);
        *now = std::move(then);
        if (entered) ForgetCurvature();
      } else if (actual > -1e-12 && predicted < 1e-7) {
        return true;
      }
    }
  }

  void Report(const std::vector<double>& at, const PlantPoint& now, const QuadraticSolution& last,
              const PlantPoint& present, Advice* advice) {
    advice->found = true;
    const double unit = model_.ObjectiveUnit(now);
    advice->objective = model_.ObjectiveValue(now);
    if (present.solved) {
      advice->present_objective = model_.ObjectiveValue(present);
      for (const double demand : present.demands) {
        advice->present_violation += std::max(0.0, -demand);
      }
    }
    for (std::size_t i = 0; i < n_; ++i) {
      AdvisedSetpoint setpoint;
      const Quantity& quantity = model_.quantities()[model_.setpoints()[i]];
      setpoint.quantity = model_.setpoints()[i];
      setpoint.value = at[i];
      setpoint.present = question_.present[i];
      setpoint.lower = lower_[i];
      setpoint.upper = upper_[i];
      const Index k = static_cast<Index>(i);
      const double close = 1e-9 * span_[i];
      if (at[i] <= lower_[i] + close) {
        setpoint.active = lower_[i] > quantity.range.min + close ? SetpointLimit::kMoveMin
                                                                 : SetpointLimit::kOperatingMin;
        setpoint.price = last.lower[k] * unit / span_[i];
      } else if (at[i] >= upper_[i] - close) {
        setpoint.active = upper_[i] < quantity.range.max - close ? SetpointLimit::kMoveMax
                                                                 : SetpointLimit::kOperatingMax;
        setpoint.price = last.upper[k] * unit / span_[i];
      }
      advice->setpoints.push_back(setpoint);
    }
    advice->feasible = true;
    double dearest = 0;
    for (std::size_t k = 0; k < now.demands.size(); ++k) {
      const PlantDemand& demand = model_.demands()[k];
      AdvisedDemand out;
      out.value = model_.DemandValue(now, k);
      out.present = present.solved ? model_.DemandValue(present, k)
                                   : std::numeric_limits<double>::quiet_NaN();
      out.met = demand.at_least ? out.value >= demand.limit : out.value <= demand.limit;
      out.violation = std::max(0.0, -now.demands[k]);
      advice->violation += out.violation;
      if (out.violation > 0) advice->feasible = false;
      const double multiplier = last.demands[static_cast<Index>(k)];
      out.active = multiplier > 1e-9;
      out.price = multiplier * unit * model_.DemandUnit(k);
      out.price_per_percent = multiplier * unit * std::log10(1.01);
      const bool logarithmic =
          model_.DemandUnit(k) * (demand.limit != 0 ? std::fabs(demand.limit) : 1) != 1;
      if (!logarithmic) out.price_per_percent = multiplier * unit * 0.01;
      advice->demands.push_back(out);
    }
    for (std::size_t k = 0; k < advice->demands.size(); ++k) {
      AdvisedDemand& demand = advice->demands[k];
      double cost = demand.price_per_percent;
      if (!advice->feasible) {
        demand.violation_price = std::min(1.0, last.demands[static_cast<Index>(k)] / price_);
        demand.price = demand.price_per_percent = 0;
        cost = demand.violation_price;
      }
      if (cost > dearest) {
        dearest = cost;
        advice->costliest_demand = static_cast<int>(k);
      }
    }
    for (std::vector<double> by : now.figures_by) {
      by.resize(n_, 0.0);
      advice->gradients.push_back(std::move(by));
    }
    advice->demands_by_input = model_.DemandsBy(now, question_.drift_inputs);
    for (std::vector<double>& by : advice->demands_by_input) {
      by.resize(question_.drift_inputs.size(), 0.0);
    }
    advice->flags = model_.FlagsOf(now);
    advice->point = now;
    advice->simulations = simulations_;
    memory_->setpoints = at;
    memory_->state = now.state;
  }

  const PlantModel& model_;
  const AdviceQuestion& question_;
  AdviceMemory* memory_;
  const std::size_t n_;
  const double shortest_;
  std::vector<double> span_, origin_, lower_, upper_;
  PlantQuestion ask_;
  double price_ = kPrices[0];
  bool probe_ = true;
  int forgettable_ = 2;  ///< how often curvature may be forgotten because it leaves no way
  int simulations_ = 0;
};

}  // namespace

void MoveBox(const PlantModel& model, std::size_t setpoint, double present, double hours,
             double* lower, double* upper) {
  const Quantity& quantity = model.quantities()[model.setpoints()[setpoint]];
  double move = std::numeric_limits<double>::infinity();
  for (const MoveLimit& limit : model.spec().moves) {
    if (limit.setpoint != quantity.name) continue;
    if (limit.per_advice) move = std::min(move, *limit.per_advice);
    if (limit.per_hour) move = std::min(move, *limit.per_hour * hours);
  }
  *lower = std::max(quantity.range.min, present - move);
  *upper = std::min(quantity.range.max, present + move);
  // From outside of the operating limits: as near as the move allows.
  if (*lower > *upper) {
    const double to = present > quantity.range.max ? present - move : present + move;
    *lower = *upper = to;
  }
}

Advice Advise(const PlantModel& model, const AdviceQuestion& question, AdviceMemory* memory) {
  return Search(model, question, memory).Run();
}

}  // namespace raffinate::optimizer
