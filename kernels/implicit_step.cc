#include "kernels/implicit_step.h"

#include <algorithm>
#include <cmath>

#include "kernels/detail/input.h"
#include "kernels/detail/subnormal.h"
#include "kernels/shape.h"

namespace raffinate::kernels {
namespace {

using detail::Dense;

constexpr int kNewtonIterations = 25;
constexpr double kTolerance = 1e-10;      // closures
constexpr double kStepTolerance = 1e-10;  // |d ln|

/// tau = dt * flow / volume of a settler; the share of what enters it in a step
/// that leaves it again is tau / (1 + tau). Without a volume everything does.
double Through(double dt, double flow, double volume) {
  return volume > 0 ? dt * flow / (volume + dt * flow) : 1.0;
}

}  // namespace

ImplicitStep::ImplicitStep(const Cascade& cascade, const std::vector<Holdup>& holdups)
    : holdups_(holdups), n_(cascade.stages()), m_(cascade.size()) {
  const Task task{&cascade, nullptr};
  shape_ = GroupByShape({&task, 1})[0].shape;
  table_ = cascade.table;  // which the shape only points at
  memory_.assign(detail::WorkspaceSize(shape_, n_), 0.0);
  double* next = memory_.data();
  w_.ForEach(shape_, n_, [&](Dense<double>& array, long size) {
    array.data = next;
    next += size;
  });
}

void ImplicitStep::Molarities(std::vector<double>* x, std::vector<double>* y) const {
  for (std::size_t k = 0; k < x->size(); ++k) {
    (*x)[k] = w_.x[k];
    (*y)[k] = w_.x[k] * w_.d[k];
  }
}

detail::Residual<double> ImplicitStep::Evaluate() {
  using Any = detail::AtMost<detail::kMaxComponents>;
  return shape_.table != nullptr
             ? detail::Evaluate<detail::Tabled<Any>, double, Dense>(shape_, n_, w_)
             : detail::Evaluate<Any, double, Dense>(shape_, n_, w_);
}

bool ImplicitStep::Solve(const Inputs& inputs, const Held& base, double dt, Held* u,
                         std::vector<double>* in, std::vector<double>* out) {
  const detail::FlushSubnormals flushed;
  Load(inputs, base, dt);
  double worst_step = 0, last_step = 1e300;
  bool done = shape_.linear;
  for (int k = 0; k < kNewtonIterations && !done; ++k) {
    ++iterations_;
    const auto residual = Evaluate();
    worst_stage_ = static_cast<int>(residual.stage);
    if (!(residual.value < 1e299)) return false;
    worst_step = 0;
    const long unknowns = static_cast<long>(n_) * shape_.masters;
    for (long i = 0; i < unknowns; ++i) {
      if (!(std::abs(w_.step[i]) < 1e6)) return false;
      worst_step = std::max(worst_step, std::abs(w_.step[i]));
    }
    // The closures are met, and what is left of the step is rounding.
    const bool noise = worst_step >= last_step && worst_step < 1e-6;
    done = residual.value <= kTolerance && (worst_step <= kStepTolerance || noise);
    if (done) break;
    last_step = worst_step;
    for (long i = 0; i < unknowns; ++i) w_.ln[i] += detail::Cut(w_.step[i], 2.0);
  }
  if (shape_.linear) Evaluate();
  if (!done) return false;
  Unload(inputs, base, dt, u, in, out);
  return true;
}

void ImplicitStep::Load(const Inputs& inputs, const Held& base, double dt) {
  const Cascade& cascade = inputs.cascade;
  const auto put = [](Dense<double>& array, long k, double v) { array[k] = v; };
  detail::ForEachInput(cascade, w_, put);
  w_.rate[0] = 0;
  for (long k = 0; k < static_cast<long>(n_) * m_; ++k) {
    w_.feed_up[k] = 0;
    w_.feed_down[k] = base.metals[k] / dt;
  }
  detail::ForEachFeed(cascade,
                      [&](bool up, long k, double v) { (up ? w_.feed_up : w_.feed_down)[k] += v; });
  aqueous_.resize(n_), organic_.resize(n_);
  std::vector<double> anions_up(n_, 0.0), anions_down(n_), extractant_up(n_), extractant_down(n_);
  for (int j = 0; j < n_; ++j) {
    anions_down[j] += inputs.anions_in[j] + base.anions[j] / dt;
    extractant_up[j] += inputs.extractant_in[j];
    extractant_down[j] += base.extractant[j] / dt;
  }
  for (int j = 0; j < n_; ++j) {
    const StageFlows& f = cascade.flows[j];
    const Holdup& v = holdups_[j];
    const double a = f.aq_up + f.aq_down + f.aq_draw, o = f.org_up + f.org_down + f.org_draw;
    const double pa = Through(dt, a, v.aqueous_settler), po = Through(dt, o, v.organic_settler);
    aqueous_[j] = {pa * f.aq_up, pa * f.aq_down,
                   f.aq_draw + (1 - pa) * (f.aq_up + f.aq_down) + v.aqueous_mixer / dt, f.bypass_up,
                   f.bypass_draw};
    organic_[j] = {po * f.org_up, po * f.org_down,
                   f.org_draw + (1 - po) * (f.org_up + f.org_down) + v.organic_mixer / dt,
                   f.bypass_up, f.bypass_draw};
    w_.aq_up[j] = aqueous_[j].up, w_.aq_down[j] = aqueous_[j].down;
    w_.aq_draw[j] = aqueous_[j].draw, w_.org_up[j] = organic_[j].up;
    w_.org_down[j] = organic_[j].down, w_.org_draw[j] = organic_[j].draw;
    // What was in the settlers before moves on to the neighbours.
    const double qa = 1 - pa, qo = 1 - po;
    for (int i = 0; i < m_; ++i) {
      const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
      const double down =
          qa * f.aq_down * base.settled_x[ji] + qo * f.org_down * base.settled_y[ji];
      const double up = qa * f.aq_up * base.settled_x[ji] + qo * f.org_up * base.settled_y[ji];
      if (j > 0) w_.feed_down[ji - m_] += down;
      if (j + 1 < n_) {
        w_.feed_up[ji + m_] += up;
      } else {
        w_.feed_up[i] += cascade.recycle * up;
      }
    }
    if (j > 0) {
      anions_down[j - 1] += qa * f.aq_down * base.settled_anions[j];
      extractant_down[j - 1] += qo * f.org_down * base.settled_extractant[j];
    }
    if (j + 1 < n_) {
      anions_up[j + 1] += qa * f.aq_up * base.settled_anions[j];
      extractant_up[j + 1] += qo * f.org_up * base.settled_extractant[j];
    } else {
      anions_up[0] += cascade.recycle * qa * f.aq_up * base.settled_anions[j];
    }
  }
  double unused = 0;
  const std::vector<double> anions =
      Carry(aqueous_, anions_up, anions_down, cascade.recycle, &unused);
  const std::vector<double> extractant =
      Carry(organic_, extractant_up, extractant_down, 0.0, &unused);
  const long masters = shape_.masters;
  for (int j = 0; j < n_; ++j) {
    w_.given[j * masters] = anions[j];
    // At constant loading, it is that of the inputs at every time.
    w_.given[j * masters + 1] =
        cascade.law == Law::kConstantBeta ? cascade.extractant[j] : extractant[j];
  }
  if (masters > 2) LoadTotals(inputs, base, dt);
  detail::ForEachMaster(profile_, shape_.masters, [&](long k, double v) { w_.ln[k] = v; });
}

/// What closes the masters of a table, carried and held as anions and extractant are.
void ImplicitStep::LoadTotals(const Inputs& inputs, const Held& base, double dt) {
  const Cascade& cascade = inputs.cascade;
  const int more = shape_.masters - 2;
  for (int k = 0; k < more; ++k) {
    const bool organic = Organic(k + 2);
    std::vector<double> up(n_, 0.0), down(n_, 0.0);
    for (int j = 0; j < n_; ++j) {
      const StageFlows& f = cascade.flows[j];
      const Holdup& v = holdups_[j];
      const double flow =
          organic ? f.org_up + f.org_down + f.org_draw : f.aq_up + f.aq_down + f.aq_draw;
      const double kept = 1 - Through(dt, flow, organic ? v.organic_settler : v.aqueous_settler);
      const double settled = kept * base.settled_totals[j * more + k];
      const double sent_up = (organic ? f.org_up : f.aq_up) * settled;
      (organic ? up : down)[j] += inputs.totals_in[k][j];
      down[j] += base.totals[j * more + k] / dt;
      if (j > 0) down[j - 1] += (organic ? f.org_down : f.aq_down) * settled;
      // The organic of a loop returns as an inlet.
      if (j + 1 < n_) {
        up[j + 1] += sent_up;
      } else if (!organic) {
        up[0] += cascade.recycle * sent_up;
      }
    }
    double unused = 0;
    const std::vector<double> total =
        Carry(organic ? organic_ : aqueous_, up, down, organic ? 0.0 : cascade.recycle, &unused);
    const bool ligand = shape_.table->kind[k + 2] == Master::kLigand;
    for (int j = 0; j < n_; ++j) {
      w_.given[j * shape_.masters + k + 2] =
          ligand ? std::max(total[j], detail::kNoLigand) : total[j];
    }
  }
}

void ImplicitStep::UnloadTotals(const Inputs& inputs, const Held& base, double dt, Held* u) {
  const int more = shape_.masters - 2;
  for (int j = 0; j < n_; ++j) {
    const StageFlows& f = inputs.cascade.flows[j];
    const Holdup& v = holdups_[j];
    for (int k = 0; k < more; ++k) {
      const bool organic = Organic(k + 2);
      const double flow =
          organic ? f.org_up + f.org_down + f.org_draw : f.aq_up + f.aq_down + f.aq_draw;
      const double passes = Through(dt, flow, organic ? v.organic_settler : v.aqueous_settler);
      const double now = w_.given[j * shape_.masters + k + 2];
      const double before = base.settled_totals[j * more + k];
      u->totals[j * more + k] = (organic ? v.organic_mixer : v.aqueous_mixer) * now;
      u->settled_totals[j * more + k] = before + passes * (now - before);
    }
  }
}

void ImplicitStep::Unload(const Inputs& inputs, const Held& base, double dt, Held* u,
                          std::vector<double>* in, std::vector<double>* out) {
  const Cascade& cascade = inputs.cascade;
  *u = base;
  std::fill(in->begin(), in->end(), 0.0);
  std::fill(out->begin(), out->end(), 0.0);
  for (int j = 0; j < n_; ++j) {
    const StageFlows& f = cascade.flows[j];
    const Holdup& v = holdups_[j];
    const double a = f.aq_up + f.aq_down + f.aq_draw, o = f.org_up + f.org_down + f.org_draw;
    const double pa = Through(dt, a, v.aqueous_settler), po = Through(dt, o, v.organic_settler);
    const auto settle = [](double share, double before, double fresh) {
      return before + share * (fresh - before);
    };
    const long at = static_cast<long>(j) * shape_.masters;
    const double anions = w_.given[at], extractant = w_.given[at + 1];
    u->anions[j] = v.aqueous_mixer * anions;
    u->extractant[j] = v.organic_mixer * extractant;
    u->settled_anions[j] = settle(pa, base.settled_anions[j], anions);
    u->settled_extractant[j] = settle(po, base.settled_extractant[j], extractant);
    for (int i = 0; i < m_; ++i) {
      const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
      const double x = w_.x[ji], y = x * w_.d[ji];
      u->metals[ji] = v.aqueous_mixer * x + v.organic_mixer * y;
      u->settled_x[ji] = settle(pa, base.settled_x[ji], x);
      u->settled_y[ji] = settle(po, base.settled_y[ji], y);
      const double outside = j == 0 ? 1.0 : 0.0;
      (*out)[i] += (f.aq_draw + outside * f.aq_down) * u->settled_x[ji] +
                   (f.org_draw + outside * f.org_down) * u->settled_y[ji];
    }
  }
  detail::ForEachMaster(profile_, shape_.masters, [&](long k, double& v) { v = w_.ln[k]; });
  UnloadTotals(inputs, base, dt, u);
  for (const Feeds* feeds : {&cascade.feed_up, &cascade.feed_down}) {
    for (const Feed& feed : *feeds) (*in)[feed.at % m_] += feed.amount;
  }
  // What passes the stages by, and what leaves the top.
  for (int i = 0; i < m_; ++i) {
    const std::size_t top = static_cast<std::size_t>(n_ - 1) * m_ + i;
    double rising = shape_.recycle ? w_.recycled[i] : 0.0;
    rising += w_.feed_up[i];
    for (int j = 0; j < n_; ++j) {
      const std::size_t ji = static_cast<std::size_t>(j) * m_ + i;
      const StageFlows& f = cascade.flows[j];
      (*out)[i] += f.bypass_draw * rising;
      const double passed = f.bypass_up * rising;
      rising = w_.aq_up[j] * w_.x[ji] + w_.org_up[j] * w_.x[ji] * w_.d[ji] + passed;
      if (j + 1 < n_) {
        rising += w_.feed_up[ji + m_];
      } else {
        const StageFlows& last = cascade.flows[n_ - 1];
        (*out)[i] += (1 - cascade.recycle) *
                     (last.aq_up * u->settled_x[top] + last.org_up * u->settled_y[top] + passed);
      }
    }
  }
}

}  // namespace raffinate::kernels
