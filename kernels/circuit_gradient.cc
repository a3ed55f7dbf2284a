#include "kernels/circuit_gradient.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/layout.h"

namespace raffinate::kernels {
namespace {

/// Derivatives by what Layout holds.
struct LayoutGradient {
  std::vector<Shares> aqueous, organic;
  std::vector<double> aqueous_volume, organic_volume, anions, extractant;
  std::vector<double> aqueous_in, organic_in, anions_in, extractant_in, acid_in;
  std::vector<std::vector<double>> totals, totals_in;  // per master after the second
  double recycle = 0;

  LayoutGradient(int n, size_t more)
      : aqueous(n),
        organic(n),
        totals(more, std::vector<double>(n, 0.0)),
        totals_in(more, std::vector<double>(n, 0.0)) {
    for (std::vector<double>* v :
         {&aqueous_volume, &organic_volume, &anions, &extractant, &aqueous_in, &organic_in,
          &anions_in, &extractant_in, &acid_in}) {
      v->assign(n, 0.0);
    }
  }
};

/// The recursion of Carry again, for its coefficients: of one phase, whatever it carries.
struct Carrying {
  std::vector<double> denominator, reflected;  // N
  std::vector<double> passed;                  // N + 1

  explicit Carrying(const std::vector<Shares>& s)
      : denominator(s.size()), reflected(s.size()), passed(s.size() + 1, 1.0) {
    double q = 1;
    for (size_t j = 0; j < s.size(); ++j) {
      const double contact = 1 - s[j].bypass_up - s[j].bypass_draw;
      denominator[j] = s[j].up + s[j].draw + s[j].down * (1 - contact + contact * q);
      reflected[j] = (s[j].up + s[j].bypass_up * (1 - q) * s[j].down) / denominator[j];
      q = (s[j].draw + s[j].down * (s[j].bypass_draw + (1 - s[j].bypass_draw) * q)) /
          denominator[j];
      passed[j + 1] = passed[j] * (reflected[j] * contact + s[j].bypass_up);
    }
  }
};

/// Carry read backwards: from derivatives by the amounts to those by shares,
/// sources and recycle. Multipliers as in detail/adjoint.h.
void CarryBack(const std::vector<Shares>& s, const Carrying& carrying,
               const std::vector<double>& from_below, const std::vector<double>& amount,
               double recycle, double returned, const std::vector<double>& by_amount,
               std::vector<Shares>* by_shares, std::vector<double>* by_below,
               std::vector<double>* by_above, double* by_recycle) {
  const int n = static_cast<int>(s.size());
  const auto& [denominator, reflected, passed] = carrying;
  std::vector<double> lambda(n), above(n + 1, 0.0);
  double from = 0, looped = 0;
  for (int j = 0; j < n; ++j) {
    lambda[j] = from = (by_amount[j] + s[j].down * from) / denominator[j];
    looped += passed[j] * (1 - s[j].bypass_up - s[j].bypass_draw) * from;
  }
  above[n] = recycle * looped / (1 - recycle * passed[n]);
  for (int j = n - 1; j >= 0; --j) {
    lambda[j] += reflected[j] * above[j + 1];
    above[j] = (1 - s[j].bypass_up - s[j].bypass_draw) * lambda[j] + s[j].bypass_up * above[j + 1];
  }
  std::vector<double> into(n + 1, 0.0);
  into[0] = returned;
  for (int j = 0; j < n; ++j) {
    const double below = j > 0 ? lambda[j - 1] : 0.0;
    const double in = into[j] + from_below[j];
    Shares& by = (*by_shares)[j];
    by.up += amount[j] * (above[j + 1] - lambda[j]);
    by.down += amount[j] * (below - lambda[j]);
    by.draw -= amount[j] * lambda[j];
    by.bypass_up += in * (above[j + 1] - lambda[j]);
    by.bypass_draw -= in * lambda[j];
    into[j + 1] = s[j].up * amount[j] + s[j].bypass_up * in;
    (*by_below)[j] += above[j];
    (*by_above)[j] += lambda[j];
  }
  // The organic of a loop returns as an inlet and has no share that recycles.
  if (by_recycle != nullptr) *by_recycle += above[0] * into[n];
}

/// A circuit laid out, for the derivatives of any number of it.
struct Plan {
  Layout layout;
  Carrying aqueous, organic;

  explicit Plan(const Circuit& circuit)
      : layout(LaidOut(circuit)), aqueous(layout.aqueous), organic(layout.organic) {}

 private:
  static Layout LaidOut(const Circuit& circuit) {
    Layout layout;
    LayOut(circuit, &layout);
    return layout;
  }
};

/// By share of each draw, at draws given as shares.
CircuitGradient Back(const Circuit& c, const Plan& plan, LayoutGradient by) {
  const Layout& l = plan.layout;
  const int n = c.stages, m = static_cast<int>(c.components.size());
  const std::vector<double> none(n, 0.0);
  std::vector<double> unused(n, 0.0);
  CarryBack(l.aqueous, plan.aqueous, none, l.anions, c.recycle, l.anions_returned, by.anions,
            &by.aqueous, &unused, &by.anions_in, &by.recycle);
  CarryBack(l.organic, plan.organic, l.extractant_in, l.extractant, 0.0, 0.0, by.extractant,
            &by.organic, &by.extractant_in, &unused, nullptr);
  for (size_t k = 0; k < by.totals.size(); ++k) {
    if (CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic) {
      CarryBack(l.organic, plan.organic, l.totals_in[k], l.totals[k], 0.0, 0.0, by.totals[k],
                &by.organic, &by.totals_in[k], &unused, nullptr);
    } else {
      CarryBack(l.aqueous, plan.aqueous, none, l.totals[k], c.recycle, l.totals_returned[k],
                by.totals[k], &by.aqueous, &unused, &by.totals_in[k], &by.recycle);
    }
  }
  CarryBack(l.aqueous, plan.aqueous, none, l.aqueous_volume, c.recycle, l.aqueous_returned,
            by.aqueous_volume, &by.aqueous, &unused, &by.aqueous_in, &by.recycle);
  CarryBack(l.organic, plan.organic, l.organic_in, l.organic_volume, 0.0, 0.0, by.organic_volume,
            &by.organic, &by.organic_in, &unused, nullptr);

  CircuitGradient g;
  g.recycle = by.recycle;
  g.efficiency = g.aqueous_entrainment = g.organic_entrainment = none;
  std::vector<double> by_aqueous_draw(n), by_organic_draw(n);
  for (int j = 0; j < n; ++j) {
    const Shares &a = by.aqueous[j], &o = by.organic[j];
    const double aqueous = l.aqueous_draw[j], organic = l.organic_draw[j];
    const double stays = 1 - StageValue(c.aqueous_entrainment, j, 0.0);
    const double keeps = 1 - StageValue(c.organic_entrainment, j, 0.0);
    const double missed = 1 - StageValue(c.efficiency, j, 1.0);
    const double bypass_up = a.bypass_up + o.bypass_up;
    const double bypass_draw = a.bypass_draw + o.bypass_draw;
    by_aqueous_draw[j] = stays * (a.draw - a.down);
    by_organic_draw[j] = keeps * (o.draw - o.up) + missed * (bypass_draw - bypass_up);
    g.aqueous_entrainment[j] = a.up - aqueous * a.draw - (1 - aqueous) * a.down;
    g.organic_entrainment[j] = o.down - organic * o.draw - (1 - organic) * o.up;
    g.efficiency[j] = -(organic * bypass_draw + (1 - organic) * bypass_up);
  }
  for (const Draw& d : c.draws) {
    g.draws.push_back((d.phase == Phase::kAqueous ? by_aqueous_draw : by_organic_draw)[d.stage]);
  }
  for (const Inlet& in : c.inlets) {
    InletGradient inlet;
    inlet.molarity.assign(m, 0.0);
    const int j = in.stage;
    if (in.phase == Phase::kAqueous) {
      double acid = in.anions;
      for (const double molarity : in.molarity) acid -= molarity;
      inlet.flow = by.aqueous_in[j] + in.anions * by.anions_in[j] + acid * by.acid_in[j];
      inlet.anions = in.flow * (by.anions_in[j] + by.acid_in[j]);
      for (double& molarity : inlet.molarity) molarity = -in.flow * by.acid_in[j];
    } else {
      inlet.flow = by.organic_in[j] + in.extractant_dimer_mol_per_l * by.extractant_in[j];
      inlet.extractant_dimer_mol_per_l = in.flow * by.extractant_in[j];
    }
    inlet.totals.assign(by.totals_in.size(), 0.0);
    for (size_t k = 0; k < by.totals_in.size(); ++k) {
      if (CarrierOf(c.table->kind[k + 2]) != in.phase) continue;
      inlet.totals[k] = in.flow * by.totals_in[k][j];
      if (!in.totals.empty()) inlet.flow += in.totals[k] * by.totals_in[k][j];
    }
    g.inlets.push_back(std::move(inlet));
  }
  return g;
}

/// By what Layout holds, from derivatives by the cascade.
LayoutGradient OfLayout(const Circuit& c, const Layout& l, const CascadeGradient& by) {
  const size_t more = l.totals.size();
  LayoutGradient g(c.stages, more);
  g.recycle = by.recycle;
  double acid = 0;
  std::vector<double> by_total(c.stages);
  for (int j = 0; j < c.stages; ++j) {
    const StageFlows& f = by.flows[j];
    const Shares &a = l.aqueous[j], &o = l.organic[j];
    const double volume = l.aqueous_volume[j], organic = l.organic_volume[j];
    acid += c.law == Law::kConstantBeta ? l.acid_in[j] : 0.0;
    g.aqueous[j] = {f.aq_up * volume, f.aq_down * volume, f.aq_draw * volume, 0, 0};
    g.organic[j] = {f.org_up * organic, f.org_down * organic, f.org_draw * organic, f.bypass_up,
                    f.bypass_draw};
    g.aqueous_volume[j] = f.aq_up * a.up + f.aq_down * a.down + f.aq_draw * a.draw -
                          by.anions[j] * l.anions[j] / (volume * volume);
    g.anions[j] = by.anions[j] / volume;
    g.organic_volume[j] = f.org_up * o.up + f.org_down * o.down + f.org_draw * o.draw -
                          by.extractant[j] * (l.extractant[j] - acid) / (organic * organic);
    g.extractant[j] = by_total[j] = by.extractant[j] / organic;
    for (size_t k = 0; k < more; ++k) {
      const bool in_organic = CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic;
      const double by_total_k = by.totals[j * more + k];
      const double carrier = in_organic ? organic : volume;
      g.totals[k][j] = by_total_k / carrier;
      (in_organic ? g.organic_volume : g.aqueous_volume)[j] -=
          by_total_k * l.totals[k][j] / (carrier * carrier);
    }
  }
  if (c.law == Law::kConstantBeta) {
    double above = 0;
    for (int j = c.stages - 1; j >= 0; --j) {
      above += by_total[j];
      g.acid_in[j] = -above;
    }
  }
  return g;
}

void AddScaled(double scale, const CircuitGradient& term, CircuitGradient* sum) {
  const auto add = [scale](const std::vector<double>& from, std::vector<double>* to) {
    for (size_t k = 0; k < from.size(); ++k) (*to)[k] += scale * from[k];
  };
  for (size_t k = 0; k < term.inlets.size(); ++k) {
    const InletGradient& from = term.inlets[k];
    InletGradient& to = sum->inlets[k];
    to.flow += scale * from.flow;
    to.anions += scale * from.anions;
    to.extractant_dimer_mol_per_l += scale * from.extractant_dimer_mol_per_l;
    add(from.molarity, &to.molarity);
    add(from.totals, &to.totals);
  }
  add(term.draws, &sum->draws);
  add(term.efficiency, &sum->efficiency);
  add(term.aqueous_entrainment, &sum->aqueous_entrainment);
  add(term.organic_entrainment, &sum->organic_entrainment);
  sum->recycle += scale * term.recycle;
}

/// Draws given as a flow: their shares are such that share * available = flow.
/// Turns the derivatives by their shares into those by their flows.
void FixFlows(const Circuit& c, const Plan& plan, CircuitGradient* g) {
  const Layout& l = plan.layout;
  std::vector<size_t> fixed;
  for (size_t d = 0; d < c.draws.size(); ++d) {
    if (c.draws[d].flow > 0) fixed.push_back(d);
  }
  if (fixed.empty()) return;
  const size_t k = fixed.size();
  std::vector<CircuitGradient> by_available;
  std::vector<double> shares(k), available(k);
  for (size_t e = 0; e < k; ++e) {
    const Draw& draw = c.draws[fixed[e]];
    const int j = draw.stage;
    const bool aqueous = draw.phase == Phase::kAqueous;
    shares[e] = (aqueous ? l.aqueous_draw : l.organic_draw)[j];
    available[e] = Available(c, l, draw);
    LayoutGradient seed(c.stages, l.totals.size());
    const double volume = (aqueous ? l.aqueous_volume : l.organic_volume)[j];
    (aqueous ? seed.aqueous_volume : seed.organic_volume)[j] = available[e] / volume;
    CircuitGradient by = Back(c, plan, seed);
    if (aqueous) {
      by.aqueous_entrainment[j] -= volume;
    } else {
      const double contact = StageValue(c.efficiency, j, 1.0);
      by.organic_entrainment[j] -= volume;
      by.efficiency[j] -= volume / (contact * contact);
    }
    by_available.push_back(std::move(by));
  }
  // mu: multipliers of share * available - flow = 0. Gauss with row exchange; a
  // handful of draws.
  std::vector<double> a(k * k), mu(k);
  for (size_t e = 0; e < k; ++e) {
    for (size_t d = 0; d < k; ++d) {
      // Transposed: column d is the equation of draw d.
      a[e * k + d] = shares[d] * by_available[d].draws[fixed[e]] + (d == e ? available[d] : 0.0);
    }
    mu[e] = g->draws[fixed[e]];
  }
  for (size_t p = 0; p < k; ++p) {
    size_t best = p;
    for (size_t r = p + 1; r < k; ++r) {
      if (std::abs(a[r * k + p]) > std::abs(a[best * k + p])) best = r;
    }
    for (size_t q = 0; q < k; ++q) std::swap(a[p * k + q], a[best * k + q]);
    std::swap(mu[p], mu[best]);
    for (size_t r = 0; r < k; ++r) {
      if (r == p) continue;
      const double factor = a[r * k + p] / a[p * k + p];
      for (size_t q = p; q < k; ++q) a[r * k + q] -= factor * a[p * k + q];
      mu[r] -= factor * mu[p];
    }
  }
  for (size_t e = 0; e < k; ++e) mu[e] /= a[e * k + e];
  for (size_t e = 0; e < k; ++e) AddScaled(-mu[e] * shares[e], by_available[e], g);
  for (size_t e = 0; e < k; ++e) g->draws[fixed[e]] = mu[e];
}

CircuitGradient ThroughAssembly(const Circuit& c, const Plan& plan,
                                const CascadeGradient& by_cascade) {
  CircuitGradient g = Back(c, plan, OfLayout(c, plan.layout, by_cascade));
  FixFlows(c, plan, &g);
  const size_t m = c.components.size();
  for (size_t k = 0; k < c.inlets.size(); ++k) {
    const Inlet& in = c.inlets[k];
    const std::vector<double>& by =
        in.phase == Phase::kAqueous ? by_cascade.feed_down : by_cascade.feed_up;
    for (size_t i = 0; i < m; ++i) {
      const double by_feed = by[static_cast<size_t>(in.stage) * m + i];
      g.inlets[k].molarity[i] += in.flow * by_feed;
      if (i < in.molarity.size()) g.inlets[k].flow += in.molarity[i] * by_feed;
    }
  }
  g.log10_k = by_cascade.log10_k;
  g.shift = by_cascade.shift;
  return g;
}

}  // namespace

CircuitGradient ThroughAssembly(const Circuit& circuit, const CascadeGradient& by_cascade) {
  return ThroughAssembly(circuit, Plan(circuit), by_cascade);
}

std::vector<CircuitGradient> ThroughAssembly(const Circuit& circuit,
                                             std::span<const CascadeGradient> by_cascade) {
  const Plan plan(circuit);
  std::vector<CircuitGradient> all;
  for (const CascadeGradient& each : by_cascade) {
    all.push_back(ThroughAssembly(circuit, plan, each));
  }
  return all;
}

void AddScaled(double scale, const CascadeGradient& term, CascadeGradient* sum) {
  if (sum->flows.empty()) {
    sum->flows.resize(term.flows.size());
    sum->feed_up.assign(term.feed_up.size(), 0.0);
    sum->feed_down.assign(term.feed_down.size(), 0.0);
    sum->anions.assign(term.anions.size(), 0.0);
    sum->extractant.assign(term.extractant.size(), 0.0);
    sum->log10_k.assign(term.log10_k.size(), 0.0);
    sum->totals.assign(term.totals.size(), 0.0);
  }
  // A path through figures has none, the cascade's adjoint has.
  if (sum->shift.empty()) sum->shift.assign(term.shift.size(), 0.0);
  for (size_t j = 0; j < term.flows.size(); ++j) {
    for (double StageFlows::*field :
         {&StageFlows::aq_up, &StageFlows::aq_down, &StageFlows::aq_draw, &StageFlows::org_up,
          &StageFlows::org_down, &StageFlows::org_draw, &StageFlows::bypass_up,
          &StageFlows::bypass_draw}) {
      sum->flows[j].*field += scale * term.flows[j].*field;
    }
  }
  for (std::vector<double> CascadeGradient::*array :
       {&CascadeGradient::feed_up, &CascadeGradient::feed_down, &CascadeGradient::anions,
        &CascadeGradient::extractant, &CascadeGradient::log10_k, &CascadeGradient::totals,
        &CascadeGradient::shift}) {
    for (size_t k = 0; k < (term.*array).size(); ++k) {
      (sum->*array)[k] += scale * (term.*array)[k];
    }
  }
  sum->recycle += scale * term.recycle;
}

}  // namespace raffinate::kernels
