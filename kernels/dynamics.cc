#include "kernels/dynamics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "kernels/implicit_step.h"
#include "kernels/layout.h"
#include "kernels/shape.h"
#include "kernels/solve.h"

namespace raffinate::kernels {
namespace {

constexpr double kGamma = 0.29289321881345254;  // 1 - 1/sqrt(2)

/// a + factor * (b - a). Returns whether nothing that must not be has become
/// negative; what is so within rounding of `a` becomes zero.
bool Extrapolate(const Held& from, const Held& to, double factor, Held* out) {
  bool positive = true;
  *out = from;
  Held::ForEach(*out, [&](std::vector<double> Held::*v, std::vector<double>& values) {
    const bool any_sign = v == &Held::anions || v == &Held::settled_anions;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const double a = (from.*v)[k], b = (to.*v)[k];
      values[k] = a + factor * (b - a);
      if (any_sign || values[k] >= 0) continue;
      positive = positive && values[k] > -1e-14 * std::max(a, b);
      values[k] = 0;
    }
  });
  return positive;
}

}  // namespace

class Transient::Impl {
 public:
  Impl(Circuit circuit, std::vector<Holdup> holdups, InputsAt inputs,
       const TransientOptions& options)
      : circuit_(std::move(circuit)),
        holdups_(std::move(holdups)),
        inputs_(std::move(inputs)),
        options_(options),
        step_(options.first_step) {
    SetInputs(0);
    if (!problem_.empty()) return;
    if (problem_ = CheckCascade(cascade_); !problem_.empty()) return;
    if (holdups_.size() != cascade_.flows.size()) {
      problem_ = "there must be one holdup per stage";
      return;
    }
    for (const Holdup& v : holdups_) {
      if (!(v.aqueous_mixer > 0 && v.organic_mixer > 0) || !(v.aqueous_settler >= 0) ||
          !(v.organic_settler >= 0)) {
        problem_ = "mixers need a volume of both phases above 0, settlers one of at least 0";
        return;
      }
      least_mixer_ = std::min(least_mixer_, v.aqueous_mixer + v.organic_mixer);
    }
    n_ = cascade_.stages();
    m_ = cascade_.size();
    entered_.assign(m_, 0.0);
    left_.assign(m_, 0.0);
    solver_ = std::make_unique<ImplicitStep>(cascade_, holdups_);
  }

  void StartSteady(double time) {
    SetInputs(time);
    if (!problem_.empty()) return;
    const Task task{&cascade_, nullptr};
    Solution s;
    Solve(Device{Device::Kind::kCpuScalar, 0, 1}, {&task, 1}, SolveOptions(), {&s, 1});
    if (s.status != SolveStatus::kSolved) {
      problem_ = "the inputs at the start have no steady state that could be found";
      return;
    }
    state_ = TransientState();
    state_.time = time;
    state_.x = state_.settled_x = s.x;
    state_.y = state_.settled_y = s.y;
    state_.anions = state_.settled_anions = cascade_.anions;
    state_.extractant = state_.settled_extractant = cascade_.extractant;
    state_.totals = state_.settled_totals = cascade_.totals;
    state_.profile = s.state;
    Begin();
  }

  void StartBarren(double time) {
    SetInputs(time);
    if (!problem_.empty()) return;
    Circuit barren = circuit_;
    for (Inlet& in : barren.inlets) {
      double charge = 0;
      for (std::size_t i = 0; i < in.molarity.size(); ++i) {
        charge += circuit_.components[i].charge * in.molarity[i];
        in.molarity[i] = 0;
      }
      in.anions = std::max(0.0, in.anions - charge);
    }
    Cascade filled;
    if (circuit_.law == Law::kConstantBeta) {
      problem_ = "at constant loading no stage can be free of metal; start from a steady state";
      return;
    }
    if (circuit_.law == Law::kTable && circuit_.table->kind[0] == Master::kSalt) {
      problem_ =
          "where the salt is what extracts no stage can be free of it; start from a "
          "steady state";
      return;
    }
    if (problem_ = Assemble(barren, &filled); !problem_.empty()) return;
    state_ = TransientState();
    state_.time = time;
    const std::size_t nm = static_cast<std::size_t>(n_) * m_;
    state_.x.assign(nm, 0.0);
    state_.y = state_.settled_x = state_.settled_y = state_.x;
    state_.anions = state_.settled_anions = filled.anions;
    state_.extractant = state_.settled_extractant = filled.extractant;
    state_.totals = state_.settled_totals = filled.totals;
    if (circuit_.law == Law::kTable) {
      // Without metals, a steady state of nothing but acid and ligands.
      const Task task{&filled, nullptr};
      Solution s;
      Solve(Device{Device::Kind::kCpuScalar, 0, 1}, {&task, 1}, SolveOptions(), {&s, 1});
      if (s.status != SolveStatus::kSolved) {
        problem_ = "acid and ligands of the inputs have no equilibrium that could be found";
        return;
      }
      state_.profile = s.state;
      Begin();
      return;
    }
    for (int j = 0; j < n_; ++j) {
      // h - Kw / h = anions.
      const double a = filled.anions[j];
      state_.profile.ln_h.push_back(std::log(a / 2 + std::sqrt(a * a / 4 + detail::kWater)));
      state_.profile.ln_s.push_back(std::log(std::max(filled.extractant[j], 1e-30)));
    }
    Begin();
  }

  void StartFrom(TransientState state) {
    const std::size_t n = n_, nm = n * m_;
    if (state.x.size() != nm || state.y.size() != nm || state.settled_x.size() != nm ||
        state.settled_y.size() != nm || state.anions.size() != n ||
        state.settled_anions.size() != n || state.extractant.size() != n ||
        state.settled_extractant.size() != n || state.profile.ln_h.size() != n ||
        state.profile.ln_s.size() != n || state.totals.size() != cascade_.totals.size() ||
        state.settled_totals.size() != cascade_.totals.size() ||
        state.profile.ln_more.size() != cascade_.totals.size()) {
      problem_ = "the state is that of another number of stages or components";
      return;
    }
    state_ = std::move(state);
    SetInputs(state_.time);
    if (problem_.empty()) Begin();
  }

  std::string Advance(double until, const std::function<void(const TransientState&)>& seen) {
    if (!problem_.empty()) return problem_;
    const double scale = std::max(std::abs(until), std::abs(state_.time));
    while (until - state_.time > 4 * std::numeric_limits<double>::epsilon() * scale) {
      if (options_.cancel != nullptr && *options_.cancel) return "cancelled";
      if (steps_ >= options_.max_steps) return "more steps than allowed";
      // A last step that would be much shorter than the one before is shared out.
      const double left = until - state_.time;
      double dt = std::min(step_, left);
      if (dt < left && dt > 0.5 * left) dt = 0.5 * left;
      const bool whole = dt < step_;
      double error = 0;
      if (std::string wrong = Try(dt, &error); !wrong.empty()) {
        return wrong;
      }
      if (!(error <= 1)) {
        step_ = dt * (std::isfinite(error) ? std::clamp(0.9 / std::sqrt(error), 0.2, 0.9) : 0.25);
        if (step_ < options_.least_step) {
          char least[32];
          std::snprintf(least, sizeof least, "%g", options_.least_step);
          return "no step of at least " + std::string(least) +
                 " h could be solved; worst at stage " + std::to_string(solver_->worst_stage() + 1);
        }
        continue;
      }
      Accept(dt);
      const double wanted = dt * std::clamp(0.9 / std::sqrt(std::max(error, 1e-4)), 0.5, 5.0);
      // A step cut short at the end of a call says nothing against longer ones.
      step_ = whole ? std::max(step_, wanted) : wanted;
      ++steps_;
      if (seen) seen(state_);
    }
    state_.time = until;
    return "";
  }

  std::vector<Outflow> Leaving() const {
    std::vector<Outflow> rows(circuit_.draws.size() + 2);
    const std::size_t more = cascade_.masters() - 2;
    for (Outflow& row : rows) {
      row.metals.assign(m_, 0.0), row.aqueous_metals = row.metals;
      row.totals.assign(more, 0.0);
    }
    const std::vector<double> one(n_, 1.0), none(n_, 0.0);
    const bool proton = cascade_.proton();
    const std::vector<double> rising = Spread(cascade_.feed_up, static_cast<std::size_t>(n_) * m_);
    std::vector<double> x(n_), y(n_), fed(n_), acid = proton ? state_.settled_anions : none;
    for (int i = 0; i < m_; ++i) {
      for (int j = 0; j < n_; ++j) {
        const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
        x[j] = state_.settled_x[ji], y[j] = state_.settled_y[ji], fed[j] = rising[ji];
        if (proton) acid[j] -= cascade_.components[i].charge * x[j];
      }
      Leave(
          x, y, fed, cascade_.recycle, [i](Outflow& r) -> double& { return r.metals[i]; }, &rows);
      Leave(
          x, none, none, cascade_.recycle,
          [i](Outflow& r) -> double& { return r.aqueous_metals[i]; }, &rows);
    }
    using O = Outflow;
    // The organic of a loop returns as an inlet.
    Leave(
        one, none, none, cascade_.recycle, [](O& r) -> double& { return r.aqueous_flow; }, &rows);
    Leave(
        none, one, organic_in_, 0, [](O& r) -> double& { return r.organic_flow; }, &rows);
    Leave(
        state_.settled_anions, none, none, cascade_.recycle,
        [](O& r) -> double& { return r.anions; }, &rows);
    Leave(
        acid, none, none, cascade_.recycle, [](O& r) -> double& { return r.free_acid; }, &rows);
    Leave(
        none, state_.settled_extractant, extractant_in_, 0,
        [](O& r) -> double& { return r.extractant_dimer; }, &rows);
    std::vector<double> settled(n_);
    for (std::size_t k = 0; k < more; ++k) {
      for (int j = 0; j < n_; ++j) settled[j] = state_.settled_totals[j * more + k];
      const auto field = [k](O& r) -> double& { return r.totals[k]; };
      if (CarrierOf(cascade_.table->kind[k + 2]) == Phase::kOrganic) {
        Leave(none, settled, totals_in_[k], 0, field, &rows);
      } else {
        Leave(settled, none, none, cascade_.recycle, field, &rows);
      }
    }
    return rows;
  }

  std::vector<double> Inventory() const {
    std::vector<double> sum(m_, 0.0);
    for (int j = 0; j < n_; ++j) {
      const Holdup& v = holdups_[j];
      for (int i = 0; i < m_; ++i) {
        const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
        sum[i] += v.aqueous_mixer * state_.x[ji] + v.organic_mixer * state_.y[ji] +
                  v.aqueous_settler * state_.settled_x[ji] +
                  v.organic_settler * state_.settled_y[ji];
      }
    }
    return sum;
  }

  Circuit circuit_;
  std::string problem_;
  TransientState state_;
  long steps_ = 0;
  std::unique_ptr<ImplicitStep> solver_;

 private:
  void SetInputs(double time) {
    if (inputs_) inputs_(time, &circuit_);
    Layout layout;
    problem_ = LayOut(circuit_, &layout);
    if (problem_.empty()) problem_ = Assemble(circuit_, &cascade_);
    reference_.assign(circuit_.components.size(), 0.0);
    for (const Inlet& in : circuit_.inlets) {
      for (std::size_t i = 0; i < in.molarity.size(); ++i) {
        reference_[i] = std::max(reference_[i], in.molarity[i]);
      }
    }
    anions_in_ = std::move(layout.anions_in);
    extractant_in_ = std::move(layout.extractant_in);
    organic_in_ = std::move(layout.organic_in);
    totals_in_ = std::move(layout.totals_in);
  }

  void Begin() {
    if (state_.entered.size() != static_cast<std::size_t>(m_)) {
      state_.entered.assign(m_, 0.0);
      state_.left.assign(m_, 0.0);
    }
    held_.metals.resize(state_.x.size());
    held_.anions.resize(n_), held_.extractant.resize(n_);
    for (int j = 0; j < n_; ++j) {
      const Holdup& v = holdups_[j];
      held_.anions[j] = v.aqueous_mixer * state_.anions[j];
      held_.extractant[j] = v.organic_mixer * state_.extractant[j];
      for (int i = 0; i < m_; ++i) {
        const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
        held_.metals[ji] = v.aqueous_mixer * state_.x[ji] + v.organic_mixer * state_.y[ji];
      }
    }
    held_.settled_x = state_.settled_x, held_.settled_y = state_.settled_y;
    held_.settled_anions = state_.settled_anions;
    held_.settled_totals = state_.settled_totals;
    held_.totals.resize(state_.totals.size());
    for (std::size_t k = 0; k < held_.totals.size(); ++k) {
      held_.totals[k] = MixerOf(k) * state_.totals[k];
    }
    held_.settled_extractant = state_.settled_extractant;
    step_ = options_.first_step;
  }

  /// Adds to every row what leaves of something with these concentrations in the
  /// settlers, `fed` with the organic of each stage [per h].
  template <class Field>
  void Leave(const std::vector<double>& x, const std::vector<double>& y,
             const std::vector<double>& fed, double recycle, Field&& field,
             std::vector<Outflow>* rows) const {
    const std::size_t draws = circuit_.draws.size();
    const auto sent = [&](int j) {
      return cascade_.flows[j].aq_up * x[j] + cascade_.flows[j].org_up * y[j];
    };
    // Around a loop, what passes the stages by comes again, less each time.
    std::vector<double> rising(n_ + 1);
    double returned = recycle * sent(n_ - 1);
    for (int round = 0; round < 30; ++round) {
      rising[0] = returned + fed[0];
      for (int j = 0; j < n_; ++j) {
        rising[j + 1] = sent(j) + cascade_.flows[j].bypass_up * rising[j];
        if (j + 1 < n_) rising[j + 1] += fed[j + 1];
      }
      if (recycle * rising[n_] == returned) break;
      returned = recycle * rising[n_];
    }
    for (std::size_t d = 0; d < draws; ++d) {
      const int j = circuit_.draws[d].stage;
      const StageFlows& f = cascade_.flows[j];
      field((*rows)[d]) += circuit_.draws[d].phase == Phase::kAqueous
                               ? f.aq_draw * x[j]
                               : f.org_draw * y[j] + f.bypass_draw * rising[j];
    }
    field((*rows)[draws]) += cascade_.flows[0].aq_down * x[0] + cascade_.flows[0].org_down * y[0];
    field((*rows)[draws + 1]) += rising[n_];
  }

  /// One step; `error` relative to what is allowed, infinite when Newton failed.
  /// Leaves the outcome in next_ and the rates of what entered and left.
  std::string Try(double dt, double* error) {
    Held first, base;
    std::vector<double> in1(m_), out1(m_), in2(m_), out2(m_);
    *error = std::numeric_limits<double>::infinity();
    solver_->Begin(state_.profile);
    if (std::string wrong = At(state_.time + kGamma * dt); !wrong.empty()) return wrong;
    if (!solver_->Solve(Now(), held_, kGamma * dt, &first, &in1, &out1)) return "";
    const bool second_order = Extrapolate(held_, first, (1 - kGamma) / kGamma, &base);
    if (std::string wrong = At(state_.time + dt); !wrong.empty()) return wrong;
    const double part = second_order ? kGamma * dt : dt;
    if (!solver_->Solve(Now(), second_order ? base : held_, part, &next_, &in2, &out2)) return "";
    // Difference of the rates at the end and early in the step.
    const Held& start = second_order ? base : held_;
    double worst = 0;
    for (std::vector<double> Held::*v : {&Held::metals, &Held::settled_x, &Held::settled_y}) {
      for (int i = 0; i < m_; ++i) {
        // What comes in counts as held: a stage that begins to receive something
        // has no digits of it to lose.
        double most = reference_[i] * (v == &Held::metals ? least_mixer_ : 1.0);
        for (int j = 0; j < n_; ++j) most = std::max(most, (next_.*v)[j * m_ + i]);
        if (most == 0) continue;
        for (int j = 0; j < n_; ++j) {
          const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
          const double now = (next_.*v)[ji];
          const double late = (now - (start.*v)[ji]) / part;
          const double early = ((first.*v)[ji] - (held_.*v)[ji]) / (kGamma * dt);
          const double wrong = (second_order ? kGamma : 0.5) * dt * (late - early);
          const double allowed = options_.relative_error * now + options_.absolute_error * most;
          worst = std::max(worst, std::abs(wrong) / allowed);
        }
      }
    }
    *error = worst;
    const double weight = second_order ? kGamma : 1.0;
    for (int i = 0; i < m_; ++i) {
      entered_[i] = dt * ((1 - weight) * in1[i] + weight * in2[i]);
      left_[i] = dt * ((1 - weight) * out1[i] + weight * out2[i]);
    }
    return "";
  }

  void Accept(double dt) {
    held_ = next_;
    state_.time += dt;
    state_.profile = solver_->profile();
    state_.settled_x = held_.settled_x, state_.settled_y = held_.settled_y;
    state_.settled_anions = held_.settled_anions;
    state_.settled_extractant = held_.settled_extractant;
    state_.settled_totals = held_.settled_totals;
    for (std::size_t k = 0; k < held_.totals.size(); ++k) {
      state_.totals[k] = held_.totals[k] / MixerOf(k);
    }
    for (int j = 0; j < n_; ++j) {
      state_.anions[j] = held_.anions[j] / holdups_[j].aqueous_mixer;
      state_.extractant[j] = held_.extractant[j] / holdups_[j].organic_mixer;
    }
    for (int i = 0; i < m_; ++i) {
      state_.entered[i] += entered_[i];
      state_.left[i] += left_[i];
    }
    solver_->Molarities(&state_.x, &state_.y);
  }

  ImplicitStep::Inputs Now() const { return {cascade_, anions_in_, extractant_in_, totals_in_}; }

  /// Volume of the mixer that holds one entry of Cascade::totals [m3].
  double MixerOf(std::size_t entry) const {
    const std::size_t more = cascade_.masters() - 2;
    const Holdup& v = holdups_[entry / more];
    const bool organic = CarrierOf(cascade_.table->kind[entry % more + 2]) == Phase::kOrganic;
    return organic ? v.organic_mixer : v.aqueous_mixer;
  }

  std::string At(double time) {
    SetInputs(time);
    std::string wrong;
    wrong.swap(problem_);
    if (wrong.empty()) wrong = CheckCascade(cascade_);
    if (!wrong.empty()) wrong = "inputs at " + std::to_string(time) + " h: " + wrong;
    return wrong;
  }

  Cascade cascade_;
  std::vector<double> anions_in_, extractant_in_, organic_in_;
  std::vector<std::vector<double>> totals_in_;
  std::vector<double> reference_;  ///< largest molarity that enters, per component
  double least_mixer_ = std::numeric_limits<double>::max();  ///< volume of the smallest mixer
  std::vector<Holdup> holdups_;
  InputsAt inputs_;
  TransientOptions options_;
  int n_ = 0, m_ = 0;
  Held held_, next_;
  std::vector<double> entered_, left_;
  double step_;
};

Transient::Transient(Circuit circuit, std::vector<Holdup> holdups, InputsAt inputs,
                     const TransientOptions& options)
    : impl_(std::make_unique<Impl>(std::move(circuit), std::move(holdups), std::move(inputs),
                                   options)) {}
Transient::~Transient() = default;
const std::string& Transient::problem() const { return impl_->problem_; }
void Transient::StartSteady(double time) { impl_->StartSteady(time); }
void Transient::StartBarren(double time) { impl_->StartBarren(time); }
void Transient::StartFrom(TransientState state) { impl_->StartFrom(std::move(state)); }
std::string Transient::Advance(double time,
                               const std::function<void(const TransientState&)>& seen) {
  return impl_->Advance(time, seen);
}
const TransientState& Transient::state() const { return impl_->state_; }
const Circuit& Transient::circuit() const { return impl_->circuit_; }
long Transient::steps() const { return impl_->steps_; }
long Transient::iterations() const {
  return impl_->solver_ == nullptr ? 0 : impl_->solver_->iterations();
}
std::vector<Outflow> Transient::Leaving() const { return impl_->Leaving(); }
std::vector<double> Transient::Inventory() const { return impl_->Inventory(); }

}  // namespace raffinate::kernels
