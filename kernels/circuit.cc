#include "kernels/circuit.h"

#include <algorithm>
#include <cmath>

namespace raffinate::kernels {
namespace {

double At(const std::vector<double>& values, int stage, double otherwise) {
  return values.empty() ? otherwise : values[stage];
}

/// Shares of a phase that leave a stage, and shares of the inflow from below
/// that pass it by. Dimensionless.
struct Shares {
  double up = 0, down = 0, draw = 0;
  double bypass_up = 0, bypass_draw = 0;
};

/// Linear transport of something that stays in one phase: amount per hour in
/// the equilibrium part of every stage. The same recursion as for components,
/// with one unknown.
std::vector<double> Carry(const std::vector<Shares>& s, const std::vector<double>& from_below,
                          const std::vector<double>& from_above, double recycle) {
  const int n = static_cast<int>(s.size());
  std::vector<double> amount(n), denominator(n), source(n), passed(n);
  double up = 0, q = 1, t = 1;
  for (int j = 0; j < n; ++j) {
    const double contact = 1 - s[j].bypass_up - s[j].bypass_draw;
    const double in = up + from_below[j];
    source[j] = contact * in + from_above[j];
    denominator[j] = s[j].up + s[j].draw + s[j].down * (1 - contact + contact * q);
    const double r = (s[j].up + s[j].bypass_up * (1 - q) * s[j].down) / denominator[j];
    passed[j] = t;
    up = r * source[j] + s[j].bypass_up * in;
    q = (s[j].draw + s[j].down * (s[j].bypass_draw + (1 - s[j].bypass_draw) * q)) / denominator[j];
    t *= r * contact + s[j].bypass_up;
  }
  const double loop = recycle > 0 ? recycle * up / (1 - recycle * t) : 0.0;
  double down = 0;
  for (int j = n - 1; j >= 0; --j) {
    const double contact = 1 - s[j].bypass_up - s[j].bypass_draw;
    amount[j] = (source[j] + contact * passed[j] * loop + down) / denominator[j];
    down = s[j].down * amount[j];
  }
  return amount;
}

std::string StageName(int stage) { return "stage " + std::to_string(stage + 1); }

/// Shares of both phases for the present draw shares.
void SetShares(const Circuit& c, const std::vector<double>& aqueous_draw,
               const std::vector<double>& organic_draw, std::vector<Shares>* aqueous,
               std::vector<Shares>* organic) {
  for (int j = 0; j < c.stages; ++j) {
    const double carried = At(c.aqueous_entrainment, j, 0.0);
    const double dropped = At(c.organic_entrainment, j, 0.0);
    const double missed = 1 - At(c.efficiency, j, 1.0);
    Shares& a = (*aqueous)[j];
    a.up = carried;
    a.draw = (1 - carried) * aqueous_draw[j];
    a.down = (1 - carried) * (1 - aqueous_draw[j]);
    Shares& o = (*organic)[j];
    o.down = dropped;
    o.draw = (1 - dropped) * organic_draw[j];
    o.up = (1 - dropped) * (1 - organic_draw[j]);
    a.bypass_draw = o.bypass_draw = missed * organic_draw[j];
    a.bypass_up = o.bypass_up = missed * (1 - organic_draw[j]);
  }
}

}  // namespace

std::string Assemble(const Circuit& c, Cascade* cascade) {
  const int n = c.stages;
  const int m = static_cast<int>(c.components.size());
  if (n < 1) return "a circuit needs at least one stage";
  std::vector<double> aqueous_in(n, 0.0), anions_in(n, 0.0), organic_in(n, 0.0);
  std::vector<double> extractant_in(n, 0.0), acid_in(n, 0.0);
  cascade->law = c.law;
  cascade->components = c.components;
  cascade->recycle = c.recycle;
  cascade->feed_up.assign(static_cast<size_t>(n) * m, 0.0);
  cascade->feed_down.assign(static_cast<size_t>(n) * m, 0.0);
  for (const Inlet& in : c.inlets) {
    if (in.stage < 0 || in.stage >= n) return "an inlet enters a stage that does not exist";
    if (!(in.flow > 0)) return "an inlet at " + StageName(in.stage) + " has no flow";
    const bool aqueous = in.phase == Phase::kAqueous;
    std::vector<double>& feed = aqueous ? cascade->feed_down : cascade->feed_up;
    double metal = 0;
    for (size_t i = 0; i < in.molarity.size(); ++i) {
      feed[static_cast<size_t>(in.stage) * m + i] += in.flow * in.molarity[i];
      metal += in.molarity[i];
    }
    if (aqueous) {
      aqueous_in[in.stage] += in.flow;
      anions_in[in.stage] += in.flow * in.anions;
      acid_in[in.stage] += in.flow * (in.anions - metal);
    } else {
      organic_in[in.stage] += in.flow;
      extractant_in[in.stage] += in.flow * in.extractant_dimer_mol_per_l;
    }
  }

  std::vector<double> aqueous_draw(n, 0.0), organic_draw(n, 0.0);
  bool fixed_flow = false;
  for (const Draw& d : c.draws) {
    if (d.stage < 0 || d.stage >= n) return "a draw leaves a stage that does not exist";
    fixed_flow |= d.flow > 0;
    (d.phase == Phase::kAqueous ? aqueous_draw : organic_draw)[d.stage] =
        d.flow > 0 ? 0.0 : d.share;
  }
  std::vector<Shares> aqueous(n), organic(n);
  std::vector<double> a, o;
  const std::vector<double> none(n, 0.0);
  // A draw given as a flow is a share of what leaves the stage, which the other
  // draws decide: repeated until the shares stand still. Without entrainment
  // that takes one round per draw.
  const int rounds = fixed_flow ? 200 : 1;
  for (int round = 0; round < rounds; ++round) {
    SetShares(c, aqueous_draw, organic_draw, &aqueous, &organic);
    a = Carry(aqueous, none, aqueous_in, c.recycle);
    o = Carry(organic, organic_in, none, 0.0);
    double change = 0;
    for (const Draw& d : c.draws) {
      if (!(d.flow > 0)) continue;
      const bool is_aqueous = d.phase == Phase::kAqueous;
      const int j = d.stage;
      double available = is_aqueous ? (1 - aqueous[j].up) * a[j] : (1 - organic[j].down) * o[j];
      const double contact = 1 - organic[j].bypass_up - organic[j].bypass_draw;
      if (!is_aqueous) available += o[j] * (1 - contact) / contact;
      double& share = (is_aqueous ? aqueous_draw : organic_draw)[j];
      const double next = std::min(1.0, d.flow / available);
      change = std::max(change, std::abs(next - share));
      share = next;
    }
    if (change < 1e-15) break;
  }
  for (const Draw& d : c.draws) {
    if (d.flow > 0 && (d.phase == Phase::kAqueous ? aqueous_draw : organic_draw)[d.stage] >= 1.0) {
      return "the draw at " + StageName(d.stage) + " asks for more than the phase that passes it";
    }
  }
  for (int j = 0; j < n; ++j) {
    if (!(a[j] > 0)) return StageName(j) + " has no aqueous phase";
    if (!(o[j] > 0)) return StageName(j) + " has no organic phase";
  }

  const std::vector<double> anions = Carry(aqueous, none, anions_in, c.recycle);
  const std::vector<double> extractant = Carry(organic, extractant_in, none, 0.0);
  cascade->flows.assign(n, StageFlows());
  cascade->anions.assign(n, 0.0);
  cascade->extractant.assign(n, 0.0);
  double acid = 0;
  for (int j = 0; j < n; ++j) {
    StageFlows& f = cascade->flows[j];
    f.aq_up = aqueous[j].up * a[j];
    f.aq_down = aqueous[j].down * a[j];
    f.aq_draw = aqueous[j].draw * a[j];
    f.org_up = organic[j].up * o[j];
    f.org_down = organic[j].down * o[j];
    f.org_draw = organic[j].draw * o[j];
    f.bypass_up = organic[j].bypass_up;
    f.bypass_draw = organic[j].bypass_draw;
    cascade->anions[j] = anions[j] / a[j];
    double total = extractant[j];
    if (c.law == Law::kConstantBeta) {
      // Acid takes the place of metal on the organic from the stage where it
      // enters: the loading that flows on is smaller by its amount.
      acid += acid_in[j];
      total -= acid;
      if (!(total > 0))
        return "the acid entering up to " + StageName(j) + " is more than the organic holds";
    }
    cascade->extractant[j] = total / o[j];
  }
  return "";
}

namespace {

/// What a stage receives from below, by following the organic from stage 0.
struct Rising {
  double aqueous_flow = 0, organic_flow = 0, anions = 0, extractant = 0, acid = 0;
  std::vector<double> metals, aqueous_metals;
};

double FreeAcid(const Cascade& c, const Solution& s, int j) {
  if (c.law != Law::kMassAction) return 0.0;
  const double h = std::exp(s.state.ln_h[j]);
  return h - 1e-14 / h;
}

}  // namespace

std::vector<Outflow> Outflows(const Circuit& circuit, const Cascade& c, const Solution& s) {
  const int n = c.stages(), m = c.size();
  std::vector<Outflow> rows(circuit.draws.size() + 2);
  for (Outflow& row : rows) {
    row.metals.assign(m, 0.0);
    row.aqueous_metals.assign(m, 0.0);
  }
  const auto add = [&](Outflow& row, int j, double aq, double org) {
    row.aqueous_flow += aq;
    row.organic_flow += org;
    row.anions += aq * c.anions[j];
    row.free_acid += aq * FreeAcid(c, s, j);
    row.extractant_dimer += org * c.extractant[j];
    for (int i = 0; i < m; ++i) {
      const double in_aqueous = aq * s.x[static_cast<size_t>(j) * m + i];
      row.metals[i] += in_aqueous + org * s.y[static_cast<size_t>(j) * m + i];
      row.aqueous_metals[i] += in_aqueous;
    }
  };
  const auto add_share = [&](Outflow& row, const Rising& in, double share) {
    if (share == 0) return;
    row.aqueous_flow += share * in.aqueous_flow;
    row.organic_flow += share * in.organic_flow;
    row.anions += share * in.anions;
    row.free_acid += share * in.acid;
    row.extractant_dimer += share * in.extractant;
    for (int i = 0; i < m; ++i) {
      row.metals[i] += share * in.metals[i];
      row.aqueous_metals[i] += share * in.aqueous_metals[i];
    }
  };

  std::vector<double> organic_in(n, 0.0), extractant_in(n, 0.0);
  for (const Inlet& in : circuit.inlets) {
    if (in.phase != Phase::kOrganic) continue;
    organic_in[in.stage] += in.flow;
    extractant_in[in.stage] += in.flow * in.extractant_dimer_mol_per_l;
  }
  // What rises past the last stage is what enters the first one again.
  Rising rising;
  rising.metals.assign(m, 0.0);
  rising.aqueous_metals.assign(m, 0.0);
  Outflow top;
  for (int pass = 0; pass < (c.recycle > 0 ? 2 : 1); ++pass) {
    if (pass == 1) {
      // The aqueous carried around the loop, from the first pass.
      rising.aqueous_flow = c.recycle * top.aqueous_flow;
      rising.anions = c.recycle * top.anions;
      rising.acid = c.recycle * top.free_acid;
      rising.organic_flow = rising.extractant = 0;
      for (int i = 0; i < m; ++i) rising.aqueous_metals[i] = c.recycle * top.aqueous_metals[i];
    }
    for (int i = 0; i < m; ++i) rising.metals[i] = s.recycled.empty() ? 0.0 : s.recycled[i];
    for (Outflow& row : rows) {
      row = Outflow();
      row.metals.assign(m, 0.0);
      row.aqueous_metals.assign(m, 0.0);
    }
    for (int j = 0; j < n; ++j) {
      const StageFlows& f = c.flows[j];
      Rising in = rising;
      in.organic_flow += organic_in[j];
      in.extractant += extractant_in[j];
      for (int i = 0; i < m; ++i) in.metals[i] += c.feed_up[static_cast<size_t>(j) * m + i];
      for (size_t d = 0; d < circuit.draws.size(); ++d) {
        if (circuit.draws[d].stage != j) continue;
        if (circuit.draws[d].phase == Phase::kAqueous) {
          add(rows[d], j, f.aq_draw, 0.0);
        } else {
          add(rows[d], j, 0.0, f.org_draw);
          add_share(rows[d], in, f.bypass_draw);
        }
      }
      Outflow up;
      up.metals.assign(m, 0.0);
      up.aqueous_metals.assign(m, 0.0);
      add(up, j, f.aq_up, f.org_up);
      add_share(up, in, f.bypass_up);
      rising.aqueous_flow = up.aqueous_flow;
      rising.organic_flow = up.organic_flow;
      rising.anions = up.anions;
      rising.acid = up.free_acid;
      rising.extractant = up.extractant_dimer;
      rising.metals = up.metals;
      rising.aqueous_metals = up.aqueous_metals;
      if (j == n - 1) top = up;
    }
    add(rows[rows.size() - 2], 0, c.flows[0].aq_down, c.flows[0].org_down);
    rows.back() = top;
  }
  return rows;
}

double BalanceError(const Circuit& circuit, const Cascade& c, const Solution& s) {
  const int m = c.size();
  std::vector<double> in(m, 0.0), out(m, 0.0);
  double anions_in = 0, anions_out = 0, extractant_in = 0, extractant_out = 0;
  double acid_in = 0, acid_out = 0, charge_scale = 0;
  const auto organic_charge = [&](const std::vector<double>& metals,
                                  const std::vector<double>* aqueous) {
    double charge = 0;
    for (int i = 0; i < m; ++i) {
      charge += c.components[i].charge * (metals[i] - (aqueous != nullptr ? (*aqueous)[i] : 0.0));
    }
    return charge;
  };
  for (const Inlet& inlet : circuit.inlets) {
    std::vector<double> moles(m, 0.0);
    for (size_t i = 0; i < inlet.molarity.size(); ++i) moles[i] = inlet.flow * inlet.molarity[i];
    for (int i = 0; i < m; ++i) in[i] += moles[i];
    const double charge = organic_charge(moles, nullptr);
    if (inlet.phase == Phase::kAqueous) {
      anions_in += inlet.flow * inlet.anions;
      acid_in += inlet.flow * inlet.anions - charge;
      charge_scale += inlet.flow * std::abs(inlet.anions) + charge;
    } else {
      extractant_in += inlet.flow * inlet.extractant_dimer_mol_per_l;
      // Protons that a loaded organic has already given up.
      acid_in -= charge;
      charge_scale += charge;
    }
  }
  const std::vector<Outflow> rows = Outflows(circuit, c, s);
  for (size_t r = 0; r < rows.size(); ++r) {
    const double share = r + 1 == rows.size() ? 1.0 - c.recycle : 1.0;
    for (int i = 0; i < m; ++i) out[i] += share * rows[r].metals[i];
    anions_out += share * rows[r].anions;
    // The organic that returns is the inlet at stage 0: volume and extractant
    // are balanced over the open circuit.
    extractant_out += rows[r].extractant_dimer;
    acid_out +=
        share * (rows[r].free_acid - organic_charge(rows[r].metals, &rows[r].aqueous_metals));
  }
  double worst = 0;
  const auto compare = [&](double a, double b, double scale) {
    if (scale > 0) worst = std::max(worst, std::abs(a - b) / scale);
  };
  for (int i = 0; i < m; ++i) compare(in[i], out[i], std::max(in[i], out[i]));
  compare(anions_in, anions_out, std::max(std::abs(anions_in), std::abs(anions_out)));
  if (c.law != Law::kConstantBeta) {
    compare(extractant_in, extractant_out, std::max(extractant_in, extractant_out));
  }
  if (c.law == Law::kMassAction) compare(acid_in, acid_out, charge_scale);
  return worst;
}

}  // namespace raffinate::kernels
